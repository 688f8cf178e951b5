#include "data/byte_counts.h"

#include <math.h>

void cr_byte_counts_add(cr_byte_counts *counts, const uint8_t *bytes, size_t size) {
  size_t i = 0;
  for (; size - i >= 4; i += 4)
    for (size_t lane = 0; lane < 4; lane++) counts->lanes[lane][bytes[i + lane]]++;
  for (; i < size; i++) counts->lanes[0][bytes[i]]++;
}

/* (eq N1) mean = sum x / n, deviation = sqrt(sum (x - mean)^2 / n), each byte times its count */
cr_byte_figures cr_byte_counts_figures(const cr_byte_counts *counts) {
  cr_byte_figures f = {0};
  double times[256], n = 0.0, sum = 0.0, squares = 0.0;
  for (size_t b = 0; b < 256; b++) {
    times[b] = (double)(counts->lanes[0][b] + counts->lanes[1][b] + counts->lanes[2][b] +
                        counts->lanes[3][b]);
    if (times[b] == 0.0) continue;
    if (f.distinct++ == 0) f.minimum = (double)b;
    f.maximum = (double)b;
    n += times[b];
    sum += times[b] * (double)b;
  }
  f.mean = sum / n;
  for (size_t b = 0; b < 256; b++) {
    const double apart = (double)b - f.mean;
    squares += times[b] * apart * apart;
  }
  f.deviation = sqrt(squares / n);
  return f;
}
