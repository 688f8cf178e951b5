/* Rows of a table on disk as samples on disk: encoded some at a time, by several threads. */
#ifndef DATA_ENCODE_STORE_H
#define DATA_ENCODE_STORE_H

#include "base/pool.h"
#include "data/weighting.h"

typedef struct cr_storing {
  const cr_encoder *encoder;
  const cr_table *table; /* on disk */
  const size_t *rows;    /* (count) */
  size_t count;
  bool with_target;
  size_t outputs;                /* as for cr_encoder_samples */
  const cr_weighting *weighting; /* NULL: all rows count once */
  double share;                  /* of the table's memory that the samples may take */
} cr_storing;

/*
 * As cr_encoder_samples and cr_weighting_apply, the same values; the pool may be NULL. And
 * CR_ERR_CACHE. The samples do not need the table, nor the rows.
 */
cr_status cr_encoder_store(const cr_storing *storing, cr_pool *pool, cr_samples **out);

#endif
