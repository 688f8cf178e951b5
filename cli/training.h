/* From a data set to a saved model, as train and demo do it, and what is said about it. */
#ifndef CLI_TRAINING_H
#define CLI_TRAINING_H

#include <jansson.h>
#include <sys/types.h>

#include "cli.h"

/* What --run writes to: see run_folder.h. */
struct run_folder {
  struct text log, temporary; /* the history, and its name until the run begins */
  int file;                   /* -1: none */
  int lock;                   /* the folder, which no other run may write to; -1: not locked */
  off_t size;                 /* of the whole lines in it */
  int failure;                /* errno of the first line that could not be written */
  size_t made;                /* folders that are new: the last ones of its path */
  bool begun;
};

struct training {
  struct cli *cli;
  struct run_folder folder;
  const char *data; /* as it was named */
  struct text model_path;
  cr_table *table, *dev, *test; /* dev, test: NULL unless files of their own */
  cr_training *run;             /* NULL until trained */
  cr_status status; /* of the training: ok, interrupted or diverged when there is a run */
  cr_error error;   /* its detail */
  size_t warned;    /* warnings of the training that were shown */
  bool saved;
  int failed; /* exit status of what kept it from beginning */
};

/* Each step returns 0 or, after showing the error, the exit status. */
int training_read(struct training *training);
int training_run(struct training *training);
int training_save(struct training *training); /* unless only the start would replace a model */
void training_free(struct training *training);

/* The tables alone, for who writes no model; training_read does it, too. */
int training_read_tables(struct training *training);

/* How the rows are prepared: "--split 80/20" is for the parts that have no file of their own. */
cr_prepare_options training_prepare_options(const struct settings *settings);

/* What to say at once when it is stopped; static. */
const char *training_stop_message(const struct cli *cli);

/* The exit status of what happened, after a word on it when it was stopped or diverged. */
int training_end(const struct training *training);

/* What is worth a word about a training that begins; event: CR_EVENT_START. */
void training_show_notes(const struct training *training, const cr_event *event);

/* What the library has to say of a training, each sentence once. */
void training_show_warnings(struct training *training, const cr_training *run);

/*
 * The next difference at or after *index that chance does not explain, in a column that the model
 * takes or learns; NULL past the last one.
 */
const cr_difference *training_difference(const cr_model *model, const cr_comparison *comparison,
                                         size_t *index);

/* The lines of the report: nothing with --json, only the result with -q. */
void training_show_data(const struct training *training);
void training_show_start(const struct training *training, const cr_event *event);
void training_show_result(const struct training *training);

/* The object of --json, with schema "chainrule.<command>/1". */
json_t *training_object(const struct training *training, const char *command);

#endif
