#include "data/figures.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

/* Different numbers are counted up to here: more are not classes. */
enum { DISTINCT_MAX = 1001 };

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

static cr_status count_value(cr_figures *f, double number) {
  const double value = number + 0.0; /* -0 becomes 0 */
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
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
  for (size_t i = 0; i < count && f->seen.count < DISTINCT_MAX; i++)
    if (!isnan(numbers[i])) CR_TRY(count_value(f, numbers[i]));
  return cr_spread_add(&f->spread, numbers, NULL, count);
}

cr_status cr_figures_finish(cr_figures *f, cr_column *out) {
  CR_TRY(cr_spread_finish(&f->spread));
  out->minimum = f->spread.minimum;
  out->maximum = f->spread.maximum;
  out->mean = f->spread.mean;
  out->deviation = f->spread.deviation;
  out->integer = f->spread.whole;
  out->distinct = f->seen.count;
  return CR_OK;
}
