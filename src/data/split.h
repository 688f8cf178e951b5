/* Sharing rows out to train, dev and test: shuffled, stratified by class. */
#ifndef DATA_SPLIT_H
#define DATA_SPLIT_H

#include "base/fail.h"
#include "data/large_table.h"

enum { CR_PORTION_COUNT = 3 }; /* of cr_portion */

typedef struct cr_split {
  size_t *rows[CR_PORTION_COUNT]; /* ascending, in the blocks */
  size_t count[CR_PORTION_COUNT];
  cr_large_block blocks[CR_PORTION_COUNT]; /* owned; all 0 where the rows are somebody else's */
} cr_split;

/*
 * Room for rows of a part, in place of those that are there: on disk if the table they are of is.
 * NULL: in memory. CR_ERR_MEMORY, CR_ERR_CACHE.
 */
cr_status cr_split_make_room(cr_split *split, size_t part, const cr_table *table, size_t rows);

/* 60/20/20, or 98/1/1 above 1,000,000 rows. */
void cr_split_default(size_t rows, double shares[CR_PORTION_COUNT]);

/* Of more rows than this the part of each is drawn by itself. */
enum { CR_SPLIT_TOGETHER_MOST = 1000000 };

/*
 * Shares out usable[0..count) by `shares` (which sum to 1). classes (count), or NULL: with it each
 * class is shared out alike, and every class with a row for it has one in the training part. Above
 * CR_SPLIT_TOGETHER_MOST rows (eq N7) each is drawn by its number, usable[i], and the seed: classes
 * are then shared out nearly alike, and the first row of each class trains. The rows are of a
 * table, as for cr_split_make_room.
 */
cr_status cr_split_rows(const cr_table *table, const size_t *usable, size_t count,
                        const uint32_t *classes, size_t class_count,
                        const double shares[CR_PORTION_COUNT], uint64_t seed, cr_split *out);
void cr_split_free(cr_split *split);

#endif
