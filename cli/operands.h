/* Do the operands of a command stand where they belong: a model first, then data? */
#ifndef CLI_OPERANDS_H
#define CLI_OPERANDS_H

#include "cli.h"

/* Does this file look like a model, whatever its name? */
bool operands_is_model(const char *path);

/* For DATA: refuses a model. 0, or the exit status after the error was shown. */
int operands_check_data(const struct cli *cli);

/*
 * Reads the table of the first operand and resolves what the options say of its columns
 * (settings.h). 0, or the exit status after the error was shown: a model among them. The caller
 * owns *out.
 */
int operands_take_table(struct cli *cli, cr_table **out);

/* For MODEL DATA: refuses them the other way round, and a model in both places. */
int operands_check_model_data(const struct cli *cli);

/*
 * Reads DATA as its model knows it: pictures are brought to the shape of its images, unless options
 * say another, and a column is read as texts or as numbers as it was, whatever most of a file's
 * values are: of a category 007 and 7 may be two values, among numbers a word is a bad value.
 */
cr_status operands_read_table(const cr_model *model, const char *path, cr_read_options options,
                              cr_table **out);

#endif
