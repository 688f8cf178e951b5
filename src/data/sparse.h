/* Numbers most of which are 0: those that are not, row by row. */
#ifndef DATA_SPARSE_H
#define DATA_SPARSE_H

#include "base/fail.h"

typedef struct cr_sparse {
  size_t rows;
  size_t *starts;    /* (rows + 1) row r has the entries from starts[r] up to starts[r + 1] */
  uint32_t *columns; /* (entries) of each, ascending in a row */
  double *values;    /* (entries) none is 0 */
} cr_sparse;

/* Room for entries; the caller fills it. On failure there is nothing to free. CR_ERR_MEMORY. */
cr_status cr_sparse_create(size_t rows, size_t entries, cr_sparse **out);
void cr_sparse_destroy(cr_sparse *sparse); /* NULL is fine */

size_t cr_sparse_entries(const cr_sparse *sparse);

/* 0 where there is no entry. */
double cr_sparse_at(const cr_sparse *sparse, size_t row, uint32_t column);

/* The rows rows[0..count), in that order. CR_ERR_MEMORY. */
cr_status cr_sparse_select(const cr_sparse *from, const size_t *rows, size_t count,
                           cr_sparse **out);

/* The entries of some rows column by column: those of c from starts[c] up to starts[c + 1]. */
typedef struct cr_sparse_columns {
  size_t *starts; /* (columns + 1) */
  double *values; /* (entries) of a column in the order of the rows */
} cr_sparse_columns;

/* Of rows[0..count); NULL: of all. `columns` is above every column. CR_ERR_MEMORY. */
cr_status cr_sparse_by_column(const cr_sparse *from, const size_t *rows, size_t count,
                              size_t columns, cr_sparse_columns *out);
void cr_sparse_columns_free(cr_sparse_columns *columns);

/* Are the rows the same, entry by entry? */
bool cr_sparse_same_rows(const cr_sparse *sparse, size_t a, size_t b);

#endif
