#include "train/portions.h"

#include <string.h>

#include "base/alloc.h"
#include "data/encode_store.h"

/* With fewer rows than this a part would be a row or two: no measure of anything. */
enum { LEAST_ROWS_TO_SHARE = 10 };

/*
 * With fewer rows than this each is worth more for learning than for choosing the epoch, of which a
 * penalty and a rate that comes down leave little to choose.
 */
enum { ENOUGH_ROWS = 10000 };

/* Usable rows of a table, rows (table rows). */
static cr_status find_usable(const cr_encoder *encoder, const cr_table *table,
                             const cr_prepare_options *prepare, size_t *rows, size_t *count) {
  const bool skip = prepare->skip_bad_rows;
  CR_TRY(cr_encoder_usable(encoder, table, true, skip, rows, count));
  return cr_weighting_usable(prepare->weight, table, skip, rows, count);
}

/* A part that is a table of its own. */
static cr_status take_whole(cr_portions *portions, size_t part, const cr_table *table,
                            const cr_prepare_options *prepare, const cr_encoder *encoder) {
  cr_split *rows = &portions->rows;
  rows->count[part] = 0;
  portions->tables[part] = table;
  CR_TRY(cr_split_make_room(rows, part, table, table->rows));
  const cr_status status =
      find_usable(encoder, table, prepare, rows->rows[part], &rows->count[part]);
  if (status == CR_ERR_SHAPE)
    return cr_why("it is to be the %s part, which needs the columns of the table trained on",
                  part == CR_PORTION_DEV ? "dev" : "test");
  CR_TRY(status);
  portions->skipped += table->origin.skipped_rows + table->rows - portions->rows.count[part];
  if (portions->rows.count[part] > 0) return CR_OK;
  return cr_fail_at(CR_ERR_EMPTY, table->path, 0, 0, "%s has no usable rows", table->path);
}

static bool is_given(const double shares[CR_PORTION_COUNT]) {
  return shares[0] != 0 || shares[1] != 0 || shares[2] != 0;
}

static cr_status check_shares(const double shares[CR_PORTION_COUNT], const cr_table *dev,
                              const cr_table *test) {
  const char *twice = NULL;
  if (dev && shares[CR_PORTION_DEV] > 0) twice = "dev";
  if (test && shares[CR_PORTION_TEST] > 0) twice = "test";
  if (!twice) return CR_OK;
  cr_fail(CR_ERR_COMBINATION, "the %s part is a table of its own and has a share of the split too",
          twice);
  return cr_fix("--split 80/20 shares out two parts, --split 100/0 gives all rows to training");
}

/* The shares when the options leave them open; `decides`: see cr_portions_choose. */
static void choose_shares(const cr_table *table, size_t usable, bool dev, bool test, bool decides,
                          cr_portions *out) {
  double *shares = out->shares;
  const bool few = table->origin.complete || usable < LEAST_ROWS_TO_SHARE;
  shares[CR_PORTION_TRAIN] = 1;
  shares[CR_PORTION_DEV] = shares[CR_PORTION_TEST] = 0;
  out->same_rows = few && !dev && !test;
  if (few || (dev && test)) return;
  cr_split_default(usable, shares);
  if (test && !dev && usable < ENOUGH_ROWS) {
    shares[CR_PORTION_DEV] = decides ? 0.1 : 0;
    shares[CR_PORTION_TRAIN] = 1 - shares[CR_PORTION_DEV];
    shares[CR_PORTION_TEST] = 0;
  } else if (dev || test) { /* 80/20 where it would be 60/20/20, 99/1 where 98/1/1 */
    const double other = shares[dev ? CR_PORTION_TEST : CR_PORTION_DEV];
    shares[CR_PORTION_TRAIN] = 1 - other;
    shares[dev ? CR_PORTION_DEV : CR_PORTION_TEST] = 0;
  }
}

/* Shares out, each class alike. */
static cr_status share_out(const cr_table *table, const size_t *usable, size_t count,
                           const cr_encoder *encoder, uint64_t seed, cr_portions *out) {
  void *classes = NULL; /* (count) uint32_t, or NULL */
  cr_status status = CR_OK;
  if (encoder->classes) {
    CR_TRY(cr_alloc(count, sizeof(uint32_t), &classes));
    status = cr_encoder_classes(encoder, table, usable, count, classes);
  }
  if (status == CR_OK)
    status = cr_split_rows(table, usable, count, classes, encoder->labels.count, out->shares, seed,
                           &out->rows);
  cr_free(classes);
  return status;
}

/* Rows of a table as a part, in place of those that are there. */
static cr_status copy_rows(const cr_table *table, const size_t *rows, size_t count, size_t part,
                           cr_split *out) {
  CR_TRY(cr_split_make_room(out, part, table, count));
  if (count > 0) memcpy(out->rows[part], rows, count * sizeof(size_t));
  out->count[part] = count;
  return CR_OK;
}

/* The rows that come from `table`, then those of the tables beside it. */
static cr_status choose(const cr_table *table, const cr_table *dev, const cr_table *test,
                        const cr_prepare_options *prepare, const cr_encoder *encoder,
                        const size_t *usable, size_t count, bool decides, cr_portions *out) {
  out->skipped = table->origin.skipped_rows + table->rows - count;
  if (is_given(prepare->split)) {
    CR_TRY(check_shares(prepare->split, dev, test));
    memcpy(out->shares, prepare->split, sizeof out->shares);
  } else {
    choose_shares(table, count, dev != NULL, test != NULL, decides, out);
  }
  CR_TRY(share_out(table, usable, count, encoder, prepare->seed, out));
  if (out->rows.count[CR_PORTION_TRAIN] == 0)
    return cr_fail_at(CR_ERR_EMPTY, table->path, 0, 0,
                      "no row of %s is left for training: %zu usable rows", table->path, count);
  if (out->same_rows)
    CR_TRY(copy_rows(table, out->rows.rows[CR_PORTION_TRAIN], out->rows.count[CR_PORTION_TRAIN],
                     CR_PORTION_TEST, &out->rows));
  if (dev) CR_TRY(take_whole(out, CR_PORTION_DEV, dev, prepare, encoder));
  if (test) CR_TRY(take_whole(out, CR_PORTION_TEST, test, prepare, encoder));
  return CR_OK;
}

cr_status cr_portions_choose(const cr_table *table, const cr_table *dev, const cr_table *test,
                             const cr_prepare_options *prepare, const cr_encoder *encoder,
                             bool decides, cr_portions *out) {
  *out = (cr_portions){.tables = {table, table, table}};
  cr_large_block usable;
  size_t count = 0;
  CR_TRY(cr_large_block_create(table, table->rows, sizeof(size_t), &usable));
  cr_status status = find_usable(encoder, table, prepare, usable.bytes, &count);
  if (status == CR_OK)
    status = choose(table, dev, test, prepare, encoder, usable.bytes, count, decides, out);
  cr_large_block_free(&usable);
  if (status != CR_OK) cr_portions_free(out);
  return status;
}

cr_status cr_portions_take(const cr_table *table, const cr_table *dev, const cr_split *rows,
                           cr_portions *out) {
  *out = (cr_portions){.tables = {table, dev ? dev : table, table}};
  cr_status status = CR_OK;
  for (size_t p = 0; p < CR_PORTION_COUNT && status == CR_OK; p++) {
    if (rows->count[p] == 0) continue;
    status = copy_rows(out->tables[p], rows->rows[p], rows->count[p], p, &out->rows);
    out->shares[p] = (double)rows->count[p] / (double)table->rows;
  }
  if (status != CR_OK) cr_portions_free(out);
  return status;
}

/* --- samples ---------------------------------------------------------------------------------- */

/* How much of the memory for a table on disk its samples may take. */
static const double memory_shares[CR_PORTION_COUNT] = {0.5, 0.125, 0.125};

static bool is_on_disk(const cr_portions *portions, size_t part) {
  return portions->tables[part]->large != NULL;
}

static cr_status encode_in_memory(cr_portions *portions, const cr_encoder *encoder,
                                  size_t outputs) {
  for (size_t p = 0; p < CR_PORTION_COUNT; p++)
    if (portions->rows.count[p] > 0 && !is_on_disk(portions, p))
      CR_TRY(cr_encoder_samples(encoder, portions->tables[p], portions->rows.rows[p],
                                portions->rows.count[p], true, outputs, &portions->samples[p]));
  return CR_OK;
}

/* What the weights are worked out from, of training rows on disk: their classes alone. */
static cr_status fit_on_disk(const cr_portions *portions, const cr_encoder *encoder,
                             const cr_prepare_options *prepare, cr_weighting *out) {
  const cr_table *table = portions->tables[CR_PORTION_TRAIN];
  const size_t *rows = portions->rows.rows[CR_PORTION_TRAIN];
  cr_samples classes = {.rows = portions->rows.count[CR_PORTION_TRAIN]};
  void *block = NULL;
  cr_status status = CR_OK;
  if (encoder->classes && prepare->class_weights) {
    CR_TRY(cr_alloc(classes.rows, sizeof(uint32_t), &block));
    classes.classes = block;
    status = cr_encoder_classes(encoder, table, rows, classes.rows, classes.classes);
  }
  if (status == CR_OK) status = cr_weighting_fit(prepare, encoder, table, rows, &classes, out);
  cr_free(block);
  return status;
}

static cr_status fit_weights(const cr_portions *portions, const cr_encoder *encoder,
                             const cr_prepare_options *prepare, cr_weighting *out) {
  if (is_on_disk(portions, CR_PORTION_TRAIN)) return fit_on_disk(portions, encoder, prepare, out);
  return cr_weighting_fit(prepare, encoder, portions->tables[CR_PORTION_TRAIN],
                          portions->rows.rows[CR_PORTION_TRAIN],
                          portions->samples[CR_PORTION_TRAIN], out);
}

static cr_status store(cr_portions *portions, const cr_encoder *encoder, size_t outputs,
                       const cr_weighting *weighting, size_t part, size_t threads) {
  const cr_storing storing = {.encoder = encoder,
                              .table = portions->tables[part],
                              .rows = portions->rows.rows[part],
                              .count = portions->rows.count[part],
                              .with_target = true,
                              .outputs = outputs,
                              .weighting = weighting,
                              .share = memory_shares[part]};
  cr_pool *pool = NULL;
  CR_TRY(cr_pool_create(threads, &pool));
  const cr_status status = cr_encoder_store(&storing, pool, &portions->samples[part]);
  cr_large_block_rest(&portions->rows.blocks[part], 0);
  cr_pool_destroy(pool);
  return status;
}

cr_status cr_portions_encode(cr_portions *portions, const cr_encoder *encoder, size_t outputs,
                             const cr_prepare_options *prepare, size_t threads) {
  cr_weighting weighting;
  CR_TRY(encode_in_memory(portions, encoder, outputs));
  cr_status status = fit_weights(portions, encoder, prepare, &weighting);
  for (size_t p = 0; p < CR_PORTION_COUNT && status == CR_OK; p++) {
    if (portions->rows.count[p] == 0) continue;
    status = is_on_disk(portions, p)
                 ? store(portions, encoder, outputs, &weighting, p, threads)
                 : cr_weighting_apply(&weighting, portions->tables[p], portions->rows.rows[p],
                                      portions->samples[p]);
  }
  cr_weighting_free(&weighting);
  return status;
}

static cr_status warn_both(const cr_portions *p, const cr_encoder *encoder, cr_strlist *warnings) {
  const size_t dev = p->rows.count[CR_PORTION_DEV], test = p->rows.count[CR_PORTION_TEST];
  void *block = NULL;
  CR_TRY(cr_alloc(dev + test, sizeof(size_t), &block));
  size_t *rows = block;
  if (dev > 0) memcpy(rows, p->rows.rows[CR_PORTION_DEV], dev * sizeof *rows);
  if (test > 0) memcpy(rows + dev, p->rows.rows[CR_PORTION_TEST], test * sizeof *rows);
  const cr_status status =
      cr_encoder_warn_new(encoder, p->tables[CR_PORTION_TEST], rows, dev + test, warnings);
  cr_free(block);
  return status;
}

cr_status cr_portions_warn_new(const cr_portions *portions, const cr_encoder *encoder,
                               cr_strlist *warnings) {
  if (portions->same_rows) return CR_OK;
  if (portions->tables[CR_PORTION_DEV] == portions->tables[CR_PORTION_TEST])
    return warn_both(portions, encoder, warnings);
  for (size_t part = CR_PORTION_DEV; part <= CR_PORTION_TEST; part++)
    if (portions->rows.count[part] > 0)
      CR_TRY(cr_encoder_warn_new(encoder, portions->tables[part], portions->rows.rows[part],
                                 portions->rows.count[part], warnings));
  return CR_OK;
}

bool cr_portions_are_large(const cr_portions *portions) {
  for (size_t p = 0; p < CR_PORTION_COUNT; p++)
    if (portions->samples[p] && portions->samples[p]->store) return true;
  return false;
}

void cr_portions_drop_samples(cr_portions *portions) {
  for (size_t p = 0; p < CR_PORTION_COUNT; p++) {
    cr_samples_destroy(portions->samples[p]);
    portions->samples[p] = NULL;
  }
}

void cr_portions_free(cr_portions *portions) {
  cr_portions_drop_samples(portions);
  cr_split_free(&portions->rows);
}
