/* What the options have set, and what becomes of it once the table is known. */
#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H

#include "cli.h"

/* Sets all to what holds without options. */
void settings_init(struct settings *settings);
void settings_free(struct settings *settings);
void name_list_add(struct name_list *list, const char *name, size_t length); /* copies it */
void name_list_free(struct name_list *list);

/*
 * What the options say of columns goes to settings->prepare, once the table is known. Of --drop and
 * --only a text that as a whole names a column is one name, another is a list with commas.
 */
void columns_resolve(struct settings *settings, const cr_table *table);

/* Does --type say what this column is? The name ends at the last '=', as it may have one itself. */
bool settings_has_type(const struct settings *settings, const char *column);

/* Makes several targets of a --target that is a list with commas and no column by itself. */
void target_resolve(struct settings *settings, const cr_table *table);

/*
 * Appends the options that have another command learn the same from the same columns; target: as it
 * was given, NULL for the last column.
 */
void settings_add_goal(const struct settings *settings, const char *target, struct text *out);

/* Appends the options that another command needs to read the same file: " --header no". */
void settings_add_reading(const struct settings *settings, struct text *out);

/* How they have a model run over a table. */
cr_apply_options settings_apply(const struct settings *settings);

#endif
