#include "evaluation_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "grid.h"
#include "output.h"

enum { TABLE_CLASSES = 12, PAIRS_SHOWN = 5, WORST_SHOWN = 5 };
enum { LABEL_MOST = 12, LABEL_LEAST = 4, LABELS_SHOWN = 40 };

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

/* A share with one digit, "-" where there is none. */
static void share_cell(struct grid *grid, double share) {
  grid_cell(grid, "%s", isnan(share) ? "-" : percent_text(share).s);
}

/* Of several numbers how far each is off. */
static void show_numbers(const struct cli *cli, const cr_model *model,
                         const cr_evaluation *evaluation) {
  struct grid grid;
  const cr_number_metrics *number = NULL;
  const char *const heads[] = {"number", "RMSE", "always the mean", "R²"};
  grid_open(&grid, "lrrr", 2);
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) grid_cell(&grid, "%s", heads[i]);
  for (size_t t = 0; (number = cr_evaluation_number(evaluation, t)) != NULL; t++) {
    if (t >= LABELS_SHOWN) continue;
    grid_cell(&grid, "%s", cr_model_target(model, t, NULL, NULL));
    grid_cell(&grid, "%s", number_text(number->rmse).s);
    grid_cell(&grid, "%s", number_text(number->baseline).s);
    grid_cell(&grid, "%s", isnan(number->r2) ? "-" : figure_text(number->r2).s);
  }
  grid_print(&grid, &cli->out, true);
  grid_close(&grid);
}

void evaluation_show_labels(const struct cli *cli, const cr_model *model,
                            const cr_evaluation *evaluation) {
  struct grid grid;
  const cr_label_metrics *label = NULL;
  const bool classes = class_count(model) > 0;
  const char *const heads[] = {classes ? "class" : "label",
                               classes ? "rows" : "ones",
                               classes ? "said" : "right",
                               "precision",
                               "recall",
                               "F1"};
  if (cr_evaluation_number(evaluation, 1) != NULL) show_numbers(cli, model, evaluation);
  if (cr_evaluation_label(evaluation, 0) == NULL) return;
  grid_open(&grid, "lrrrrr", 2);
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) grid_cell(&grid, "%s", heads[i]);
  for (size_t k = 0; (label = cr_evaluation_label(evaluation, k)) != NULL; k++) {
    if (k >= LABELS_SHOWN) continue;
    grid_cell(&grid, "%.*s", LABEL_MOST, cr_model_label(model, k));
    if (classes) {
      grid_cell(&grid, "%zu", label->actual);
      grid_cell(&grid, "%zu", label->predicted);
    } else {
      share_cell(&grid, label->share);
      share_cell(&grid, label->accuracy);
    }
    share_cell(&grid, label->precision);
    share_cell(&grid, label->recall);
    grid_cell(&grid, "%s", isnan(label->f1) ? "-" : figure_text(label->f1).s);
  }
  const size_t shown = grid_print(&grid, &cli->out, true);
  for (size_t i = shown; i < sizeof heads / sizeof *heads; i++)
    terminal_print(&cli->out, "%s%s", i == shown ? "  no room for " : ", ", heads[i]);
  if (shown < sizeof heads / sizeof *heads) terminal_print(&cli->out, " (--json has all)\n");
  grid_close(&grid);
  const size_t count = cr_model_get_info(model)->labels;
  if (count > LABELS_SHOWN) {
    terminal_print(&cli->out, "  and %zu more (--json has them all)\n", count - LABELS_SHOWN);
  }
}

static double wrongness(const cr_model_info *info, const cr_outcome *outcome) {
  if (info->labels > 0 && info->classes == 0) return (double)outcome->wrong_labels;
  if (info->classes == 0) return outcome->error;
  if (info->scores) return fabs(outcome->predicted_value - outcome->actual_value);
  return outcome->actual == outcome->predicted ? 0 : outcome->probability;
}

size_t evaluation_worst(const cr_model *model, const cr_evaluation *evaluation,
                        const cr_outcome **out, size_t most) {
  const cr_model_info *info = cr_model_get_info(model);
  size_t found = 0;
  const cr_outcome *outcome;
  for (size_t i = 0; (outcome = cr_evaluation_outcome(evaluation, i)) != NULL; i++) {
    double wrong = wrongness(info, outcome);
    size_t at = found;
    if (!(wrong > 0)) continue;
    while (at > 0 && wrongness(info, out[at - 1]) < wrong) at--;
    if (at == most) continue;
    if (found < most) found++;
    memmove(out + at + 1, out + at, (found - at - 1) * sizeof *out);
    out[at] = outcome;
  }
  return found;
}

/* "setosa taken for virginica, 91 % sure", "3.1 for 5" or "2 of 3 labels wrong". */
static void add_outcome(struct text *line, const cr_model *model, const cr_outcome *outcome) {
  const cr_model_info *info = cr_model_get_info(model);
  if (info->classes == 0 && info->labels > 0) {
    text_add(line, "%zu of %zu labels wrong", outcome->wrong_labels, info->labels);
    return;
  }
  struct short_text said = number_text(outcome->predicted_value);
  struct short_text is = number_text(outcome->actual_value);
  if (info->classes == 0) {
    if (info->targets > 1) {
      text_add(line, "%s ", cr_model_target(model, outcome->target, NULL, NULL));
    }
    text_add(line, "%s for %s", said.s, is.s);
    return;
  }
  text_add(line, "%s taken for %s, ", cr_model_label(model, outcome->actual),
           cr_model_label(model, outcome->predicted));
  if (info->scores) {
    text_add(line, "score %s against %s", said.s, is.s);
  } else {
    text_add(line, "%.0f %% sure", 100 * outcome->probability);
  }
}

void evaluation_show_worst(const struct cli *cli, const cr_model *model,
                           const cr_evaluation *evaluation, const cr_table *table) {
  const cr_outcome *worst[WORST_SHOWN];
  struct text line = {0};
  size_t found = evaluation_worst(model, evaluation, worst, WORST_SHOWN);
  for (size_t i = 0; i < found; i++) {
    const char *file = cr_table_row_file(table, worst[i]->row);
    text_add(&line, "%s", i > 0 ? "; " : "");
    if (file != NULL) {
      text_add(&line, "%s: ", file);
    } else {
      text_add(&line, "row %zu: ", worst[i]->row + 1);
    }
    add_outcome(&line, model, worst[i]);
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

/* The figures of each class, or of each of several targets, in the order of the labels. */
static json_t *label_array(const cr_evaluation *evaluation) {
  json_t *array = json_array();
  const cr_label_metrics *label = NULL;
  for (size_t k = 0; (label = cr_evaluation_label(evaluation, k)) != NULL; k++) {
    json_t *object = json_object();
    json_object_set_new(object, "share", output_number(label->share));
    json_object_set_new(object, "accuracy", output_number(label->accuracy));
    json_object_set_new(object, "precision", output_number(label->precision));
    json_object_set_new(object, "recall", output_number(label->recall));
    json_object_set_new(object, "f1", output_number(label->f1));
    json_array_append_new(array, object);
  }
  return array;
}

/* The figures of each of several numbers, in the order of the targets. */
static json_t *number_array(const cr_evaluation *evaluation) {
  json_t *array = json_array();
  const cr_number_metrics *number = NULL;
  for (size_t t = 0; (number = cr_evaluation_number(evaluation, t)) != NULL; t++) {
    json_t *object = json_object();
    json_object_set_new(object, "rmse", output_number(number->rmse));
    json_object_set_new(object, "r2", output_number(number->r2));
    json_object_set_new(object, "baseline", output_number(number->baseline));
    json_array_append_new(array, object);
  }
  return array;
}

static json_t *outcome_object(const cr_model *model, const cr_outcome *outcome,
                              const cr_table *table) {
  json_t *object = json_object();
  const char *file = cr_table_row_file(table, outcome->row);
  const cr_model_info *info = cr_model_get_info(model);
  json_object_set_new(object, "row", output_count(outcome->row));
  if (file != NULL) json_object_set_new(object, "file", output_text(file));
  if (info->labels > 0 && info->classes == 0) {
    json_object_set_new(object, "wrong_labels", output_count(outcome->wrong_labels));
  } else if (info->classes > 0) {
    json_object_set_new(object, "actual", output_text(cr_model_label(model, outcome->actual)));
    json_object_set_new(object, "predicted",
                        output_text(cr_model_label(model, outcome->predicted)));
    json_object_set_new(object, "probability", output_number(outcome->probability));
    if (info->scores) {
      json_object_set_new(object, "score", output_number(outcome->predicted_value));
      json_object_set_new(object, "actual_score", output_number(outcome->actual_value));
    }
  } else {
    if (info->targets > 1) json_object_set_new(object, "target", output_count(outcome->target));
    json_object_set_new(object, "actual", output_number(outcome->actual_value));
    json_object_set_new(object, "predicted", output_number(outcome->predicted_value));
  }
  return object;
}

void evaluation_json(const cr_model *model, const cr_evaluation *evaluation, const cr_table *table,
                     json_t *object) {
  const cr_model_info *info = cr_model_get_info(model);
  const cr_outcome *worst[WORST_SHOWN];
  if (info->labels > 0) {
    json_t *labels = json_array();
    for (size_t c = 0; c < info->labels; c++) {
      json_array_append_new(labels, output_text(cr_model_label(model, c)));
    }
    json_object_set_new(object, "labels", labels);
  }
  if (info->classes > 0) {
    json_object_set_new(object, "confusion", confusion_array(evaluation, info->classes));
  }
  if (info->labels > 0) json_object_set_new(object, "per_label", label_array(evaluation));
  if (info->targets > 1 && info->labels == 0) {
    json_object_set_new(object, "targets", output_targets(model));
    json_object_set_new(object, "per_target", number_array(evaluation));
  }
  json_t *rows = json_array();
  size_t found = evaluation_worst(model, evaluation, worst, WORST_SHOWN);
  for (size_t i = 0; i < found; i++) {
    json_array_append_new(rows, outcome_object(model, worst[i], table));
  }
  json_object_set_new(object, "first_row", output_count(0));
  json_object_set_new(object, "worst", rows);
}
