/* The figures of bytes, as those of images, through how often each of the 256 is there. */
#ifndef DATA_BYTE_COUNTS_H
#define DATA_BYTE_COUNTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"

/* Four tables, since in a run of one byte an addition would have to wait for the one before. */
typedef struct cr_byte_counts {
  uint64_t lanes[4][256];
} cr_byte_counts;

typedef struct cr_byte_figures {
  size_t distinct;
  double minimum, maximum, mean, deviation; /* deviation with 1/n */
} cr_byte_figures;

void cr_byte_counts_add(cr_byte_counts *counts, const uint8_t *bytes, size_t size);

/* The same of many bytes, counted by the threads of a pool. CR_ERR_MEMORY. */
cr_status cr_byte_counts_add_all(cr_byte_counts *counts, const uint8_t *bytes, size_t size,
                                 cr_pool *pool);

/* Takes away what was counted before; a table may wrap, but the sums of the four are right. */
void cr_byte_counts_subtract(cr_byte_counts *counts, const cr_byte_counts *less);

uint64_t cr_byte_sum(const uint8_t *bytes, size_t size);

/* Of one byte at least. */
cr_byte_figures cr_byte_counts_figures(const cr_byte_counts *counts);

#endif
