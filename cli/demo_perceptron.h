/* What a perceptron makes of a built-in set of bits: for its own demo, and for that of XOR. */
#ifndef CLI_DEMO_PERCEPTRON_H
#define CLI_DEMO_PERCEPTRON_H

#include <jansson.h>

#include "demo_data.h"

struct perceptron_run {
  const char *name; /* "@xor" */
  struct demo_data data;
  cr_perceptron *perceptron;
  cr_perceptron_step *steps; /* each row as it was met */
  double *weights;           /* (step_count, inputs + 1): theirs */
  size_t step_count;
};

/* 0, or the exit status of a shown error; close it in either case. */
int perceptron_open(const struct cli *cli, const char *name, struct perceptron_run *out);
void perceptron_close(struct perceptron_run *run);

/* The rows that changed the weights; of a cycle also those that go round in it. */
void perceptron_show_steps(const struct cli *cli, const struct perceptron_run *run);

/* How it ended, in a line of the result. */
void perceptron_show_end(const struct cli *cli, const struct perceptron_run *run);

/* What each row asks of the weights, and that together they ask too much. */
void perceptron_show_contradiction(const struct cli *cli, const struct perceptron_run *run);

json_t *perceptron_object(const struct perceptron_run *run);

#endif
