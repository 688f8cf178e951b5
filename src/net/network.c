#include "net/network.h"

#include "base/alloc.h"
#include "base/rng.h"
#include "parts/initializer.h"

/* Run twice: to measure, and to hand out. */
static void net_layout(cr_net *net, cr_arena *arena) {
  net->parameters = cr_arena_take(arena, net->parameter_count, sizeof *net->parameters);
  net->views = cr_arena_take(arena, net->spec.count, sizeof *net->views);
  net->layers = cr_arena_take(arena, net->spec.count, sizeof *net->layers);
}

static void set_views(cr_net *net) {
  size_t weight = 0, bias = net->weight_count;
  for (size_t l = 0; l < net->spec.count; ++l) {
    const cr_layer_spec *layer = &net->spec.layers[l];
    const size_t inputs = layer->inputs, outputs = layer->outputs;
    net->views[l] = (cr_view){.weight = weight, .bias = bias};
    net->layers[l] = (cr_layer){
        .inputs = inputs,
        .outputs = outputs,
        .activation = layer->activation->part.name,
        .weight = {net->parameters + weight, inputs, outputs, outputs},
        .bias = {net->parameters + bias, 1, outputs, outputs},
    };
    weight += inputs * outputs;
    bias += outputs;
  }
}

static cr_status net_fill(cr_net *net, const char *spec) {
  CR_TRY(cr_spec_parse(spec, &net->spec));
  CR_TRY(cr_spec_format(&net->spec, &net->text));
  for (size_t l = 0; l < net->spec.count; ++l) {
    net->weight_count += net->spec.layers[l].inputs * net->spec.layers[l].outputs;
    net->parameter_count += net->spec.layers[l].outputs;
  }
  net->parameter_count += net->weight_count;
  cr_arena measured;
  cr_arena_measure(&measured);
  net_layout(net, &measured);
  CR_TRY(cr_arena_create(&measured, &net->arena));
  net_layout(net, &net->arena);
  set_views(net);
  return CR_OK;
}

cr_status cr_net_create(const char *spec, cr_net **out) {
  *out = NULL;
  void *block = NULL;
  CR_TRY(cr_alloc(1, sizeof(cr_net), &block));
  cr_net *net = block;
  const cr_status status = net_fill(net, spec);
  if (status != CR_OK) {
    cr_net_destroy(net);
    return status;
  }
  *out = net;
  return CR_OK;
}

void cr_net_destroy(cr_net *net) {
  if (!net) return;
  cr_arena_destroy(&net->arena);
  cr_free(net->text);
  cr_spec_free(&net->spec);
  cr_free(net);
}

/* (eq I1, I2, I3, I4) w ~ N(0, deviation^2); number (layer, place) of the stream, so that no
 * weight depends on the order in which they are drawn */
static void draw_weights(float *w, size_t n, double deviation, uint64_t seed, uint32_t layer) {
  for (size_t i = 0; i < n; ++i) {
    w[i] = deviation == 0.0
               ? 0.0f
               : (float)(deviation * cr_random_normal(seed, CR_STREAM_WEIGHTS, layer, i));
  }
}

cr_status cr_net_initialize(cr_net *net, const char *initializer, uint64_t seed) {
  const cr_initializer *part = NULL;
  if (initializer) CR_TRY(cr_initializer_find(initializer, &part));
  for (size_t l = 0; l < net->spec.count; ++l) {
    const cr_layer_spec *layer = &net->spec.layers[l];
    const cr_initializer *chosen = part;
    if (!chosen) CR_TRY(cr_initializer_find(layer->activation->initializer, &chosen));
    draw_weights(net->parameters + net->views[l].weight, layer->inputs * layer->outputs,
                 chosen->deviation(layer->inputs, layer->outputs), seed, (uint32_t)l);
  }
  for (size_t i = net->weight_count; i < net->parameter_count; ++i) net->parameters[i] = 0.0f;
  return CR_OK;
}

size_t cr_net_inputs(const cr_net *net) {
  return net->spec.inputs;
}

size_t cr_net_outputs(const cr_net *net) {
  return net->spec.layers[net->spec.count - 1].outputs;
}

size_t cr_net_layer_count(const cr_net *net) {
  return net->spec.count;
}

size_t cr_net_parameter_count(const cr_net *net) {
  return net->parameter_count;
}

const char *cr_net_spec(const cr_net *net) {
  return net->text;
}

const cr_layer *cr_net_layer(const cr_net *net, size_t index) {
  return index < net->spec.count ? &net->layers[index] : NULL;
}

float *cr_net_parameters(cr_net *net) {
  return net->parameters;
}
