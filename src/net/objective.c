#include <math.h>
#include <string.h>

#include "base/options.h"
#include "net/network.h"

void cr_objective_init_sized(cr_objective *objective, size_t size) {
  static const cr_objective defaults = {.loss = "half_squared", .reduction = "mean"};
  cr_options_init(objective, size, &defaults, sizeof defaults);
}

static cr_status check_from_0(const char *name, double value) {
  if (value >= 0.0 && isfinite(value)) return CR_OK;
  return cr_fail(CR_ERR_ARGUMENT, "%s is %g, expected a number from 0", name, value);
}

static cr_status check_share(const char *name, double value) {
  if (value >= 0.0 && value < 1.0) return CR_OK;
  return cr_fail(CR_ERR_ARGUMENT, "%s is %g, expected a share from 0 to below 1", name, value);
}

static cr_status check_combination(const cr_loss *loss, const cr_activation *output) {
  if (cr_loss_fits(loss, output->part.name)) return CR_OK;
  cr_fail(CR_ERR_COMBINATION, "loss %s does not go with output %s: it needs output %s",
          loss->part.name, output->part.name, loss->outputs);
  cr_why("%s %s", loss->part.name, loss->needs);
  return cr_fix("use output %s, or loss half_squared", loss->outputs);
}

/* Descent asks every layer for its derivative. */
static cr_status check_derivatives(const cr_net *net) {
  for (size_t l = 0; l < net->spec.count; ++l) {
    const cr_activation *activation = net->spec.layers[l].activation;
    if (activation->backward) continue;
    cr_fail(CR_ERR_COMBINATION, "layer %zu is %s, which cannot be learnt by descent", l + 1,
            activation->part.name);
    cr_why("its derivative is 0 wherever there is one, so no gradient comes through it");
    return cr_fix("use sigmoid in its place, which is %s made smooth", activation->part.name);
  }
  return CR_OK;
}

cr_status cr_objective_resolve(const cr_net *net, const cr_objective *objective,
                               cr_target_function *out) {
  cr_objective o;
  cr_objective_init(&o);
  CR_TRY(cr_options_copy(&o, sizeof o, objective, "cr_objective_init"));
  const cr_activation *output = net->spec.layers[net->spec.count - 1].activation;
  const cr_loss *loss = NULL;
  CR_TRY(cr_loss_find(o.loss, &loss));
  CR_TRY(check_combination(loss, output));
  CR_TRY(check_derivatives(net));
  const char *reduction = o.reduction ? o.reduction : "";
  const bool mean = strcmp(reduction, "mean") == 0;
  if (!mean && strcmp(reduction, "sum") != 0) {
    return cr_fail(CR_ERR_ARGUMENT, "unknown reduction \"%.64s\": there are mean, sum", reduction);
  }
  CR_TRY(check_from_0("l1", o.l1));
  CR_TRY(check_from_0("l2", o.l2));
  CR_TRY(check_share("label_smoothing", o.label_smoothing));
  CR_TRY(check_share("dropout", o.dropout));
  CR_TRY(check_share("input_dropout", o.input_dropout));
  CR_TRY(check_from_0("input_noise", o.input_noise));
  *out = (cr_target_function){
      .loss = loss,
      .fused = loss->fused_with && strcmp(loss->fused_with, output->part.name) == 0,
      .mean = mean,
      .l1 = o.l1,
      .l2 = o.l2,
      .label_smoothing = o.label_smoothing,
      .draws = {.dropout = o.dropout,
                .input_dropout = o.input_dropout,
                .input_noise = o.input_noise,
                .seed = o.seed,
                .draw = o.draw},
      .row_weights = o.row_weights,
  };
  return CR_OK;
}
