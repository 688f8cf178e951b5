#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "check/case_fields.h"

/* What one reading needs all over. */
typedef struct reader {
  cr_case *c;
  json_t *root;
  size_t layers;         /* after the inputs */
  cr_case_numbers sizes; /* (layers + 1), inputs first */
} reader;

static const char *const top_keys[] = {
    "name", "source",    "note",    "optimizers", "n",         "layers", "activations",
    "loss", "reduction", "l1",      "l2",         "X",         "Y",      "W",
    "b",    "lr",        "Z",       "A",          "data_loss", "cost",   "dZ",
    "dW",   "db",        "after_1", "after_10",   "tolerance",
};
static const char *const step_keys[] = {"W", "b"};
static const char *const method_keys[] = {"W", "b", "costs"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static size_t width(const reader *r, size_t place) {
  return (size_t)r->sizes.values[place];
}

static cr_status read_sizes(reader *r) {
  const char *file = r->c->file;
  const json_t *layers = json_object_get(r->root, "layers");
  if (!json_is_array(layers) || json_array_size(layers) < 2) {
    return cr_case_fail(file, "layers", "expected a list of at least 2 sizes, inputs first");
  }
  r->layers = json_array_size(layers) - 1;
  for (size_t i = 0; i <= r->layers; ++i) {
    const json_t *size = json_array_get(layers, i);
    if (!json_is_integer(size) || json_integer_value(size) < 1 ||
        json_integer_value(size) > (json_int_t)CR_MAX_WIDTH) {
      return cr_case_fail(file, "layers", "number %zu is not a size from 1 to %zu", i + 1,
                          CR_MAX_WIDTH);
    }
    CR_TRY(cr_case_number(file, "layers", size, &r->sizes));
  }
  return CR_OK;
}

/* "2-3:sigmoid-1:sigmoid" from layers and activations. */
static cr_status write_spec(const reader *r, cr_strbuf *spec) {
  const char *file = r->c->file;
  const json_t *names = json_object_get(r->root, "activations");
  if (!json_is_array(names) || json_array_size(names) != r->layers) {
    return cr_case_fail(file, "activations", "expected a list of %zu name%s, one for each layer",
                        r->layers, r->layers == 1 ? "" : "s");
  }
  cr_strbuf_format(spec, "%zu", width(r, 0));
  for (size_t l = 0; l < r->layers; ++l) {
    const cr_activation *activation = NULL;
    if (cr_activation_find(json_string_value(json_array_get(names, l)), &activation) != CR_OK) {
      char where[64];
      snprintf(where, sizeof where, "activations[%zu]", l + 1);
      return cr_case_fail_about(file, where);
    }
    cr_strbuf_format(spec, "-%zu:%s", width(r, l + 1), activation->part.name);
  }
  return CR_OK;
}

/* The shape of a quantity of a layer; 0 rows: a plain list. */
static void shape_of(const reader *r, cr_case_kind kind, size_t l, size_t *rows, size_t *cols) {
  *cols = width(r, l + 1);
  *rows = r->c->rows;
  if (kind == CR_CASE_W || kind == CR_CASE_DW) *rows = width(r, l);
  if (kind == CR_CASE_B || kind == CR_CASE_DB) *rows = 0;
}

static cr_status read_layer(const reader *r, cr_case_kind kind, size_t l, const char *where,
                            const json_t *value, cr_case_numbers *out) {
  size_t rows = 0, cols = 0;
  shape_of(r, kind, l, &rows, &cols);
  return rows == 0 ? cr_case_vector(r->c->file, where, value, cols, out)
                   : cr_case_matrix(r->c->file, where, value, rows, cols, out);
}

static cr_status check_layer_list(const reader *r, const char *where, const json_t *list) {
  if (json_is_array(list) && json_array_size(list) == r->layers) return CR_OK;
  if (!list) return cr_case_fail(r->c->file, where, "the key is missing");
  return cr_case_fail(r->c->file, where, "expected a list of %zu, one for each layer", r->layers);
}

/* W and b, before the network is made: sizes that no number stands behind take no memory. */
static cr_status read_parameters(reader *r) {
  static const struct {
    const char *key;
    cr_case_kind kind;
  } blocks[] = {{"W", CR_CASE_W}, {"b", CR_CASE_B}};
  for (size_t i = 0; i < COUNT(blocks); ++i) {
    const json_t *list = json_object_get(r->root, blocks[i].key);
    CR_TRY(check_layer_list(r, blocks[i].key, list));
    for (size_t l = 0; l < r->layers; ++l) {
      char where[CR_CASE_NAME];
      snprintf(where, sizeof where, "%s[%zu]", blocks[i].key, l + 1);
      CR_TRY(read_layer(r, blocks[i].kind, l, where, json_array_get(list, l), &r->c->parameters));
    }
  }
  return CR_OK;
}

static cr_status create_net(reader *r) {
  cr_case *c = r->c;
  cr_strbuf text = {0};
  char *spec = NULL;
  cr_status status = write_spec(r, &text);
  if (status == CR_OK) status = cr_strbuf_take(&text, &spec);
  if (status == CR_OK) {
    status = cr_net_create(spec, &c->net);
    if (status != CR_OK) status = cr_case_fail_about(c->file, "layers");
  }
  cr_strbuf_free(&text);
  cr_free(spec);
  CR_TRY(status);
  for (size_t i = 0; i < c->parameters.count; ++i) {
    c->net->parameters[i] = (float)c->parameters.values[i];
  }
  return CR_OK;
}

/* Rows and widths add up in the file, but multiply in what is computed. */
static cr_status check_computed(const reader *r) {
  const cr_case *c = r->c;
  size_t widths = 0;
  for (size_t l = 0; l <= r->layers; ++l) widths += width(r, l);
  if (c->rows <= (CR_CASE_MAX_COMPUTED - c->parameters.count) / widths) return CR_OK;
  cr_fail_at(CR_ERR_LIMIT, c->file, 0, 0,
             "X: %zu rows through layers of %zu values, and %zu parameters: over the limit of %zu "
             "numbers to compute",
             c->rows, widths, c->parameters.count, CR_CASE_MAX_COMPUTED);
  return cr_fix("give fewer rows in X and Y");
}

static cr_status read_samples(reader *r) {
  cr_case *c = r->c;
  const json_t *x = json_object_get(r->root, "X"), *n = json_object_get(r->root, "n");
  c->rows = json_array_size(x);
  if (c->rows == 0) return cr_case_fail(c->file, "X", "expected a list of rows");
  if (n && (!json_is_integer(n) || json_integer_value(n) != (json_int_t)c->rows)) {
    return cr_case_fail(c->file, "n", "it is not the number of rows of X, %zu", c->rows);
  }
  CR_TRY(check_computed(r));
  CR_TRY(cr_case_matrix(c->file, "X", x, c->rows, width(r, 0), &c->x));
  const json_t *y = json_object_get(r->root, "Y");
  return cr_case_matrix(c->file, "Y", y, c->rows, width(r, r->layers), &c->y);
}

/* A number that may be left out; it must be from 0 (above 0 where `above` says so). */
static cr_status read_optional(const reader *r, const char *key, bool above, double *out) {
  const json_t *value = json_object_get(r->root, key);
  *out = 0.0;
  if (!value) return CR_OK;
  const double number = json_number_value(value);
  if (!json_is_number(value) || number < 0.0 || (above && !(number > 0.0))) {
    return cr_case_fail(r->c->file, key, "expected a number %s 0", above ? "above" : "from");
  }
  *out = number;
  return CR_OK;
}

static cr_status read_objective(reader *r) {
  cr_case *c = r->c;
  cr_objective objective;
  cr_objective_init(&objective);
  CR_TRY(cr_json_text(CR_ERR_CASE, c->file, r->root, "loss", &objective.loss));
  CR_TRY(cr_json_text(CR_ERR_CASE, c->file, r->root, "reduction", &objective.reduction));
  CR_TRY(read_optional(r, "l1", false, &objective.l1));
  CR_TRY(read_optional(r, "l2", false, &objective.l2));
  CR_TRY(read_optional(r, "lr", true, &c->learning_rate));
  CR_TRY(read_optional(r, "tolerance", true, &c->tolerance));
  const cr_status status = cr_objective_resolve(c->net, &objective, &c->target);
  return status == CR_OK ? CR_OK : cr_case_fail_about(c->file, "loss and reduction");
}

static cr_status add_expected(cr_case *c, const cr_case_expected *expected) {
  void *list = c->expected;
  CR_TRY(cr_grow(&list, c->expected_count, c->expected_count + 1, sizeof *expected,
                 &c->expected_capacity));
  c->expected = list;
  c->expected[c->expected_count] = *expected;
  c->expected[c->expected_count].count = c->values.count - expected->offset;
  c->expected_count++;
  return CR_OK;
}

/* A quantity with one entry a layer, if the file has it. */
static cr_status expect_layers(reader *r, const json_t *object, const char *prefix, const char *key,
                               cr_case_kind kind, size_t phase) {
  cr_case *c = r->c;
  const json_t *list = json_object_get(object, key);
  if (!list) return CR_OK;
  cr_case_expected expected = {.kind = kind, .phase = phase};
  snprintf(expected.name, sizeof expected.name, "%s%s", prefix, key);
  CR_TRY(check_layer_list(r, expected.name, list));
  for (size_t l = 0; l < r->layers; ++l) {
    expected.layer = l;
    expected.offset = c->values.count;
    expected.cols = width(r, l + 1);
    snprintf(expected.name, sizeof expected.name, "%s%s[%zu]", prefix, key, l + 1);
    CR_TRY(read_layer(r, kind, l, expected.name, json_array_get(list, l), &c->values));
    CR_TRY(add_expected(c, &expected));
  }
  return CR_OK;
}

static cr_status expect_number(reader *r, const char *key, cr_case_kind kind) {
  cr_case *c = r->c;
  const json_t *value = json_object_get(r->root, key);
  if (!value) return CR_OK;
  cr_case_expected expected = {.kind = kind, .offset = c->values.count};
  snprintf(expected.name, sizeof expected.name, "%s", key);
  CR_TRY(cr_case_number(c->file, key, value, &c->values));
  return add_expected(c, &expected);
}

static cr_status expect_first(reader *r) {
  CR_TRY(expect_layers(r, r->root, "", "Z", CR_CASE_Z, CR_CASE_FIRST));
  CR_TRY(expect_layers(r, r->root, "", "A", CR_CASE_A, CR_CASE_FIRST));
  CR_TRY(expect_number(r, "data_loss", CR_CASE_DATA_LOSS));
  CR_TRY(expect_number(r, "cost", CR_CASE_COST));
  CR_TRY(expect_layers(r, r->root, "", "dZ", CR_CASE_DZ, CR_CASE_FIRST));
  CR_TRY(expect_layers(r, r->root, "", "dW", CR_CASE_DW, CR_CASE_FIRST));
  return expect_layers(r, r->root, "", "db", CR_CASE_DB, CR_CASE_FIRST);
}

static cr_status expect_after_1(reader *r) {
  json_t *object = json_object_get(r->root, "after_1");
  if (!object) return CR_OK;
  if (!(r->c->learning_rate > 0.0)) {
    return cr_case_fail(r->c->file, "lr", "the key is missing, and after_1 needs it");
  }
  CR_TRY(cr_case_known_keys(r->c->file, "after_1", object, step_keys, COUNT(step_keys)));
  CR_TRY(expect_layers(r, object, "after_1.", "W", CR_CASE_W, CR_CASE_AFTER_1));
  return expect_layers(r, object, "after_1.", "b", CR_CASE_B, CR_CASE_AFTER_1);
}

static cr_status expect_method(reader *r, const char *key, json_t *object) {
  cr_case *c = r->c;
  if (c->method_count == CR_CASE_MAX_METHODS) {
    return cr_case_fail(c->file, "after_10", "it has more than %d optimisers", CR_CASE_MAX_METHODS);
  }
  cr_case_method *method = &c->methods[c->method_count];
  cr_case_read_method(key, c->learning_rate, method);
  char prefix[CR_CASE_NAME];
  snprintf(prefix, sizeof prefix, "after_10.%.64s", key);
  CR_TRY(cr_case_known_keys(c->file, prefix, object, method_keys, COUNT(method_keys)));
  if (method->optimizer && !(method->hyper.learning_rate > 0.0)) {
    return cr_case_fail(c->file, "lr", "the key is missing, and %s needs it", prefix);
  }
  snprintf(prefix, sizeof prefix, "after_10.%.64s.", key);
  const size_t phase = CR_CASE_AFTER_10 + c->method_count++;
  const json_t *costs = json_object_get(object, "costs");
  if (costs) {
    cr_case_expected expected = {.kind = CR_CASE_COSTS, .phase = phase};
    expected.offset = c->values.count;
    expected.cols = CR_CASE_STEPS + 1;
    snprintf(expected.name, sizeof expected.name, "%.120scosts", prefix);
    CR_TRY(cr_case_vector(c->file, expected.name, costs, CR_CASE_STEPS + 1, &c->values));
    CR_TRY(add_expected(c, &expected));
  }
  CR_TRY(expect_layers(r, object, prefix, "W", CR_CASE_W, phase));
  return expect_layers(r, object, prefix, "b", CR_CASE_B, phase);
}

static cr_status expect_after_10(reader *r) {
  json_t *object = json_object_get(r->root, "after_10"), *method;
  if (!object) return CR_OK;
  if (!json_is_object(object)) {
    return cr_case_fail(r->c->file, "after_10", "found %s, expected an object",
                        cr_json_kind(object));
  }
  const char *key;
  json_object_foreach(object, key, method) CR_TRY(expect_method(r, key, method));
  return CR_OK;
}

static cr_status read_name(reader *r) {
  const json_t *name = json_object_get(r->root, "name");
  return cr_copy_text(json_is_string(name) ? json_string_value(name) : r->c->file, &r->c->name);
}

static cr_status read_case(reader *r) {
  CR_TRY(cr_case_known_keys(r->c->file, "", r->root, top_keys, COUNT(top_keys)));
  CR_TRY(read_name(r));
  CR_TRY(read_sizes(r));
  CR_TRY(read_parameters(r));
  CR_TRY(create_net(r));
  CR_TRY(read_samples(r));
  CR_TRY(read_objective(r));
  CR_TRY(expect_first(r));
  CR_TRY(expect_after_1(r));
  return expect_after_10(r);
}

cr_status cr_case_parse(const char *file, const char *text, size_t size, cr_case *out) {
  *out = (cr_case){.file = file};
  reader r = {.c = out};
  CR_TRY(cr_json_parse(CR_ERR_CASE, file, text, size, CR_CASE_MAX_VALUES, &r.root));
  const cr_status status = read_case(&r);
  json_decref(r.root);
  cr_free(r.sizes.values);
  if (status != CR_OK) cr_case_free(out);
  return status;
}

void cr_case_free(cr_case *c) {
  if (!c) return;
  cr_net_destroy(c->net);
  cr_free(c->name);
  cr_free(c->x.values);
  cr_free(c->y.values);
  cr_free(c->parameters.values);
  cr_free(c->expected);
  cr_free(c->values.values);
  *c = (cr_case){0};
}
