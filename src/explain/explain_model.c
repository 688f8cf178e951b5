/* What of a model can be explained: rows of a table, a sample. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/size.h"
#include "chainrule/explain.h"
#include "explain/explanation.h"
#include "json/json.h"
#include "model/values.h"

enum { DIGITS = 6 }; /* of numbers that are given */

static const char NO_VALUE[] = "(no value)";

/* --- the training ----------------------------------------------------------------------------- */

/* What is known of the training of a model. */
typedef struct recipe {
  cr_target_function target;
  double learning_rate; /* 0: not known */
  char optimizer[32];
  char left_out[256]; /* what of it is not in an explanation; "": nothing */
} recipe;

static double number_of(const json_t *record, const char *key) {
  const double value = json_number_value(json_object_get(record, key));
  return isfinite(value) && value > 0.0 ? value : 0.0;
}

/* What changes the cost, its gradient or the step while a network learns, and is not shown. */
static void name_left_out(const cr_model *model, const json_t *record, recipe *out) {
  static const struct {
    const char *key, *name;
  } parts[] = {
      {"label_smoothing", "label smoothing"},    {"dropout", "dropout"},
      {"input_dropout", "dropout of inputs"},    {"input_noise", "noise on the inputs"},
      {"weight_decay", "weight decay"},          {"clip", "clipped gradients"},
      {"max_norm", "a largest norm of weights"},
  };
  cr_strbuf text = {0};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    const double value = number_of(record, parts[i].key);
    if (value == 0.0) continue;
    cr_strbuf_format(&text, "%s%s %s", text.length > 0 ? ", " : "", parts[i].name,
                     cr_figure_alone(value, DIGITS).s);
  }
  if (json_is_string(json_object_get(record, "class_weights")))
    cr_strbuf_format(&text, "%sweights of classes", text.length > 0 ? ", " : "");
  if (model->encoder->weight)
    cr_strbuf_format(&text, "%sweights of rows", text.length > 0 ? ", " : "");
  if (text.length > 0 && !text.failed)
    snprintf(out->left_out, sizeof out->left_out, "%s", text.text);
  cr_strbuf_free(&text);
}

static cr_status read_recipe(const cr_model *model, recipe *out) {
  cr_objective objective;
  json_t *record = NULL;
  *out = (recipe){.learning_rate = 0.0};
  cr_objective_init(&objective);
  objective.loss = model->loss->part.name;
  const char *text = model->training ? model->training : "{}";
  CR_TRY(cr_json_parse(CR_ERR_MODEL, "training", text, strlen(text), SIZE_MAX, &record));
  objective.l1 = number_of(record, "l1");
  objective.l2 = number_of(record, "l2");
  out->learning_rate = number_of(record, "learning_rate");
  const char *optimizer = json_string_value(json_object_get(record, "optimizer"));
  if (optimizer) snprintf(out->optimizer, sizeof out->optimizer, "%.31s", optimizer);
  name_left_out(model, record, out);
  json_decref(record);
  return cr_objective_resolve(model->net, &objective, &out->target);
}

/* The optimiser is named where the step shown is not its own. */
static cr_status name_training(const recipe *known, cr_trace *trace) {
  if (known->left_out[0] != '\0') CR_TRY(cr_copy_text(known->left_out, &trace->names.left_out));
  if (known->optimizer[0] == '\0' || strcmp(known->optimizer, "gd") == 0) return CR_OK;
  return cr_document_clean(known->optimizer, &trace->names.trained);
}

/* --- names ------------------------------------------------------------------------------------ */

static cr_status add_clean(cr_strlist *list, const char *raw) {
  char *clean = NULL;
  CR_TRY(cr_document_clean(raw, &clean));
  const cr_status status = cr_strlist_add(list, clean);
  cr_free(clean);
  return status;
}

static cr_status name_outputs(const cr_model *model, cr_trace *trace) {
  for (size_t k = 0; k < model->encoder->labels.count; k++)
    CR_TRY(add_clean(&trace->names.labels, model->encoder->labels.items[k]));
  return CR_OK;
}

/* What feeds the input `part` of a column: itself, one of its labels, or whether it has a value. */
static cr_status add_input_name(const cr_input *input, size_t part, cr_strlist *list) {
  cr_strbuf text = {0};
  char *raw = NULL;
  cr_input_name_part(input, part, &text);
  CR_TRY(cr_strbuf_take(&text, &raw));
  const cr_status status = add_clean(list, raw);
  cr_free(raw);
  return status;
}

/* A column that is no image: each input it feeds, and beside it what stands in the column. */
static cr_status name_column(const cr_input *input, const char *value, cr_trace *trace) {
  for (size_t part = 0; part < input->width; part++) {
    CR_TRY(add_input_name(input, part, &trace->names.inputs));
    CR_TRY(add_clean(&trace->names.raw, value));
  }
  return CR_OK;
}

static bool has_images(const cr_encoder *encoder) {
  bool images = false;
  for (size_t i = 0; i < encoder->input_count; i++)
    images |= encoder->inputs[i].type == CR_COLUMN_IMAGE;
  return images;
}

/* The names of several labels, "a and b". */
static cr_status add_names(cr_strbuf *names, cr_strlist *list) {
  char *text = NULL;
  if (names->length == 0) cr_strbuf_format(names, "none");
  CR_TRY(cr_strbuf_take(names, &text));
  const cr_status status = add_clean(list, text);
  cr_free(text);
  return status;
}

/* What a trace takes of a model, beside the numbers of its rows. */
static cr_trace_input input_of(const cr_model *model, const recipe *known) {
  const cr_encoder *encoder = model->encoder;
  cr_trace_input input = {.net = model->net, .target = known->target};
  input.scores = cr_gives_scores(model);
  input.answer = encoder->multilabel ? CR_ANSWER_LABELS
                 : encoder->classes  ? CR_ANSWER_CLASS
                                     : CR_ANSWER_NUMBERS;
  if (input.answer == CR_ANSWER_NUMBERS) input.numbers = encoder;
  return input;
}

/* --- a sample --------------------------------------------------------------------------------- */

/* A sample on its way into a trace. */
typedef struct sample {
  const cr_model *model;
  const double *raw, *target; /* (inputs), (outputs) or NULL */
  double *x, *y;              /* (inputs), (outputs) as the network takes them, owned */
} sample;

static cr_status check_counts(const cr_model *model, size_t inputs, bool has_target,
                              size_t targets) {
  const size_t in = cr_encoder_values(model->encoder), out = cr_net_outputs(model->net);
  if (inputs != in) {
    cr_fail(CR_ERR_SHAPE, "found %zu input%s, the network has %zu", inputs, inputs == 1 ? "" : "s",
            in);
    return cr_fix("give %zu number%s, in the order in which chainrule inspect lists the inputs", in,
                  in == 1 ? "" : "s");
  }
  if (!has_target || targets == out) return CR_OK;
  cr_fail(CR_ERR_SHAPE, "found %zu target%s, the network has %zu output%s", targets,
          targets == 1 ? "" : "s", out, out == 1 ? "" : "s");
  if (!model->encoder->classes) return cr_fix("give %zu number%s", out, out == 1 ? "" : "s");
  return cr_fix("give a label, or %zu number%s from 0 to 1", out, out == 1 ? "" : "s");
}

/* (value − shift) / scale in double, which of what is not scaled is the value itself. */
static cr_status prepare(sample *s) {
  const cr_encoder *encoder = s->model->encoder;
  const size_t out = cr_net_outputs(s->model->net);
  void *x = NULL, *y = NULL;
  CR_TRY(cr_alloc(cr_net_inputs(s->model->net), sizeof(double), &x));
  s->x = x;
  CR_TRY(cr_alloc(out, sizeof(double), &y));
  s->y = y;
  const double *raw = s->raw;
  double *at = s->x;
  for (size_t i = 0; i < encoder->input_count; i++) {
    const cr_input *input = &encoder->inputs[i];
    CR_TRY(cr_input_encode(input, raw, at));
    raw += input->type == CR_COLUMN_IMAGE ? input->width : 1;
    at += input->width;
  }
  const bool number = !encoder->classes && !encoder->multilabel;
  for (size_t k = 0; s->target && k < out; k++) {
    s->y[k] = number ? (s->target[k] - cr_encoder_target_shift(encoder, k)) /
                           cr_encoder_target_scale(encoder, k)
                     : s->target[k];
    if (!(fabs(s->y[k]) <= (double)FLT_MAX))
      return cr_fail(CR_ERR_NUMBER, "%g as a target is no number this network can take",
                     s->target[k]);
  }
  return CR_OK;
}

/* The raw inputs, where they are not what goes in. */
static cr_status name_inputs(const sample *s, cr_trace *trace) {
  const cr_encoder *encoder = s->model->encoder;
  bool scaled = !cr_encoder_is_plain(encoder);
  for (size_t i = 0; i < encoder->input_count; i++)
    scaled |= encoder->inputs[i].shift != 0.0 || encoder->inputs[i].scale != 1.0;
  if (!scaled || has_images(encoder)) return CR_OK;
  for (size_t i = 0; i < encoder->input_count; i++) {
    const cr_input *input = &encoder->inputs[i];
    const double raw = s->raw[i];
    const bool label = input->type == CR_COLUMN_TEXT && !input->hashed && raw >= 0.0;
    char date[32] = "";
    if (input->type == CR_COLUMN_DATE) cr_format_date(raw, date);
    const char *text = label             ? input->labels.items[(size_t)raw]
                       : isnan(raw)      ? NO_VALUE
                       : date[0] != '\0' ? date
                                         : cr_figure_alone(raw, DIGITS).s;
    CR_TRY(name_column(input, text, trace));
  }
  return CR_OK;
}

/* What is wanted in words, where the targets are those of labels and not between them. */
static cr_status name_wanted(const sample *s, cr_trace *trace) {
  const cr_encoder *encoder = s->model->encoder;
  const size_t out = cr_net_outputs(s->model->net), labels = encoder->labels.count;
  cr_strlist *wanted = &trace->names.wanted;
  cr_strbuf names = {0};
  size_t found = 0;
  if (!s->target) return CR_OK;
  if (encoder->numbers.count > 0) return CR_OK; /* each has a scale of its own */
  if (labels == 0) {
    if (encoder->target_shift == 0.0 && encoder->target_scale == 1.0) return CR_OK;
    return add_clean(wanted, cr_figure_alone(s->target[0], DIGITS).s);
  }
  for (size_t k = 0; k < out; k++) {
    if (s->y[k] != 0.0 && s->y[k] != 1.0) return CR_OK;
    found += s->y[k] == 1.0;
  }
  if (out < labels) return add_clean(wanted, encoder->labels.items[s->y[0] == 1.0]);
  if (!encoder->multilabel && found != 1) return CR_OK;
  for (size_t k = 0; k < out; k++) {
    if (s->y[k] == 1.0)
      cr_strbuf_format(&names, "%s%s", names.length > 0 ? " and " : "", encoder->labels.items[k]);
  }
  return add_names(&names, wanted);
}

static cr_status trace_sample(const sample *s, const recipe *known,
                              const cr_explain_options *options, cr_trace **out) {
  cr_trace_input input = input_of(s->model, known);
  input.x = s->x;
  input.y = s->target ? s->y : NULL;
  CR_TRY(cr_explain_trace(&input, options, known->learning_rate, 1, out));
  cr_trace_names *names = &(*out)->names;
  names->unnumbered = true;
  cr_status status = cr_copy_text("One sample", &names->title);
  if (status == CR_OK) status = name_training(known, *out);
  if (status == CR_OK) status = name_outputs(s->model, *out);
  if (status == CR_OK) status = name_inputs(s, *out);
  if (status == CR_OK) status = name_wanted(s, *out);
  if (status == CR_OK && !s->target) status = cr_copy_text("No target was given.", &names->lacking);
  if (status != CR_OK) cr_trace_destroy(*out);
  return status;
}

cr_status cr_explain_sample(const cr_model *model, const double *inputs, size_t input_count,
                            const double *target, size_t target_count,
                            const cr_explain_options *options, cr_explanation **out) {
  cr_explain_options o;
  recipe known;
  cr_trace *trace = NULL;
  sample s = {.model = model, .raw = inputs, .target = target};
  *out = NULL;
  CR_TRY(check_counts(model, input_count, target != NULL, target_count));
  CR_TRY(cr_explain_options_check(options, 1, &o));
  CR_TRY(read_recipe(model, &known));
  cr_status status = prepare(&s);
  if (status == CR_OK) status = trace_sample(&s, &known, &o, &trace);
  cr_free(s.x);
  cr_free(s.y);
  return status == CR_OK ? cr_explanation_create(trace, &o, out) : status;
}

/* --- rows of a table -------------------------------------------------------------------------- */

/* Rows of a table on their way into a trace. */
typedef struct reading {
  const cr_model *model;
  cr_table *table; /* of these rows alone, owned */
  size_t *rows;    /* (count) 0, 1, … */
  size_t count;
  size_t *inputs;  /* (input_count) columns */
  size_t *targets; /* columns: one, or one for each of several labels */
  cr_samples *samples;
  float *x, *y;    /* (count, inputs), (count, outputs) */
  bool has_target; /* else y is not there */
} reading;

/* A byte of an image as an input, as the kernels have it. */
static void convert_bytes(float *out, const uint8_t *bytes, size_t n, float scale, float shift) {
  for (size_t i = 0; i < n; i++) out[i] = (float)bytes[i] * scale + shift;
}

static cr_status gather(reading *r) {
  const size_t in = cr_net_inputs(r->model->net), out = cr_net_outputs(r->model->net);
  void *x = NULL, *y = NULL, *order = NULL;
  size_t x_count = 0, y_count = 0;
  CR_TRY(cr_size_product(r->count, in, &x_count));
  CR_TRY(cr_size_product(r->count, out, &y_count));
  cr_status status = cr_alloc(x_count, sizeof(float), &x);
  r->x = x;
  if (status == CR_OK && r->has_target) status = cr_alloc(y_count, sizeof(float), &y);
  r->y = y;
  if (status == CR_OK) status = cr_alloc(r->count, sizeof(size_t), &order);
  if (status == CR_OK) {
    for (size_t i = 0; i < r->count; i++) ((size_t *)order)[i] = i;
    cr_samples_gather(r->samples, convert_bytes, order, r->count,
                      (cr_matrix){r->x, r->count, in, in},
                      r->y ? (cr_matrix){r->y, r->count, out, out} : (cr_matrix){0});
  }
  cr_free(order);
  return status;
}

/* The columns of the inputs and the targets; a table without any target is for the way forward. */
static cr_status match(reading *r) {
  const cr_encoder *encoder = r->model->encoder;
  const size_t count = cr_encoder_target_count(encoder);
  void *inputs = NULL, *targets = NULL;
  CR_TRY(cr_alloc(encoder->input_count, sizeof(size_t), &inputs));
  r->inputs = inputs;
  CR_TRY(cr_alloc(count, sizeof(size_t), &targets));
  r->targets = targets;
  CR_TRY(cr_encoder_match(encoder, r->table, r->inputs, r->targets, NULL));
  for (size_t t = 0; t < count; t++) r->has_target |= r->targets[t] != SIZE_MAX;
  return CR_OK;
}

/* The chosen rows as a table, in which a value that cannot be used is an error with its place. */
static cr_status select_rows(reading *r, const cr_table *table, const size_t *rows) {
  void *block = NULL;
  size_t usable = 0;
  CR_TRY(cr_table_select(table, rows, r->count, &r->table));
  CR_TRY(cr_alloc(r->count, sizeof(size_t), &block));
  r->rows = block;
  CR_TRY(match(r));
  return cr_encoder_usable(r->model->encoder, r->table, r->has_target, false, r->rows, &usable);
}

static cr_status read_rows(reading *r) {
  const cr_encoder *encoder = r->model->encoder;
  CR_TRY(cr_encoder_samples(encoder, r->table, r->rows, r->count, r->has_target,
                            cr_net_outputs(r->model->net), &r->samples));
  return gather(r);
}

static void free_reading(reading *r) {
  cr_table_destroy(r->table);
  cr_free(r->rows);
  cr_samples_destroy(r->samples);
  cr_free(r->inputs);
  cr_free(r->targets);
  cr_free(r->x);
  cr_free(r->y);
}

/* A value as it is in the table; borrowed from there or from `figure`. */
static const char *value_at(const cr_table *table, size_t row, size_t column, cr_figure *figure) {
  const char *text = cr_table_text(table, row, column);
  if (text) return text;
  const double number = cr_table_number(table, row, column);
  *figure = cr_figure_alone(number, DIGITS);
  return isnan(number) ? NO_VALUE : figure->s;
}

/* What is wanted in a row: its value, or the names of those of several labels that are 1. */
static cr_status add_wanted(const reading *r, size_t row, cr_strlist *list) {
  const cr_encoder *encoder = r->model->encoder;
  cr_figure figure;
  cr_strbuf names = {0};
  for (size_t t = 0; t < encoder->numbers.count; t++)
    cr_strbuf_format(&names, "%s%s", t > 0 ? ", " : "",
                     value_at(r->table, row, r->targets[t], &figure));
  if (encoder->numbers.count > 0) return add_names(&names, list);
  if (!encoder->multilabel) return add_clean(list, value_at(r->table, row, r->targets[0], &figure));
  for (size_t k = 0; k < encoder->labels.count; k++) {
    if (cr_table_number(r->table, row, r->targets[k]) != 1.0) continue;
    cr_strbuf_format(&names, "%s%s", names.length > 0 ? " and " : "", encoder->labels.items[k]);
  }
  return add_names(&names, list);
}

static cr_status name_lacking(const reading *r, cr_trace_names *names) {
  cr_strbuf text = {0};
  char *raw = NULL;
  cr_strbuf_format(&text, "%s has no column %s.", cr_table_get_origin(r->table)->path,
                   r->model->encoder->target);
  CR_TRY(cr_strbuf_take(&text, &raw));
  const cr_status status = cr_document_clean(raw, &names->lacking);
  cr_free(raw);
  return status;
}

/* Names and raw values of the inputs and the target; of images only the target. */
static cr_status name_table(const reading *r, cr_trace *trace) {
  const cr_encoder *encoder = r->model->encoder;
  cr_trace_names *names = &trace->names;
  CR_TRY(cr_document_clean(cr_table_get_origin(r->table)->path, &names->title));
  const bool images = has_images(encoder);
  for (size_t i = 0; i < encoder->input_count && !images; i++) {
    cr_figure figure;
    const char *value = value_at(r->table, r->rows[0], r->inputs[i], &figure);
    CR_TRY(name_column(&encoder->inputs[i], value, trace));
  }
  for (size_t i = 0; i < r->count; i++) {
    trace->row_numbers[i] = cr_table_row_number(r->table, r->rows[i]);
    if (r->has_target) CR_TRY(add_wanted(r, r->rows[i], &names->wanted));
  }
  if (!r->has_target) CR_TRY(name_lacking(r, names));
  return name_outputs(r->model, trace);
}

static cr_status trace_table(const reading *r, const recipe *known,
                             const cr_explain_options *options, cr_trace **out) {
  double *x = NULL, *y = NULL;
  const size_t in = cr_net_inputs(r->model->net), outputs = cr_net_outputs(r->model->net);
  cr_explain_options all = *options; /* the rows are chosen already */
  all.rows = NULL;
  cr_status status = cr_explain_widen((cr_const_matrix){r->x, r->count, in, in}, &x);
  if (status == CR_OK && r->has_target)
    status = cr_explain_widen((cr_const_matrix){r->y, r->count, outputs, outputs}, &y);
  cr_trace_input input = input_of(r->model, known);
  input.x = x;
  input.y = y;
  if (status == CR_OK) status = cr_explain_trace(&input, &all, known->learning_rate, r->count, out);
  cr_free(x);
  cr_free(y);
  CR_TRY(status);
  status = name_table(r, *out);
  if (status == CR_OK) status = name_training(known, *out);
  if (status != CR_OK) cr_trace_destroy(*out);
  return status;
}

cr_status cr_explain_table(const cr_model *model, const cr_table *table,
                           const cr_explain_options *options, cr_explanation **out) {
  static const size_t first = 0;
  cr_explain_options o;
  recipe known;
  cr_trace *trace = NULL;
  *out = NULL;
  CR_TRY(cr_explain_options_check(options, cr_table_rows(table), &o));
  if (cr_table_rows(table) == 0) return cr_fail(CR_ERR_EMPTY, "there are no rows to explain");
  CR_TRY(read_recipe(model, &known));
  reading r = {.model = model, .count = o.rows ? o.row_count : 1};
  CR_TRY(cr_explain_check_size(model->net, r.count));
  cr_status status = select_rows(&r, table, o.rows ? o.rows : &first);
  if (status == CR_OK) status = read_rows(&r);
  if (status == CR_OK) status = trace_table(&r, &known, &o, &trace);
  free_reading(&r);
  return status == CR_OK ? cr_explanation_create(trace, &o, out) : status;
}
