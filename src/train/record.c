#include "train/record.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "base/strbuf.h"
#include "model/description.h"

static const char *const part_names[CR_PORTION_COUNT] = {"train", "dev", "test"};
static const size_t part_order[CR_PORTION_COUNT] = {CR_PORTION_DEV, CR_PORTION_TEST,
                                                    CR_PORTION_TRAIN};

static void add_number(cr_strbuf *out, const char *key, double value) {
  char text[32];
  cr_format_number(value, text);
  cr_strbuf_format(out, "\"%s\":%s", key, isfinite(value) ? text : "null");
}

static void add_size(cr_strbuf *out, const char *key, uint64_t value) {
  cr_strbuf_format(out, "\"%s\":%" PRIu64, key, value);
}

/* Only names of parts and words of this module are written so: nothing in them needs escaping. */
static void add_text(cr_strbuf *out, const char *key, const char *value) {
  cr_strbuf_format(out, "\"%s\":\"%s\"", key, value);
}

static void comma(cr_strbuf *out) {
  cr_strbuf_add(out, ",", 1);
}

/* The balanced accuracy stands for the accuracy where the classes were weighted. */
static void add_metrics(cr_strbuf *out, const cr_metrics *m, bool balanced) {
  cr_strbuf_add(out, "{", 1);
  if (isfinite(m->accuracy)) {
    add_number(out, "accuracy", m->accuracy);
    comma(out);
  }
  if (balanced && isfinite(m->balanced)) {
    add_number(out, "balanced", m->balanced);
    comma(out);
    add_number(out, "balanced_high", m->balanced_high);
    comma(out);
    add_number(out, "balanced_low", m->balanced_low);
    comma(out);
  }
  add_number(out, "loss", m->loss);
  comma(out);
  add_size(out, "n", m->n);
  if (isfinite(m->r2)) {
    comma(out);
    add_number(out, "r2", m->r2);
  }
  if (isfinite(m->rmse)) {
    comma(out);
    add_number(out, "rmse", m->rmse);
  }
  cr_strbuf_add(out, "}", 1);
}

/* "parts":{"dev":…,"test":…,"train":…} of the parts that are there. */
static void add_parts(cr_strbuf *out, const char *key, const cr_metrics *parts, bool balanced) {
  cr_strbuf_format(out, "\"%s\":{", key);
  bool first = true;
  for (size_t i = 0; i < CR_PORTION_COUNT; i++) {
    const cr_metrics *metrics = &parts[part_order[i]];
    if (metrics->n == 0) continue;
    cr_strbuf_format(out, "%s\"%s\":", first ? "" : ",", part_names[part_order[i]]);
    add_metrics(out, metrics, balanced);
    first = false;
  }
  cr_strbuf_add(out, "}", 1);
}

static bool has_parts(const cr_metrics *parts) {
  for (size_t p = 0; parts && p < CR_PORTION_COUNT; p++)
    if (parts[p].n > 0) return true;
  return false;
}

/* Fingerprints of the tables, each once, in the order of the parts they are first used in. */
static void add_data(cr_strbuf *out, const cr_portions *portions) {
  cr_strbuf_format(out, "\"data\":[");
  for (size_t p = 0; p < CR_PORTION_COUNT; p++) {
    if (p > 0 && portions->tables[p] == portions->tables[CR_PORTION_TRAIN]) continue;
    const uint64_t fingerprint = cr_table_get_origin(portions->tables[p])->fingerprint;
    cr_strbuf_format(out, "%s\"%016" PRIx64 "\"", p > 0 ? "," : "", fingerprint);
  }
  cr_strbuf_add(out, "]", 1);
}

static void add_split(cr_strbuf *out, const cr_portions *portions) {
  char text[CR_PORTION_COUNT][32];
  for (size_t p = 0; p < CR_PORTION_COUNT; p++) cr_format_number(portions->shares[p], text[p]);
  cr_strbuf_format(out, "\"split\":[%s,%s,%s]", text[0], text[1], text[2]);
}

/* The numbers among the options and where they are, in alphabetical order. */
typedef struct number_option {
  const char *key;
  size_t offset;
} number_option;

#define NUMBER(member) \
  { #member, offsetof(cr_train_options, member) }

static const number_option number_options[] = {
    NUMBER(beta1),         NUMBER(beta2),    NUMBER(clip),     NUMBER(dampening),
    NUMBER(dropout),       NUMBER(epsilon),  NUMBER(gamma),    NUMBER(input_dropout),
    NUMBER(input_noise),   NUMBER(l1),       NUMBER(l2),       NUMBER(label_smoothing),
    NUMBER(learning_rate), NUMBER(max_norm), NUMBER(momentum), NUMBER(warm_up),
};

enum { NUMBER_OPTIONS = sizeof number_options / sizeof *number_options };

/* Adds those that come before `key` and were not added yet, each with a comma after it. */
static void add_numbers_to(cr_strbuf *out, const cr_train_options *options, const char *key,
                           size_t *done) {
  for (; *done < NUMBER_OPTIONS && strcmp(number_options[*done].key, key) < 0; ++*done) {
    const char *place = (const char *)options + number_options[*done].offset;
    double value;
    memcpy(&value, place, sizeof value);
    add_number(out, number_options[*done].key, value);
    comma(out);
  }
}

/* A text of the caller's, where there is one; a comma after it. */
static void add_quoted(cr_strbuf *out, const char *key, const char *value) {
  if (!value) return;
  cr_strbuf_format(out, "\"%s\":", key);
  cr_quote_json(out, value);
  comma(out);
}

/* From "augment" to "optimizer". */
static void add_first_options(cr_strbuf *out, const cr_record *record, size_t *numbers) {
  const cr_train_options *o = record->options;
  const char *class_weights = record->prepare->class_weights;
  add_quoted(out, "augment", o->augment);
  add_size(out, "batch", o->batch);
  comma(out);
  add_size(out, "best_epoch", record->summary->best_epoch);
  comma(out);
  add_numbers_to(out, o, "class_weights", numbers);
  add_quoted(out, "class_weights", class_weights);
  add_numbers_to(out, o, "data", numbers);
  add_data(out, record->portions);
  comma(out);
  add_numbers_to(out, o, "epochs", numbers);
  add_size(out, "epochs", o->epochs);
  comma(out);
  add_size(out, "epochs_run", record->summary->epochs_run);
  comma(out);
  add_numbers_to(out, o, "initializer", numbers);
  add_text(out, "initializer", record->plan->initializer ? record->plan->initializer : "auto");
  comma(out);
  add_numbers_to(out, o, "keep", numbers);
  add_text(out, "keep", o->keep);
  comma(out);
  add_text(out, "kernel", o->kernel);
  comma(out);
  if (has_parts(record->linear)) {
    add_numbers_to(out, o, "linear", numbers);
    add_parts(out, "linear", record->linear, class_weights != NULL);
    comma(out);
  }
  add_numbers_to(out, o, "optimizer", numbers);
  add_text(out, "optimizer", o->optimizer);
  comma(out);
}

/* From "parts" to "weight_decay", the last of all. */
static void add_last_options(cr_strbuf *out, const cr_record *record, size_t *numbers) {
  const cr_train_options *o = record->options;
  add_parts(out, "parts", record->metrics, record->prepare->class_weights != NULL);
  comma(out);
  add_size(out, "patience", o->patience);
  comma(out);
  add_size(out, "restarts", record->summary->restarts); /* an interruption may leave some out */
  comma(out);
  cr_strbuf_format(out, "\"same_rows\":%s,", record->portions->same_rows ? "true" : "false");
  add_text(out, "schedule", o->schedule);
  comma(out);
  add_size(out, "seed", o->seed);
  comma(out);
  add_split(out, record->portions);
  comma(out);
  add_size(out, "split_seed", record->prepare->seed);
  comma(out);
  add_text(out, "stopped", record->summary->reason);
  comma(out);
  add_numbers_to(out, o, "weight", numbers);
  add_quoted(out, "weight", record->prepare->weight);
  add_number(out, "weight_decay", o->weight_decay);
}

cr_status cr_record_write(const cr_record *record, char **out) {
  cr_strbuf text = {0};
  size_t numbers = 0;
  cr_strbuf_add(&text, "{", 1);
  add_first_options(&text, record, &numbers);
  add_last_options(&text, record, &numbers);
  cr_strbuf_add(&text, "}", 1);
  const cr_status status = cr_strbuf_take(&text, out);
  cr_strbuf_free(&text);
  return status;
}
