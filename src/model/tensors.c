#include "model/tensors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/size.h"

static int compare_names(const void *a, const void *b) {
  return strcmp(((const cr_tensor *)a)->name, ((const cr_tensor *)b)->name);
}

static void name_tensors(const cr_spec *spec, cr_tensor *items) {
  for (size_t layer = 0; layer < spec->count; layer++) {
    const cr_layer_spec *shape = &spec->layers[layer];
    cr_tensor *weight = &items[2 * layer], *bias = weight + 1;
    *weight = (cr_tensor){
        .layer = layer, .is_weight = true, .rows = shape->inputs, .cols = shape->outputs};
    *bias = (cr_tensor){.layer = layer, .rows = 1, .cols = shape->outputs};
    snprintf(weight->name, sizeof weight->name, "layers.%zu.weight", layer);
    snprintf(bias->name, sizeof bias->name, "layers.%zu.bias", layer);
  }
}

/* Gives each tensor its bytes: one after the other, no holes. */
static cr_status place_tensors(cr_tensors *tensors) {
  size_t end = 0;
  for (size_t i = 0; i < tensors->count; i++) {
    cr_tensor *tensor = &tensors->items[i];
    size_t size = 0;
    CR_TRY(cr_size_product(tensor->rows, tensor->cols, &size));
    CR_TRY(cr_size_product(size, sizeof(float), &size));
    tensor->begin = end;
    CR_TRY(cr_size_sum(end, size, &end));
    tensor->end = end;
  }
  tensors->bytes = end;
  return CR_OK;
}

cr_status cr_tensors_create(const cr_spec *spec, cr_tensors *out) {
  cr_tensors tensors = {.count = 2 * spec->count};
  void *block = NULL;
  CR_TRY(cr_alloc(tensors.count, sizeof *tensors.items, &block));
  tensors.items = block;
  name_tensors(spec, tensors.items);
  qsort(tensors.items, tensors.count, sizeof *tensors.items, compare_names);
  const cr_status status = place_tensors(&tensors);
  if (status != CR_OK) {
    cr_tensors_free(&tensors);
    return status;
  }
  *out = tensors;
  return CR_OK;
}

void cr_tensors_free(cr_tensors *tensors) {
  cr_free(tensors->items);
  *tensors = (cr_tensors){0};
}

float *cr_tensor_values(const cr_net *net, const cr_tensor *tensor) {
  const cr_view *view = &net->views[tensor->layer];
  return net->parameters + (tensor->is_weight ? view->weight : view->bias);
}

void cr_floats_to_bytes(uint8_t *out, const float *values, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, &values[i], sizeof bits);
    for (unsigned byte = 0; byte < 4; byte++) out[4 * i + byte] = (uint8_t)(bits >> (8 * byte));
  }
}

void cr_bytes_to_values(float *out, const uint8_t *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint32_t bits = 0;
    for (unsigned byte = 0; byte < 4; byte++) bits |= (uint32_t)bytes[4 * i + byte] << (8 * byte);
    memcpy(&out[i], &bits, sizeof bits);
  }
}
