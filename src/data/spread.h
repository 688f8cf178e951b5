/*
 * The figures of a column of numbers over some of its rows, in one pass: the same bits however the
 * rows come in pieces, as long as they come in the same order.
 */
#ifndef DATA_SPREAD_H
#define DATA_SPREAD_H

#include "base/fail.h"

enum {
  CR_SPREAD_BLOCK = 32,      /* values that are summed together */
  CR_SPREAD_SAMPLE = 1 << 16 /* a sample holds all values up to so many; of more, at least half */
};

/* Values for order statistics: all, or those whose place among the values has a hash to keep. */
typedef struct cr_spread_sample {
  double *values;  /* (count) */
  uint8_t *levels; /* (count) each kept while it is at least `level` */
  size_t count, capacity;
  uint8_t level;
  bool wanted, sorted;
} cr_spread_sample;

/* Start with cr_spread_start; the figures are there after cr_spread_finish. */
typedef struct cr_spread {
  size_t values; /* numbers that are there: the others, NAN, are passed over */
  double minimum, maximum, mean, deviation; /* deviation with 1/n; all NAN without values */
  bool whole;                               /* every value is a whole number */
  double first;                             /* the first value, from which the sums are taken */
  double sum, sum_rest;                     /* of value - first, and what was rounded off */
  double squares, squares_rest;             /* of value - mean, likewise */
  double block[CR_SPREAD_BLOCK];            /* those not yet summed */
  size_t waiting;                           /* in the block */
  cr_spread_sample sample;
} cr_spread;

/* No values yet; `sample`: quantiles will be asked for. */
void cr_spread_start(cr_spread *spread, bool sample);

/* Adds numbers[rows[0..count)], in that order; rows NULL: numbers[0..count). CR_ERR_MEMORY. */
cr_status cr_spread_add(cr_spread *spread, const double *numbers, const size_t *rows, size_t count);

/*
 * (eq N1) The relative error of the mean, against the largest value, is at most 4 u, and that of
 * the deviation sqrt(n) u + 40 u, where u = 2^-53: values are taken relative to the first one, so
 * that large values near to each other lose nothing; blocks are summed about their own mean and
 * merged by (eq N5), whose terms are all positive, with a compensated sum. The mean of whole
 * numbers is the nearest double.
 */
cr_status cr_spread_finish(cr_spread *spread);

/*
 * After it: so many zeros join the values, which are none of them; a sample does not have them. The
 * figures are not the bits of cr_spread_add with the zeros among the values, but as near.
 */
void cr_spread_add_zeros(cr_spread *spread, size_t zeros);

/*
 * After it: the value below which a share (0 to 1) of the sample lies, between two by a straight
 * line; of an even count the median is the middle of the two in the middle. NAN without values.
 */
double cr_spread_quantile(cr_spread *spread, double share);

/* Likewise the commonest value of the sample, of equals the least. */
double cr_spread_mode(cr_spread *spread);

void cr_spread_free(cr_spread *spread);

#endif
