/* The first line of a log of trials: all that the runs depend on. */
#ifndef TUNE_HEADER_H
#define TUNE_HEADER_H

#include "tune/folds.h"

/*
 * One line of JSON, an object, without its end. `train` and `prepare` are the options as they were
 * given; where the log is, threads, and when the search ends are not in it. The caller frees *out
 * (cr_free).
 */
cr_status cr_tune_header(const cr_table *table, const cr_folds *folds, const char *searched,
                         const cr_prepare_options *prepare, const cr_train_options *train,
                         char **out);

#endif
