/*
 * Data sets made up, to try things on: each a row of one table. Every number depends on the seed,
 * the row and what it is for alone, and is rounded: the last bits of a machine's sine are gone.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/options.h"
#include "base/rng.h"
#include "chainrule/datasets.h"
#include "data/table.h"

enum { ROWS_DEFAULT = 300, ROWS_MOST = 100000000, COLUMNS_MOST = 9, PARITY_BITS = 8 };

static const double pi = 3.14159265358979323846;
static const double decimals = 1e6; /* places after the point, as a power of ten */

/* What one set is made with. */
typedef struct generation {
  cr_table *table;
  uint64_t seed;
  double noise;
} generation;

typedef struct generator {
  cr_generator_info info;
  const char *columns[COLUMNS_MOST]; /* names; the last is the target */
  const char *const *texts;          /* of the column before the last, sorted; NULL: numbers */
  bool classes;                      /* the target is labels */
  void (*fill)(const generation *g, size_t row);
} generator;

/* --- numbers of a row; `lane` tells what for --- */

static double uniform(const generation *g, uint32_t lane, size_t row) {
  return cr_random_uniform(g->seed, CR_STREAM_DATA, lane, row);
}

static double normal(const generation *g, uint32_t lane, size_t row) {
  return cr_random_normal(g->seed, CR_STREAM_DATA, lane, row);
}

/* -0 becomes 0. */
static void put(const generation *g, size_t row, size_t column, double value) {
  g->table->columns[column].numbers[row] = rint(value * decimals) / decimals + 0.0;
}

/* A point of the plane, pushed about by the noise, and its class. */
static void put_point(const generation *g, size_t row, double x, double y, size_t class) {
  put(g, row, 0, x + g->noise * normal(g, 0, row));
  put(g, row, 1, y + g->noise * normal(g, 1, row));
  put(g, row, 2, (double)class);
}

/* Which of `classes` equal parts a row is in, and how far along it is there, from 0 to 1. */
static size_t part_of(const generation *g, size_t row, size_t classes, double *along) {
  const size_t rows = g->table->rows;
  size_t class = 0;
  while (class + 1 < classes && row >= (class + 1) * rows / classes) class ++;
  const size_t first = class * rows / classes, end = (class + 1) * rows / classes;
  *along = end - first > 1 ? (double)(row - first) / (double)(end - first - 1) : 0;
  return class;
}

/* --- the sets --- */

static void fill_blobs(const generation *g, size_t row) {
  static const double centers[3][2] = {{0, 4}, {-4, -2}, {4, -2}};
  double along;
  const size_t class = part_of(g, row, 3, &along);
  put_point(g, row, centers[class][0], centers[class][1], class);
}

static void fill_circles(const generation *g, size_t row) {
  double along;
  const size_t class = part_of(g, row, 2, &along);
  const double radius = class == 0 ? 1 : 0.5, angle = 2 * pi * along;
  put_point(g, row, radius * cos(angle), radius * sin(angle), class);
}

static void fill_moons(const generation *g, size_t row) {
  double along;
  const size_t class = part_of(g, row, 2, &along);
  const double x = cos(pi * along), y = sin(pi * along);
  put_point(g, row, class == 0 ? x : 1 - x, class == 0 ? y : 0.5 - y, class);
}

/* As @spiral: with 300 rows, a noise of 0.2 and the seed 1 the same points. */
static void fill_spiral(const generation *g, size_t row) {
  double radius;
  const size_t arm = part_of(g, row, 3, &radius);
  const double angle = 4 * ((double)arm + radius) + g->noise * normal(g, 0, row);
  put(g, row, 0, radius * sin(angle));
  put(g, row, 1, radius * cos(angle));
  put(g, row, 2, (double)arm);
}

static void fill_xor(const generation *g, size_t row) {
  const size_t corner = row % 4;
  put_point(g, row, (double)(corner / 2), (double)(corner % 2), (corner == 1) | (corner == 2));
}

static void fill_parity(const generation *g, size_t row) {
  size_t ones = 0;
  for (uint32_t c = 0; c < PARITY_BITS; c++) {
    const bool one = uniform(g, c, row) < 0.5;
    ones += one;
    put(g, row, c, one);
  }
  ones += uniform(g, PARITY_BITS, row) < g->noise;
  put(g, row, PARITY_BITS, (double)(ones % 2));
}

static void fill_linear(const generation *g, size_t row) {
  static const double weights[3] = {2, -3, 0.5};
  double y = 1;
  for (uint32_t c = 0; c < 3; c++) {
    const double x = normal(g, c, row);
    put(g, row, c, x);
    y += weights[c] * x;
  }
  put(g, row, 3, y + g->noise * normal(g, 3, row));
}

static void fill_sine(const generation *g, size_t row) {
  const double x = 6 * uniform(g, 0, row) - 3;
  put(g, row, 0, x);
  put(g, row, 1, sin(2 * x) + g->noise * normal(g, 1, row));
}

/* Most rows have their value; some have a gap. */
static void put_or_gap(const generation *g, size_t row, size_t column, double value, double gaps,
                       uint32_t lane) {
  put(g, row, column, value);
  if (uniform(g, lane, row) < gaps) g->table->columns[column].numbers[row] = cr_number_missing();
}

static const char *const districts[] = {"centre", "harbour", "hills", "suburb", NULL};

/* A price of rooms, age, distance and district, some of which nobody wrote down. */
static void fill_housing(const generation *g, size_t row) {
  static const double premiums[] = {90, 40, 110, 0};
  const size_t district = (size_t)(4 * uniform(g, 0, row));
  const double rooms = 1 + floor(6 * uniform(g, 1, row));
  const double area = rint(18 * rooms + 12 + 10 * normal(g, 2, row));
  const double age = floor(80 * uniform(g, 3, row));
  const double distance = rint(100 * (district == 0 ? 2 : 12) * uniform(g, 4, row)) / 100;
  const double price = 60 + 2.4 * area + 8 * rooms - 0.9 * age - 4 * distance + premiums[district];
  put(g, row, 0, rooms);
  put_or_gap(g, row, 1, area, 0.03, 5);
  put_or_gap(g, row, 2, age, 0.06, 6);
  put(g, row, 3, distance);
  g->table->columns[4].codes[row] = (uint32_t)district;
  put(g, row, 5, rint(price * (1 + g->noise * normal(g, 7, row))));
}

static const char deviation[] = "the deviation of a normal push at both coordinates";

static const generator generators[] = {
    {.info = {"blobs", "three round clouds in the plane", deviation, 1},
     .columns = {"x1", "x2", "class"},
     .classes = true,
     .fill = fill_blobs},
    {.info = {"circles", "a circle within a circle", deviation, 0.1},
     .columns = {"x1", "x2", "class"},
     .classes = true,
     .fill = fill_circles},
    {.info = {"housing", "prices with gaps, whole numbers and a category",
              "the deviation of the price, as a share of it", 0.1},
     .columns = {"rooms", "area", "age", "distance", "district", "price"},
     .texts = districts,
     .fill = fill_housing},
    {.info = {"linear", "y = 1 + 2 x1 - 3 x2 + 0.5 x3", "the deviation of y", 0.1},
     .columns = {"x1", "x2", "x3", "y"},
     .fill = fill_linear},
    {.info = {"moons", "two half circles that reach into each other", deviation, 0.1},
     .columns = {"x1", "x2", "class"},
     .classes = true,
     .fill = fill_moons},
    {.info = {"parity", "is the number of ones among 8 bits odd?", "the share of wrong answers", 0},
     .columns = {"x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "y"},
     .classes = true,
     .fill = fill_parity},
    {.info = {"sine", "y = sin 2x, for x from -3 to 3", "the deviation of y", 0.1},
     .columns = {"x", "y"},
     .fill = fill_sine},
    {.info = {"spiral", "three arms wound about each other", "the deviation of the angle", 0.2},
     .columns = {"x1", "x2", "class"},
     .classes = true,
     .fill = fill_spiral},
    {.info = {"xor", "four clouds at the corners of a square, those across alike", deviation, 0.1},
     .columns = {"x1", "x2", "y"},
     .classes = true,
     .fill = fill_xor},
};
enum { GENERATOR_COUNT = sizeof generators / sizeof *generators };

const cr_generator_info *cr_generator_at(size_t index) {
  return index < GENERATOR_COUNT ? &generators[index].info : NULL;
}

static size_t column_count(const generator *made) {
  size_t count = 0;
  while (count < COLUMNS_MOST && made->columns[count]) count++;
  return count;
}

static cr_status add_texts(cr_table *table, size_t column, const char *const *texts) {
  cr_stored_column *stored = &table->columns[column];
  void *codes;
  CR_TRY(cr_alloc(table->rows, sizeof(uint32_t), &codes));
  stored->codes = codes;
  stored->info.type = CR_COLUMN_TEXT;
  stored->info.width = 1;
  for (; *texts; texts++) CR_TRY(cr_strlist_add(&stored->texts, *texts));
  return CR_OK;
}

static cr_status add_columns(const generator *made, cr_table *table) {
  for (size_t c = 0; c < table->column_count; c++) {
    CR_TRY(cr_table_name(table, c, made->columns[c]));
    CR_TRY(made->texts && c + 2 == table->column_count ? add_texts(table, c, made->texts)
                                                       : cr_table_add_numbers(table, c));
  }
  table->columns[table->column_count - 1].is_label = made->classes;
  return CR_OK;
}

static cr_status make(const generator *made, const cr_generate_options *options, cr_table *table) {
  const generation g = {.table = table,
                        .seed = options->seed,
                        .noise = options->noise < 0 ? made->info.default_noise : options->noise};
  table->rows = options->rows;
  table->origin.has_header = true; /* the names of the columns belong to the set */
  CR_TRY(add_columns(made, table));
  for (size_t row = 0; row < table->rows; row++) made->fill(&g, row);
  cr_table_fingerprint(table);
  return cr_table_finish(table, NULL);
}

static cr_status find(const char *name, const generator **out) {
  size_t best = SIZE_MAX;
  for (size_t i = 0; i < GENERATOR_COUNT; i++) {
    const size_t distance = cr_text_distance(generators[i].info.name, name);
    if (distance >= best) continue;
    best = distance;
    *out = &generators[i];
  }
  if (best == 0) return CR_OK;
  cr_strbuf names = {0};
  for (size_t i = 0; i < GENERATOR_COUNT; i++)
    cr_strbuf_format(&names, "%s%s", i ? ", " : "", generators[i].info.name);
  cr_fail(CR_ERR_ARGUMENT, "no set '%s' can be made up; there are %s", name,
          names.text ? names.text : "others");
  cr_strbuf_free(&names);
  return cr_fix("the nearest is %s", (*out)->info.name);
}

static cr_status check(const cr_generate_options *options) {
  if (options->rows > ROWS_MOST)
    return cr_fail(CR_ERR_LIMIT, "%zu rows; the most is %d", options->rows, ROWS_MOST);
  if (!isfinite(options->noise)) return cr_fail(CR_ERR_ARGUMENT, "the noise is no number");
  return CR_OK;
}

void cr_generate_options_init_sized(cr_generate_options *options, size_t size) {
  static const cr_generate_options defaults = {.rows = ROWS_DEFAULT, .noise = -1, .seed = 1};
  cr_options_init(options, size, &defaults, sizeof defaults);
}

cr_status cr_table_generate(const char *name, const cr_generate_options *given, cr_table **out) {
  cr_generate_options options;
  const generator *made = generators;
  cr_table *table;
  cr_generate_options_init(&options);
  CR_TRY(cr_options_copy(&options, sizeof options, given, "cr_generate_options_init"));
  CR_TRY(check(&options));
  CR_TRY(find(name, &made));
  if (options.rows == 0) options.rows = ROWS_DEFAULT;
  CR_TRY(cr_table_create(made->info.name, "builtin", column_count(made), &table));
  const cr_status status = make(made, &options, table);
  if (status != CR_OK) {
    cr_table_destroy(table);
    return status;
  }
  *out = table;
  return CR_OK;
}
