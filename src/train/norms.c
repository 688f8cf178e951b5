#include "train/norms.h"

#include <math.h>
#include <string.h>

#include "net/norm.h"

static void lay_out(cr_norms *norms, const cr_net *net, cr_arena *arena) {
  norms->gradient = cr_arena_take(arena, norms->layers, sizeof *norms->gradient);
  norms->weight = cr_arena_take(arena, norms->layers, sizeof *norms->weight);
  norms->update = cr_arena_take(arena, norms->layers, sizeof *norms->update);
  norms->before = cr_arena_take(arena, net->weight_count, sizeof *norms->before);
}

cr_status cr_norms_create(const cr_net *net, cr_norms *out) {
  *out = (cr_norms){.layers = net->spec.count};
  cr_arena measured;
  cr_arena_measure(&measured);
  lay_out(out, net, &measured);
  CR_TRY(cr_arena_create(&measured, &out->arena));
  lay_out(out, net, &out->arena);
  return CR_OK;
}

void cr_norms_free(cr_norms *norms) {
  cr_arena_destroy(&norms->arena);
}

static size_t weights_of(const cr_net *net, size_t l) {
  return net->spec.layers[l].inputs * net->spec.layers[l].outputs;
}

void cr_norms_before(cr_norms *norms, const cr_net *net, const float *gradient) {
  memcpy(norms->before, net->parameters, net->weight_count * sizeof *norms->before);
  for (size_t l = 0; l < norms->layers; l++)
    norms->gradient[l] = sqrt(cr_square_sum(gradient + net->views[l].weight, weights_of(net, l)));
}

void cr_norms_after(cr_norms *norms, const cr_net *net) {
  for (size_t i = 0; i < net->weight_count; i++)
    norms->before[i] = net->parameters[i] - norms->before[i];
  for (size_t l = 0; l < norms->layers; l++) {
    const size_t first = net->views[l].weight, count = weights_of(net, l);
    norms->weight[l] = sqrt(cr_square_sum(net->parameters + first, count));
    norms->update[l] = sqrt(cr_square_sum(norms->before + first, count));
  }
  norms->known = true;
}
