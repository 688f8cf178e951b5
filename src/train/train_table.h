/* A training from the inside: as cr_train_table, with rows and a descent of the caller's choice. */
#ifndef TRAIN_TRAIN_TABLE_H
#define TRAIN_TRAIN_TABLE_H

#include "train/portions.h"
#include "train/starts.h"

/*
 * Gives the trainer's network its weights, and says in *out how it came to them: as cr_starts_run,
 * which does it where nothing else is said.
 */
typedef cr_status cr_descent(void *context, cr_trainer *trainer, const char *initializer,
                             const cr_fit_plan *plan, cr_starts *out);

/* The arguments of cr_train_table, and what only the library's own modules ask for. */
typedef struct cr_train_call {
  const cr_table *table, *dev, *test;
  const cr_prepare_options *prepare;
  const cr_train_options *options;
  const cr_listener *listeners;
  size_t listener_count;
  const cr_split *rows; /* of each part, instead of a choice; those of dev are of `dev` if given */
  bool dev_only;        /* where there is a dev part, it alone is measured at the end */
  cr_descent *descent;  /* NULL: cr_starts_run */
  void *context;        /* of the descent */
} cr_train_call;

cr_status cr_train_run(const cr_train_call *call, cr_training **out);

/* How long it took, where part of the time was spent before. */
void cr_training_set_seconds(cr_training *training, double seconds);

/*
 * The weights of a training done before with the same options and rows: `context` is a cr_training
 * with its model. What comes of it is that training again, but for what is measured.
 */
cr_descent cr_descend_by_recall;

#endif
