/* The live line of a training, on stderr: redrawn on a terminal, now and then a line elsewhere. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "cli.h"

struct progress {
  const struct terminal *terminal;
  bool silent;                /* -q */
  bool piped;                 /* stdout goes to another program, maybe to the same terminal */
  bool shown;                 /* a line stands on the terminal, to be drawn over */
  double started, last_shown; /* seconds of the monotonic clock */
  double *losses;             /* of the epochs of this start, owned */
  size_t count;
};

void progress_open(struct progress *progress, const struct cli *cli);

/* An on_event of cr_listener; `user` is the progress. */
void progress_event(void *user, const cr_event *event);

/* Draws a line of one's own over the last one, cut to the width; for a terminal. */
void progress_show(struct progress *progress, const char *line);

/* Leaves or clears the live line and frees what was kept. */
void progress_close(struct progress *progress);

/* Seconds of a clock that only goes forward. */
double progress_clock(void);

#endif
