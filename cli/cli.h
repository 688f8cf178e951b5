/* What the parts of the program share: the commands, the command line as read, the two streams. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "chainrule/chainrule.h"
#include "terminal.h"

enum { OPERANDS_MAX = 2 };

/* Names given by one or several options, as "--drop a,b --drop c"; owned. */
struct name_list {
  char **names;
  size_t count;
};

/* What only `explain` asks; texts as they were given, NULL where they were not. */
struct explain_settings {
  const char *row, *rows, *x, *target, *weight, *layout, *format;
  size_t top, digits;
  double rate; /* 0: not given */
  bool quiz, full;
};

/* What only `data convert`, `data split` and `data gen` ask. */
struct file_settings {
  const char *format, *image, *labels; /* --to, --image, --labels-out */
  bool codes;
  size_t rows;  /* of a set made up; 0: its default */
  double noise; /* below 0: the set's own */
};

/* The command line as read; what is not given holds the library's default. */
struct settings {
  const char *operands[OPERANDS_MAX];
  size_t operand_count;
  bool json, quiet, no_color, short_help, long_help, version;
  uint64_t seed;
  bool seed_given;
  size_t threads;
  const char *kernel; /* NULL: the variable's, or the best */
  const char *output; /* -o */
  cr_read_options read;
  cr_prepare_options prepare;
  cr_train_options train;
  struct name_list drop;           /* as given until the table is known: columns_resolve */
  struct name_list missing, scale; /* words, or "name=word" */
  struct name_list gaps, scales;   /* those for one column, once columns_resolve was called */
  struct name_list only;           /* likewise */
  struct name_list gap_words;      /* of read.gaps */
  struct name_list types;          /* prepare.types, once columns_resolve was called */
  struct name_list targets;        /* of a --target that is a list: target_resolve */
  cr_check_options check;
  bool check_all; /* every parameter */
  const char *dev_path, *test_path;
  const char *bad_rows;          /* "error", "skip" or "pad" */
  bool probabilities, no_header; /* predict */
  bool manual, completion;       /* help */
  struct explain_settings explain;
  struct file_settings file;
  const char *run_path; /* --run */
  bool force, dry_run;  /* train */
  bool no_baseline;     /* no linear model beside the network */
  cr_tune_options tune;
  bool rate_range; /* tune --lr */
  cr_bench_options bench;
  double bayes;                /* the least error there can be; 0: not stated */
  const char *config;          /* --config, */
  const char *fingerprints[3]; /* and what it says of the data, by cr_portion; NULL: nothing */
  struct name_list given;      /* names of the options of the command line */
  struct name_list kept;       /* texts of the configuration */
};

struct cli;

struct command {
  const char *name, *alias; /* "data", or "data gen" that comes before it; alias: NULL if none */
  const char *group;        /* heading it stands under */
  const char *summary;      /* one line */
  const char *operands;     /* as in the usage line: "MODEL DATA" */
  size_t operands_least, operands_most;
  const char *about;            /* a paragraph */
  const char *const *examples;  /* command, what it does, …, NULL */
  const struct option *options; /* ends with a NULL name; more come on top */
  /* Which tables of options it takes beside its own: what `plans_networks` takes has goal_options,
     column_options, preparation_options, network_options and regularization_options. */
  bool plans_networks;
  bool descends;               /* descent_options */
  bool ends_trainings;         /* training_options */
  bool writes_tables;          /* writing_options */
  bool has_goal;               /* goal_options; */
  bool chooses_columns;        /* column_options */
  bool reads_tables;           /* table_options */
  int (*run)(struct cli *cli); /* the exit status */
};

struct cli {
  const char *program;           /* how to call it again: "build/chainrule", "chainrule" */
  const struct command *command; /* NULL while not known */
  char **words;                  /* the command line after it, as it was given */
  struct settings settings;
  struct terminal out, err;
};

/* The command called `name` or by its alias; NULL if there is none. */
const struct command *command_find(const char *name);

/*
 * The command that a line begins with, and how many words its name takes: "data gen" before "data".
 * A file of such a name is told by its folder: data ./gen.
 */
const struct command *command_of_words(char *const *words, size_t *count);

/* The command whose name is that of `command` and a word like this one; NULL if none is near. */
const struct command *command_below(const struct command *command, const char *word);

/* Command `index` in the order of the overview; NULL past the last one. */
const struct command *command_at(size_t index);

extern const struct command command_train, command_tune, command_test, command_predict,
    command_data, command_data_convert, command_data_split, command_data_gen, command_inspect,
    command_check, command_explain, command_bench, command_demo, command_help;

#endif
