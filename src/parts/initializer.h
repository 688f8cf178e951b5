/* Initialisers: the variance of a layer's first weights. Biases start at 0. */
#ifndef PARTS_INITIALIZER_H
#define PARTS_INITIALIZER_H

#include "base/fail.h"
#include "chainrule/parts.h"

typedef struct cr_initializer {
  cr_part part; /* its name and texts */
  double (*deviation)(size_t inputs,
                      size_t outputs); /* of the normal that weights are drawn from */
} cr_initializer;

const cr_initializer *cr_initializer_at(size_t index);
cr_status cr_initializer_find(const char *name, const cr_initializer **out);

#endif
