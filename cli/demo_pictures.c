#include "demo_pictures.h"

#include <stdlib.h>
#include <string.h>

#include "command_line.h"
#include "errors.h"
#include "evaluation_text.h"
#include "grid.h"
#include "picture.h"

enum { MISTAKES_DRAWN = 4, MAP_WIDTH = 48, MAP_HEIGHT = 20, MAP_INDENT = 2, MARKS = 4 };

/* The rows of the test part as a table, and the model's answers to them. */
struct held_out {
  cr_table *table;
  cr_evaluation *evaluation;
};

static int look_at_test(const struct training *training, struct held_out *out) {
  size_t count = 0;
  const size_t *rows = cr_training_rows(training->run, 2, &count);
  const cr_apply_options apply = settings_apply(&training->cli->settings);
  cr_model *model = cr_training_model(training->run);
  if (cr_table_select(training->table, rows, count, &out->table) != CR_OK ||
      cr_evaluate(model, out->table, &apply, &out->evaluation) != CR_OK) {
    return errors_last(training->cli);
  }
  return 0;
}

static void held_out_free(struct held_out *out) {
  cr_evaluation_destroy(out->evaluation);
  cr_table_destroy(out->table);
}

/* The first column of images, or NULL. */
static const cr_column *find_image(const cr_table *table, size_t *index) {
  const cr_column *column;
  for (*index = 0; (column = cr_table_column(table, *index)) != NULL; ++*index) {
    if (column->type == CR_COLUMN_IMAGE) return column;
  }
  return NULL;
}

static void draw_mistakes(const struct training *training, const struct held_out *test) {
  const cr_outcome *worst[MISTAKES_DRAWN];
  struct picture pictures[MISTAKES_DRAWN];
  char captions[MISTAKES_DRAWN][2][48];
  const struct terminal *out = &training->cli->out;
  const cr_model *model = cr_training_model(training->run);
  size_t index = 0, count = evaluation_worst(model, test->evaluation, worst, MISTAKES_DRAWN);
  const cr_column *image = find_image(test->table, &index);
  if (image == NULL) return;
  for (size_t i = 0; i < count; i++) {
    snprintf(captions[i][0], sizeof captions[i][0], "%.12s taken for %.12s",
             cr_model_label(model, worst[i]->actual), cr_model_label(model, worst[i]->predicted));
    snprintf(captions[i][1], sizeof captions[i][1], "%.0f %% sure", 100 * worst[i]->probability);
    pictures[i] = (struct picture){.pixels = cr_table_image(training->table, worst[i]->row, index),
                                   .height = image->height,
                                   .width = image->image_width,
                                   .white = image->maximum,
                                   .captions = {captions[i][0], captions[i][1]}};
  }
  if (count == 0) return;
  terminal_line(out, "mistakes", REPORT_INDENT, "the %zu it was surest of", count);
  terminal_print(out, "\n");
  picture_draw(out, pictures, count);
  terminal_print(out, "\n");
}

int demo_show_mistakes(const struct training *training) {
  struct held_out test = {0};
  int status = look_at_test(training, &test);
  if (status == 0) draw_mistakes(training, &test);
  held_out_free(&test);
  return status;
}

int demo_show_confusion(const struct training *training) {
  struct held_out test = {0};
  int status = look_at_test(training, &test);
  if (status == 0) {
    evaluation_show_confusion(training->cli, cr_training_model(training->run), test.evaluation);
  }
  held_out_free(&test);
  return status;
}

static void show_row(struct grid *grid, const cr_table *table, const cr_predictions *predictions,
                     const cr_model_info *info, size_t row) {
  size_t target = 0;
  cr_table_find(table, info->target, &target);
  for (size_t c = 0; c < cr_table_columns(table); c++) {
    if (c != target) grid_cell(grid, "%s", number_text(cr_table_number(table, row, c)).s);
  }
  grid_cell(grid, "%s", number_text(cr_table_number(table, row, target)).s);
  size_t outputs = info->classes > 0 ? info->classes : 1;
  grid_cell(grid, "%s", figure_text(cr_predictions_value(predictions, row, outputs - 1)).s);
}

int demo_show_outputs(const struct training *training) {
  const cr_table *table = training->table;
  cr_predictions *predictions = NULL;
  cr_model *model = cr_training_model(training->run);
  struct grid grid;
  const cr_model_info *info = cr_model_get_info(model);
  const cr_apply_options apply = settings_apply(&training->cli->settings);
  if (cr_model_predict(model, table, &apply, &predictions) != CR_OK) {
    return errors_last(training->cli);
  }
  grid_open(&grid, "rrrr", REPORT_INDENT);
  const char *const heads[] = {"a", "b", "a xor b", "the network says"};
  for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) grid_cell(&grid, "%s", heads[i]);
  for (size_t row = 0; row < cr_table_rows(table); row++) {
    show_row(&grid, table, predictions, info, row);
  }
  grid_print(&grid, &training->cli->out, true);
  grid_close(&grid);
  cr_predictions_destroy(predictions);
  return 0;
}

/* Points over the whole range of two columns, the topmost first: (MAP_HEIGHT * width, 2). */
static int map_table(const struct training *training, size_t width, cr_table **out) {
  const char *names[2];
  const cr_column *columns[2];
  const cr_model *model = cr_training_model(training->run);
  for (size_t i = 0; i < 2; i++) {
    size_t at = 0;
    names[i] = cr_model_input_at(model, i)->name;
    cr_table_find(training->table, names[i], &at);
    columns[i] = cr_table_column(training->table, at);
  }
  float *points = take(MAP_HEIGHT * width * 2, sizeof *points);
  for (size_t i = 0; i < MAP_HEIGHT * width; i++) {
    double across = ((double)(i % width) + 0.5) / (double)width;
    double down = ((double)(i / width) + 0.5) / MAP_HEIGHT;
    double range[2] = {columns[0]->maximum - columns[0]->minimum,
                       columns[1]->maximum - columns[1]->minimum};
    points[2 * i] = (float)(columns[0]->minimum + across * range[0]);
    points[2 * i + 1] = (float)(columns[1]->maximum - down * range[1]);
  }
  cr_const_matrix matrix = {points, MAP_HEIGHT * width, 2, 2};
  int status = 0;
  if (cr_table_from_matrix(matrix, names, out) != CR_OK) status = errors_last(training->cli);
  free(points);
  return status;
}

static void draw_map(const struct training *training, const cr_predictions *predictions,
                     size_t width) {
  static const char *const marks[MARKS] = {"░", "█", " ", "▓"};
  const struct terminal *out = &training->cli->out;
  const cr_model *model = cr_training_model(training->run);
  struct text legend = {0};
  for (size_t c = 0; c < MARKS && cr_model_label(model, c) != NULL; c++) {
    text_add(&legend, "%s'%s' is %s", c > 0 ? ", " : "", marks[c], cr_model_label(model, c));
  }
  terminal_line(out, "map", REPORT_INDENT, "what it says everywhere in the plane: %s", legend.data);
  terminal_print(out, "\n");
  text_free(&legend);
  for (size_t row = 0; row < MAP_HEIGHT; row++) {
    fprintf(out->stream, "%*s", MAP_INDENT, "");
    for (size_t column = 0; column < width; column++) {
      size_t class_index = cr_predictions_class(predictions, row * width + column, NULL);
      terminal_print(out, "%s", marks[class_index % MARKS]);
    }
    terminal_print(out, "\n");
  }
  terminal_print(out, "\n");
}

int demo_show_map(const struct training *training) {
  const struct cli *cli = training->cli;
  size_t room = cli->out.width > 0 ? cli->out.width - MAP_INDENT - 1 : MAP_WIDTH;
  size_t width = room < MAP_WIDTH ? room : MAP_WIDTH;
  cr_table *points = NULL;
  cr_predictions *predictions = NULL;
  int status = map_table(training, width, &points);
  if (status == 0) {
    const cr_apply_options apply = settings_apply(&cli->settings);
    cr_model *model = cr_training_model(training->run);
    if (cr_model_predict(model, points, &apply, &predictions) == CR_OK) {
      draw_map(training, predictions, width);
    } else {
      status = errors_last(cli);
    }
  }
  cr_predictions_destroy(predictions);
  cr_table_destroy(points);
  return status;
}
