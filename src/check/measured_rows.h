/* The rows of a measurement, a block at a time, wherever they lie: in memory, or in a store. */
#ifndef CHECK_MEASURED_ROWS_H
#define CHECK_MEASURED_ROWS_H

#include "check/evaluate.h"
#include "data/row_cursor.h"

typedef struct cr_measured_rows {
  const cr_measurement *m;
  size_t count;         /* rows that are measured: all, or some in even steps */
  cr_row_cursor cursor; /* of those in a store */
  uint32_t *classes;    /* (max_rows) of the block, if it is of a store, */
  float *weights;       /* (max_rows) */
  bool has_weights;     /* if rows have some, */
  size_t *order;        /* (max_rows) and where they were */
} cr_measured_rows;

/* Borrows the measurement. CR_ERR_MEMORY, CR_ERR_IO; nothing is left to free then. */
cr_status cr_measured_rows_open(const cr_measurement *m, cr_measured_rows *out);
void cr_measured_rows_close(cr_measured_rows *rows);

/*
 * Goes on to the next block, of `count` rows. Those of a store are then in m->x and m->y; others
 * are gathered by whoever computes with them, part by part.
 */
cr_status cr_measured_rows_next(cr_measured_rows *rows, size_t count);

/* Gathers rows first..first + x.rows of the measured ones, unless they are there. */
void cr_measured_rows_gather(const cr_measured_rows *rows, size_t first, cr_matrix x, cr_matrix y);

/* Class and weight of row `i` of the block that begins with `first`; 1 where there are none. */
size_t cr_measured_class(const cr_measured_rows *rows, size_t first, size_t i);
double cr_measured_weight(const cr_measured_rows *rows, size_t first, size_t i);

#endif
