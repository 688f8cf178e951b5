#include "model/values.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

size_t cr_value_count(const cr_model *model) {
  const cr_encoder *encoder = model->encoder;
  return encoder->classes ? encoder->labels.count : cr_encoder_target_count(encoder);
}

bool cr_has_single_output(const cr_model *model) {
  return cr_value_count(model) > cr_net_outputs(model->net);
}

const char *cr_output_name(const cr_model *model) {
  const cr_spec *spec = &model->net->spec;
  return spec->layers[spec->count - 1].activation->part.name;
}

bool cr_gives_scores(const cr_model *model) {
  const char *output = cr_output_name(model);
  return model->encoder->classes && strcmp(output, "sigmoid") != 0 &&
         strcmp(output, "softmax") != 0;
}

void cr_values_of(const cr_model *model, const float *outputs, double *values) {
  const cr_encoder *encoder = model->encoder;
  if (!encoder->classes && !encoder->multilabel) {
    for (size_t t = 0; t < cr_encoder_target_count(encoder); t++)
      values[t] = (double)outputs[t] * cr_encoder_target_scale(encoder, t) +
                  cr_encoder_target_shift(encoder, t);
  } else if (cr_has_single_output(model)) {
    values[1] = (double)outputs[0];
    values[0] = (cr_gives_scores(model) ? 0.0 : 1.0) - values[1];
  } else {
    for (size_t k = 0; k < encoder->labels.count; k++) values[k] = (double)outputs[k];
  }
}

cr_status cr_values_check(const double *values, size_t count, const char *file, size_t row) {
  size_t k = 0;
  while (k < count && isfinite(values[k])) k++;
  if (k == count) return CR_OK;
  char place[40] = "";
  if (row > 0) snprintf(place, sizeof place, " for row %zu", row);
  cr_fail_at(CR_ERR_NUMBER, file, 0, 0, "the model's output %zu%s is not a finite number", k + 1,
             place);
  return cr_why("its inputs are so large that the network's sums overflow");
}
