/* Do the operands of a command stand where they belong: a model first, then data? */
#ifndef CLI_OPERANDS_H
#define CLI_OPERANDS_H

#include "cli.h"

/* Does this file look like a model, whatever its name? */
bool operands_is_model(const char *path);

/* For DATA: refuses a model. 0, or the exit status after the error was shown. */
int operands_check_data(const struct cli *cli);

/* For MODEL DATA: refuses them the other way round, and a model in both places. */
int operands_check_model_data(const struct cli *cli);

/* The size of a model's images, as text. */
struct picture_size {
  char text[48];
};

/* Pictures are brought to the shape that the model knows, unless options say another. */
void operands_fit_pictures(const cr_model *model, cr_read_options *read, struct picture_size *room);

#endif
