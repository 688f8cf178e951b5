/* Which tensors a network has in a model file, in what order, and at which bytes. */
#ifndef MODEL_TENSORS_H
#define MODEL_TENSORS_H

#include "net/network.h"

typedef struct cr_tensor {
  char name[40]; /* "layers.0.weight", "layers.0.bias" */
  size_t layer;
  bool is_weight;
  size_t rows, cols; /* shape: [rows, cols] of a weight, [cols] of a bias */
  size_t begin, end; /* bytes of the data section */
} cr_tensor;

typedef struct cr_tensors {
  cr_tensor *items; /* ordered by name, byte by byte: what the reference writer does, too */
  size_t count;
  size_t bytes; /* of the data section */
} cr_tensors;

/* Lays out what `spec` needs; takes no memory for the values. CR_ERR_LIMIT, CR_ERR_MEMORY. */
cr_status cr_tensors_create(const cr_spec *spec, cr_tensors *out);
void cr_tensors_free(cr_tensors *tensors);

/* The values of a tensor in the parameter block of its network. */
float *cr_tensor_values(const cr_net *net, const cr_tensor *tensor);

/* Between floats and the file's bytes, which are little-endian on every machine. */
void cr_floats_to_bytes(uint8_t *out, const float *values, size_t count);
void cr_bytes_to_values(float *out, const uint8_t *bytes, size_t count);

#endif
