/* What is shown of a matrix that is too large for a page. */
#include <math.h>

#include "explain/typeset.h"

cr_corner cr_corner_of(const cr_shown *matrix, bool full) {
  const size_t rows = cr_shown_rows(matrix), cols = cr_shown_cols(matrix);
  const size_t side = full ? CR_CORNER_MOST : CR_CORNER_SIDE;
  const cr_corner corner = {
      .rows = rows > side ? side - 1 : rows,
      .cols = cols > side ? side - 1 : cols,
      .more_rows = rows > side,
      .more_cols = cols > side,
  };
  return corner;
}

bool cr_is_wide(const cr_block *equation, bool full) {
  enum { COLUMNS = 5 }; /* of numbers, beside the brackets and signs */
  size_t columns = 0;
  for (size_t i = 0; i + 1 < equation->matrix_count; i++)
    columns += cr_corner_of(&equation->matrices[i], full).cols;
  return columns > COLUMNS;
}

cr_figures cr_corner_figures(const cr_shown *matrix, cr_corner corner, size_t digits) {
  double largest = 0.0;
  for (size_t r = 0; r < corner.rows; r++) {
    for (size_t c = 0; c < corner.cols; c++)
      largest = fmax(largest, fabs(cr_shown_at(matrix, r, c)));
  }
  cr_figures figures = cr_figures_for(largest, digits);
  for (size_t r = 0; r < corner.rows; r++) {
    for (size_t c = 0; c < corner.cols; c++)
      cr_figures_extend(&figures, cr_shown_at(matrix, r, c), digits);
  }
  return figures;
}
