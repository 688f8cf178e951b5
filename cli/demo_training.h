/* Demos that train a model on a built-in set, as train does, and save it. */
#ifndef CLI_DEMO_TRAINING_H
#define CLI_DEMO_TRAINING_H

#include "demo.h"
#include "training.h"

struct trained_demo {
  const char *name, *data;
  const char *intro;
  /* Before the intro, once it is known that the model can be written; NULL: nothing. */
  int (*before)(const struct cli *cli, json_t *more);
  const char *then;                /* the demo to see after it */
  const char *layers, *activation; /* NULL: the default */
  size_t restarts;
  uint64_t seed;                                /* 0: that of every command */
  int (*show)(const struct training *training); /* after the result: 0, or the exit status */
  json_t *more;                                 /* members for --json besides; NULL: none */
};

/* Trains, saves and shows it; the exit status. */
int demo_train(struct cli *cli, const struct trained_demo *demo);

/* The rows of the test part as a table, and the model's answers to them. */
struct held_out {
  cr_table *table;
  cr_evaluation *evaluation;
};

/* 0, or the exit status of a shown error; release it in either case. */
int held_out_open(const struct training *training, struct held_out *out);
void held_out_close(struct held_out *out);

#endif
