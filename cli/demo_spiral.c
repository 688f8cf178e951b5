/* chainrule demo spiral: the plane of two inputs, each place marked with its class. */
#include <stdlib.h>

#include "command_line.h"
#include "demo_training.h"
#include "errors.h"
#include "settings.h"

enum { MAP_WIDTH = 48, MAP_HEIGHT = 20, MAP_INDENT = 2, MARKS = 4 };

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

static int show_map(const struct training *training) {
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

int demo_spiral(struct cli *cli) {
  const struct trained_demo demo = {
      .name = "spiral",
      .data = "@spiral",
      .then = "xor",
      .intro =
          "Three spiral arms wind around each other; straight lines cannot tell them apart. A "
          "network learns to bend the plane.",
      .show = show_map,
  };
  return demo_train(cli, &demo);
}
