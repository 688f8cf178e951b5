/* A model from a network that was trained by hand. */
#include <string.h>

#include "base/alloc.h"
#include "base/options.h"
#include "model/trained.h"

void cr_model_options_init_sized(cr_model_options *options, size_t size) {
  static const cr_model_options defaults = {.target_scale = 1};
  cr_options_init(options, size, &defaults, sizeof defaults);
}

static cr_status copy_net(const cr_net *net, cr_net **out) {
  CR_TRY(cr_net_create(cr_net_spec(net), out));
  memcpy((*out)->parameters, net->parameters, net->parameter_count * sizeof *net->parameters);
  return CR_OK;
}

/* Columns of numbers. The names count only where the caller gave them. */
static cr_status fill_inputs(const cr_model_options *options, cr_encoder *encoder, size_t count) {
  cr_strbuf name = {0};
  void *block = NULL;
  CR_TRY(cr_alloc(count, sizeof *encoder->inputs, &block));
  encoder->inputs = block;
  encoder->input_count = encoder->width = count;
  encoder->named = options->inputs != NULL;
  for (size_t i = 0; i < count; i++) {
    cr_input *input = &encoder->inputs[i];
    input->type = CR_COLUMN_NUMBER;
    input->width = 1;
    input->column = i;
    input->shift = options->shifts ? options->shifts[i] : 0;
    input->scale = options->scales ? options->scales[i] : 1;
    if (options->inputs) {
      CR_TRY(cr_copy_text(options->inputs[i], &input->name));
    } else {
      cr_strbuf_format(&name, "x%zu", i + 1);
      CR_TRY(cr_strbuf_take(&name, &input->name));
    }
  }
  return CR_OK;
}

static cr_status fill_target(const cr_model_options *options, cr_encoder *encoder) {
  encoder->columns = encoder->input_count + 1;
  encoder->target_column = encoder->input_count;
  encoder->classes = options->labels != NULL;
  encoder->target_shift = encoder->classes ? 0 : options->target_shift;
  encoder->target_scale = encoder->classes ? 1 : options->target_scale;
  for (size_t k = 0; encoder->classes && k < options->label_count; k++)
    CR_TRY(cr_strlist_add(&encoder->labels, options->labels[k]));
  return cr_copy_text(options->target ? options->target : "y", &encoder->target);
}

/* The given loss or that of the output, if it goes with the network. */
static cr_status choose_loss(const cr_model_options *options, const cr_net *net, const char **out) {
  const cr_activation *output = net->spec.layers[net->spec.count - 1].activation;
  cr_objective objective;
  cr_target_function resolved;
  cr_objective_init(&objective);
  objective.loss = options->loss ? options->loss : cr_loss_of_output(output->part.name)->part.name;
  CR_TRY(cr_objective_resolve(net, &objective, &resolved));
  *out = resolved.loss->part.name;
  return CR_OK;
}

/* What would make a model file invalid was an argument here. */
static cr_status check(const cr_model *model) {
  const cr_status status = cr_model_validate(model, "");
  if (status != CR_ERR_MODEL) return status;
  const cr_error cause = *cr_last_error();
  return cr_fail(CR_ERR_ARGUMENT, "%s", cause.message);
}

static cr_status build(const cr_net *net, const cr_model_options *options, cr_net **copy,
                       cr_encoder **encoder, cr_model **out) {
  const char *loss = NULL;
  CR_TRY(choose_loss(options, net, &loss));
  CR_TRY(copy_net(net, copy));
  void *block = NULL;
  CR_TRY(cr_alloc(1, sizeof **encoder, &block));
  *encoder = block;
  CR_TRY(fill_inputs(options, *encoder, cr_net_inputs(net)));
  CR_TRY(fill_target(options, *encoder));
  CR_TRY(cr_model_create(*copy, *encoder, loss, out));
  *copy = NULL;
  *encoder = NULL;
  return check(*out);
}

cr_status cr_model_from_net(const cr_net *net, const cr_model_options *options, cr_model **out) {
  cr_model_options o;
  cr_net *copy = NULL;
  cr_encoder *encoder = NULL;
  *out = NULL;
  cr_model_options_init(&o);
  CR_TRY(cr_options_copy(&o, sizeof o, options, "cr_model_options_init"));
  const cr_status status = build(net, &o, &copy, &encoder, out);
  cr_net_destroy(copy);
  cr_encoder_destroy(encoder);
  if (status == CR_OK) return CR_OK;
  cr_model_destroy(*out);
  *out = NULL;
  return status;
}
