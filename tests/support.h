/* What many tests need: cmocka with its headers, numbers that are close, uneven numbers to feed. */
#ifndef SUPPORT_H
#define SUPPORT_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* |found - expected| <= tolerance, and both are numbers. */
#define assert_close(found, expected, tolerance) \
  assert_close_at((double)(found), (double)(expected), (double)(tolerance), __FILE__, __LINE__)

static inline void assert_close_at(double found, double expected, double tolerance,
                                   const char *file, int line) {
  if (fabs(found - expected) <= tolerance) return;
  print_error("found %.17g, expected %.17g within %.3g, off by %.3g\n", found, expected, tolerance,
              fabs(found - expected));
  _fail(file, line);
}

/* Number `index` of a series spread over (-scale, scale) in which no two are alike. */
static inline double uneven(size_t index, double scale) {
  const double x = (double)(index + 1) * 0.6180339887498949;
  return scale * (2.0 * (x - floor(x)) - 1.0);
}

#endif
