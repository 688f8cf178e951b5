/* Options: one table a command drives parsing, -h, --help, the man page and completion. */
#ifndef CLI_COMMAND_LINE_H
#define CLI_COMMAND_LINE_H

#include "cli.h"

enum option_kind {
  OPTION_FLAG,     /* bool */
  OPTION_TEXT,     /* const char * */
  OPTION_NAMES,    /* struct name_list */
  OPTION_PARTS,    /* const char *: names of cr_part_at(part), separated by commas */
  OPTION_SIGN,     /* char: itself, or its name: "comma", "tab" */
  OPTION_CHOICE,   /* const char *: one of `choices` */
  OPTION_KERNEL,   /* const char *: a name of cr_kernel_name */
  OPTION_COUNT,    /* size_t, at least `least` */
  OPTION_SEED,     /* uint64_t */
  OPTION_BATCH,    /* size_t, or "all": SIZE_MAX */
  OPTION_SIZE,     /* uint64_t: bytes, "500M", "2G" */
  OPTION_POSITIVE, /* double above 0 */
  OPTION_NUMBER,   /* double, 0 or above */
  OPTION_SHARE,    /* double from 0 to below 1: "0.01" or "1 %" */
  OPTION_FRACTION, /* double above 0 and below 1 */
  OPTION_SHARES,   /* double[3]: percents of train, dev and test */
};

struct option {
  const char *name; /* without the dashes */
  char letter;      /* 0: none */
  enum option_kind kind;
  size_t offset;        /* in struct settings */
  const char *argument; /* what its value is called; NULL for a flag */
  const char *sentence; /* what it does, in one line */
  const char *fallback; /* what holds without it */
  const char *sample;   /* a value that is right, for the fix of an error */
  const char *more;     /* what else --help says; NULL: nothing */
  const char *group;    /* starts a group of options under this heading */
  bool basic;           /* shown by -h too */
  bool of_call;         /* about one call, not about the run: no part of a configuration */
  size_t least;         /* OPTION_COUNT */
  const char *choices;  /* OPTION_CHOICE: "best,last" */
  cr_part_kind part;    /* OPTION_PARTS */
  bool open;            /* a number that is NAN where it is not given: 0 is a value like others */
  const char *valued;   /* of a flag: the option that was meant where a number follows; or NULL */
};

/*
 * Options of what is learnt and from which columns, of commands that prepare rows and plan a
 * network for them, of those that train it, of those that write and read tables, and of every
 * command; they end with a NULL name.
 */
extern const struct option goal_options[], column_options[];
extern const struct option preparation_options[], network_options[], regularization_options[];
extern const struct option descent_options[], training_options[];
extern const struct option writing_options[], table_options[], common_options[];

/* Table `index` of those a command takes, in the order of its help; NULL past the last one. */
const struct option *option_table(const struct command *command, size_t index);

/* The option with this long name, without the dashes; NULL if the command has none. */
const struct option *option_find(const struct command *command, const char *name);

/* Was it on the command line? */
bool option_given(const struct settings *settings, const char *name);

/* Is it in a shared table, while the command has an option of its own by that name? */
bool option_hidden(const struct command *command, const struct option *option);

/*
 * Reads the words after the command. 0, or the exit status after the error was shown. Does not ask
 * for operands where help is wanted.
 */
int options_read(struct cli *cli, char **words);

/* Appends the values an option may take: "linear, sigmoid, …"; nothing if any will do. */
void option_choices(const struct option *option, struct text *out);

#endif
