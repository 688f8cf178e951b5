/* What a diagnosis says to a person: which part of the error is high, and what to try next. */
#ifndef CLI_DIAGNOSIS_TEXT_H
#define CLI_DIAGNOSIS_TEXT_H

#include <jansson.h>

#include "cli.h"

/* A diagnosis, and how the model came about, from which the next step is worked out. */
struct judgement {
  cr_diagnosis found;
  bool classes;      /* else numbers */
  const char *part;  /* what the other rows are called: "dev" */
  bool has_file;     /* they are of a file of their own */
  const cr_net *net; /* whose hidden layers may grow */
  size_t epochs;
  bool was_short; /* it was still getting better at the end */
  double l2, dropout;
  bool linear_as_good; /* a linear model reached as much */
};

/* Does it look as if more epochs would help? The best one is among the last. */
bool was_short(size_t best_epoch, size_t epochs_run);

/* One or two lines; nothing where nothing is known. */
void diagnosis_show(const struct cli *cli, const struct judgement *judgement);

json_t *diagnosis_object(const struct judgement *judgement);

#endif
