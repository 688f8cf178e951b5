/* chainrule check CASE.json: does what somebody worked out come out? */
#ifndef CLI_CHECK_CASE_H
#define CLI_CHECK_CASE_H

#include "cli.h"

/* Checks the case that is the first operand and shows what was found; the exit status. */
int check_case(const struct cli *cli);

#endif
