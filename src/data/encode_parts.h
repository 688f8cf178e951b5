/* What the files of the encoder share among themselves. */
#ifndef DATA_ENCODE_PARTS_H
#define DATA_ENCODE_PARTS_H

#include "base/quote.h"
#include "data/encode.h"
#include "data/name_list.h"

/* Are its columns known by names that mean something? Those of images are given by the format. */
bool cr_table_is_named(const cr_table *table);

/* The first value of a column of texts that is not a number. */
cr_bad_value cr_first_text(const cr_table *table, size_t column);

/* CR_ERR_NUMBER: a column of texts where numbers belong, with its first value. */
cr_status cr_fail_text(const cr_table *table, size_t column, const char *why);

/* CR_ERR_TARGET if a target of numbers is the same in all of these rows. */
cr_status cr_encoder_check_varies(const cr_encoder *encoder, const cr_table *table, size_t target,
                                  const size_t *rows, size_t count);

/*
 * Several targets: finds their columns, marks them in `taken` (columns) and names the labels after
 * them. CR_ERR_COLUMN, CR_ERR_ARGUMENT.
 */
cr_status cr_encoder_choose_labels(cr_encoder *encoder, const cr_table *table,
                                   const cr_prepare_options *options, bool *taken);

/* CR_ERR_TARGET if a value of these rows is not 0 or 1, or all of one label are the same. */
cr_status cr_encoder_check_labels(const cr_encoder *encoder, const cr_table *table,
                                  const size_t *rows, size_t count);

/* Is the value of a row 0 or 1? Else CR_ERR_TARGET, with the place. */
cr_status cr_check_bit(const cr_table *table, size_t column, size_t row);

/* Are the inputs one image? Then samples keep its bytes, */
bool cr_encoder_keeps_bytes(const cr_encoder *encoder);

/* and (byte - shift) / scale is worked out as byte * cr_byte_scale + cr_byte_shift, in float. */
float cr_byte_scale(const cr_input *input);
float cr_byte_shift(const cr_input *input);

/*
 * Adds " --drop NAME" to a command, quoted for a shell; nothing once it is longer than any fix. The
 * command fails for a name that the option cannot take: it takes a list with commas.
 */
void cr_add_drop(cr_strbuf *command, const char *name);

#endif
