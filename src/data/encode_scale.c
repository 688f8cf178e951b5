#include "data/encode_scale.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/size.h"

cr_status cr_scaling_find(const char *name, cr_scaling *out) {
  static const char *const names[] = {
      [CR_SCALE_AUTO] = "auto",     [CR_SCALE_STANDARD] = "standard",
      [CR_SCALE_ROBUST] = "robust", [CR_SCALE_MINMAX] = "minmax",
      [CR_SCALE_MAXABS] = "maxabs", [CR_SCALE_QUANTILE] = "quantile",
      [CR_SCALE_NONE] = "none"};
  *out = CR_SCALE_AUTO;
  if (name == NULL) return CR_OK;
  for (size_t i = CR_SCALE_AUTO; i < sizeof names / sizeof *names; i++) {
    if (strcmp(name, names[i]) != 0) continue;
    *out = (cr_scaling)i;
    return CR_OK;
  }
  return cr_fail(CR_ERR_ARGUMENT,
                 "the scale is '%.200s'; expected auto, standard, robust, minmax, maxabs, quantile "
                 "or none",
                 name);
}

bool cr_scaling_wants_sample(cr_scaling how) {
  return how == CR_SCALE_ROBUST || how == CR_SCALE_QUANTILE || how == CR_SCALE_AUTO;
}

/* The value below which a share of a normal distribution lies, to six digits after the point. */
static double normal_quantile(double share) {
  double low = -10.0, high = 10.0;
  for (int i = 0; i < 60; i++) {
    const double middle = (low + high) / 2;
    if (erfc(-middle / sqrt(2.0)) / 2 < share)
      low = middle;
    else
      high = middle;
  }
  return floor(low * 1e6 + 0.5) / 1e6;
}

/*
 * (eq N9) Quantiles and those of a normal distribution. Where several are one value, that has the
 * mean of theirs: values (count) and images (count) become *kept ones, the values ascending.
 */
static void find_knots(cr_spread *spread, size_t count, double *values, double *images,
                       size_t *kept) {
  size_t same = 0;
  *kept = 0;
  for (size_t i = 0; i < count; i++) {
    const double share = ((double)i + 0.5) / (double)count;
    const double value = cr_spread_quantile(spread, share), image = normal_quantile(share);
    same = *kept > 0 && values[*kept - 1] == value ? same + 1 : 0;
    if (same == 0) {
      values[*kept] = value;
      images[(*kept)++] = image;
    } else {
      images[*kept - 1] += (image - images[*kept - 1]) / (double)(same + 1);
    }
  }
}

static cr_status fit_knots(cr_spread *spread, cr_scale *out) {
  double values[CR_KNOTS_MAX], images[CR_KNOTS_MAX];
  size_t count = 0;
  void *block = NULL;
  find_knots(spread, cr_size_min(CR_KNOTS_MAX, spread->values), values, images, &count);
  if (count < 2) return CR_OK; /* nearly all are one value */
  CR_TRY(cr_alloc(2 * count, sizeof(double), &block));
  out->knots = block;
  out->knot_count = count;
  memcpy(out->knots, values, count * sizeof *values);
  memcpy(out->knots + count, images, count * sizeof *images);
  out->shift = cr_spread_quantile(spread, 0.5);
  out->scale = 1.0;
  return CR_OK;
}

/* (eq N8) False if half of the values are one value. */
static bool fit_robust(cr_spread *spread, cr_scale *out) {
  static const double QUARTILES_APART = 1.349; /* of a normal distribution with deviation 1 */
  out->shift = cr_spread_quantile(spread, 0.5);
  out->scale =
      (cr_spread_quantile(spread, 0.75) - cr_spread_quantile(spread, 0.25)) / QUARTILES_APART;
  return out->scale != 0.0;
}

/*
 * Is it far from the normal distribution of its mean and deviation (Kolmogorov's distance; of a
 * uniform one 0.06, of an exponential one 0.16), and not a few values that come again and again?
 */
static bool is_crooked(cr_spread *spread) {
  static const double FAR = 0.1;
  double farthest = 0.0, last = (double)NAN;
  size_t different = 0;
  for (size_t i = 0; i < CR_KNOTS_MAX; i++) {
    const double share = ((double)i + 0.5) / CR_KNOTS_MAX;
    const double value = cr_spread_quantile(spread, share);
    const double z = (value - spread->mean) / spread->deviation;
    different += value != last; /* NAN differs */
    farthest = fmax(farthest, fabs(erfc(-z / sqrt(2.0)) / 2 - share));
    last = value;
  }
  return different > CR_KNOTS_MAX * 9 / 10 && farthest > FAR;
}

cr_status cr_scale_fit(cr_scaling how, cr_spread *spread, const char *name, cr_scale *out) {
  *out = (cr_scale){0};
  if (how == CR_SCALE_AUTO) how = is_crooked(spread) ? CR_SCALE_QUANTILE : CR_SCALE_STANDARD;
  if (how == CR_SCALE_QUANTILE) CR_TRY(fit_knots(spread, out));
  if (out->knot_count > 0) return CR_OK;
  if (how == CR_SCALE_NONE) {
    out->scale = 1.0;
  } else if (how == CR_SCALE_MINMAX) {
    out->shift = spread->minimum;
    out->scale = spread->maximum - spread->minimum;
  } else if (how == CR_SCALE_MAXABS) {
    out->scale = fmax(fabs(spread->minimum), fabs(spread->maximum));
  } else if (how != CR_SCALE_ROBUST || !fit_robust(spread, out)) {
    out->shift = spread->mean;
    out->scale = spread->deviation;
  }
  if (isfinite(out->shift) && isnormal(out->scale)) return CR_OK;
  cr_fail(CR_ERR_NUMBER, "column '%s' cannot be scaled: its values run from %g to %g", name,
          spread->minimum, spread->maximum);
  cr_why("their mean or deviation is outside the range of numbers");
  return cr_fix("give the column in another unit, or leave it out with --drop");
}

/* (eq N9) */
static double between_knots(const cr_scale *scale, double value) {
  const double *x = scale->knots, *z = scale->knots + scale->knot_count;
  size_t low = 0, high = scale->knot_count - 1;
  if (value <= x[low]) return z[low];
  if (value >= x[high]) return z[high];
  while (high - low > 1) {
    const size_t middle = low + (high - low) / 2;
    if (value < x[middle])
      high = middle;
    else
      low = middle;
  }
  return z[low] + (z[high] - z[low]) * ((value - x[low]) / (x[high] - x[low]));
}

double cr_scale_value(const cr_scale *scale, double value) {
  return scale->knot_count > 0 && !isnan(value) ? between_knots(scale, value)
                                                : (value - scale->shift) / scale->scale;
}
