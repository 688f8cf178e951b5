/* The folder of a run (train --run): its configuration, and its history as it is made. */
#ifndef CLI_RUN_FOLDER_H
#define CLI_RUN_FOLDER_H

#include <sys/types.h>

#include "training.h"

/* The path of a file in the folder of --run, appended. */
void run_folder_path(const struct settings *settings, const char *name, struct text *out);

/*
 * Makes the folder and sees that it can be written. 0, or the exit status after the error was
 * shown. Nothing that a run left there is touched before run_folder_begin.
 */
int run_folder_open(struct training *training);

/* The run begins: writes the configuration and the first line of the history. As above. */
int run_folder_begin(struct training *training, const cr_event *event);

/* Appends what has happened. Where that fails, the run goes on without, and the end tells. */
void run_folder_add(struct training *training, const cr_event *event);

/* The last line. The exit status if a line could not be written, after the error was shown. */
int run_folder_end(struct training *training);

/* Takes away what was made for a run that did not begin; frees what the other calls took. */
void run_folder_free(struct training *training);

/* Every option of the run, resolved, by its name; and its configuration, which holds them. */
json_t *run_options(const struct training *training, const cr_training *run);
json_t *run_config(const struct training *training, const cr_training *run);

#endif
