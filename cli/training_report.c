#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "diagnosis_text.h"
#include "network_text.h"
#include "output.h"
#include "record_text.h"
#include "settings.h"
#include "training.h"

enum { TARGETS_SHOWN = 5 };

/* Of more rows the part of each is drawn by itself: see cr_prepare_options.split. */
enum { STRATIFIED_MOST = 1000000 };

static const char *const part_names[] = {"train", "dev", "test"};

static void add_form(struct text *out, const cr_table_origin *origin) {
  if (origin->labels != NULL) text_add(out, " · labels of %s", table_name(origin->labels));
  if (strcmp(origin->format, "csv") != 0) return;
  text_add(out, " · %s, %s", delimiter_name(origin->delimiter),
           origin->has_header ? "header" : "no header");
}

static bool is_terse(const struct training *training) {
  return training->cli->settings.json || training->cli->settings.quiet;
}

void training_show_data(const struct training *training) {
  if (is_terse(training)) return;
  struct text line = {0};
  const cr_table_origin *origin = cr_table_get_origin(training->table);
  text_add(&line, "%s: ", table_name(training->data));
  text_add_count(&line, cr_table_rows(training->table), "row");
  text_add(&line, " × ");
  text_add_count(&line, cr_table_columns(training->table), "column");
  add_form(&line, origin);
  terminal_line(&training->cli->out, "data", REPORT_INDENT, "%s", line.data);
  text_free(&line);
}

/* "4 columns", or "images of 28 × 28" where a row is one. */
static void add_inputs(struct text *out, const cr_model *model, const cr_model_info *info) {
  const cr_model_input *input = cr_model_input_at(model, 0);
  if (info->input_columns == 1 && input->type == CR_COLUMN_IMAGE) {
    text_add(out, "images of %zu × %zu", input->image_width, input->height);
  } else {
    text_add_count(out, info->input_columns, "column");
  }
}

static void show_task(const struct training *training, const cr_model *model,
                      const cr_model_info *info) {
  const cr_prepare_options *prepare = &training->cli->settings.prepare;
  struct text line = {0};
  if (info->classes > 0) {
    text_add(&line, "%s, %zu classes", info->target, info->classes);
  } else if (info->labels > 0) {
    text_add(&line, "%zu labels: ", info->labels);
    output_labels(&line, model, TARGETS_SHOWN);
  } else if (info->targets > 1) {
    text_add(&line, "%zu numbers: %s", info->targets, info->target);
  } else {
    text_add(&line, "%s, a number", info->target);
  }
  text_add(&line, ", from ");
  add_inputs(&line, model, info);
  if (prepare->weight != NULL) text_add(&line, ", rows weighted by %s", prepare->weight);
  if (prepare->class_weights != NULL) text_add(&line, ", classes %s", prepare->class_weights);
  terminal_line(&training->cli->out, "learns", REPORT_INDENT, "%s", line.data);
  text_free(&line);
}

static void show_parts(const struct training *training, const cr_training *run,
                       const cr_model_info *info, const cr_training_summary *summary) {
  struct text line = {0};
  size_t shared = 0, all = 0;
  for (size_t part = 0; part < 3; part++) {
    size_t rows = 0;
    if (cr_training_rows(run, part, &rows) != NULL && part > 0 && rows > 0) shared++;
    all += rows;
    const size_t measured = cr_training_metrics(run, part)->n; /* 0 where Ctrl-C came before it */
    const size_t count = measured > 0 ? measured : rows;
    if (count > 0) text_add(&line, "%s%zu %s", part > 0 ? " / " : "", count, part_names[part]);
  }
  if (summary->same_rows) {
    text_add(&line, ": the same rows, since they are all there are");
  } else if (shared > 0) {
    text_add(&line, " (seed %llu%s)", (unsigned long long)training->cli->settings.seed,
             info->classes > 0 && all <= STRATIFIED_MOST ? ", stratified" : "");
  }
  if (summary->skipped_rows > 0) {
    text_add(&line, " · ");
    text_add_count(&line, summary->skipped_rows, "bad row");
    text_add(&line, " left out");
  }
  terminal_line(&training->cli->out, "parts", REPORT_INDENT, "%s", line.data);
  text_free(&line);
}

static void add_descent(struct text *out, const cr_train_options *options) {
  text_add(out, " · %s, %s lr %s", options->optimizer, options->schedule,
           number_text(options->learning_rate).s);
  if (options->batch == SIZE_MAX) {
    text_add(out, ", batch all");
  } else {
    text_add(out, ", batch %zu", options->batch);
  }
  for (const struct shown_setting *s = shown_settings; s->key != NULL; s++) {
    const double *value = (const double *)(const void *)((const char *)options + s->offset);
    if (*value > 0) text_add(out, ", %s %s", s->words, number_text(*value).s);
  }
  if (options->augment != NULL) {
    text_add(out, " · images augmented: ");
    text_add_spaced(out, options->augment);
  }
}

/* "loss 1.101, expected 1.099 (ln 3)": a fresh classifier should know nothing. */
static void show_start(const struct training *training, double loss, double expected) {
  struct text line = {0};
  text_add(&line, "loss %s", figure_text(loss).s);
  if (!isnan(expected)) {
    double classes = exp(expected);
    text_add(&line, ", expected about %s", figure_text(expected).s);
    if (fabs(classes - round(classes)) < 1e-9 * classes && classes > 1.5) {
      text_add(&line, " (ln %.0f)", round(classes));
    }
  }
  terminal_line(&training->cli->out, "start", REPORT_INDENT, "%s", line.data);
  text_free(&line);
}

void training_show_start(const struct training *training, const cr_event *event) {
  if (is_terse(training)) return;
  cr_model *model = cr_training_model(event->training);
  cr_net *net = cr_model_net(model);
  struct text line = {0};
  const cr_model_info *info = cr_model_get_info(model);
  const cr_training_summary *summary = cr_training_get_summary(event->training);
  const cr_train_options *options = cr_training_options(event->training);
  show_task(training, model, info);
  show_parts(training, event->training, info, summary);
  network_text(net, &line);
  text_add(&line, " · %zu parameters · %s", cr_net_parameter_count(net), info->loss);
  add_descent(&line, options);
  terminal_line(&training->cli->out, "network", REPORT_INDENT, "%s", line.data);
  show_start(training, event->train_loss, summary->expected_start_loss);
  fflush(training->cli->out.stream);
  text_free(&line);
}

static void show_stop(const struct training *training, const cr_training_summary *summary) {
  struct text line = {0};
  text_add(&line, "after epoch %zu", summary->epochs_run);
  const cr_train_options *options = cr_training_options(training->run);
  if (strcmp(summary->reason, "patience") == 0 && strcmp(options->keep, "last") == 0) {
    text_add(&line, ": no better for %zu epochs; the last one is kept", options->patience);
  } else if (strcmp(summary->reason, "patience") == 0) {
    text_add(&line, ": no better since epoch %zu, which is kept", summary->best_epoch);
  } else if (strcmp(summary->reason, "epochs") == 0) {
    text_add(&line, ", the last one; epoch %zu is kept", summary->best_epoch);
  } else if (summary->best_epoch == 0) {
    text_add(&line, ": %s; the weights of the start are kept", summary->reason);
  } else {
    text_add(&line, ": %s; epoch %zu is kept", summary->reason, summary->best_epoch);
  }
  text_add(&line, " · %s", seconds_text(summary->seconds).s);
  terminal_line(&training->cli->out, "stopped", REPORT_INDENT, "%s", line.data);
  text_free(&line);
  if (summary->disk_bytes > 0) {
    terminal_line(&training->cli->out, "on disk", REPORT_INDENT,
                  "rows of %s; %.1f %% of the time was spent waiting for them",
                  size_text(summary->disk_bytes).s, 100 * summary->waited);
  }
  if (summary->restarts > 1) {
    terminal_line(&training->cli->out, "starts", REPORT_INDENT,
                  "%zu of %zu did as well as the best one (%.0f %%), which is kept",
                  summary->restarts_learned, summary->restarts,
                  100 * (double)summary->restarts_learned / (double)summary->restarts);
  }
}

/* Were classes counted by weights? Then accuracy is not what was sought. */
static bool is_balanced(const struct training *training) {
  return training->cli->settings.prepare.class_weights != NULL;
}

static bool metrics_beat(const cr_metrics *a, const cr_metrics *b, bool balanced) {
  if (isnan(a->accuracy)) return a->rmse < b->rmse;
  return balanced ? a->balanced > b->balanced : a->accuracy > b->accuracy;
}

/* The part to judge by: test, else dev, else train. */
static size_t judged_part(const struct training *training) {
  size_t part = 2;
  while (part > 0 && cr_training_metrics(training->run, part)->n == 0) part--;
  return part;
}

/* What an observer would ask first: was a network needed at all? */
static bool linear_is_as_good(const struct training *training) {
  const size_t judged = judged_part(training);
  const cr_metrics *linear = cr_training_linear(training->run, judged);
  return linear->n > 0 &&
         !metrics_beat(cr_training_metrics(training->run, judged), linear, is_balanced(training));
}

/* What one model has learnt, the inputs tell. */
static bool inputs_tell(const struct training *training, size_t part) {
  const cr_metrics *linear = cr_training_linear(training->run, part);
  return cr_metrics_show_learning(cr_training_metrics(training->run, part)) ||
         (linear->n > 0 && cr_metrics_show_learning(linear));
}

/* The first column of texts that seemed to be no category; NULL: there is none. */
static const char *left_out(const struct training *training) {
  for (size_t c = 0; c < cr_table_columns(training->table); c++) {
    const cr_column *column = cr_table_column(training->table, c);
    const bool texts = cr_training_column_use(training->run, c) == CR_USE_TEXT;
    if (texts && !settings_has_type(&training->cli->settings, column->name)) return column->name;
  }
  return NULL;
}

/* What the figures say of the model: false where there are none to say it from. */
static bool judge(const struct training *training, struct judgement *out) {
  const cr_training *run = training->run;
  const cr_train_options *options = cr_training_options(run);
  const cr_metrics *train = cr_training_metrics(run, CR_PORTION_TRAIN);
  const cr_training_summary *summary = cr_training_get_summary(run);
  const bool dev = cr_training_metrics(run, CR_PORTION_DEV)->n > 0;
  const size_t part = dev ? CR_PORTION_DEV : CR_PORTION_TEST, judged = judged_part(training);
  const cr_metrics *metrics = cr_training_metrics(run, judged);
  const cr_model *model = cr_training_model(training->run);
  const bool best = strcmp(options->keep, "best") == 0;
  *out = (struct judgement){
      .classes = !isnan(train->accuracy),
      .balanced = is_balanced(training),
      .part = part_names[part],
      .has_file = (dev ? training->dev : training->test) != NULL,
      .net = cr_model_net(cr_training_model(training->run)),
      .epochs = options->epochs,
      .was_short = was_short(summary->best_epoch, summary->epochs_run, summary->reason),
      .l2 = options->l2,
      .dropout = options->dropout,
      .learning_rate = options->learning_rate,
      .linear_as_good = linear_is_as_good(training),
      .nowhere = inputs_tell(training, judged) ? NULL : part_names[judged],
      .majority = isnan(metrics->accuracy) ? NULL : cr_model_label(model, metrics->majority),
      .untrained = best && summary->best_epoch == 0,
      .zero_start = options->initializer != NULL && strcmp(options->initializer, "zero") == 0,
      .still_images =
          options->augment == NULL && cr_model_input_at(model, 0)->type == CR_COLUMN_IMAGE,
      .left_out = left_out(training),
  };
  if (training->status != CR_OK || summary->same_rows) return false;
  const double least = training->cli->settings.bayes;
  const cr_metrics *others = cr_training_metrics(run, part);
  return (out->balanced ? cr_diagnose_balanced(train, others, least, &out->found)
                        : cr_diagnose(train, others, least, &out->found)) == CR_OK;
}

static void show_judgement(const struct training *training) {
  struct judgement judgement;
  const bool judged = judge(training, &judgement);
  if (linear_is_as_good(training) && !(judged && judgement.nowhere != NULL)) {
    terminal_line(&training->cli->out, "linear", REPORT_INDENT,
                  "the network is no better than a linear model, which --layers '' gives");
  }
  if (judged) diagnosis_show(training->cli, &judgement);
}

/* What one part is measured by, as it stands in a list: a share, or R². */
static struct short_text measure_text(const cr_metrics *metrics, bool balanced) {
  if (isnan(metrics->accuracy)) return figure_text(metrics->r2);
  return percent_text(balanced ? metrics->balanced : metrics->accuracy);
}

static void add_linear(struct text *out, const cr_metrics *linear, bool balanced) {
  if (linear->n == 0) return;
  const bool number = isnan(linear->accuracy);
  text_add(out, " · linear model%s %s", number ? ": RMSE" : "",
           number ? number_text(linear->rmse).s : measure_text(linear, balanced).s);
}

static void show_other_parts(const struct training *training, size_t judged) {
  struct text line = {0};
  const bool others = !cr_training_get_summary(training->run)->same_rows;
  const bool balanced = is_balanced(training);
  const cr_metrics *metrics = cr_training_metrics(training->run, judged);
  for (size_t part = 0; others && part < judged; part++) {
    const cr_metrics *other = cr_training_metrics(training->run, part);
    if (other->n == 0) continue;
    text_add(&line, "%s%s %s%s", line.length > 0 ? ", " : "", part_names[part],
             isnan(other->accuracy) ? "R² " : "", measure_text(other, balanced).s);
  }
  const size_t figures = line.length;
  if (balanced && metrics->classes > 0) {
    text_add(&line, " · always one class %s", percent_text(1 / (double)metrics->classes).s);
  } else {
    output_baseline(&line, metrics);
  }
  add_linear(&line, cr_training_linear(training->run, judged), balanced);
  const char *text = figures == 0 ? line.data + strlen(" · ") : line.data;
  terminal_line(&training->cli->out, "", REPORT_INDENT, "%s%s", balanced ? "balanced: " : "", text);
  text_free(&line);
}

void training_show_result(const struct training *training) {
  if (training->cli->settings.json) return;
  struct text line = {0};
  struct stat file;
  const cr_training_summary *summary = cr_training_get_summary(training->run);
  if (!is_terse(training)) show_stop(training, summary);
  size_t part = judged_part(training);
  const cr_metrics *metrics = cr_training_metrics(training->run, part);
  text_add(&line, "%s ", summary->same_rows ? "train = test" : part_names[part]);
  output_describe(&line, metrics, part > 0 && !summary->same_rows, is_balanced(training));
  terminal_line(&training->cli->out, "result", REPORT_INDENT, "%s", line.data);
  text_free(&line);
  if (is_terse(training)) return;
  show_other_parts(training, part);
  show_judgement(training);
  if (training->saved && stat(training->model_path.data, &file) == 0) {
    terminal_line(&training->cli->out, "wrote", REPORT_INDENT, "%s (%s, with scaling%s)",
                  training->model_path.data, size_text((uint64_t)file.st_size).s,
                  isnan(metrics->accuracy) ? "" : " and labels");
  }
}

/* How a part that is a file of its own differs from the table trained on; appended. */
static void add_differences(const struct training *training, const cr_model *model, size_t part,
                            const cr_table *table, json_t *out) {
  cr_comparison *comparison = NULL;
  const cr_difference *d = NULL;
  if (table == NULL || cr_tables_compare(training->table, table, &comparison) != CR_OK) return;
  for (size_t index = 0; (d = training_difference(model, comparison, &index)) != NULL;) {
    json_t *object = json_object();
    json_object_set_new(object, "part", json_string(part_names[part]));
    json_object_set_new(object, "column", output_text(d->column));
    json_object_set_new(object, "distance", output_number(d->distance));
    json_object_set_new(object, "critical", output_number(d->critical));
    json_object_set_new(object, "train_mean", output_number(d->first_mean));
    json_object_set_new(object, "mean", output_number(d->second_mean));
    json_object_set_new(object, "value", d->text != NULL ? output_text(d->text) : json_null());
    json_object_set_new(object, "train_share", output_number(d->first_share));
    json_object_set_new(object, "share", output_number(d->second_share));
    json_array_append_new(out, object);
  }
  cr_comparison_destroy(comparison);
}

/* The parts of the linear model; null if there is none. */
static json_t *linear_object(const cr_training *run) {
  json_t *object = json_object();
  for (size_t part = 0; part < 3; part++) {
    const cr_metrics *metrics = cr_training_linear(run, part);
    if (metrics->n > 0) json_object_set_new(object, part_names[part], output_metrics(metrics));
  }
  if (json_object_size(object) > 0) return object;
  json_decref(object);
  return json_null();
}

static json_t *warnings_array(const cr_training *run) {
  const char *warning = NULL;
  json_t *out = json_array();
  for (size_t i = 0; (warning = cr_training_warning(run, i)) != NULL; i++) {
    json_array_append_new(out, output_text(warning));
  }
  return out;
}

json_t *training_object(const struct training *training, const char *command) {
  json_t *object = output_object(command);
  cr_model *model = cr_training_model(training->run);
  const cr_model_info *info = cr_model_get_info(model);
  const cr_training_summary *summary = cr_training_get_summary(training->run);
  const cr_train_options *options = cr_training_options(training->run);
  json_object_set_new(object, "model",
                      training->saved ? output_text(training->model_path.data) : json_null());
  json_object_set_new(object, "data", output_text(training->data));
  network_json(cr_model_net(model), object);
  json_object_set_new(object, "loss", json_string(info->loss));
  json_object_set_new(object, "task", json_string(info->task));
  json_object_set_new(object, "target", output_text(info->target));
  json_object_set_new(object, "optimizer", json_string(options->optimizer));
  json_object_set_new(object, "schedule", json_string(options->schedule));
  json_object_set_new(object, "learning_rate", output_number(options->learning_rate));
  json_object_set_new(object, "batch", output_count(options->batch));
  json_object_set_new(object, "epochs_run", output_count(summary->epochs_run));
  json_object_set_new(object, "best_epoch", output_count(summary->best_epoch));
  json_object_set_new(object, "stopped", json_string(summary->reason));
  json_object_set_new(object, "restarts", output_count(summary->restarts));
  json_object_set_new(object, "restarts_learned", output_count(summary->restarts_learned));
  json_object_set_new(object, "skipped_rows", output_count(summary->skipped_rows));
  json_object_set_new(object, "same_rows", json_boolean(summary->same_rows));
  json_object_set_new(object, "start_loss", output_number(summary->start_loss));
  json_object_set_new(object, "seconds", output_number(summary->seconds));
  if (summary->disk_bytes > 0) {
    json_object_set_new(object, "disk_bytes", json_integer((json_int_t)summary->disk_bytes));
    json_object_set_new(object, "waited", output_number(summary->waited));
  }
  json_object_set_new(object, "seed", json_integer((json_int_t)training->cli->settings.seed));
  for (size_t part = 0; part < 3; part++) {
    json_object_set_new(object, part_names[part],
                        output_metrics(cr_training_metrics(training->run, part)));
  }
  json_t *differences = json_array();
  add_differences(training, model, CR_PORTION_DEV, training->dev, differences);
  add_differences(training, model, CR_PORTION_TEST, training->test, differences);
  json_object_set_new(object, "differences", differences);
  json_object_set_new(object, "warnings", warnings_array(training->run));
  json_object_set_new(object, "linear", linear_object(training->run));
  struct judgement judgement;
  json_object_set_new(object, "diagnosis",
                      judge(training, &judgement) ? diagnosis_object(&judgement) : json_null());
  return object;
}
