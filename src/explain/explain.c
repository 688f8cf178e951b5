/* What can be explained: a case, a network, rows of a table, a sample. */
#include "chainrule/explain.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/size.h"
#include "check/case.h"
#include "explain/explanation.h"
#include "json/json.h"
#include "model/trained.h"

static const double RATE = 0.1; /* where nobody names one */

/* Numbers of all rows in all layers, and parameters: as many as a case may have. */
static cr_status check_size(const cr_net *net, size_t rows) {
  size_t widths = net->spec.inputs, numbers = 0;
  for (size_t l = 0; l < net->spec.count; l++) widths += net->spec.layers[l].outputs;
  if (cr_size_product(widths, rows, &numbers) == CR_OK && numbers <= CR_CASE_MAX_COMPUTED &&
      net->parameter_count <= CR_CASE_MAX_COMPUTED)
    return CR_OK;
  cr_fail(CR_ERR_LIMIT,
          "%zu rows of this network are more numbers than an explanation may have: %zu", rows,
          (size_t)CR_CASE_MAX_COMPUTED);
  return cr_fix("choose fewer rows: --row 1");
}

/*
 * Puts rows and rate into an input, and makes the trace: of the targets as they are, of rows that
 * count alike, and with nothing drawn at random.
 */
static cr_status make_trace(cr_trace_input *input, const cr_explain_options *options, double rate,
                            size_t otherwise, cr_trace **out) {
  input->rows = options->rows;
  input->count = options->rows ? options->row_count : otherwise;
  input->learning_rate = options->learning_rate > 0.0 ? options->learning_rate
                         : rate > 0.0                 ? rate
                                                      : RATE;
  CR_TRY(check_size(input->net, input->count));
  input->target.draws = (cr_draws){.dropout = 0.0};
  input->target.label_smoothing = 0.0;
  input->target.row_weights = NULL;
  return cr_trace_create(input, out);
}

/* --- a case ----------------------------------------------------------------------------------- */

static cr_status explain_case(const cr_case *c, const cr_explain_options *options,
                              cr_explanation **out) {
  cr_explain_options o;
  cr_trace *trace = NULL;
  CR_TRY(cr_explain_options_check(options, c->rows, &o));
  cr_trace_input input = {.net = c->net,
                          .target = c->target,
                          .parameters = c->parameters.values,
                          .x = c->x.values,
                          .y = c->y.values};
  CR_TRY(make_trace(&input, &o, c->learning_rate, c->rows, &trace));
  cr_status status =
      cr_document_clean(c->name && c->name[0] ? c->name : c->file, &trace->names.title);
  if (status == CR_OK) return cr_explanation_create(trace, &o, out);
  cr_trace_destroy(trace);
  return status;
}

cr_status cr_explain_case_text(const char *name, const char *text, size_t size,
                               const cr_explain_options *options, cr_explanation **out) {
  cr_case c;
  *out = NULL;
  CR_TRY(cr_case_parse(name, text, size, &c));
  const cr_status status = explain_case(&c, options, out);
  cr_case_free(&c);
  return status;
}

cr_status cr_explain_case(const char *path, const cr_explain_options *options,
                          cr_explanation **out) {
  char *text = NULL;
  size_t size = 0;
  *out = NULL;
  CR_TRY(cr_file_read(path, CR_CASE_MAX_BYTES, &text, &size));
  const cr_status status = cr_explain_case_text(path, text, size, options, out);
  cr_free(text);
  return status;
}

/* --- a network -------------------------------------------------------------------------------- */

static cr_status check_matrix(const char *name, cr_const_matrix m, size_t rows, size_t cols) {
  if (m.data && m.rows == rows && m.cols == cols && m.stride >= cols && rows > 0) return CR_OK;
  return cr_fail(CR_ERR_SHAPE, "%s is %zu×%zu, expected %zu×%zu", name, m.rows, m.cols, rows, cols);
}

/* A matrix as doubles, without gaps; the caller frees *out. */
static cr_status widen(cr_const_matrix m, double **out) {
  size_t count = 0;
  void *block = NULL;
  CR_TRY(cr_size_product(m.rows, m.cols, &count));
  CR_TRY(cr_alloc(count, sizeof **out, &block));
  *out = block;
  for (size_t r = 0; r < m.rows; r++) {
    for (size_t c = 0; c < m.cols; c++) (*out)[r * m.cols + c] = (double)m.data[r * m.stride + c];
  }
  return CR_OK;
}

static cr_status resolve(const cr_net *net, const cr_objective *objective,
                         cr_target_function *out) {
  cr_objective o;
  if (objective) return cr_objective_resolve(net, objective, out);
  cr_objective_init(&o);
  o.loss =
      cr_loss_of_output(net->spec.layers[net->spec.count - 1].activation->part.name)->part.name;
  return cr_objective_resolve(net, &o, out);
}

cr_status cr_explain_net(const cr_net *net, const cr_objective *objective, cr_const_matrix x,
                         cr_const_matrix y, const cr_explain_options *options,
                         cr_explanation **out) {
  cr_explain_options o;
  cr_trace *trace = NULL;
  double *x_values = NULL, *y_values = NULL;
  cr_trace_input input = {.net = net};
  *out = NULL;
  CR_TRY(check_matrix("x", x, x.rows, cr_net_inputs(net)));
  CR_TRY(check_matrix("y", y, x.rows, cr_net_outputs(net)));
  CR_TRY(cr_explain_options_check(options, x.rows, &o));
  CR_TRY(resolve(net, objective, &input.target));
  cr_status status = widen(x, &x_values);
  if (status == CR_OK) status = widen(y, &y_values);
  input.x = x_values;
  input.y = y_values;
  if (status == CR_OK) status = make_trace(&input, &o, 0.0, x.rows, &trace);
  if (status == CR_OK) status = cr_copy_text(cr_net_spec(net), &trace->names.title);
  cr_free(x_values);
  cr_free(y_values);
  if (status == CR_OK) return cr_explanation_create(trace, &o, out);
  cr_trace_destroy(trace);
  return status;
}

/* --- a model ---------------------------------------------------------------------------------- */

/* What is known of the training of a model. */
typedef struct recipe {
  cr_target_function target;
  double learning_rate; /* 0: not known */
  char optimizer[32];
} recipe;

static double number_of(const json_t *record, const char *key) {
  const double value = json_number_value(json_object_get(record, key));
  return isfinite(value) && value > 0.0 ? value : 0.0;
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
  json_decref(record);
  return cr_objective_resolve(model->net, &objective, &out->target);
}

/* The optimiser is named where the step shown is not its own. */
static cr_status name_training(const recipe *known, cr_trace *trace) {
  if (known->optimizer[0] == '\0' || strcmp(known->optimizer, "gd") == 0) return CR_OK;
  return cr_document_clean(known->optimizer, &trace->names.trained);
}

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

cr_status cr_explain_sample(const cr_model *model, const double *inputs, size_t input_count,
                            const double *target, size_t target_count,
                            const cr_explain_options *options, cr_explanation **out) {
  cr_explain_options o;
  recipe known;
  cr_trace *trace = NULL;
  *out = NULL;
  if (input_count != cr_net_inputs(model->net))
    return cr_fail(CR_ERR_SHAPE, "found %zu inputs, the network has %zu", input_count,
                   cr_net_inputs(model->net));
  if (target_count != cr_net_outputs(model->net))
    return cr_fail(CR_ERR_SHAPE, "found %zu targets, the network has %zu output%s", target_count,
                   cr_net_outputs(model->net), cr_net_outputs(model->net) == 1 ? "" : "s");
  CR_TRY(cr_explain_options_check(options, 1, &o));
  CR_TRY(read_recipe(model, &known));
  cr_trace_input input = {.net = model->net, .target = known.target, .x = inputs, .y = target};
  CR_TRY(make_trace(&input, &o, known.learning_rate, 1, &trace));
  trace->names.unnumbered = true;
  cr_status status = cr_copy_text("One sample", &trace->names.title);
  if (status == CR_OK) status = name_training(&known, trace);
  if (status == CR_OK) status = name_outputs(model, trace);
  if (status == CR_OK) return cr_explanation_create(trace, &o, out);
  cr_trace_destroy(trace);
  return status;
}

/* Rows of a table on their way into a trace. */
typedef struct reading {
  const cr_model *model;
  cr_table *table; /* of these rows alone, owned */
  size_t *rows;    /* (count) 0, 1, … */
  size_t count;
  size_t *inputs;  /* (input_count) columns */
  size_t *targets; /* columns: one, or one for each of several labels */
  cr_samples *samples;
  float *x, *y; /* (count, inputs), (count, outputs) */
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
  if (status == CR_OK) status = cr_alloc(y_count, sizeof(float), &y);
  r->y = y;
  if (status == CR_OK) status = cr_alloc(r->count, sizeof(size_t), &order);
  if (status == CR_OK) {
    for (size_t i = 0; i < r->count; i++) ((size_t *)order)[i] = i;
    cr_samples_gather(r->samples, convert_bytes, order, r->count,
                      (cr_matrix){r->x, r->count, in, in}, (cr_matrix){r->y, r->count, out, out});
  }
  cr_free(order);
  return status;
}

/* The chosen rows as a table, in which a value that cannot be used is an error with its place. */
static cr_status select_rows(reading *r, const cr_table *table, const size_t *rows) {
  void *block = NULL;
  size_t usable = 0;
  CR_TRY(cr_table_select(table, rows, r->count, &r->table));
  CR_TRY(cr_alloc(r->count, sizeof(size_t), &block));
  r->rows = block;
  return cr_encoder_usable(r->model->encoder, r->table, true, false, r->rows, &usable);
}

static cr_status read_rows(reading *r) {
  const cr_encoder *encoder = r->model->encoder;
  void *inputs = NULL, *targets = NULL;
  CR_TRY(cr_alloc(encoder->input_count, sizeof(size_t), &inputs));
  r->inputs = inputs;
  CR_TRY(cr_alloc(cr_encoder_target_count(encoder), sizeof(size_t), &targets));
  r->targets = targets;
  CR_TRY(cr_encoder_match(encoder, r->table, r->inputs, r->targets, NULL));
  CR_TRY(cr_encoder_samples(encoder, r->table, r->rows, r->count, true,
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

static cr_status add_value(const cr_table *table, size_t row, size_t column, cr_strlist *list) {
  const char *text = cr_table_text(table, row, column);
  if (text) return add_clean(list, text);
  return add_clean(list, cr_figure_alone(cr_table_number(table, row, column), 6).s);
}

/* What is wanted in a row: its value, or the names of those of several labels that are 1. */
static cr_status add_wanted(const reading *r, size_t row, cr_strlist *list) {
  const cr_encoder *encoder = r->model->encoder;
  if (!encoder->multilabel) return add_value(r->table, row, r->targets[0], list);
  cr_strbuf names = {0};
  for (size_t k = 0; k < encoder->labels.count; k++) {
    if (cr_table_number(r->table, row, r->targets[k]) != 1.0) continue;
    cr_strbuf_format(&names, "%s%s", names.length > 0 ? " and " : "", encoder->labels.items[k]);
  }
  char *text = NULL;
  if (names.length == 0) cr_strbuf_format(&names, "none");
  CR_TRY(cr_strbuf_take(&names, &text));
  const cr_status status = add_clean(list, text);
  cr_free(text);
  return status;
}

/* Names and raw values of the inputs and the target; of images only the target. */
static cr_status name_table(const reading *r, cr_trace *trace) {
  const cr_encoder *encoder = r->model->encoder;
  cr_trace_names *names = &trace->names;
  CR_TRY(cr_document_clean(cr_table_get_origin(r->table)->path, &names->title));
  bool images = false;
  for (size_t i = 0; i < encoder->input_count; i++)
    images |= encoder->inputs[i].type == CR_COLUMN_IMAGE;
  for (size_t i = 0; i < encoder->input_count && !images; i++) {
    CR_TRY(add_clean(&names->inputs, encoder->inputs[i].name));
    CR_TRY(add_value(r->table, r->rows[0], r->inputs[i], &names->raw));
  }
  for (size_t i = 0; i < r->count; i++) {
    trace->row_numbers[i] = cr_table_row_number(r->table, r->rows[i]);
    CR_TRY(add_wanted(r, r->rows[i], &names->wanted));
  }
  return name_outputs(r->model, trace);
}

static cr_status trace_table(const reading *r, const recipe *known,
                             const cr_explain_options *options, cr_trace **out) {
  double *x = NULL, *y = NULL;
  const size_t in = cr_net_inputs(r->model->net), outputs = cr_net_outputs(r->model->net);
  cr_explain_options all = *options; /* the rows are chosen already */
  all.rows = NULL;
  cr_status status = widen((cr_const_matrix){r->x, r->count, in, in}, &x);
  if (status == CR_OK) status = widen((cr_const_matrix){r->y, r->count, outputs, outputs}, &y);
  cr_trace_input input = {.net = r->model->net, .target = known->target, .x = x, .y = y};
  if (status == CR_OK) status = make_trace(&input, &all, known->learning_rate, r->count, out);
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
  CR_TRY(check_size(model->net, r.count));
  cr_status status = select_rows(&r, table, o.rows ? o.rows : &first);
  if (status == CR_OK) status = read_rows(&r);
  if (status == CR_OK) status = trace_table(&r, &known, &o, &trace);
  free_reading(&r);
  return status == CR_OK ? cr_explanation_create(trace, &o, out) : status;
}
