/* Tables in text: cells are added row by row, columns get as wide as they need. */
#ifndef CLI_GRID_H
#define CLI_GRID_H

#include "terminal.h"

struct grid {
  size_t columns;
  const char *alignment; /* one 'l' or 'r' a column */
  size_t indent;         /* of every line */
  size_t count;          /* cells so far */
  char **cells;
};

void grid_open(struct grid *grid, const char *alignment, size_t indent);

/* The next cell of the current row. */
void grid_cell(struct grid *grid, const char *format, ...) CR_PRINTF(2, 3);

/*
 * Writes all rows; `header`: the first is one. Where the terminal is too narrow the widest
 * left-aligned columns are cut; where that is not enough the indent goes, then the last columns.
 * Returns how many columns are left.
 */
size_t grid_print(const struct grid *grid, const struct terminal *terminal, bool header);
void grid_close(struct grid *grid);

#endif
