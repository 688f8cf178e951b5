/* How the values of a column become those that a network takes. */
#ifndef DATA_ENCODE_SCALE_H
#define DATA_ENCODE_SCALE_H

#include "data/spread.h"

typedef enum cr_scaling {
  CR_SCALE_OPEN = 0, /* not said for this column */
  CR_SCALE_AUTO, /* of sparse columns maxabs, of numbers far from normal quantile, else standard */
  CR_SCALE_STANDARD,
  CR_SCALE_ROBUST,
  CR_SCALE_MINMAX,
  CR_SCALE_MAXABS,
  CR_SCALE_QUANTILE,
  CR_SCALE_NONE,
} cr_scaling;

enum { CR_KNOTS_MAX = 100 };

/* (value - shift) / scale; or, if there are knots, a line through them, level before and after. */
typedef struct cr_scale {
  double shift, scale;
  double *knots;     /* (2 * knot_count) first the values, ascending, then what becomes of them */
  size_t knot_count; /* 0, or from 2 to CR_KNOTS_MAX */
} cr_scale;

/* By its name; NULL is "auto". CR_ERR_ARGUMENT. */
cr_status cr_scaling_find(const char *name, cr_scaling *out);

/* Does it ask for quantiles, so that the figures have to keep a sample? */
bool cr_scaling_wants_sample(cr_scaling how);

/*
 * (eqs N1, N2, N8, N9) The scale of a column by its figures, where `out` has none yet.
 * CR_ERR_NUMBER where they give nothing to divide by, CR_ERR_MEMORY.
 */
cr_status cr_scale_fit(cr_scaling how, cr_spread *spread, const char *name, cr_scale *out);

/* What becomes of a value. */
double cr_scale_value(const cr_scale *scale, double value);

#endif
