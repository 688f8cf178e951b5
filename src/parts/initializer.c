#include "parts/initializer.h"

#include <math.h>
#include <string.h>

#include "parts/registry.h"

/* (eq I1) every weight 0: units of a layer then stay alike for ever, which is worth seeing once. */
static double zero_deviation(size_t inputs, size_t outputs) {
  (void)inputs, (void)outputs;
  return 0.0;
}

/* (eq I2) 0.01 N(0, 1) */
static double small_deviation(size_t inputs, size_t outputs) {
  (void)inputs, (void)outputs;
  return 0.01;
}

/* (eq I3) Var w = 1 / n_in: the variance of z is that of the inputs (LeCun 1998; Glorot 2010). */
static double xavier_deviation(size_t inputs, size_t outputs) {
  (void)outputs;
  return sqrt(1.0 / (double)inputs);
}

/* (eq I4) Var w = 2 / n_in: relu lets half of the variance through (He 2015). */
static double he_deviation(size_t inputs, size_t outputs) {
  (void)outputs;
  return sqrt(2.0 / (double)inputs);
}

/* (eq I5) Var w = 2 / (n_in + n_out): between what forward and what backward ask (Glorot 2010). */
static double glorot_deviation(size_t inputs, size_t outputs) {
  return sqrt(2.0 / ((double)inputs + (double)outputs));
}

/* (eq I6) Var w = 1 / n_in, on which selu counts (LeCun 1998, Klambauer 2017) */
static double lecun_deviation(size_t inputs, size_t outputs) {
  (void)outputs;
  return sqrt(1.0 / (double)inputs);
}

static const cr_initializer initializers[] = {
    {{"zero", "w = 0", ""}, zero_deviation},
    {{"small", "w ~ 0.01 N(0, 1)", ""}, small_deviation},
    {{"xavier", "w ~ N(0, 1/n_in)", ""}, xavier_deviation},
    {{"he", "w ~ N(0, 2/n_in)", ""}, he_deviation},
    {{"glorot", "w ~ N(0, 2/(n_in + n_out))", ""}, glorot_deviation},
    {{"lecun", "w ~ N(0, 1/n_in)", ""}, lecun_deviation},
};

const cr_initializer *cr_initializer_at(size_t index) {
  return index < sizeof initializers / sizeof *initializers ? &initializers[index] : NULL;
}

cr_status cr_initializer_find(const char *name, const cr_initializer **out) {
  const cr_initializer *found;
  for (size_t i = 0; (found = cr_initializer_at(i)); ++i) {
    if (!name || strcmp(found->part.name, name) != 0) continue;
    *out = found;
    return CR_OK;
  }
  return cr_part_unknown(CR_PART_INITIALIZER, name);
}
