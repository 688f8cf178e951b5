#include "evaluation_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "grid.h"
#include "output.h"

enum { TABLE_CLASSES = 12, PAIRS_SHOWN = 5, WORST_SHOWN = 5 };
enum { LABEL_MOST = 12, LABEL_LEAST = 4 };

struct pair {
  size_t actual, predicted, count;
};

static size_t class_count(const cr_model *model) {
  return cr_model_get_info(model)->classes;
}

/* The pairs of different classes that are confused most; returns how many there are. */
static size_t most_confused(const cr_evaluation *evaluation, size_t classes, struct pair *out) {
  size_t found = 0;
  for (size_t a = 0; a < classes; a++) {
    for (size_t p = 0; p < classes; p++) {
      struct pair pair = {a, p, a == p ? 0 : cr_evaluation_confusion(evaluation, a, p)};
      size_t at = found;
      if (pair.count == 0) continue;
      while (at > 0 && out[at - 1].count < pair.count) at--;
      if (at == PAIRS_SHOWN) continue;
      if (found < PAIRS_SHOWN) found++;
      memmove(out + at + 1, out + at, (found - at - 1) * sizeof *out);
      out[at] = pair;
    }
  }
  return found;
}

/* Characters of a label at the head of a column so that all columns fit; 0: they cannot. */
static size_t label_room(const struct terminal *terminal, size_t classes) {
  if (terminal->width == 0) return LABEL_MOST;
  size_t first = LABEL_MOST + 3, gap = 2;
  size_t each = terminal->width > first ? (terminal->width - first) / classes : 0;
  if (each < LABEL_LEAST + gap) return 0;
  return each - gap < LABEL_MOST ? each - gap : LABEL_MOST;
}

static void show_table(const struct cli *cli, const cr_model *model,
                       const cr_evaluation *evaluation, size_t classes, size_t room) {
  struct grid grid;
  char alignment[TABLE_CLASSES + 3] = "l";
  memset(alignment + 1, 'r', classes);
  alignment[classes + 1] = 'l';
  grid_open(&grid, alignment, 2);
  grid_cell(&grid, "%s", "");
  for (size_t c = 0; c < classes; c++) {
    grid_cell(&grid, "%.*s", (int)room, cr_model_label(model, c));
  }
  grid_cell(&grid, "← predicted");
  for (size_t a = 0; a < classes; a++) {
    grid_cell(&grid, "%s", cr_model_label(model, a));
    for (size_t p = 0; p < classes; p++) {
      size_t count = cr_evaluation_confusion(evaluation, a, p);
      grid_cell(&grid, count > 0 ? "%zu" : ".", count);
    }
    grid_cell(&grid, "%s", "");
  }
  grid_print(&grid, &cli->out, true);
  grid_close(&grid);
}

void evaluation_show_confusion(const struct cli *cli, const cr_model *model,
                               const cr_evaluation *evaluation) {
  size_t classes = class_count(model);
  struct pair pairs[PAIRS_SHOWN];
  struct text line = {0};
  if (classes == 0) return;
  size_t room = classes <= TABLE_CLASSES ? label_room(&cli->out, classes) : 0;
  if (room > 0) show_table(cli, model, evaluation, classes, room);
  size_t found = most_confused(evaluation, classes, pairs);
  for (size_t i = 0; i < found; i++) {
    text_add(&line, "%s%s taken for %s (%zu)", i > 0 ? ", " : "",
             cr_model_label(model, pairs[i].actual), cr_model_label(model, pairs[i].predicted),
             pairs[i].count);
  }
  if (found > 0) terminal_line(&cli->out, "confused", REPORT_INDENT, "%s", line.data);
  text_free(&line);
}

static double wrongness(bool classes, const cr_outcome *outcome) {
  if (!classes) return fabs(outcome->predicted_value - outcome->actual_value);
  return outcome->actual == outcome->predicted ? 0 : outcome->probability;
}

size_t evaluation_worst(const cr_model *model, const cr_evaluation *evaluation,
                        const cr_outcome **out, size_t most) {
  bool classes = class_count(model) > 0;
  size_t found = 0;
  const cr_outcome *outcome;
  for (size_t i = 0; (outcome = cr_evaluation_outcome(evaluation, i)) != NULL; i++) {
    double wrong = wrongness(classes, outcome);
    size_t at = found;
    if (!(wrong > 0)) continue;
    while (at > 0 && wrongness(classes, out[at - 1]) < wrong) at--;
    if (at == most) continue;
    if (found < most) found++;
    memmove(out + at + 1, out + at, (found - at - 1) * sizeof *out);
    out[at] = outcome;
  }
  return found;
}

void evaluation_show_worst(const struct cli *cli, const cr_model *model,
                           const cr_evaluation *evaluation) {
  const cr_outcome *worst[WORST_SHOWN];
  struct text line = {0};
  bool classes = class_count(model) > 0;
  size_t found = evaluation_worst(model, evaluation, worst, WORST_SHOWN);
  for (size_t i = 0; i < found; i++) {
    text_add(&line, "%srow %zu: ", i > 0 ? "; " : "", worst[i]->row + 1);
    if (classes) {
      text_add(&line, "%s taken for %s, %.0f %% sure", cr_model_label(model, worst[i]->actual),
               cr_model_label(model, worst[i]->predicted), 100 * worst[i]->probability);
    } else {
      text_add(&line, "%s for %s", number_text(worst[i]->predicted_value).s,
               number_text(worst[i]->actual_value).s);
    }
  }
  if (found > 0) terminal_line(&cli->out, "worst", REPORT_INDENT, "%s", line.data);
  text_free(&line);
}

static json_t *confusion_array(const cr_evaluation *evaluation, size_t classes) {
  json_t *rows = json_array();
  for (size_t a = 0; a < classes; a++) {
    json_t *row = json_array();
    for (size_t p = 0; p < classes; p++) {
      json_array_append_new(row, output_count(cr_evaluation_confusion(evaluation, a, p)));
    }
    json_array_append_new(rows, row);
  }
  return rows;
}

static json_t *outcome_object(const cr_model *model, bool classes, const cr_outcome *outcome) {
  json_t *object = json_object();
  json_object_set_new(object, "row", output_count(outcome->row));
  if (classes) {
    json_object_set_new(object, "actual", output_text(cr_model_label(model, outcome->actual)));
    json_object_set_new(object, "predicted",
                        output_text(cr_model_label(model, outcome->predicted)));
    json_object_set_new(object, "probability", output_number(outcome->probability));
  } else {
    json_object_set_new(object, "actual", output_number(outcome->actual_value));
    json_object_set_new(object, "predicted", output_number(outcome->predicted_value));
  }
  return object;
}

void evaluation_json(const cr_model *model, const cr_evaluation *evaluation, json_t *object) {
  size_t classes = class_count(model);
  const cr_outcome *worst[WORST_SHOWN];
  if (classes > 0) {
    json_t *labels = json_array();
    for (size_t c = 0; c < classes; c++) {
      json_array_append_new(labels, output_text(cr_model_label(model, c)));
    }
    json_object_set_new(object, "labels", labels);
    json_object_set_new(object, "confusion", confusion_array(evaluation, classes));
  }
  json_t *rows = json_array();
  size_t found = evaluation_worst(model, evaluation, worst, WORST_SHOWN);
  for (size_t i = 0; i < found; i++) {
    json_array_append_new(rows, outcome_object(model, classes > 0, worst[i]));
  }
  json_object_set_new(object, "first_row", output_count(0));
  json_object_set_new(object, "worst", rows);
}
