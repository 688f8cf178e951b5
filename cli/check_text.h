/* What a check of a network has found, as text and as JSON. */
#ifndef CLI_CHECK_TEXT_H
#define CLI_CHECK_TEXT_H

#include <jansson.h>

#include "cli.h"

void check_show(const struct cli *cli, const cr_check_report *report);
json_t *check_object(const cr_check_report *report);

/* Names what is wrong where errors go; the exit status. */
int check_name_failure(const struct cli *cli, const cr_check_report *report);

#endif
