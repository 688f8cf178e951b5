/* A built-in set as the matrices that a network takes. */
#ifndef CLI_DEMO_DATA_H
#define CLI_DEMO_DATA_H

#include "cli.h"

/*
 * All columns but the last are inputs. A last column of numbers is the target; one of labels gives
 * a column of 0 and 1 for each label, in the order in which they are met.
 */
struct demo_data {
  size_t rows, inputs, outputs;
  float *x; /* (rows, inputs) */
  float *y; /* (rows, outputs) */
};

/* 0, or the exit status of a shown error; free it in either case. */
int demo_data_read(const struct cli *cli, const char *name, struct demo_data *out);
void demo_data_free(struct demo_data *data);

cr_const_matrix demo_data_x(const struct demo_data *data);
cr_const_matrix demo_data_y(const struct demo_data *data);

#endif
