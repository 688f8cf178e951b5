/* How a model was trained, in lines: from the record in its file. */
#ifndef CLI_RECORD_TEXT_H
#define CLI_RECORD_TEXT_H

#include "cli.h"

/* A setting worth a word where it is not 0. */
struct shown_setting {
  const char *key, *words; /* in the record, and in a line */
  size_t offset;           /* of a double in cr_train_options */
};

extern const struct shown_setting shown_settings[]; /* ends with a NULL key */

/* `record` is the JSON text of cr_model_info; what is not in it is left out. */
void record_show(const struct cli *cli, const char *record);

/* Appends "a,b,c" as "a, b, c", which can be broken into lines. */
void text_add_spaced(struct text *out, const char *list);

#endif
