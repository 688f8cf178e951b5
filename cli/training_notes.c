/* What is worth a word about a training before it begins. */
#include <string.h>

#include "errors.h"
#include "network_text.h"
#include "output.h"
#include "training.h"

enum { MANY_CLASSES = 50, FEW_ROWS_A_CLASS = 2 };

static bool is_of_type(const cr_table *table, const char *name, cr_column_type type) {
  size_t index = 0;
  return cr_table_find(table, name, &index) && cr_table_column(table, index)->type == type;
}

static bool is_dropped(const struct settings *settings, const char *name) {
  for (size_t i = 0; i < settings->prepare.drop_count; i++) {
    if (strcmp(settings->prepare.drop[i], name) == 0) return true;
  }
  return false;
}

/* The last column is learnt; who drops it may not have meant that. */
static void note_other_target(const struct training *training, const cr_model_info *info) {
  const struct settings *settings = &training->cli->settings;
  size_t count = cr_table_columns(training->table);
  if (settings->prepare.target != NULL || settings->targets.count > 0 || count == 0) return;
  const char *last = cr_table_column(training->table, count - 1)->name;
  if (!is_dropped(settings, last)) return;
  errors_note(training->cli, "'%s', the last column, is dropped: '%s' is learnt instead", last,
              info->target);
}

/* Whole numbers may be classes or amounts; 0 and 1, or other two, are hardly ever amounts. */
static void note_guessed_classes(const struct training *training, const cr_model_info *info) {
  const char *task = training->cli->settings.prepare.task;
  const cr_table_origin *origin = cr_table_get_origin(training->table);
  if (strcmp(task, "auto") != 0 || strcmp(origin->format, "csv") != 0 || info->classes <= 2 ||
      !is_of_type(training->table, info->target, CR_COLUMN_NUMBER)) {
    return;
  }
  errors_note(training->cli,
              "'%s' holds %zu whole numbers and is learnt as classes; --task regression learns it "
              "as a number",
              info->target, info->classes);
}

static void warn_many_classes(const struct training *training, const cr_training *run,
                              const cr_model_info *info) {
  size_t rows = 0;
  if (!is_of_type(training->table, info->target, CR_COLUMN_TEXT)) return;
  for (size_t part = 0; part < 3; part++) {
    rows += cr_training_metrics(run, part)->n;
  }
  if (info->classes <= MANY_CLASSES && rows >= FEW_ROWS_A_CLASS * info->classes) return;
  errors_warn(training->cli, "--target NAME learns another column",
              "'%s' has %zu classes in %zu rows, %.1f rows each: a name or a code is no class",
              info->target, info->classes, rows, (double)rows / (double)info->classes);
}

static void warn_same_rows(const struct training *training, const cr_table *part,
                           const char *option) {
  if (part == NULL) return;
  const cr_table_origin *data = cr_table_get_origin(training->table);
  const cr_table_origin *own = cr_table_get_origin(part);
  if (data->fingerprint != own->fingerprint || data->complete) return;
  errors_warn(training->cli, NULL,
              "--%s holds the rows of %s itself: the figures flatter the model", option,
              training->data);
}

/* Too few rows to hold some out; of @xor and the like there are no others. */
static void warn_nothing_held_out(const struct training *training, const cr_training *run) {
  if (!cr_training_get_summary(run)->same_rows) return;
  if (cr_table_get_origin(training->table)->complete) return;
  errors_warn(training->cli, "--split 60/20/20 holds some out; more rows help",
              "%zu rows are too few to share out: it is tested on the very rows it learns, so the "
              "figures say nothing about others",
              cr_training_metrics(run, CR_PORTION_TRAIN)->n);
}

/* Patience may end a schedule before the low rates at its end, where most is gained. */
static void note_cut_schedule(const struct training *training, const cr_train_options *options) {
  const struct settings *settings = &training->cli->settings;
  if (settings->train.patience == 0 || options->patience == 0) return;
  if (settings->train.schedule != NULL || strcmp(options->schedule, "one_cycle") != 0) return;
  errors_note(training->cli,
              "--patience can end one_cycle before its rate is low, where it learns best; "
              "--schedule constant goes with patience");
}

enum { DIFFERENCES_SHOWN = 3 };

/* Is the column one that the model takes, or learns? */
static bool is_used(const cr_model *model, const char *name) {
  const cr_model_info *info = cr_model_get_info(model);
  const cr_model_input *input = NULL;
  for (size_t i = 0; (input = cr_model_input_at(model, i)) != NULL; i++) {
    if (strcmp(input->name, name) == 0) return true;
  }
  for (size_t t = 0; t < info->targets; t++) {
    if (strcmp(cr_model_target(model, t, NULL, NULL), name) == 0) return true;
  }
  return false;
}

const cr_difference *training_difference(const cr_model *model, const cr_comparison *comparison,
                                         size_t *index) {
  const cr_difference *d = NULL;
  while ((d = cr_comparison_at(comparison, *index)) != NULL) {
    ++*index;
    if (d->distance > d->critical && is_used(model, d->column)) return d;
  }
  return NULL;
}

/* "price (mean 3.1 against 5.2, D 0.41)" or "kind (oak 20 % against 45 %)" */
static void add_difference(struct text *out, const cr_difference *d) {
  if (d->text != NULL) {
    text_add(out, "%s (%s %.0f %% against %.0f %%)", d->column, d->text, 100 * d->second_share,
             100 * d->first_share);
  } else {
    text_add(out, "%s (mean %s against %s, D %.2f)", d->column, number_text(d->second_mean).s,
             number_text(d->first_mean).s, d->distance);
  }
}

/* Rows of another kind than those trained on: what is measured on them says another thing. */
static void note_differences(const struct training *training, const cr_model *model,
                             const cr_table *part, const char *option) {
  cr_comparison *comparison = NULL;
  const cr_difference *d = NULL;
  struct text line = {0};
  if (part == NULL || cr_tables_compare(training->table, part, &comparison) != CR_OK) return;
  size_t count = 0, index = 0;
  for (; (d = training_difference(model, comparison, &index)) != NULL; count++) {
    if (count >= DIFFERENCES_SHOWN) continue;
    text_add(&line, "%s", count > 0 ? ", " : "");
    add_difference(&line, d);
  }
  if (count > DIFFERENCES_SHOWN) text_add(&line, " and %zu more", count - DIFFERENCES_SHOWN);
  if (count > 0) {
    errors_note(training->cli,
                "%s differs from %s most in: %s: a gap between train and %s need not be "
                "overfitting",
                table_name(cr_table_get_origin(part)->path), table_name(training->data), line.data,
                option);
  }
  cr_comparison_destroy(comparison);
  text_free(&line);
}

void training_show_notes(const struct training *training, const cr_event *event) {
  const cr_model *model = cr_training_model(event->training);
  const cr_model_info *info = cr_model_get_info(model);
  note_other_target(training, info);
  note_guessed_classes(training, info);
  warn_many_classes(training, event->training, info);
  warn_nothing_held_out(training, event->training);
  note_cut_schedule(training, cr_training_options(event->training));
  warn_same_rows(training, training->dev, "dev");
  warn_same_rows(training, training->test, "test");
  if (training->cli->settings.quiet || training->cli->settings.json) return;
  note_differences(training, model, training->dev, "dev");
  note_differences(training, model, training->test, "test");
}
