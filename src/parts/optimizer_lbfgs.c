#include "parts/optimizers.h"

/*
 * (eq O9) L-BFGS (Nocedal 1980): w <- w0 - length H g, where H is the inverse of the matrix of
 * second derivatives as far as the last PAIRS moves s and changes of the gradient y show it.
 *
 * A step of training sees one point, so a search along a direction takes several. If the cost at
 * the point tried last has fallen enough, that point is the new base w0, from which a new direction
 * begins; else the next point is nearer to the base.
 */

#define PAIRS 10
#define ENOUGH 1e-4 /* of the decrease that the slope promises (Armijo 1966) */
#define MOST_TRIES 20
#define CURVED 1e-8 /* cosine of s and y from which a pair says something about H */

enum { BASE, SLOPE_THERE, DIRECTION, MOVES, CHANGES = MOVES + PAIRS, SLOTS = CHANGES + PAIRS };
enum { COST, SLOPE, LENGTH, TRIES, STORED, NEWEST, INVERSE, SCALARS = INVERSE + PAIRS };

_Static_assert((int)SLOTS <= CR_OPTIMIZER_MAX_SLOTS, "the pairs do not fit");
_Static_assert((int)SCALARS <= CR_OPTIMIZER_MAX_SCALARS, "the pairs do not fit");

/* Pair number k, counted from the newest. */
static size_t pair_at(const double *scalars, size_t k) {
  return ((size_t)scalars[NEWEST] + PAIRS - k) % PAIRS;
}

/* Has the cost at the point fallen enough? The first point, and the base again, always will do. */
static bool fallen(const double *scalars, double cost) {
  return scalars[LENGTH] <= 0.0 ||
         cost <= scalars[COST] + ENOUGH * scalars[LENGTH] * scalars[SLOPE];
}

/*
 * A shorter length: where the parabola through the cost and slope of the base and the cost of the
 * point is lowest, but between a tenth and a half. After too many tries 0: back to the base, which
 * is then tried once more with the steepest direction.
 */
static double shorter(double *scalars, double cost) {
  if (++scalars[TRIES] > MOST_TRIES) {
    scalars[STORED] = 0.0;
    return 0.0;
  }
  const double length = scalars[LENGTH], fall = scalars[SLOPE] * length;
  const double share = -fall / (2.0 * (cost - scalars[COST] - fall));
  return length * (share > 0.1 ? fmin(share, 0.5) : 0.1);
}

/* What a move s and the change y of the gradient say together; s_s is s times s, and so on. */
static bool curved(double s_s, double s_y, double y_y) {
  return s_y > CURVED * sqrt(s_s * y_y);
}

/* Makes room for the next pair; returns where it goes. */
static size_t next_pair(double *scalars, double s_y) {
  const size_t next = ((size_t)scalars[NEWEST] + 1) % PAIRS;
  scalars[NEWEST] = (double)next;
  scalars[STORED] = fmin(scalars[STORED] + 1.0, PAIRS);
  scalars[INVERSE + next] = 1.0 / s_y;
  return next;
}

/* Without a pair H is 1 and knows no scale: the first move is then no longer than 1. */
static void begin_search(double *scalars, double cost, double rate, double size) {
  scalars[COST] = cost;
  scalars[TRIES] = 0.0;
  scalars[LENGTH] = scalars[STORED] > 0.0 ? rate : rate * fmin(1.0, 1.0 / size);
}

/* Sums are added up one by one, in double, so that they are the same everywhere. */
static double dot(const float *a, const float *b, size_t count) {
  double sum = 0.0;
  for (size_t i = 0; i < count; ++i) sum += (double)a[i] * (double)b[i];
  return sum;
}

static void add(float *restrict to, double factor, const float *restrict what, size_t count) {
  for (size_t i = 0; i < count; ++i) to[i] += (float)factor * what[i];
}

/* The point becomes the base; what the way to it has shown is kept. */
static void move_base(const float *w, float *const *slot, const float *g, const cr_step *step) {
  float *base = slot[BASE], *there = slot[SLOPE_THERE];
  const float decay = (float)step->hyper->weight_decay;
  double s_s = 0.0, s_y = 0.0, y_y = 0.0;
  for (size_t i = 0; i < step->count; ++i) {
    const double s = (double)(w[i] - base[i]), y = (double)(g[i] + decay * w[i] - there[i]);
    s_s += s * s;
    s_y += s * y;
    y_y += y * y;
  }
  if (step->t > 1 && curved(s_s, s_y, y_y)) {
    const size_t pair = next_pair(step->scalars, s_y);
    for (size_t i = 0; i < step->count; ++i) {
      slot[MOVES + pair][i] = w[i] - base[i];
      slot[CHANGES + pair][i] = g[i] + decay * w[i] - there[i];
    }
  }
  for (size_t i = 0; i < step->count; ++i) {
    base[i] = w[i];
    there[i] = g[i] + decay * w[i];
  }
}

/* -H g by the two loops of Nocedal, from the newest pair to the oldest and back. */
static void find_direction(float *const *slot, const cr_step *step) {
  double *scalars = step->scalars, share[PAIRS] = {0};
  float *d = slot[DIRECTION];
  const float *there = slot[SLOPE_THERE];
  const size_t n = step->count, stored = (size_t)scalars[STORED];
  for (size_t i = 0; i < n; ++i) d[i] = -there[i];
  for (size_t k = 0; k < stored; ++k) {
    const size_t pair = pair_at(scalars, k);
    share[k] = scalars[INVERSE + pair] * dot(slot[MOVES + pair], d, n);
    add(d, -share[k], slot[CHANGES + pair], n);
  }
  if (stored > 0) {
    const size_t pair = pair_at(scalars, 0);
    const float *y = slot[CHANGES + pair];
    const float scale = (float)(1.0 / (scalars[INVERSE + pair] * dot(y, y, n)));
    for (size_t i = 0; i < n; ++i) d[i] *= scale;
  }
  for (size_t k = stored; k-- > 0;) {
    const size_t pair = pair_at(scalars, k);
    const double back = scalars[INVERSE + pair] * dot(slot[CHANGES + pair], d, n);
    add(d, share[k] - back, slot[MOVES + pair], n);
  }
  scalars[SLOPE] = dot(d, there, n);
}

static void search(float *w, float *const *slot, const float *g, const cr_step *step) {
  double *scalars = step->scalars;
  const double cost = step->cost + cr_decay_cost(w, step);
  if (fallen(scalars, cost)) {
    move_base(w, slot, g, step);
    find_direction(slot, step);
    if (!(scalars[SLOPE] < 0.0)) { /* rounding has turned it: the steepest one leads down */
      scalars[STORED] = 0.0;
      find_direction(slot, step);
    }
    double size = 0.0;
    for (size_t i = 0; i < step->count; ++i) size += (double)fabsf(slot[DIRECTION][i]);
    begin_search(scalars, cost, step->hyper->learning_rate, size);
  } else {
    scalars[LENGTH] = shorter(scalars, cost);
  }
  const float length = (float)scalars[LENGTH];
  for (size_t i = 0; i < step->count; ++i) w[i] = slot[BASE][i] + length * slot[DIRECTION][i];
}

static double dot_ref(const double *a, const double *b, size_t count) {
  double sum = 0.0;
  for (size_t i = 0; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

static void move_base_ref(const double *w, double *const *slot, const double *g,
                          const cr_step *step) {
  double *base = slot[BASE], *there = slot[SLOPE_THERE], s_s = 0.0, s_y = 0.0, y_y = 0.0;
  const double decay = step->hyper->weight_decay;
  for (size_t i = 0; i < step->count; ++i) {
    const double s = w[i] - base[i], y = g[i] + decay * w[i] - there[i];
    s_s += s * s;
    s_y += s * y;
    y_y += y * y;
  }
  const bool kept = step->t > 1 && curved(s_s, s_y, y_y);
  const size_t pair = kept ? next_pair(step->scalars, s_y) : 0;
  for (size_t i = 0; i < step->count; ++i) {
    const double slope = g[i] + decay * w[i];
    if (kept) slot[MOVES + pair][i] = w[i] - base[i];
    if (kept) slot[CHANGES + pair][i] = slope - there[i];
    base[i] = w[i];
    there[i] = slope;
  }
}

static void find_direction_ref(double *const *slot, const cr_step *step) {
  double *scalars = step->scalars, *d = slot[DIRECTION], share[PAIRS] = {0};
  const double *there = slot[SLOPE_THERE];
  const size_t n = step->count, stored = (size_t)scalars[STORED];
  for (size_t i = 0; i < n; ++i) d[i] = -there[i];
  for (size_t k = 0; k < stored; ++k) {
    const double *s = slot[MOVES + pair_at(scalars, k)], *y = slot[CHANGES + pair_at(scalars, k)];
    share[k] = dot_ref(s, d, n) / dot_ref(s, y, n);
    for (size_t i = 0; i < n; ++i) d[i] -= share[k] * y[i];
  }
  if (stored > 0) {
    const double *s = slot[MOVES + pair_at(scalars, 0)], *y = slot[CHANGES + pair_at(scalars, 0)];
    const double scale = dot_ref(s, y, n) / dot_ref(y, y, n);
    for (size_t i = 0; i < n; ++i) d[i] *= scale;
  }
  for (size_t k = stored; k-- > 0;) {
    const double *s = slot[MOVES + pair_at(scalars, k)], *y = slot[CHANGES + pair_at(scalars, k)];
    const double back = dot_ref(y, d, n) / dot_ref(s, y, n);
    for (size_t i = 0; i < n; ++i) d[i] += (share[k] - back) * s[i];
  }
  scalars[SLOPE] = dot_ref(d, there, n);
}

static void search_ref(double *w, double *const *slot, const double *g, const cr_step *step) {
  double *scalars = step->scalars;
  const double cost = step->cost + cr_decay_cost_ref(w, step);
  if (fallen(scalars, cost)) {
    move_base_ref(w, slot, g, step);
    find_direction_ref(slot, step);
    if (!(scalars[SLOPE] < 0.0)) {
      scalars[STORED] = 0.0;
      find_direction_ref(slot, step);
    }
    double size = 0.0;
    for (size_t i = 0; i < step->count; ++i) size += fabs(slot[DIRECTION][i]);
    begin_search(scalars, cost, step->hyper->learning_rate, size);
  } else {
    scalars[LENGTH] = shorter(scalars, cost);
  }
  for (size_t i = 0; i < step->count; ++i) {
    w[i] = slot[BASE][i] + scalars[LENGTH] * slot[DIRECTION][i];
  }
}

const cr_optimizer CR_VARIANT(cr_optimizer_lbfgs) = {
    .part = {"lbfgs", "w ← w − α H g,  H⁻¹ the curvature that the last 10 moves have shown", ""},
    .slots = SLOTS,
    .scalars = SCALARS,
    .full_batch = true,
    .learning_rate = 1.0,
    .step = search,
    .step_ref = search_ref,
};
