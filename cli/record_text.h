/* How a model was trained, in lines: from the record in its file. */
#ifndef CLI_RECORD_TEXT_H
#define CLI_RECORD_TEXT_H

#include "cli.h"

/* `record` is the JSON text of cr_model_info; what is not in it is left out. */
void record_show(const struct cli *cli, const char *record);

#endif
