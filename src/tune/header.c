#include "tune/header.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stddef.h>

#include "base/alloc.h"
#include "data/large_table.h"

/* An option that changes what a run finds, and where it stands in its struct. */
typedef struct member {
  const char *name;
  enum { TEXT, NUMBER, COUNT, FLAG } kind;
  size_t offset;
} member;

#define AT(field) offsetof(cr_train_options, field)

static const member train_members[] = {
    {"layers", TEXT, AT(layers)},
    {"activation", TEXT, AT(activation)},
    {"output", TEXT, AT(output)},
    {"loss", TEXT, AT(loss)},
    {"init", TEXT, AT(initializer)},
    {"optimizer", TEXT, AT(optimizer)},
    {"schedule", TEXT, AT(schedule)},
    {"lr", NUMBER, AT(learning_rate)},
    {"momentum", NUMBER, AT(momentum)},
    {"dampening", NUMBER, AT(dampening)},
    {"beta1", NUMBER, AT(beta1)},
    {"beta2", NUMBER, AT(beta2)},
    {"epsilon", NUMBER, AT(epsilon)},
    {"weight-decay", NUMBER, AT(weight_decay)},
    {"clip", NUMBER, AT(clip)},
    {"warm-up", NUMBER, AT(warm_up)},
    {"gamma", NUMBER, AT(gamma)},
    {"l1", NUMBER, AT(l1)},
    {"l2", NUMBER, AT(l2)},
    {"label-smoothing", NUMBER, AT(label_smoothing)},
    {"dropout", NUMBER, AT(dropout)},
    {"input-dropout", NUMBER, AT(input_dropout)},
    {"input-noise", NUMBER, AT(input_noise)},
    {"max-norm", NUMBER, AT(max_norm)},
    {"augment", TEXT, AT(augment)},
    {"batch", COUNT, AT(batch)},
    {"epochs", COUNT, AT(epochs)},
    {"patience", COUNT, AT(patience)},
    {"keep", TEXT, AT(keep)},
    {"restarts", COUNT, AT(restarts)},
};

#undef AT
#define AT(field) offsetof(cr_prepare_options, field)

static const member prepare_members[] = {
    {"target", TEXT, AT(target)},   {"task", TEXT, AT(task)},
    {"scale", TEXT, AT(scale)},     {"skip-bad-rows", FLAG, AT(skip_bad_rows)},
    {"weight", TEXT, AT(weight)},   {"class-weight", TEXT, AT(class_weights)},
    {"missing", TEXT, AT(missing)}, {"unseen", TEXT, AT(unseen)},
};

/* The value of a member; NULL where memory runs out. */
static json_t *value_of(const member *m, const void *options) {
  const void *at = (const char *)options + m->offset;
  const char *text = m->kind == TEXT ? *(const char *const *)at : NULL;
  switch (m->kind) {
    case TEXT:
      return text ? json_string(text) : json_null();
    case NUMBER:
      return isnan(*(const double *)at) ? json_null() : json_real(*(const double *)at);
    case COUNT:
      return json_integer((json_int_t) * (const size_t *)at);
    case FLAG:
      return json_boolean(*(const bool *)at);
  }
  return NULL;
}

static int add_members(json_t *header, const member *members, size_t count, const void *options) {
  int failed = 0;
  for (size_t i = 0; i < count; i++)
    failed |= json_object_set_new(header, members[i].name, value_of(&members[i], options));
  return failed;
}

static json_t *fingerprint(const cr_table *table) {
  if (!table) return json_null();
  return json_sprintf("%016" PRIx64, cr_table_get_origin(table)->fingerprint);
}

static json_t *texts(const char *const *items, size_t count) {
  json_t *array = json_array();
  for (size_t i = 0; i < count; i++)
    if (json_array_append_new(array, json_string(items[i]))) {
      json_decref(array);
      return NULL;
    }
  return array;
}

static json_t *shares(const double split[CR_PORTION_COUNT]) {
  json_t *array = json_array();
  for (size_t p = 0; p < CR_PORTION_COUNT; p++)
    if (json_array_append_new(array, json_real(split[p]))) {
      json_decref(array);
      return NULL;
    }
  return array;
}

/* The seed comes after the data: who begins again with another one is told so first. */
static int fill(json_t *header, const cr_table *table, const cr_folds *folds, const char *searched,
                const cr_prepare_options *prepare, const cr_train_options *train) {
  int failed = json_object_set_new(header, "format", json_string("chainrule.tune-log/1"));
  failed |= json_object_set_new(header, "version", json_string(cr_version()));
  failed |= json_object_set_new(header, "data", fingerprint(table));
  failed |= json_object_set_new(header, "dev", fingerprint(folds->dev));
  failed |= json_object_set_new(header, "seed", json_integer((json_int_t)train->seed));
  failed |= json_object_set_new(header, "split-seed", json_integer((json_int_t)prepare->seed));
  failed |= json_object_set_new(header, "train-rows",
                                json_integer((json_int_t)folds->whole.count[CR_PORTION_TRAIN]));
  failed |= json_object_set_new(header, "dev-rows",
                                json_integer((json_int_t)folds->whole.count[CR_PORTION_DEV]));
  failed |= json_object_set_new(header, "folds", json_integer((json_int_t)folds->count));
  failed |= json_object_set_new(header, "search", json_string(searched));
  failed |= json_object_set_new(header, "split", shares(prepare->split));
  failed |= json_object_set_new(header, "drop", texts(prepare->drop, prepare->drop_count));
  failed |= json_object_set_new(header, "types", texts(prepare->types, prepare->type_count));
  failed |= json_object_set_new(header, "gaps", texts(prepare->gaps, prepare->gap_count));
  failed |= json_object_set_new(header, "scales", texts(prepare->scales, prepare->scale_count));
  failed |= json_object_set_new(header, "only", texts(prepare->only, prepare->only_count));
  failed |= json_object_set_new(header, "targets", texts(prepare->targets, prepare->target_count));
  failed |= add_members(header, prepare_members, sizeof prepare_members / sizeof *prepare_members,
                        prepare);
  if (table->large) /* which the order of rows on disk depends on */
    failed |= json_object_set_new(header, "memory", json_integer((json_int_t)table->large->memory));
  failed |= add_members(header, train_members, sizeof train_members / sizeof *train_members, train);
  return failed;
}

static int add_dump(const char *bytes, size_t size, void *out) {
  cr_strbuf_add(out, bytes, size);
  return 0;
}

cr_status cr_tune_header(const cr_table *table, const cr_folds *folds, const char *searched,
                         const cr_prepare_options *prepare, const cr_train_options *train,
                         char **out) {
  cr_strbuf text = {0};
  json_t *header = json_object();
  int failed = fill(header, table, folds, searched, prepare, train);
  if (!failed)
    failed = json_dump_callback(header, add_dump, &text, JSON_COMPACT | JSON_REAL_PRECISION(17));
  json_decref(header);
  if (!failed) return cr_strbuf_take(&text, out);
  cr_strbuf_free(&text);
  return cr_fail(CR_ERR_MEMORY, "out of memory while the log was begun");
}
