/* The value of one option: from a word, or from the file of --config, to its place in settings. */
#ifndef CLI_OPTION_VALUE_H
#define CLI_OPTION_VALUE_H

#include "command_line.h"

/* What the reading of one option needs. */
struct reading {
  struct cli *cli;
  const struct option *option;
  const char *value; /* must live as long as the settings */
  const char *file;  /* of --config, where it stands; NULL: it is a word of the command line */
};

/* 0, or the exit status after the error was shown. */
int option_set(const struct reading *reading);

/* A value that is right: of kernels the best that this processor runs. */
const char *option_sample(const struct option *option);

/* Reads a number in decimal notation; false if the text is none. */
bool option_read_number(const char *text, double *out);

#endif
