/* For tests: files in the NPY format. */
#ifndef UNIT_DATA_NPY_H
#define UNIT_DATA_NPY_H

#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { NPY_PREFIX = 10, NPY_ROOM = 1024 };

/* Version 1.0, the literal as it is, then the elements; returns the size, out has NPY_ROOM. */
static inline size_t npy_file(char *out, const char *literal, const void *elements, size_t size) {
  const size_t length = strlen(literal);
  assert_true(NPY_PREFIX + length + size <= NPY_ROOM);
  memcpy(out, "\x93NUMPY\x01", 8);
  out[8] = (char)(length & 255);
  out[9] = (char)(length >> 8);
  memcpy(out + NPY_PREFIX, literal, length);
  if (size) memcpy(out + NPY_PREFIX + length, elements, size);
  return NPY_PREFIX + length + size;
}

/* The literal as numpy writes it. */
static inline size_t npy_array(char *out, const char *type, bool fortran_order, const char *shape,
                               const void *elements, size_t size) {
  char literal[128];
  snprintf(literal, sizeof literal, "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }      \n",
           type, fortran_order ? "True" : "False", shape);
  return npy_file(out, literal, elements, size);
}

#endif
