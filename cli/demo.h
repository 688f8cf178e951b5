/* The demos: their list, and what they share. */
#ifndef CLI_DEMO_H
#define CLI_DEMO_H

#include <jansson.h>

#include "cli.h"

/*
 * Every demo, the first of them that of no name: what it is called, and what it shows in a line.
 * demo_<name> runs it, in cli/demo_<name>.c.
 */
#define DEMO_LIST(X)                                                                \
  X(digits, "handwritten digits, and those it misreads")                            \
  X(iris, "three kinds of flowers, told apart")                                     \
  X(spiral, "a picture of what was learnt")                                         \
  X(perceptron, "the first rule that learnt: AND, OR, and round in circles on XOR") \
  X(xor, "the lecture: one hidden layer, worked out to the last number")            \
  X(logistic, "a loop over samples against matrices, and the line they learn")      \
  X(symmetry, "why weights do not start at zero")                                   \
  X(depth, "deep and narrow against shallow and wide, on parity")

/* Each returns the exit status. */
#define DEMO_DECLARE(name, summary) int demo_##name(struct cli *cli);
DEMO_LIST(DEMO_DECLARE)
#undef DEMO_DECLARE

/* Does it tell its story? Not with -q and not with --json. */
bool demo_talks(const struct cli *cli);

/* A heading, and a paragraph broken to the width of the terminal; nothing where it does not talk.
 */
void demo_heading(const struct cli *cli, const char *format, ...) CR_PRINTF(2, 3);
void demo_say(const struct cli *cli, const char *format, ...) CR_PRINTF(2, 3);

/* A line of the result, under a label; with -q too, not with --json. */
void demo_result(const struct cli *cli, const char *label, const char *format, ...) CR_PRINTF(3, 4);

/* What to do next: commands of the program, each on a line of its own; NULL ends them. */
void demo_try(const struct cli *cli, const char *const *commands);

/* The names of all demos and what they show. */
void demo_show_list(const struct cli *cli);

/* For a demo that writes no file: refuses -o. 0, or the exit status. */
int demo_refuse_output(const struct cli *cli, const char *name);

/* An object with schema "chainrule.demo/1" and the name of the demo. */
json_t *demo_object(const char *name);

#endif
