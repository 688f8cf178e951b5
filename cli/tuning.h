/* What is said about a search of settings, and about a rate-range test. */
#ifndef CLI_TUNING_H
#define CLI_TUNING_H

#include <jansson.h>

#include "progress.h"
#include "training.h"

struct tuning {
  struct training training; /* its run is that of the best settings, once there is one */
  cr_tuning *search;        /* NULL until it has ended */
  cr_status status;
  const char *log; /* path: the text below */
  struct text log_path;
  struct progress progress;
  bool classes; /* scores are accuracies */
  double last_shown;
};

/* An on_event of cr_tune_listener; `user` is the tuning. */
void tuning_event(void *user, const cr_tune_event *event);

/* The report, once it has ended: the search, then the training of the best. */
void tuning_show(const struct tuning *tuning);

/* "next: chainrule train … --lr 0.013": what makes the same model again. */
void tuning_suggest(const struct tuning *tuning);

/* " --lr 0.013", appended: an option as a configuration has it, for the command line. */
void tuning_add_option(struct text *out, const char *name, const json_t *value);

/* The object of --json, with schema "chainrule.tune/1". */
json_t *tuning_object(const struct tuning *tuning);

/* The same of a rate-range test, "chainrule.tune_lr/1". */
void range_show(const struct cli *cli, const char *data, const cr_rate_range *range);
json_t *range_object(const char *data, const cr_rate_range *range);

#endif
