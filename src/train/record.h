/* What a model says of its training: JSON that depends on data and options alone. */
#ifndef TRAIN_RECORD_H
#define TRAIN_RECORD_H

#include "chainrule/train.h"
#include "train/plan.h"
#include "train/portions.h"

typedef struct cr_record {
  const cr_train_options *options; /* resolved */
  const cr_prepare_options *prepare;
  const cr_plan *plan;
  const cr_portions *portions;
  const cr_training_summary *summary;
  const cr_metrics *metrics; /* (CR_PORTION_COUNT) */
  const cr_metrics *linear; /* (CR_PORTION_COUNT) of the linear model; NULL or n 0: there is none */
} cr_record;

/*
 * Canonical: keys in alphabetical order, numbers as cr_format_number writes them. Holds the kernel,
 * on which the last bits depend, but no path, no time and no number of threads, so that the same
 * training gives the same text. The caller frees *out (cr_free).
 */
cr_status cr_record_write(const cr_record *record, char **out);

#endif
