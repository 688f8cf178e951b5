/* `explain --quiz`: the steps with their results hidden, asked for one by one. */
#ifndef CLI_EXPLAIN_QUIZ_H
#define CLI_EXPLAIN_QUIZ_H

#include "cli.h"

/*
 * Reads answers from standard input, a line each, until the steps or the lines end. 0 in any case
 * but a failure, which was shown.
 */
int quiz_run(const struct cli *cli, cr_explanation *explanation, const cr_render_options *options);

#endif
