#include "demo_broadcasting.h"

#include "demo.h"
#include "grid.h"
#include "output.h"

enum { SOURCES = 3, FOODS = 4 };

static const char *const foods[FOODS] = {"bread", "lentils", "cheese", "almonds"};
static const char *const sources[SOURCES] = {"starch", "protein", "fat"};

/* A (sources, foods): kilocalories in 100 g, by what they come from, rounded. */
static const double calories[SOURCES][FOODS] = {
    {200, 80, 4, 88},
    {36, 36, 96, 84},
    {24, 4, 300, 448},
};

/* totals (1, foods): the sums of the columns. shares (sources, foods): 100 A / totals. */
static void divide(double totals[FOODS], double shares[SOURCES][FOODS]) {
  for (size_t c = 0; c < FOODS; c++) {
    totals[c] = 0;
    for (size_t r = 0; r < SOURCES; r++) totals[c] += calories[r][c];
    for (size_t r = 0; r < SOURCES; r++) shares[r][c] = 100 * calories[r][c] / totals[c];
  }
}

static void add_row(struct grid *grid, const char *name, const double row[FOODS], int decimals) {
  grid_cell(grid, "%s", name);
  for (size_t c = 0; c < FOODS; c++) grid_cell(grid, "%.*f", decimals, row[c]);
}

static void show_tables(const struct cli *cli, const double totals[FOODS],
                        double shares[SOURCES][FOODS]) {
  struct grid grid;
  grid_open(&grid, "lrrrr", 2);
  grid_cell(&grid, "A, kcal");
  for (size_t c = 0; c < FOODS; c++) grid_cell(&grid, "%s", foods[c]);
  for (size_t r = 0; r < SOURCES; r++) add_row(&grid, sources[r], calories[r], 0);
  add_row(&grid, "totals", totals, 0);
  grid_cell(&grid, "percent");
  for (size_t c = 0; c < FOODS; c++) grid_cell(&grid, "%s", "");
  for (size_t r = 0; r < SOURCES; r++) add_row(&grid, sources[r], shares[r], 1);
  grid_print(&grid, &cli->out, true);
  grid_close(&grid);
}

static json_t *row_array(const double row[FOODS]) {
  json_t *array = json_array();
  for (size_t c = 0; c < FOODS; c++) json_array_append_new(array, output_number(row[c]));
  return array;
}

static json_t *broadcasting_object(const double totals[FOODS], double shares[SOURCES][FOODS]) {
  json_t *object = json_object(), *table = json_array(), *percent = json_array();
  for (size_t r = 0; r < SOURCES; r++) {
    json_array_append_new(table, row_array(calories[r]));
    json_array_append_new(percent, row_array(shares[r]));
  }
  json_object_set_new(object, "table", table);
  json_object_set_new(object, "totals", row_array(totals));
  json_object_set_new(object, "percent", percent);
  return object;
}

void broadcasting_show(const struct cli *cli, json_t *object) {
  double totals[FOODS], shares[SOURCES][FOODS];
  divide(totals, shares);
  json_object_set_new(object, "broadcasting", broadcasting_object(totals, shares));
  demo_heading(cli, "5. Broadcasting: a table divided by its column totals");
  if (!demo_talks(cli)) return;
  demo_say(cli,
           "Where do the calories in 100 g come from? 100 · A / totals, 3×4 by 1×4: the one "
           "row of totals is used for each of the three rows of A, as b was above.");
  show_tables(cli, totals, shares);
  demo_say(cli, "Every column of percent adds up to 100.");
}
