/* The name that is most like a mistyped one. */
#ifndef CLI_NEAREST_H
#define CLI_NEAREST_H

#include <stddef.h>

struct nearest {
  const char *word;  /* what was typed */
  const char *found; /* the best candidate so far, NULL if none is near enough */
  size_t distance;
};

void nearest_begin(struct nearest *nearest, const char *word);
void nearest_offer(struct nearest *nearest, const char *candidate);

#endif
