/* What the files of the encoder share among themselves. */
#ifndef DATA_ENCODE_PARTS_H
#define DATA_ENCODE_PARTS_H

#include "base/quote.h"
#include "data/encode.h"
#include "data/name_list.h"

/* Are its columns known by names that mean something? Those of images are given by the format. */
bool cr_table_is_named(const cr_table *table);

/* Puts a value in its place among values (*count of room), which ascend; false if it is full. */
bool cr_insert_value(double *values, size_t *count, size_t room, double value);

/*
 * encode_policy.c. What the options say of gaps, scales and values that are new, for all inputs and
 * for single ones, which know already what they are. CR_ERR_ARGUMENT, CR_ERR_COLUMN.
 */
cr_status cr_encoder_set_policies(cr_encoder *encoder, const cr_table *table,
                                  const cr_prepare_options *options);

/* encode_types.c. "name=word": the column of the name, which is copied, and the word. */
typedef struct cr_told {
  char *name; /* owned */
  size_t column;
  const char *word; /* "" if there is none */
} cr_told;

/* The name ends at the last '=', as it may have one itself. CR_ERR_COLUMN. */
cr_status cr_told_read(const cr_table *table, const char *text, cr_told *out);

/* The fix of the failure just written: the option with "name=word", quoted where it has to be. */
cr_status cr_told_fix(const char *option, const char *name, const char *word);

/*
 * Marks the columns of options->types that are to be left out, and what they are. CR_ERR_ARGUMENT,
 * CR_ERR_COLUMN.
 */
cr_status cr_mark_skips(const cr_table *table, const cr_prepare_options *options, bool *dropped,
                        cr_column_use *uses);

/* What options->types says of a column, CR_USE_DROPPED if nothing; they were read before. */
cr_column_use cr_told_use(const cr_table *table, const cr_prepare_options *options, size_t column);

/* Inputs become what options->types says of them. CR_ERR_COLUMN, CR_ERR_NUMBER. */
cr_status cr_encoder_set_types(cr_encoder *encoder, const cr_table *table,
                               const cr_prepare_options *options);

/*
 * encode_kinds.c. Looks at the inputs of which options->types says nothing: texts may be dates, and
 * what is an identifier is left out.
 */
cr_status cr_encoder_find_kinds(cr_encoder *encoder, const cr_table *table, cr_strlist *warnings);

/* Could all texts of a column be numbers, though some are no plain ones? */
bool cr_may_be_numbers(const cr_table *table, size_t column);

/* encode_dates.c. What the texts of a column are, if the order of their numbers is not told. */
typedef enum cr_date_kind {
  CR_NO_DATES,
  CR_DATES,
  CR_DATES_MOSTLY, /* but for one in ten at most */
  CR_DATES_OPEN,   /* but they can be read both ways */
} cr_date_kind;
cr_date_kind cr_column_dates(const cr_table *table, size_t column, cr_date_order *order);

/* What all texts of a column look like that are no dates. */
cr_date_look cr_column_looks_like(const cr_table *table, size_t column);

/* The order of a column of dates by its texts. CR_ERR_COLUMN: they leave it open. */
cr_status cr_input_find_order(cr_input *input, const cr_table *table, size_t column);

/* The days of the texts of a column (texts), NAN for what is no date; owned by the caller. */
cr_status cr_input_days(const cr_input *input, const cr_stored_column *column, double **out);

/* CR_ERR_NUMBER: the value of a row of texts is no date. */
cr_status cr_fail_date(const cr_table *table, size_t column, size_t row);

/*
 * The numbers of an input of numbers or dates, a row at a time. Of a date that is written as text
 * each different text is read once if so many (count) rows will be asked for that it pays.
 */
typedef struct cr_number_reader {
  const cr_stored_column *column;
  bool dates;
  cr_date_order order;
  double *days; /* (texts) or NULL: each text is read as it comes */
} cr_number_reader;

cr_status cr_number_reader_open(const cr_input *input, const cr_table *table, size_t column,
                                size_t count, cr_number_reader *out);
double cr_number_reader_at(const cr_number_reader *reader, size_t row);
void cr_number_reader_close(cr_number_reader *reader);

/*
 * Chooses the cycles of a date by the days from the first to the last, and by whether some are not
 * whole; its width grows by theirs.
 */
void cr_input_fit_cycles(cr_input *input, double span, bool times);

/* encode_category.c. How the values of a column over some rows make a category. */
typedef enum cr_category_fit {
  CR_CATEGORY,
  CR_CATEGORY_CONSTANT, /* there is one value only */
  CR_CATEGORY_TEXT,     /* too many values: names or sentences */
} cr_category_fit;

/*
 * Collects labels and settles gaps and width. CR_ERR_COLUMN if gaps are to be taken for a value
 * that is none of them.
 */
cr_status cr_category_collect(cr_input *input, const cr_table *table, size_t column,
                              const size_t *rows, size_t count, cr_category_fit *fit);

/* (rows of the table) true where a value is none of the labels of a category. */
cr_status cr_category_find_unseen(const cr_input *input, const cr_stored_column *column,
                                  size_t rows, bool *unseen);

/* CR_ERR_NUMBER: a value that the training part did not have, where that is refused. */
cr_status cr_fail_unseen(const cr_input *input, const cr_table *table, size_t column, size_t row);

/* encode_hash.c. Three places of six bits, the first the lowest, that stand for a text. */
uint32_t cr_hash_code(const char *text);

/* Of a number: that of its shortest text. */
uint32_t cr_hash_code_of_number(double value);

/*
 * out + i * stride (width) becomes 1 at the place of the label of row i, and else 0; the place
 * after the labels is that of marked gaps.
 */
cr_status cr_category_encode(const cr_input *input, const cr_table *table, size_t column,
                             const size_t *rows, size_t count, float *out, size_t stride);

/* Frees what an input owns. */
void cr_input_free(cr_input *input);

/* The first value of a column of texts that is not a number. */
cr_bad_value cr_first_text(const cr_table *table, size_t column);

/* CR_ERR_NUMBER: a column of texts where numbers belong, with its first value. */
cr_status cr_fail_text(const cr_table *table, size_t column, const char *why);

/* CR_ERR_TARGET if a target of numbers is the same in all of these rows. */
cr_status cr_encoder_check_varies(const cr_table *table, size_t target, const size_t *rows,
                                  size_t count);

/*
 * Several targets: finds their columns, marks them in `taken` (columns) and tells whether they are
 * labels or numbers. CR_ERR_COLUMN, CR_ERR_ARGUMENT.
 */
cr_status cr_encoder_choose_labels(cr_encoder *encoder, const cr_table *table,
                                   const cr_prepare_options *options, bool *taken);

/* CR_ERR_TARGET if a value of these rows is not 0 or 1, or all of one label are the same. */
cr_status cr_encoder_check_labels(const cr_encoder *encoder, const cr_table *table,
                                  const size_t *rows, size_t count);

/* Is the value of a row 0 or 1? Else CR_ERR_TARGET, with the place. */
cr_status cr_check_bit(const cr_table *table, size_t column, size_t row);

/* CR_ERR_NUMBER: a value that no float holds once it is scaled. */
cr_status cr_fail_overflow(const cr_table *table, size_t column, size_t row, double value);

/* encode_sparse.c. Are the inputs (as matched) but scaled numbers of sparse columns? */
bool cr_encoder_keeps_sparse(const cr_encoder *encoder, const cr_table *table,
                             const size_t *inputs);

/* Then samples keep the entries, (value - shift) / scale as in any column. CR_ERR_NUMBER. */
cr_status cr_encode_sparse(const cr_encoder *encoder, const cr_table *table, const size_t *inputs,
                           const size_t *rows, size_t count, cr_samples *samples);

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
