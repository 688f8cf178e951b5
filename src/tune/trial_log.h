/*
 * The file of the trials, JSON Lines: a header that says of what data and options it is, then a
 * line for each run. Only ever appended to, one write a line: what a kill leaves is whole but for
 * the last line, which has then no end and is cut off.
 */
#ifndef TUNE_TRIAL_LOG_H
#define TUNE_TRIAL_LOG_H

#include "tune/halving.h"

typedef struct cr_trial_log {
  const char *path; /* borrowed; NULL: there is no log, and all calls below do nothing */
  int file;
  char *text;            /* what it held when it was opened, without a torn line */
  size_t size, at, line; /* at: of the next line to be read; line: its number, from 1 */
} cr_trial_log;

/*
 * Opens or makes the file. `header` is one line of JSON, an object, without its end; a file that
 * begins otherwise is refused: CR_ERR_COMBINATION names the first member that differs, and
 * CR_ERR_FORMAT what is no such file. CR_ERR_BUSY if another process has it open.
 */
cr_status cr_trial_log_open(const char *path, const char *header, cr_trial_log *out);
void cr_trial_log_close(cr_trial_log *log);

/* Is there a line that was not read yet? */
bool cr_trial_log_more(const cr_trial_log *log);

/*
 * Reads the next line, which has to be of `run` and of `count` folds: else CR_ERR_FORMAT, and for
 * certain where no run comes next (no contestant).
 */
cr_status cr_trial_log_read(cr_trial_log *log, const cr_run *run, size_t count, cr_run_result *out);

/* Appends a line. */
cr_status cr_trial_log_add(cr_trial_log *log, const cr_run *run, const cr_run_result *result);

#endif
