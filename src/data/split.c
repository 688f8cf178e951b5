#include "data/split.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "base/size.h"

/* Shares as they are written add up to 1 only nearly: 0.98 + 0.01 + 0.01. */
static const double share_tolerance = 1e-9;

void cr_split_default(size_t rows, double shares[CR_PORTION_COUNT]) {
  const bool large = rows > CR_SPLIT_TOGETHER_MOST;
  shares[CR_PORTION_TRAIN] = large ? 0.98 : 0.6;
  shares[CR_PORTION_DEV] = large ? 0.01 : 0.2;
  shares[CR_PORTION_TEST] = large ? 0.01 : 0.2;
}

static cr_status check_shares(const double shares[CR_PORTION_COUNT]) {
  double sum = 0.0;
  bool positive = true;
  for (size_t p = 0; p < CR_PORTION_COUNT; p++) {
    positive = positive && shares[p] >= 0.0;
    sum += shares[p];
  }
  if (!positive || !(fabs(sum - 1.0) <= share_tolerance))
    return cr_fail(CR_ERR_ARGUMENT,
                   "the shares of train, dev and test are %g, %g and %g; expected positive numbers "
                   "with the sum 1",
                   shares[0], shares[1], shares[2]);
  return CR_OK;
}

/* The whole rows in a share. What is a rounding error below a whole number counts as that. */
static size_t whole_rows(double share, size_t rows) {
  return (size_t)floor(share * (double)rows + share_tolerance);
}

/* The part that is owed the most rows; of equals, the one whose fraction is larger, or the first.
 * A part that has taken its extra row of this class, or has no share, is out. */
static size_t most_owed(const double shares[CR_PORTION_COUNT], size_t rows,
                        const ptrdiff_t owed[CR_PORTION_COUNT],
                        const bool taken[CR_PORTION_COUNT]) {
  size_t best = CR_PORTION_TRAIN;
  double best_fraction = -1.0;
  bool found = false;
  for (size_t p = 0; p < CR_PORTION_COUNT; p++) {
    if (taken[p] || shares[p] <= 0.0) continue;
    const double fraction = shares[p] * (double)rows - (double)whole_rows(shares[p], rows);
    if (!found || owed[p] > owed[best] || (owed[p] == owed[best] && fraction > best_fraction)) {
      found = true;
      best = p;
      best_fraction = fraction;
    }
  }
  return best;
}

/* Does the rule that the training part knows every class give it more than the whole rows of its
 * share? */
static bool is_forced(const double shares[CR_PORTION_COUNT], size_t rows) {
  return shares[CR_PORTION_TRAIN] > 0.0 && rows > 0 &&
         whole_rows(shares[CR_PORTION_TRAIN], rows) == 0;
}

/*
 * Shares out `rows` rows of one class: to each part the whole rows of its share, and what is left
 * one each to the parts that are owed most over all classes. So no class is off by more than a row,
 * and the parts together have the sizes planned.
 */
static void share_class(const double shares[CR_PORTION_COUNT], size_t rows,
                        ptrdiff_t owed[CR_PORTION_COUNT], size_t counts[CR_PORTION_COUNT]) {
  bool taken[CR_PORTION_COUNT] = {is_forced(shares, rows), false, false};
  size_t left = rows;
  for (size_t p = 0; p < CR_PORTION_COUNT; p++) {
    counts[p] = taken[p] ? 1 : cr_size_min(whole_rows(shares[p], rows), left);
    left -= counts[p];
  }
  for (; left > 0; left--) {
    const size_t p = most_owed(shares, rows, owed, taken);
    taken[p] = true;
    counts[p]++;
    owed[p]--;
  }
}

/* What each part is owed beyond the whole rows of its share of every class. */
static void plan_owed(const double shares[CR_PORTION_COUNT], const size_t *starts,
                      size_t class_count, ptrdiff_t owed[CR_PORTION_COUNT]) {
  ptrdiff_t none[CR_PORTION_COUNT] = {0};
  size_t totals[CR_PORTION_COUNT];
  share_class(shares, starts[class_count], none, totals);
  for (size_t p = 0; p < CR_PORTION_COUNT; p++) owed[p] = (ptrdiff_t)totals[p];
  for (size_t k = 0; k < class_count; k++) {
    const size_t rows = starts[k + 1] - starts[k];
    for (size_t p = 0; p < CR_PORTION_COUNT; p++) owed[p] -= (ptrdiff_t)whole_rows(shares[p], rows);
    if (is_forced(shares, rows)) owed[CR_PORTION_TRAIN]--;
  }
}

/* Places in `usable` side by side by class: class k at places[starts[k] .. starts[k + 1]). */
typedef struct groups {
  size_t class_count;
  size_t *starts; /* (class_count + 1) */
  size_t *places; /* (count) */
} groups;

static void groups_free(groups *g) {
  cr_free(g->starts);
  cr_free(g->places);
}

static void group_by_class(groups *g, const uint32_t *classes, size_t count) {
  size_t *starts = g->starts;
  for (size_t i = 0; i < count; i++) starts[(classes != NULL ? classes[i] : 0) + 1]++;
  for (size_t k = 0; k < g->class_count; k++) starts[k + 1] += starts[k];
  /* Filling moves each start to the next one's place; then all are moved back. */
  for (size_t i = 0; i < count; i++) g->places[starts[classes != NULL ? classes[i] : 0]++] = i;
  for (size_t k = g->class_count; k > 0; k--) starts[k] = starts[k - 1];
  starts[0] = 0;
}

static cr_status groups_create(const uint32_t *classes, size_t count, size_t class_count,
                               groups *out) {
  memset(out, 0, sizeof *out);
  out->class_count = class_count;
  void *block = NULL;
  CR_TRY(cr_alloc(class_count + 1, sizeof(size_t), &block));
  out->starts = block;
  block = NULL;
  const cr_status status = cr_alloc(count, sizeof(size_t), &block);
  out->places = block;
  if (status == CR_OK)
    group_by_class(out, classes, count);
  else
    groups_free(out);
  return status;
}

/* Each class in a random order of its own: the first rows train, the next dev, the rest test. */
static void choose_parts(const groups *g, const double shares[CR_PORTION_COUNT], uint64_t seed,
                         unsigned char *part_of, cr_split *out) {
  ptrdiff_t owed[CR_PORTION_COUNT];
  plan_owed(shares, g->starts, g->class_count, owed);
  for (size_t k = 0; k < g->class_count; k++) {
    const size_t rows = g->starts[k + 1] - g->starts[k];
    if (rows == 0) continue;
    const size_t *places = g->places + g->starts[k];
    size_t counts[CR_PORTION_COUNT];
    share_class(shares, rows, owed, counts);
    cr_order order;
    cr_order_init(&order, rows, seed, CR_STREAM_SPLIT, (uint32_t)k);
    size_t position = 0;
    for (size_t p = 0; p < CR_PORTION_COUNT; p++) {
      for (size_t i = 0; i < counts[p]; i++)
        part_of[places[cr_order_at(&order, position++)]] = (unsigned char)p;
      out->count[p] += counts[p];
    }
  }
}

/* (eq N7) The part that a number in [0, 1) falls into, if the shares lie side by side. */
static size_t part_at(const double shares[CR_PORTION_COUNT], double place) {
  double end = 0.0;
  size_t last = CR_PORTION_TRAIN;
  for (size_t p = 0; p < CR_PORTION_COUNT; p++) {
    end += shares[p];
    if (shares[p] <= 0.0) continue;
    if (place < end) return p;
    last = p;
  }
  return last;
}

/* seen (class_count) is all false at first. */
static void draw_parts(const size_t *usable, size_t count, const uint32_t *classes,
                       const double shares[CR_PORTION_COUNT], uint64_t seed, bool *seen,
                       unsigned char *part_of, cr_split *out) {
  for (size_t i = 0; i < count; i++) {
    const uint32_t class = classes != NULL ? classes[i] : 0;
    const double place = cr_random_uniform(seed, CR_STREAM_SPLIT, 0, usable[i]);
    const bool first = !seen[class] && shares[CR_PORTION_TRAIN] > 0.0;
    const size_t part = first ? CR_PORTION_TRAIN : part_at(shares, place);
    seen[class] = true;
    part_of[i] = (unsigned char)part;
    out->count[part]++;
  }
}

cr_status cr_split_make_room(cr_split *split, size_t part, const cr_table *table, size_t rows) {
  cr_large_block_free(&split->blocks[part]);
  split->rows[part] = NULL;
  CR_TRY(cr_large_block_create(table, rows, sizeof(size_t), &split->blocks[part]));
  split->rows[part] = split->blocks[part].bytes;
  return CR_OK;
}

static cr_status collect_parts(const cr_table *table, const size_t *usable, size_t count,
                               const unsigned char *part_of, cr_split *out) {
  for (size_t p = 0; p < CR_PORTION_COUNT; p++)
    CR_TRY(cr_split_make_room(out, p, table, out->count[p]));
  size_t filled[CR_PORTION_COUNT] = {0};
  for (size_t i = 0; i < count; i++) {
    const size_t p = part_of[i];
    cr_large_block_rest(&out->blocks[p], filled[p] + 1);
    out->rows[p][filled[p]++] = usable[i];
  }
  return CR_OK;
}

static cr_status draw(const size_t *usable, size_t count, const uint32_t *classes,
                      size_t class_count, const double shares[CR_PORTION_COUNT], uint64_t seed,
                      unsigned char *part_of, cr_split *out) {
  void *seen = NULL;
  CR_TRY(cr_alloc(class_count, sizeof(bool), &seen));
  draw_parts(usable, count, classes, shares, seed, seen, part_of, out);
  cr_free(seen);
  return CR_OK;
}

static cr_status choose(size_t count, const uint32_t *classes, size_t class_count,
                        const double shares[CR_PORTION_COUNT], uint64_t seed,
                        unsigned char *part_of, cr_split *out) {
  groups g;
  CR_TRY(groups_create(classes, count, class_count, &g));
  choose_parts(&g, shares, seed, part_of, out);
  groups_free(&g);
  return CR_OK;
}

cr_status cr_split_rows(const cr_table *table, const size_t *usable, size_t count,
                        const uint32_t *classes, size_t class_count,
                        const double shares[CR_PORTION_COUNT], uint64_t seed, cr_split *out) {
  memset(out, 0, sizeof *out);
  CR_TRY(check_shares(shares));
  void *part_of = NULL;
  CR_TRY(cr_alloc(count, 1, &part_of));
  if (classes == NULL) class_count = 1;
  cr_status status = count > CR_SPLIT_TOGETHER_MOST
                         ? draw(usable, count, classes, class_count, shares, seed, part_of, out)
                         : choose(count, classes, class_count, shares, seed, part_of, out);
  if (status == CR_OK) status = collect_parts(table, usable, count, part_of, out);
  cr_free(part_of);
  if (status != CR_OK) cr_split_free(out);
  return status;
}

void cr_split_free(cr_split *split) {
  for (size_t p = 0; p < CR_PORTION_COUNT; p++) cr_large_block_free(&split->blocks[p]);
  memset(split, 0, sizeof *split);
}
