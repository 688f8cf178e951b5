/* What the files of the encoder share among themselves. */
#ifndef DATA_ENCODE_PARTS_H
#define DATA_ENCODE_PARTS_H

#include "data/encode.h"

/* Are its columns known by names that mean something? Those of images are given by the format. */
bool cr_table_is_named(const cr_table *table);

/* The first value of a column of texts that is not a number. */
cr_bad_value cr_first_text(const cr_table *table, size_t column);

/* CR_ERR_NUMBER: a column of texts where numbers belong, with its first value. */
cr_status cr_fail_text(const cr_table *table, size_t column, const char *why);

/* CR_ERR_TARGET if a target of numbers is the same in all of these rows. */
cr_status cr_encoder_check_varies(const cr_encoder *encoder, const double *numbers,
                                  const size_t *rows, size_t count);

/* Adds " --drop NAME", or "--drop NAME" if nothing stands there yet, quoted for a shell. */
void cr_add_drop(cr_strbuf *buffer, const char *name);

/* Adds a name to a list "a, b". */
void cr_add_name(cr_strbuf *buffer, const char *name);

#endif
