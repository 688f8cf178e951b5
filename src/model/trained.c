#include "model/trained.h"

#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "data/amount.h"
#include "json/json.h"
#include "model/validate.h"
#include "model/values.h"

/* A training summary is small; this bounds what a file can make of it. */
#define MAX_TRAINING_VALUES 100000

/* Names of the cycles in `cycles`, as a list that always is there; *count: how many. */
static const char *const *cycle_names(unsigned cycles, size_t *count) {
  /* Every choice of some, in their order: where those of a set begin. */
  static const char *const lists[][CR_CYCLES] = {
      {NULL},  {"year"},        {"week"},        {"year", "week"},
      {"day"}, {"year", "day"}, {"week", "day"}, {"year", "week", "day"},
  };
  *count = 0;
  for (size_t c = 0; c < CR_CYCLES; c++) *count += cycles >> c & 1;
  return lists[cycles];
}

/* Labels such as "5%" would be numbers, too, if a file were read without a word on them. */
static const char *target_type(const cr_encoder *encoder) {
  double value = 0;
  if (encoder->multilabel) return NULL;
  if (!encoder->classes) return encoder->amounts ? "number" : "digits";
  for (size_t k = 0; k < encoder->labels.count; k++) {
    const char *label = encoder->labels.items[k];
    const size_t size = strlen(label);
    if (!cr_parse_number(label, size, &value) && cr_parse_amount(label, size, '.', &value))
      return "category";
  }
  return NULL;
}

void cr_model_describe(cr_model *model) {
  const cr_encoder *encoder = model->encoder;
  model->info = (cr_model_info){
      .network = cr_net_spec(model->net),
      .loss = model->loss->part.name,
      .task = cr_encoder_task(encoder),
      .target = encoder->target,
      .input_columns = encoder->input_count,
      .classes = encoder->classes ? encoder->labels.count : 0,
      .target_shift = encoder->target_shift,
      .target_scale = encoder->target_scale,
      .training = model->training,
      .sha256 = model->sha256,
      .labels = encoder->labels.count,
      .scores = cr_gives_scores(model),
      .targets = cr_encoder_target_count(encoder),
      .values = cr_encoder_values(encoder),
      .target_type = target_type(encoder),
  };
  for (size_t i = 0; i < encoder->input_count; i++) {
    const cr_input *input = &encoder->inputs[i];
    model->inputs[i] = (cr_model_input){
        .name = input->name,
        .type = input->type,
        .width = input->width,
        .height = input->height,
        .image_width = input->image_width,
        .channels = input->channels,
        .shift = input->shift,
        .scale = input->scale,
        .gaps = input->gaps,
        .fill = input->fill,
        .labels = (const char *const *)input->labels.items,
        .label_count = input->labels.count,
        .knots = input->knots,
        .images = input->knots ? input->knots + input->knot_count : NULL,
        .knot_count = input->knot_count,
        .keeps_fill = input->keeps_fill,
        .fill_text = input->fill_text,
        .unseen_refused = input->unseen_refused,
        .hashed = input->hashed,
        .amounts = input->amounts,
    };
    model->inputs[i].cycles = cycle_names(input->cycles, &model->inputs[i].cycle_count);
  }
}

static cr_status fill(cr_model *model, size_t inputs) {
  void *block = NULL;
  CR_TRY(cr_copy_text("{}", &model->training));
  CR_TRY(cr_alloc(inputs, sizeof *model->inputs, &block));
  model->inputs = block;
  return CR_OK;
}

cr_status cr_model_create(cr_net *net, cr_encoder *encoder, const char *loss, cr_model **out) {
  const cr_loss *found = NULL;
  CR_TRY(cr_loss_find(loss, &found));
  CR_TRY(cr_check_fit(CR_ERR_SHAPE, "", net, encoder));
  void *block = NULL;
  CR_TRY(cr_alloc(1, sizeof(cr_model), &block));
  cr_model *model = block;
  const cr_status status = fill(model, encoder->input_count);
  if (status != CR_OK) {
    cr_model_destroy(model);
    return status;
  }
  model->net = net;
  model->encoder = encoder;
  model->loss = found;
  cr_model_describe(model);
  *out = model;
  return CR_OK;
}

void cr_model_destroy(cr_model *model) {
  if (!model) return;
  cr_net_destroy(model->net);
  cr_encoder_destroy(model->encoder);
  cr_free(model->training);
  cr_free(model->inputs);
  cr_free(model);
}

cr_status cr_model_set_training(cr_model *model, const char *json) {
  json_t *root = NULL;
  CR_TRY(cr_json_parse(CR_ERR_ARGUMENT, "chainrule.train", json, strlen(json), MAX_TRAINING_VALUES,
                       &root));
  cr_status status = CR_OK;
  if (!json_is_object(root)) {
    status = cr_fail(CR_ERR_ARGUMENT, "the training summary is %s, expected an object",
                     cr_json_kind(root));
  }
  json_decref(root);
  if (status != CR_OK) return status;
  char *copy = NULL;
  CR_TRY(cr_copy_text(json, &copy));
  cr_free(model->training);
  model->training = copy;
  model->info.training = copy;
  return CR_OK;
}

const cr_model_info *cr_model_get_info(const cr_model *model) {
  return &model->info;
}

const cr_model_input *cr_model_input_at(const cr_model *model, size_t index) {
  return index < model->info.input_columns ? &model->inputs[index] : NULL;
}

const char *cr_model_label(const cr_model *model, size_t class_index) {
  const cr_encoder *encoder = model->encoder;
  return class_index < encoder->labels.count ? encoder->labels.items[class_index] : NULL;
}

cr_status cr_model_value(const cr_model *model, size_t input, const char *text, double *value) {
  *value = 0.0;
  if (input >= model->encoder->input_count)
    return cr_fail(CR_ERR_ARGUMENT, "input %zu, this model has %zu", input,
                   model->encoder->input_count);
  return cr_input_value(&model->encoder->inputs[input], text, value);
}

const char *cr_model_target(const cr_model *model, size_t index, double *shift, double *scale) {
  const cr_encoder *encoder = model->encoder;
  const cr_strlist *names = cr_encoder_target_names(encoder);
  const bool there = index < cr_encoder_target_count(encoder);
  if (shift) *shift = there ? cr_encoder_target_shift(encoder, index) : 0.0;
  if (scale) *scale = there ? cr_encoder_target_scale(encoder, index) : 1.0;
  if (!there) return NULL;
  return names->count > 0 ? names->items[index] : encoder->target;
}

cr_net *cr_model_net(cr_model *model) {
  return model->net;
}
