/* "784-64:relu-10:softmax" to struct and back. */
#ifndef NET_SPEC_H
#define NET_SPEC_H

#include "base/fail.h"
#include "parts/activation.h"

#define CR_MAX_LAYERS 1024
#define CR_MAX_WIDTH ((size_t)1 << 24)
#define CR_MAX_WEIGHTS ((uint64_t)1 << 33)

typedef struct cr_layer_spec {
  size_t inputs, outputs;
  const cr_activation *activation;
} cr_layer_spec;

typedef struct cr_spec {
  size_t inputs;
  size_t count;          /* layers after the inputs */
  cr_layer_spec *layers; /* owned */
} cr_spec;

/* Weights and biases that this machine can address, a few times as doubles. */
#define CR_MAX_PARAMETERS ((uint64_t)(SIZE_MAX / sizeof(double) / 4))

cr_status cr_spec_parse(const char *text, cr_spec *out);
cr_status cr_spec_format(const cr_spec *spec, char **out); /* the caller frees (cr_free) */

/* CR_ERR_LIMIT over CR_MAX_WEIGHTS, or over so many weights and biases; cr_spec_parse asks it. */
cr_status cr_spec_check_size(const cr_spec *spec, uint64_t most_parameters);
void cr_spec_free(cr_spec *spec);

#endif
