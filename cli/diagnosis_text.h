/* What a diagnosis says to a person: which part of the error is high, and what to try next. */
#ifndef CLI_DIAGNOSIS_TEXT_H
#define CLI_DIAGNOSIS_TEXT_H

#include <jansson.h>

#include "cli.h"

/* A diagnosis, and how the model came about, from which the next step is worked out. */
struct judgement {
  cr_diagnosis found;
  bool classes;      /* else numbers */
  bool balanced;     /* they were weighted: the errors are balanced ones */
  const char *part;  /* what the other rows are called: "dev" */
  bool has_file;     /* they are of a file of their own */
  const cr_net *net; /* whose hidden layers may grow */
  size_t epochs;
  bool was_short; /* it was still getting better at the end */
  double l2, dropout;
  double learning_rate;
  bool linear_as_good;  /* a linear model reached as much */
  const char *nowhere;  /* the part, as "test", whose figures do not show that the inputs tell */
  const char *majority; /* its commonest class; NULL of numbers */
  bool untrained;       /* no epoch got better than the start, which was kept */
  bool zero_start;      /* all weights began as 0 */
  bool still_images;    /* it learns from images, and saw them as they are */
  const char *left_out; /* a column of texts that was left out by itself; NULL: none is known */
};

/* Does it look as if more epochs would help? The best one is among the last of all that were. */
bool was_short(size_t best_epoch, size_t epochs_run, const char *reason);

/* Up to three lines; nothing where nothing is known. */
void diagnosis_show(const struct cli *cli, const struct judgement *judgement);

json_t *diagnosis_object(const struct judgement *judgement);

#endif
