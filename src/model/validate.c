#include "model/validate.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/size.h"
#include "data/label_set.h"
#include "model/container.h"
#include "model/values.h"

cr_status cr_check_fit(cr_status status, const char *file, const cr_net *net,
                       const cr_encoder *encoder) {
  const size_t inputs = cr_net_inputs(net), outputs = cr_net_outputs(net);
  if (inputs != encoder->width) {
    return cr_fail_at(status, file, 0, 0, "the network takes %zu inputs, its columns give %zu",
                      inputs, encoder->width);
  }
  if (!encoder->classes && !encoder->multilabel) {
    const size_t targets = cr_encoder_target_count(encoder);
    if (outputs == targets) return CR_OK;
    return cr_fail_at(status, file, 0, 0,
                      "the network has %zu outputs, expected %zu for %s to predict", outputs,
                      targets, targets == 1 ? "a number" : "as many numbers");
  }
  const size_t classes = encoder->labels.count;
  if (classes < 2) {
    return cr_fail_at(status, file, 0, 0, "found %zu label%s, expected 2 or more", classes,
                      classes == 1 ? "" : "s");
  }
  const bool may_share = encoder->classes && classes == 2;
  if (outputs == classes || (outputs == 1 && may_share)) return CR_OK;
  return cr_fail_at(status, file, 0, 0, "the network has %zu outputs, expected %zu%s", outputs,
                    classes, may_share ? " or 1 for 2 labels" : ", one for each label");
}

static cr_status check_text(const char *file, const char *what, const char *text) {
  size_t offset = 0;
  if (text && cr_text_is_utf8(text, strlen(text), &offset)) return CR_OK;
  return cr_fail_at(CR_ERR_MODEL, file, 0, 0, "%s is not valid UTF-8 from byte %zu on", what,
                    offset);
}

static cr_status check_scaling(const char *file, const char *name, double shift, double scale) {
  if (!isfinite(shift)) {
    return cr_fail_at(CR_ERR_MODEL, file, 0, 0, "the shift of column \"%s\" is not finite", name);
  }
  if (isfinite(scale) && scale != 0) return CR_OK;
  return cr_fail_at(CR_ERR_MODEL, file, 0, 0, "the scale of column \"%s\" is %s", name,
                    scale == 0 ? "0" : "not finite");
}

static int compare_texts(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorts a copy, so that equal texts become neighbours. */
static cr_status check_distinct(const char *file, const char *what, const char **texts,
                                size_t count) {
  qsort(texts, count, sizeof *texts, compare_texts);
  for (size_t i = 1; i < count; i++) {
    if (strcmp(texts[i - 1], texts[i]) == 0) {
      return cr_fail_at(CR_ERR_MODEL, file, 0, 0, "two %s are \"%s\"", what, texts[i]);
    }
  }
  return CR_OK;
}

/* Data whose labels are numbers could not say which of the two it means. */
static cr_status check_label_numbers(const char *file, const cr_strlist *labels) {
  cr_label_set set;
  const char *first = NULL, *second = NULL;
  CR_TRY(cr_label_set_create(labels, &set));
  const bool same = cr_label_set_same(&set, &first, &second);
  cr_label_set_free(&set);
  if (!same) return CR_OK;
  return cr_fail_at(CR_ERR_MODEL, file, 0, 0, "the labels \"%s\" and \"%s\" are the same number",
                    first, second);
}

static cr_status check_labels(const char *file, const cr_strlist *labels, bool classes) {
  if (labels->count > CR_MAX_CLASSES) {
    return cr_fail_at(CR_ERR_MODEL, file, 0, 0, "found %zu labels, expected at most %d",
                      labels->count, CR_MAX_CLASSES);
  }
  void *block = NULL;
  CR_TRY(cr_alloc(labels->count, sizeof(char *), &block));
  const char **sorted = block;
  cr_status status = CR_OK;
  for (size_t i = 0; i < labels->count && status == CR_OK; i++) {
    sorted[i] = labels->items[i];
    status = check_text(file, "a label", labels->items[i]);
  }
  if (status == CR_OK) status = check_distinct(file, "labels", sorted, labels->count);
  cr_free(sorted);
  return status == CR_OK && classes ? check_label_numbers(file, labels) : status;
}

static cr_status fail_width(const char *file, const cr_input *input, size_t expected) {
  return cr_fail_at(CR_ERR_MODEL, file, 0, 0, "column \"%s\" gives %zu values, expected %zu",
                    input->name, input->width, expected);
}

/* What a gap of a category is taken for has to be one of its values. */
static cr_status check_fill_text(const char *file, const cr_input *input) {
  double value = 0.0;
  if (input->fill_text == NULL) return CR_OK;
  CR_TRY(check_text(file, "a fill", input->fill_text));
  CR_TRY(cr_input_value(input, input->fill_text, &value));
  if (value >= 0.0 && input->gaps == CR_GAPS_FILLED) return CR_OK;
  return cr_fail_at(CR_ERR_MODEL, file, 0, 0, "the fill of column \"%s\" is none of its labels",
                    input->name);
}

static cr_status check_hashed(const char *file, const cr_input *input) {
  const size_t width = CR_HASH_INPUTS + (input->gaps == CR_GAPS_MARKED);
  return width == input->width ? check_fill_text(file, input) : fail_width(file, input, width);
}

/* A category: a value for each label. */
static cr_status check_category(const char *file, const cr_input *input) {
  const size_t labels = input->labels.count;
  if (input->hashed) return check_hashed(file, input);
  if (labels == 0 || labels > CR_MAX_CATEGORIES) {
    return cr_fail_at(CR_ERR_MODEL, file, 0, 0, "column \"%s\" has %zu labels, expected 1 to %d",
                      input->name, labels, CR_MAX_CATEGORIES);
  }
  const size_t width = labels + (input->gaps == CR_GAPS_MARKED);
  if (width != input->width) return fail_width(file, input, width);
  CR_TRY(check_labels(file, &input->labels, false));
  return check_fill_text(file, input);
}

/* What stands in a gap has to be a number that the network can take. */
static cr_status check_fill(const char *file, const cr_input *input) {
  const cr_scale scale = cr_input_scale(input);
  const double value = cr_scale_value(&scale, input->fill);
  if (isfinite(input->fill) && fabs(value) <= (double)FLT_MAX) return CR_OK;
  return cr_fail_at(CR_ERR_MODEL, file, 0, 0,
                    "the fill of column \"%s\" is no number this network can take", input->name);
}

/* Values ascend, and what becomes of them does not descend. */
static cr_status check_knots(const char *file, const cr_input *input) {
  const double *x = input->knots, *z = input->knots + input->knot_count;
  bool good = input->knot_count >= 2 && input->knot_count <= CR_KNOTS_MAX;
  for (size_t i = 0; good && i < input->knot_count; i++) {
    good = isfinite(x[i]) && fabs(z[i]) <= (double)FLT_MAX;
    if (i > 0) good = good && x[i] > x[i - 1] && z[i] >= z[i - 1] && isfinite(x[i] - x[i - 1]);
  }
  if (good) return CR_OK;
  return cr_fail_at(CR_ERR_MODEL, file, 0, 0,
                    "the knots of column \"%s\" are not from 2 to %d that ascend", input->name,
                    CR_KNOTS_MAX);
}

/* A number, or a date with two inputs more for each cycle. */
static cr_status check_number(const char *file, const cr_input *input) {
  const bool marked = input->gaps == CR_GAPS_MARKED;
  size_t width = 1 + (size_t)marked;
  for (size_t c = 0; c < CR_CYCLES; c++) width += input->cycles & 1U << c ? 2 : 0;
  if (input->width != width) return fail_width(file, input, width);
  CR_TRY(check_scaling(file, input->name, input->shift, input->scale));
  if (input->knots) CR_TRY(check_knots(file, input));
  return marked || input->keeps_fill ? check_fill(file, input) : CR_OK;
}

static cr_status check_image(const char *file, const cr_input *input) {
  size_t pixels = 0;
  CR_TRY(cr_model_error(cr_size_product(input->height, input->image_width, &pixels), file));
  CR_TRY(cr_model_error(cr_size_product(pixels, input->channels, &pixels), file));
  if (pixels == 0 || pixels != input->width) return fail_width(file, input, pixels);
  return check_scaling(file, input->name, input->shift, input->scale);
}

static cr_status check_input(const char *file, const cr_input *input) {
  CR_TRY(check_text(file, "the name of an input", input->name));
  switch (input->type) {
    case CR_COLUMN_NUMBER:
    case CR_COLUMN_DATE:
      return check_number(file, input);
    case CR_COLUMN_IMAGE:
      return check_image(file, input);
    case CR_COLUMN_TEXT:
      return check_category(file, input);
  }
  return CR_OK;
}

static cr_status check_names(const char *file, const cr_encoder *encoder) {
  if (!encoder->named) return CR_OK;
  void *block = NULL;
  CR_TRY(cr_alloc(encoder->input_count, sizeof(char *), &block));
  const char **sorted = block;
  for (size_t i = 0; i < encoder->input_count; i++) sorted[i] = encoder->inputs[i].name;
  const cr_status status = check_distinct(file, "input columns", sorted, encoder->input_count);
  cr_free(sorted);
  return status;
}

/* The place of a column in the table of the training, where it is known how many that had. */
static cr_status check_place(const char *file, const cr_encoder *encoder, const char *name,
                             size_t column) {
  if (encoder->columns == 0 || column < encoder->columns) return CR_OK;
  return cr_fail_at(CR_ERR_MODEL, file, 0, 0, "column \"%s\" has the place %zu of %zu columns",
                    name, column, encoder->columns);
}

static int compare_sizes(const void *a, const void *b) {
  const size_t x = *(const size_t *)a, y = *(const size_t *)b;
  return (x > y) - (x < y);
}

/* Several targets are columns of their own: none twice, none an input. */
static cr_status check_places_differ(const char *file, const cr_encoder *encoder) {
  const size_t inputs = encoder->input_count, targets = cr_encoder_target_count(encoder);
  void *block = NULL;
  CR_TRY(cr_alloc(inputs + targets, sizeof(size_t), &block));
  size_t *places = block;
  for (size_t i = 0; i < inputs; i++) places[i] = encoder->inputs[i].column;
  for (size_t t = 0; t < targets; t++) places[inputs + t] = encoder->label_columns[t];
  qsort(places, inputs + targets, sizeof *places, compare_sizes);
  size_t i = 1;
  while (i < inputs + targets && places[i] != places[i - 1]) i++;
  const bool same = i < inputs + targets;
  const size_t place = same ? places[i] : 0;
  cr_free(block);
  if (!same) return CR_OK;
  return cr_fail_at(CR_ERR_MODEL, file, 0, 0, "two columns have the place %zu", place);
}

/* Where columns are found by name, what is learnt is none of the inputs. */
static cr_status check_label_names(const char *file, const cr_encoder *encoder) {
  const cr_strlist *wanted = cr_encoder_target_names(encoder);
  const size_t inputs = encoder->input_count, targets = wanted->count;
  void *block = NULL;
  if (!encoder->named) return CR_OK;
  CR_TRY(cr_alloc(inputs + targets, sizeof(char *), &block));
  const char **names = block;
  for (size_t i = 0; i < inputs; i++) names[i] = encoder->inputs[i].name;
  for (size_t t = 0; t < targets; t++) names[inputs + t] = wanted->items[t];
  const cr_status status = check_distinct(file, "columns", names, inputs + targets);
  cr_free(block);
  return status;
}

static cr_status check_targets(const char *file, const cr_encoder *encoder) {
  const cr_strlist *names = cr_encoder_target_names(encoder);
  CR_TRY(check_labels(file, names, false));
  for (size_t t = 0; t < names->count; t++) {
    CR_TRY(check_place(file, encoder, names->items[t], encoder->label_columns[t]));
    CR_TRY(check_scaling(file, names->items[t], cr_encoder_target_shift(encoder, t),
                         cr_encoder_target_scale(encoder, t)));
  }
  CR_TRY(check_places_differ(file, encoder));
  return check_label_names(file, encoder);
}

static cr_status check_encoder(const char *file, const cr_encoder *encoder) {
  for (size_t i = 0; i < encoder->input_count; i++) {
    const cr_input *input = &encoder->inputs[i];
    CR_TRY(check_input(file, input));
    CR_TRY(check_place(file, encoder, input->name, input->column));
  }
  CR_TRY(check_names(file, encoder));
  if (encoder->weight) CR_TRY(check_text(file, "the name of the weight", encoder->weight));
  if (cr_encoder_target_names(encoder)->count > 0) return check_targets(file, encoder);
  CR_TRY(check_text(file, "the name of the target", encoder->target));
  CR_TRY(check_place(file, encoder, encoder->target, encoder->target_column));
  if (encoder->classes) return check_labels(file, &encoder->labels, true);
  return check_scaling(file, encoder->target, encoder->target_shift, encoder->target_scale);
}

/* Each of several labels is a probability of its own. */
static cr_status check_multilabel_output(const char *file, const char *output, const char *loss) {
  if (strcmp(output, "sigmoid") == 0 && strcmp(loss, "binary_cross_entropy") == 0) return CR_OK;
  return cr_fail_at(CR_ERR_MODEL, file, 0, 0,
                    "output %s with loss %s, expected sigmoid with binary_cross_entropy for "
                    "several targets",
                    output, loss);
}

/* What tells classes apart is a probability, or the score that the loss is made for. */
static cr_status check_output(const char *file, const cr_model *model) {
  const char *output = cr_output_name(model);
  if (model->encoder->multilabel)
    return check_multilabel_output(file, output, model->loss->part.name);
  if (!cr_gives_scores(model) || strcmp(model->loss->outputs, output) == 0) return CR_OK;
  return cr_fail_at(CR_ERR_MODEL, file, 0, 0,
                    "the network's output is %s, expected sigmoid or softmax for labels", output);
}

static cr_status check_loss(const char *file, const cr_model *model) {
  cr_objective objective;
  cr_target_function resolved;
  cr_objective_init(&objective);
  objective.loss = model->loss->part.name;
  return cr_model_error(cr_objective_resolve(model->net, &objective, &resolved), file);
}

size_t cr_first_not_finite(const float *values, size_t count) {
  size_t i = 0;
  while (i < count && isfinite(values[i])) i++;
  return i;
}

/* Layers of a network fit by construction; what is left to look at are the values. */
static cr_status check_parameters(const char *file, const cr_net *net) {
  for (size_t i = 0; i < net->spec.count; i++) {
    const cr_layer_spec *layer = &net->spec.layers[i];
    const size_t weights = layer->inputs * layer->outputs;
    const float *weight = net->parameters + net->views[i].weight;
    const float *bias = net->parameters + net->views[i].bias;
    size_t bad = cr_first_not_finite(weight, weights);
    if (bad < weights) {
      return cr_fail_at(CR_ERR_MODEL, file, 0, 0, "layers.%zu.weight[%zu,%zu] is not finite", i,
                        bad / layer->outputs, bad % layer->outputs);
    }
    bad = cr_first_not_finite(bias, layer->outputs);
    if (bad < layer->outputs) {
      return cr_fail_at(CR_ERR_MODEL, file, 0, 0, "layers.%zu.bias[%zu] is not finite", i, bad);
    }
  }
  return CR_OK;
}

cr_status cr_model_validate(const cr_model *model, const char *file) {
  CR_TRY(cr_check_fit(CR_ERR_MODEL, file, model->net, model->encoder));
  CR_TRY(check_encoder(file, model->encoder));
  CR_TRY(check_output(file, model));
  CR_TRY(check_loss(file, model));
  return check_parameters(file, model->net);
}
