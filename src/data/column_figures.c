#include "data/column_figures.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "data/table.h"

void cr_figures_start(cr_figures *figures) {
  *figures = (cr_figures){0};
  cr_spread_start(&figures->spread, false);
}

void cr_figures_free(cr_figures *figures) {
  cr_spread_free(&figures->spread);
  cr_hashset_free(&figures->seen);
  cr_free(figures->values);
  figures->values = NULL;
}

static bool same_number(const void *values, const void *key, size_t item) {
  return ((const double *)values)[item] == *(const double *)key;
}

/* Most values of a column come again soon: those of late are known by a few bits of a product. */
enum { RECENT_BITS = 10, RECENT = 1 << RECENT_BITS };

static cr_status count_value(cr_figures *f, double value, uint64_t bits) {
  const uint64_t hash = cr_hash_secret(&bits, sizeof bits);
  if (cr_hashset_find(&f->seen, hash, &value, same_number, f->values) != SIZE_MAX) return CR_OK;
  void *values = f->values;
  const size_t count = f->seen.count;
  const cr_status status = cr_grow(&values, count, count + 1, sizeof(double), &f->capacity);
  f->values = values;
  CR_TRY(status);
  f->values[count] = value;
  return cr_hashset_add(&f->seen, hash, count);
}

cr_status cr_figures_add(cr_figures *f, const double *numbers, size_t count) {
  uint64_t recent[RECENT]; /* no number has all bits set */
  memset(recent, 0xff, sizeof recent);
  for (size_t i = 0; i < count && f->seen.count < CR_DISTINCT_COUNTED; i++) {
    const double value = numbers[i] + 0.0; /* -0 becomes 0 */
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint64_t *slot = &recent[bits * UINT64_C(0x9e3779b97f4a7c15) >> (64 - RECENT_BITS)];
    if (*slot == bits || isnan(value)) continue;
    *slot = bits;
    CR_TRY(count_value(f, value, bits));
  }
  return cr_spread_add(&f->spread, numbers, NULL, count);
}

void cr_figures_add_zeros(cr_figures *f, size_t count) {
  f->zeros += count;
}

cr_status cr_figures_finish(cr_figures *f, cr_column *out) {
  CR_TRY(cr_spread_finish(&f->spread));
  cr_spread_add_zeros(&f->spread, f->zeros);
  out->minimum = f->spread.minimum;
  out->maximum = f->spread.maximum;
  out->mean = f->spread.mean;
  out->deviation = f->spread.deviation;
  out->integer = f->spread.whole;
  out->distinct = f->seen.count + (f->zeros > 0 && f->seen.count < CR_DISTINCT_COUNTED);
  return CR_OK;
}
