#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/size.h"
#include "json/json.h"
#include "model/container.h"
#include "model/description.h"

/* The shortest a value can be is a label, `"",`: so no text of a file holds more than this. */
#define BYTES_PER_VALUE 3
#define MAX_VALUES ((size_t)1 << 21)

/* What inputs have that changes predictions and was not there before 1.3; and those of a type. */
static const char *const required_of_inputs[] = {"req.fill", "req.knots", "req.unseen", NULL};
static const struct {
  const char *type, *required[3];
} required_of_types[] = {{"number", {"req.fill", "req.knots"}},
                         {"date", {"req.fill", "req.knots"}},
                         {"category", {"req.fill", "req.unseen"}},
                         {"hashed", {"req.fill"}},
                         {"image", {NULL}}};

static bool is_among(const char *key, const char *const *known) {
  while (known && *known && strcmp(key, *known) != 0) known++;
  return known && *known;
}

/*
 * A key "req.…" says: do not use this file unless you know what this means. `known` ends in NULL,
 * or is NULL.
 */
static cr_status refuse_required(const char *file, const json_t *object, const char *const *known) {
  const char *key;
  json_t *value;
  json_object_foreach((json_t *)object, key, value) {
    if (strncmp(key, "req.", 4) != 0 || is_among(key, known)) continue;
    return cr_fail_required(file, key);
  }
  return CR_OK;
}

/* What an input of another type needs would be passed over. */
static cr_status refuse_of_others(const char *file, const json_t *input, const char *type) {
  for (size_t i = 0; i < sizeof required_of_types / sizeof *required_of_types; i++)
    if (strcmp(type, required_of_types[i].type) == 0)
      return refuse_required(file, input, required_of_types[i].required);
  return CR_OK;
}

static cr_status copy_member(const char *file, const json_t *object, const char *key, char **out) {
  const char *text = NULL;
  CR_TRY(cr_json_text(CR_ERR_MODEL, file, object, key, &text));
  return cr_copy_text(text, out);
}

static cr_status expect_object_with(const char *file, const json_t *value, const char *what,
                                    const char *const *known) {
  if (json_is_object(value)) return refuse_required(file, value, known);
  return cr_fail_at(CR_ERR_MODEL, file, 0, 0, "%s is %s, expected an object", what,
                    value ? cr_json_kind(value) : "missing");
}

static cr_status expect_object(const char *file, const json_t *value, const char *what) {
  return expect_object_with(file, value, what, NULL);
}

static cr_status read_image_size(const char *file, const json_t *object, cr_input *input) {
  CR_TRY(cr_json_size(CR_ERR_MODEL, file, object, "height", &input->height));
  CR_TRY(cr_json_size(CR_ERR_MODEL, file, object, "width", &input->image_width));
  CR_TRY(cr_json_size(CR_ERR_MODEL, file, object, "channels", &input->channels));
  size_t pixels = 0;
  CR_TRY(cr_model_error(cr_size_product(input->height, input->image_width, &pixels), file));
  return cr_model_error(cr_size_product(pixels, input->channels, &input->width), file);
}

static cr_status read_texts(const char *file, const json_t *object, const char *key,
                            cr_strlist *out) {
  json_t *labels = NULL;
  CR_TRY(cr_json_array(CR_ERR_MODEL, file, object, key, &labels));
  for (size_t i = 0; i < json_array_size(labels); i++) {
    const json_t *label = json_array_get(labels, i);
    if (!json_is_string(label)) {
      return cr_fail_at(CR_ERR_MODEL, file, 0, 0, "label %zu is %s, expected a string", i + 1,
                        cr_json_kind(label));
    }
    CR_TRY(cr_strlist_add(out, json_string_value(label)));
  }
  return CR_OK;
}

static cr_status read_labels(const char *file, const json_t *object, cr_strlist *out) {
  return read_texts(file, object, "labels", out);
}

/* What a gap is taken for where they are not marked; from 1.3 on it may be there. */
static cr_status read_fill(const char *file, const json_t *object, cr_input *input) {
  const char *const key = "req.fill";
  if (!json_object_get(object, key)) return CR_OK;
  if (input->type == CR_COLUMN_TEXT) return copy_member(file, object, key, &input->fill_text);
  input->keeps_fill = true;
  return cr_json_number(CR_ERR_MODEL, file, object, key, &input->fill);
}

/* "gaps" may be missing: the training part had none. */
static cr_status read_gaps(const char *file, const json_t *object, cr_input *input) {
  const char *gaps = NULL;
  if (!json_object_get(object, "gaps")) return read_fill(file, object, input);
  CR_TRY(cr_json_text(CR_ERR_MODEL, file, object, "gaps", &gaps));
  if (json_object_get(object, "req.fill"))
    return cr_fail_at(CR_ERR_MODEL, file, 0, 0,
                      "input \"%s\" has gaps and a req.fill, expected one of them", input->name);
  if (strcmp(gaps, "refused") == 0) {
    input->gaps = CR_GAPS_REFUSED;
    return CR_OK;
  }
  if (strcmp(gaps, "marked") != 0) {
    return cr_fail_at(CR_ERR_MODEL, file, 0, 0,
                      "input \"%s\" has the gaps \"%s\", expected marked or refused", input->name,
                      gaps);
  }
  input->gaps = CR_GAPS_MARKED;
  input->width++;
  if (input->type == CR_COLUMN_TEXT) return CR_OK;
  return cr_json_number(CR_ERR_MODEL, file, object, "fill", &input->fill);
}

static cr_status read_unseen(const char *file, const json_t *object, cr_input *input) {
  const char *unseen = NULL;
  if (!json_object_get(object, "req.unseen")) return CR_OK;
  CR_TRY(cr_json_text(CR_ERR_MODEL, file, object, "req.unseen", &unseen));
  input->unseen_refused = true;
  if (strcmp(unseen, "refused") == 0) return CR_OK;
  return cr_fail_at(CR_ERR_MODEL, file, 0, 0,
                    "input \"%s\" has the unseen \"%s\", expected refused", input->name, unseen);
}

static cr_status read_category(const char *file, const json_t *object, bool hashed,
                               cr_input *input) {
  input->type = CR_COLUMN_TEXT;
  input->scale = 1;
  input->hashed = hashed;
  if (!hashed) CR_TRY(read_labels(file, object, &input->labels));
  input->width = hashed ? CR_HASH_INPUTS : input->labels.count;
  CR_TRY(read_unseen(file, object, input));
  return read_gaps(file, object, input);
}

/* First the values, then what becomes of each. */
static cr_status read_knots(const char *file, const json_t *object, cr_input *input) {
  json_t *knots = NULL;
  void *block = NULL;
  if (!json_object_get(object, "req.knots")) return CR_OK;
  CR_TRY(cr_json_array(CR_ERR_MODEL, file, object, "req.knots", &knots));
  const size_t count = json_array_size(knots);
  CR_TRY(cr_alloc(count, sizeof(double), &block));
  input->knots = block;
  input->knot_count = count / 2;
  for (size_t i = 0; i < count; i++) {
    const json_t *knot = json_array_get(knots, i);
    input->knots[i] = json_is_number(knot) ? json_number_value(knot) : (double)NAN;
  }
  if (count % 2 == 0 && count > 0) return CR_OK;
  return cr_fail_at(CR_ERR_MODEL, file, 0, 0,
                    "input \"%s\" has %zu numbers as knots, expected pairs", input->name, count);
}

static cr_status read_cycle(const char *file, const json_t *name, cr_input *input) {
  for (size_t c = 0; json_is_string(name) && c < CR_CYCLES; c++) {
    if (strcmp(json_string_value(name), cr_cycles[c].name) != 0) continue;
    input->width += input->cycles & 1U << c ? 0 : 2;
    input->cycles |= 1U << c;
    return CR_OK;
  }
  return cr_fail_at(CR_ERR_MODEL, file, 0, 0,
                    "input \"%s\" has a cycle that is none of year, week and day", input->name);
}

static cr_status read_date(const char *file, const json_t *object, cr_input *input) {
  json_t *cycles = NULL;
  const char *order = NULL;
  input->type = CR_COLUMN_DATE;
  input->width = 1;
  CR_TRY(cr_json_array(CR_ERR_MODEL, file, object, "cycles", &cycles));
  for (size_t i = 0; i < json_array_size(cycles); i++)
    CR_TRY(read_cycle(file, json_array_get(cycles, i), input));
  if (json_object_get(object, "order")) {
    CR_TRY(cr_json_text(CR_ERR_MODEL, file, object, "order", &order));
    input->order = strcmp(order, "dmy") == 0 ? CR_DATE_DMY : CR_DATE_MDY;
    if (input->order == CR_DATE_MDY && strcmp(order, "mdy") != 0)
      return cr_fail_at(CR_ERR_MODEL, file, 0, 0,
                        "input \"%s\" has the order \"%s\", expected dmy or mdy", input->name,
                        order);
  }
  return read_gaps(file, object, input);
}

static cr_status read_amounts(const char *file, const json_t *object, bool *amounts) {
  const json_t *member = json_object_get(object, "amounts");
  *amounts = json_is_true(member);
  if (!member || json_is_boolean(member)) return CR_OK;
  return cr_fail_at(CR_ERR_MODEL, file, 0, 0, "amounts is %s, expected true or false",
                    cr_json_kind(member));
}

static cr_status read_input(const char *file, const json_t *object, cr_input *input) {
  CR_TRY(expect_object_with(file, object, "an entry of inputs", required_of_inputs));
  CR_TRY(copy_member(file, object, "name", &input->name));
  CR_TRY(cr_json_size(CR_ERR_MODEL, file, object, "column", &input->column));
  const char *type = NULL;
  CR_TRY(cr_json_text(CR_ERR_MODEL, file, object, "type", &type));
  CR_TRY(refuse_of_others(file, object, type));
  if (strcmp(type, "number") == 0) {
    input->type = CR_COLUMN_NUMBER;
    input->width = 1;
    CR_TRY(read_amounts(file, object, &input->amounts));
    CR_TRY(read_gaps(file, object, input));
  } else if (strcmp(type, "date") == 0) {
    CR_TRY(read_date(file, object, input));
  } else if (strcmp(type, "category") == 0) {
    return read_category(file, object, false, input);
  } else if (strcmp(type, "hashed") == 0) {
    return read_category(file, object, true, input);
  } else if (strcmp(type, "image") == 0) {
    input->type = CR_COLUMN_IMAGE;
    CR_TRY(read_image_size(file, object, input));
  } else {
    return cr_fail_at(CR_ERR_MODEL, file, 0, 0,
                      "input \"%s\" has the type \"%s\", expected number, category, "
                      "hashed, date or image",
                      input->name, type);
  }
  if (input->type != CR_COLUMN_IMAGE) CR_TRY(read_knots(file, object, input));
  CR_TRY(cr_json_number(CR_ERR_MODEL, file, object, "shift", &input->shift));
  return cr_json_number(CR_ERR_MODEL, file, object, "scale", &input->scale);
}

static cr_status read_inputs(const char *file, const json_t *root, cr_encoder *encoder) {
  json_t *inputs = NULL;
  CR_TRY(cr_json_array(CR_ERR_MODEL, file, root, "inputs", &inputs));
  const size_t count = json_array_size(inputs);
  void *block = NULL;
  CR_TRY(cr_alloc(count, sizeof *encoder->inputs, &block));
  encoder->inputs = block;
  encoder->input_count = count;
  for (size_t i = 0; i < count; i++) {
    cr_input *input = &encoder->inputs[i];
    CR_TRY(read_input(file, json_array_get(inputs, i), input));
    CR_TRY(cr_model_error(cr_size_sum(encoder->width, input->width, &encoder->width), file));
  }
  return CR_OK;
}

static cr_status read_label_columns(const char *file, const json_t *target, cr_encoder *encoder) {
  json_t *columns = NULL;
  void *block = NULL;
  CR_TRY(cr_json_array(CR_ERR_MODEL, file, target, "columns", &columns));
  const size_t count = json_array_size(columns);
  const size_t expected = cr_encoder_target_names(encoder)->count;
  if (count != expected || count == 0) {
    return cr_fail_at(CR_ERR_MODEL, file, 0, 0, "found %zu target columns for %zu %s", count,
                      expected, encoder->multilabel ? "labels" : "names");
  }
  CR_TRY(cr_alloc(count, sizeof(size_t), &block));
  encoder->label_columns = block;
  for (size_t i = 0; i < count; i++) {
    const json_t *column = json_array_get(columns, i);
    const json_int_t place = json_is_integer(column) ? json_integer_value(column) : -1;
    if (place < 0 || (uint64_t)place >= SIZE_MAX) {
      return cr_fail_at(CR_ERR_MODEL, file, 0, 0,
                        "the place of target column %zu is no whole number from 0", i + 1);
    }
    encoder->label_columns[i] = (size_t)place;
  }
  return CR_OK;
}

/* Numbers (count) of an array. */
static cr_status read_numbers(const char *file, const json_t *target, const char *key,
                              double *values, size_t count) {
  json_t *numbers = NULL;
  CR_TRY(cr_json_array(CR_ERR_MODEL, file, target, key, &numbers));
  if (json_array_size(numbers) != count)
    return cr_fail_at(CR_ERR_MODEL, file, 0, 0, "found %zu %s for %zu targets",
                      json_array_size(numbers), key, count);
  for (size_t i = 0; i < count; i++) {
    const json_t *number = json_array_get(numbers, i);
    values[i] = json_is_number(number) ? json_number_value(number) : (double)NAN;
  }
  return CR_OK;
}

/* Several targets: labels, or numbers with a shift and a scale each. */
static cr_status read_targets(const char *file, const json_t *target, cr_encoder *encoder) {
  void *block = NULL;
  CR_TRY(encoder->multilabel ? read_labels(file, target, &encoder->labels)
                             : read_texts(file, target, "names", &encoder->numbers));
  CR_TRY(read_label_columns(file, target, encoder));
  const size_t numbers = encoder->numbers.count;
  if (numbers > 0) {
    CR_TRY(cr_alloc(2 * numbers, sizeof(double), &block));
    encoder->target_scaling = block;
    CR_TRY(read_numbers(file, target, "shifts", encoder->target_scaling, numbers));
    CR_TRY(read_numbers(file, target, "scales", encoder->target_scaling + numbers, numbers));
  }
  return cr_encoder_name_labels(encoder);
}

static cr_status read_target(const char *file, const json_t *root, cr_encoder *encoder) {
  const json_t *target = json_object_get(root, "target");
  CR_TRY(expect_object(file, target, "target"));
  encoder->target_scale = 1;
  CR_TRY(read_amounts(file, target, &encoder->amounts));
  const bool several = !encoder->classes && json_object_get(target, "names") != NULL;
  if (encoder->multilabel || several) return read_targets(file, target, encoder);
  CR_TRY(copy_member(file, target, "name", &encoder->target));
  CR_TRY(cr_json_size(CR_ERR_MODEL, file, target, "column", &encoder->target_column));
  if (encoder->classes) return read_labels(file, target, &encoder->labels);
  CR_TRY(cr_json_number(CR_ERR_MODEL, file, target, "shift", &encoder->target_shift));
  return cr_json_number(CR_ERR_MODEL, file, target, "scale", &encoder->target_scale);
}

static cr_status read_task(const char *file, const json_t *root, cr_encoder *encoder) {
  const char *task = NULL;
  CR_TRY(cr_json_text(CR_ERR_MODEL, file, root, "task", &task));
  encoder->classes = strcmp(task, "classification") == 0;
  encoder->multilabel = strcmp(task, "multilabel") == 0;
  if (!encoder->classes && !encoder->multilabel && strcmp(task, "regression") != 0) {
    return cr_fail_at(CR_ERR_MODEL, file, 0, 0,
                      "task is \"%s\", expected classification, regression or multilabel", task);
  }
  const json_t *named = json_object_get(root, "named");
  if (!json_is_boolean(named)) {
    return cr_fail_at(CR_ERR_MODEL, file, 0, 0, "named is %s, expected true or false",
                      named ? cr_json_kind(named) : "missing");
  }
  encoder->named = json_is_true(named);
  return cr_json_size(CR_ERR_MODEL, file, root, "columns", &encoder->columns);
}

static cr_status read_root(const char *file, const json_t *root, cr_description *out) {
  CR_TRY(expect_object(file, root, "chainrule.model"));
  CR_TRY(copy_member(file, root, "network", &out->network));
  CR_TRY(copy_member(file, root, "loss", &out->loss));
  void *block = NULL;
  CR_TRY(cr_alloc(1, sizeof *out->encoder, &block));
  out->encoder = block;
  CR_TRY(read_task(file, root, out->encoder));
  CR_TRY(read_inputs(file, root, out->encoder));
  if (json_object_get(root, "weight"))
    CR_TRY(copy_member(file, root, "weight", &out->encoder->weight));
  return read_target(file, root, out->encoder);
}

cr_status cr_description_read(const char *file, const char *text, cr_description *out) {
  const size_t size = strlen(text);
  const size_t max_values = cr_size_min(size / BYTES_PER_VALUE + 1, MAX_VALUES);
  json_t *root = NULL;
  *out = (cr_description){0};
  cr_status status = cr_json_parse(CR_ERR_MODEL, file, text, size, max_values, &root);
  if (status == CR_OK) status = read_root(file, root, out);
  if (status == CR_ERR_MODEL) cr_why("in the text chainrule.model of the file's header");
  if (status != CR_OK) cr_description_free(out);
  json_decref(root);
  return status;
}

void cr_description_free(cr_description *description) {
  cr_free(description->network);
  cr_free(description->loss);
  cr_encoder_destroy(description->encoder);
  *description = (cr_description){0};
}
