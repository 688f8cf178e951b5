/* A table divided by its column totals: what broadcasting is. */
#ifndef CLI_DEMO_BROADCASTING_H
#define CLI_DEMO_BROADCASTING_H

#include <jansson.h>

#include "cli.h"

/* Shows it, and sets "broadcasting" in `object`. */
void broadcasting_show(const struct cli *cli, json_t *object);

#endif
