#include "net/norm.h"

#include <math.h>

/* Sums kept side by side, so that an addition need not wait for the one before it. */
enum { LANES = 8 };

double cr_square_sum(const float *values, size_t count) {
  double lanes[LANES] = {0}, sum = 0.0;
  for (size_t i = 0; i < count; ++i) lanes[i % LANES] += (double)values[i] * (double)values[i];
  for (size_t i = 0; i < LANES; ++i) sum += lanes[i];
  return sum;
}

void cr_clip(float *g, size_t count, double most) {
  const double length = sqrt(cr_square_sum(g, count));
  if (!(length > most)) return;
  const float factor = (float)(most / length); /* (eq U2) g <- g c/|g| */
  for (size_t i = 0; i < count; ++i) g[i] *= factor;
}

/* w (inputs, outputs): the weights into a unit are a column. */
static void shorten_columns(float *restrict w, size_t inputs, size_t outputs, double most,
                            double *restrict room) {
  for (size_t o = 0; o < outputs; ++o) room[o] = 0.0;
  for (size_t i = 0; i < inputs; ++i) {
    const float *row = w + i * outputs;
    for (size_t o = 0; o < outputs; ++o) room[o] += (double)row[o] * (double)row[o];
  }
  bool any = false;
  for (size_t o = 0; o < outputs; ++o) {
    const double length = sqrt(room[o]);
    room[o] = length > most ? most / length : 1.0; /* (eq R5) w <- w c/|w| */
    any = any || length > most;
  }
  for (size_t i = 0; any && i < inputs; ++i) {
    float *row = w + i * outputs;
    for (size_t o = 0; o < outputs; ++o) row[o] = (float)((double)row[o] * room[o]);
  }
}

void cr_max_norm(cr_net *net, double most, double *room) {
  for (size_t l = 0; l < net->spec.count; ++l) {
    const cr_layer_spec *layer = &net->spec.layers[l];
    shorten_columns(net->parameters + net->views[l].weight, layer->inputs, layer->outputs, most,
                    room);
  }
}
