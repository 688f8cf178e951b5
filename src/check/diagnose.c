#include <math.h>

#include "base/fail.h"
#include "check/evaluate.h"

/* Less than this is nothing to work on: a row in a hundred. */
static const double LOW = 0.01;

/* Two-sided 95 % of the normal distribution. */
static const double Z95 = 1.96;

/* An error, and the interval that holds it on other rows of the kind in 95 of 100 samples. */
typedef struct range {
  double error, low, high;
} range;

static range unknown_range(void) {
  return (range){(double)NAN, (double)NAN, (double)NAN};
}

static range of_classes(const cr_metrics *m) {
  double low, high;
  const double share = fmin(fmax(m->accuracy, 0), 1);
  cr_wilson_interval((size_t)round(share * (double)m->n), m->n, &low, &high);
  return (range){1 - share, 1 - high, 1 - low};
}

/*
 * (eq G3) A quotient of two means of squares, each with a deviation of sqrt(2 / n) of itself where
 * what is squared is normal.
 */
static range of_numbers(const cr_metrics *m) {
  const double error = 1 - m->r2, reach = Z95 * 2 * error / sqrt((double)m->n);
  return (range){error, fmax(0, error - reach), error + reach};
}

static range of_balanced(const cr_metrics *m) {
  if (m->n == 0 || !isfinite(m->balanced)) return unknown_range();
  return (range){1 - m->balanced, 1 - m->balanced_high, 1 - m->balanced_low};
}

static range range_of(const cr_metrics *m) {
  if (m->n == 0) return unknown_range();
  if (isfinite(m->accuracy)) return of_classes(m);
  return isfinite(m->r2) ? of_numbers(m) : unknown_range();
}

static bool is_high(double part, double chance, double other) {
  return part > LOW && part > chance && !(part < other / 2);
}

/*
 * A larger network is a dear answer: what chance leaves of the bias must be worth it. Two rows of
 * ninety are wrong somewhere in most tables.
 */
static bool is_biased(const cr_diagnosis *d) {
  return d->bias - d->bias_chance > LOW && is_high(d->bias, d->bias_chance, d->variance);
}

static const char *find(const cr_diagnosis *d) {
  if (isnan(d->bias)) return "unknown";
  if (is_high(-d->variance, d->variance_chance, 0)) return "dev_better";
  const bool bias = is_biased(d);
  const bool variance = is_high(d->variance, d->variance_chance, d->bias);
  if (bias) return variance ? "both" : "bias";
  if (variance) return "variance";
  return isnan(d->variance) ? "unknown" : "neither";
}

static cr_status diagnose(range t, range d, double best, cr_diagnosis *out) {
  if (!(best >= 0 && best < 1)) {
    cr_fail(CR_ERR_ARGUMENT, "the least error is %g, expected a share from 0 up and below 1", best);
    return cr_fix("--bayes 0.01");
  }
  *out = (cr_diagnosis){.train = t.error,
                        .dev = d.error,
                        .best = best,
                        .bias = t.error - best,        /* (eq G1) */
                        .variance = d.error - t.error, /* (eq G2) */
                        .bias_chance = t.error - t.low};
  /* (eq G4) towards each other, the way the difference would have to go to vanish */
  out->variance_chance = out->variance < 0 ? hypot(d.high - d.error, t.error - t.low)
                                           : hypot(d.error - d.low, t.high - t.error);
  out->finding = find(out);
  return CR_OK;
}

cr_status cr_diagnose(const cr_metrics *train, const cr_metrics *dev, double best,
                      cr_diagnosis *out) {
  return diagnose(range_of(train), range_of(dev), best, out);
}

cr_status cr_diagnose_balanced(const cr_metrics *train, const cr_metrics *dev, double best,
                               cr_diagnosis *out) {
  return diagnose(of_balanced(train), of_balanced(dev), best, out);
}

/* (eq G5) Who always says one class finds all rows of it and none of the others. */
bool cr_metrics_show_learning(const cr_metrics *m) {
  if (m->n == 0) return true;
  if (isfinite(m->r2)) return m->r2 > Z95 * Z95 / (double)m->n;
  if (m->classes < 2 || !isfinite(m->accuracy) || !isfinite(m->baseline)) return true;
  return m->accuracy_low > m->baseline || m->balanced_low > 1 / (double)m->classes;
}
