#include "tune/folds.h"

#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "base/size.h"

/*
 * Below so many rows the dev part is a hundred or two, and its figures are off by points: five
 * folds measure on all of them for five times the time, of which there is enough there.
 */
enum { FEW_ROWS = 1000, FOLDS = 5, LEAST_ROWS_A_FOLD = 2 };

static cr_status copy_parts(const cr_portions *portions, cr_split *out) {
  static const size_t parts[] = {CR_PORTION_TRAIN, CR_PORTION_DEV};
  for (size_t i = 0; i < 2; i++) {
    const size_t p = parts[i];
    const size_t count = portions->rows.count[p];
    CR_TRY(cr_split_make_room(out, p, portions->tables[p], count));
    if (count) memcpy(out->rows[p], portions->rows.rows[p], count * sizeof(size_t));
    out->count[p] = count;
  }
  return CR_OK;
}

/* The rows of train and dev together, ascending as each of them is. */
static void merge(const cr_split *whole, size_t *pool) {
  const size_t *a = whole->rows[CR_PORTION_TRAIN], *b = whole->rows[CR_PORTION_DEV];
  const size_t na = whole->count[CR_PORTION_TRAIN], nb = whole->count[CR_PORTION_DEV];
  size_t i = 0, j = 0;
  while (i < na || j < nb) {
    const bool first = j == nb || (i < na && a[i] < b[j]);
    pool[i + j] = first ? a[i] : b[j];
    if (first)
      i++;
    else
      j++;
  }
}

/* How the rows are dealt out. */
typedef struct deal {
  const size_t *pool;      /* (count) rows */
  const uint32_t *classes; /* (count), or NULL: all alike */
  size_t *members;         /* (count) room for the places of one class */
  unsigned char *fold_of;  /* (count) the fold of each; `folds` for none */
  size_t count, class_count, folds;
  uint64_t seed;
} deal;

/* Each class in a random order of its own, one row to each fold in turn, going on where the last
 * class ended. */
static void deal_out(const deal *d) {
  size_t turn = 0;
  for (size_t k = 0; k < d->class_count; k++) {
    size_t members = 0;
    for (size_t i = 0; i < d->count; i++)
      if (!d->classes || d->classes[i] == k) d->members[members++] = i;
    if (members == 0) continue;
    cr_order order;
    cr_order_init(&order, members, d->seed, CR_STREAM_FOLDS, (uint32_t)k);
    for (size_t m = 0; m < members; m++) {
      const size_t place = d->members[cr_order_at(&order, m)];
      d->fold_of[place] = (unsigned char)(members > 1 ? turn++ % d->folds : d->folds);
    }
  }
}

static cr_status collect(const deal *d, size_t fold, const cr_table *table, cr_split *out) {
  for (size_t i = 0; i < d->count; i++)
    out->count[d->fold_of[i] == fold ? CR_PORTION_DEV : CR_PORTION_TRAIN]++;
  for (size_t p = CR_PORTION_TRAIN; p <= CR_PORTION_DEV; p++) {
    CR_TRY(cr_split_make_room(out, p, table, out->count[p]));
    out->count[p] = 0;
  }
  for (size_t i = 0; i < d->count; i++) {
    const size_t p = d->fold_of[i] == fold ? CR_PORTION_DEV : CR_PORTION_TRAIN;
    out->rows[p][out->count[p]++] = d->pool[i];
  }
  return CR_OK;
}

static cr_status make_folds(const cr_portions *portions, const cr_encoder *encoder, uint64_t seed,
                            cr_folds *out) {
  const size_t count = out->whole.count[CR_PORTION_TRAIN] + out->whole.count[CR_PORTION_DEV];
  void *pool = NULL, *classes = NULL, *members = NULL, *fold_of = NULL;
  cr_status status = cr_alloc(count, sizeof(size_t), &pool);
  if (status == CR_OK) status = cr_alloc(count, sizeof(size_t), &members);
  if (status == CR_OK) status = cr_alloc(count, 1, &fold_of);
  if (status == CR_OK) merge(&out->whole, pool);
  if (status == CR_OK && encoder->classes) {
    status = cr_alloc(count, sizeof(uint32_t), &classes);
    if (status == CR_OK)
      status =
          cr_encoder_classes(encoder, portions->tables[CR_PORTION_TRAIN], pool, count, classes);
  }
  if (status == CR_OK) {
    const deal d = {.pool = pool,
                    .classes = classes,
                    .members = members,
                    .fold_of = fold_of,
                    .count = count,
                    .class_count = encoder->classes ? encoder->labels.count : 1,
                    .folds = out->count,
                    .seed = seed};
    deal_out(&d);
    for (size_t f = 0; f < out->count && status == CR_OK; f++)
      status = collect(&d, f, portions->tables[CR_PORTION_TRAIN], &out->folds[f]);
  }
  cr_free(pool);
  cr_free(classes);
  cr_free(members);
  cr_free(fold_of);
  return status;
}

static cr_status check_asked(const cr_portions *portions, bool own_dev, size_t asked, size_t rows) {
  if (asked <= 1) return CR_OK;
  if (asked > CR_TUNE_MOST_FOLDS)
    return cr_fail(CR_ERR_ARGUMENT, "--folds %zu: expected at most %d", asked, CR_TUNE_MOST_FOLDS);
  const char *why = NULL;
  if (own_dev) why = "the dev part is a file of its own";
  if (portions->same_rows) why = "train and test are the same rows";
  if (!why && rows / asked < LEAST_ROWS_A_FOLD) why = "there are too few rows";
  if (!why) return CR_OK;
  cr_fail(CR_ERR_COMBINATION, "--folds %zu: there can be no folds, since %s", asked, why);
  return cr_fix("leave out --folds");
}

cr_status cr_folds_create(const cr_portions *portions, const cr_encoder *encoder, size_t asked,
                          uint64_t seed, cr_folds *out) {
  const bool own_dev = portions->tables[CR_PORTION_DEV] != portions->tables[CR_PORTION_TRAIN];
  const size_t rows = portions->rows.count[CR_PORTION_TRAIN] + portions->rows.count[CR_PORTION_DEV];
  *out = (cr_folds){.dev = own_dev ? portions->tables[CR_PORTION_DEV] : NULL, .count = 1};
  CR_TRY(check_asked(portions, own_dev, asked, rows));
  const bool few = rows < FEW_ROWS && rows >= LEAST_ROWS_A_FOLD * FOLDS;
  if (asked > 0)
    out->count = asked;
  else if (few && !own_dev && !portions->same_rows && portions->rows.count[CR_PORTION_DEV] > 0)
    out->count = FOLDS;
  cr_status status = copy_parts(portions, &out->whole);
  if (status == CR_OK && out->count > 1) status = make_folds(portions, encoder, seed, out);
  if (status != CR_OK) cr_folds_free(out);
  return status;
}

void cr_folds_free(cr_folds *folds) {
  cr_split_free(&folds->whole);
  for (size_t f = 0; f < CR_TUNE_MOST_FOLDS; f++) cr_split_free(&folds->folds[f]);
}
