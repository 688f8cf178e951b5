/* The file a command is to write: may it be written, and how it gets there whole or not at all. */
#ifndef CLI_DESTINATION_H
#define CLI_DESTINATION_H

#include "cli.h"

/* A file that is read and must survive. */
struct source {
  const char *path; /* NULL: there is none; may be "-" or the name of a built-in set */
  const char *what; /* "the data" */
};

/* What is asked before any work. */
struct destination_question {
  const char *path;
  const char *what;             /* "the model" */
  const struct source *sources; /* ends with a NULL `what` */
  const char *operand;          /* how it is named, if not by -o: "OUT" */
  bool only_files;              /* refuses pipes and devices */
};

/* 0, or the exit status after showing why nothing can be written there. */
int destination_check(const struct cli *cli, const struct destination_question *question);

/* A file being written. */
struct destination {
  const char *path;
  FILE *stream;
  char *target;    /* `path` with links followed */
  char *temporary; /* beside it; NULL for a pipe or a device, which is written as it is */
};

/* Each returns 0 or the exit status after the error was shown; then there is nothing to close. */
int destination_open(const struct cli *cli, const char *path, struct destination *out);

/* Puts the file in its place; an old one stays as it is if not all could be written. */
int destination_close(const struct cli *cli, struct destination *destination);

#endif
