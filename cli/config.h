/*
 * Configurations: the options of a run in a file, schema chainrule.config/1. The keys are the long
 * names of the options, and the tables of options drive both directions.
 */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include <jansson.h>

#include "cli.h"

/*
 * Reads settings->config and sets every option in it that the command line did not give. 0, or the
 * exit status after the error was shown.
 */
int config_read(struct cli *cli);

/* Warns where a table is not the one that the configuration was written for. */
void config_compare(const struct cli *cli, const cr_table *table, cr_portion portion,
                    const char *path);

/* What config_read reads of an option: the members of "options" that say how `settings` differ. */
json_t *config_options(const struct command *command, const struct settings *settings);

/* The text of a configuration (free it), on lines indented so, or on one; takes `object` over. */
char *config_dump(json_t *object, size_t indent);

/* "64f0c1…", as it stands in configurations, logs and models. */
struct short_text fingerprint_text(const cr_table *table);

#endif
