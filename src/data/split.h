/* Sharing rows out to train, dev and test: shuffled, stratified by class. */
#ifndef DATA_SPLIT_H
#define DATA_SPLIT_H

#include "base/fail.h"
#include "chainrule/data.h"

enum { CR_PORTION_COUNT = 3 }; /* of cr_portion */

typedef struct cr_split {
  size_t *rows[CR_PORTION_COUNT]; /* ascending, owned */
  size_t count[CR_PORTION_COUNT];
} cr_split;

/* 60/20/20, or 98/1/1 above 1,000,000 rows. */
void cr_split_default(size_t rows, double shares[CR_PORTION_COUNT]);

/* Of more rows than this the part of each is drawn by itself. */
enum { CR_SPLIT_TOGETHER_MOST = 1000000 };

/*
 * Shares out usable[0..count) by `shares` (which sum to 1). classes (count), or NULL: with it each
 * class is shared out alike, and every class with a row for it has one in the training part. Above
 * CR_SPLIT_TOGETHER_MOST rows (eq N7) each is drawn by its number, usable[i], and the seed: classes
 * are then shared out nearly alike, and the first row of each class trains.
 */
cr_status cr_split_rows(const size_t *usable, size_t count, const uint32_t *classes,
                        size_t class_count, const double shares[CR_PORTION_COUNT], uint64_t seed,
                        cr_split *out);
void cr_split_free(cr_split *split);

#endif
