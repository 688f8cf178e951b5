/* A column of a table in a few words: values, counts, histogram. */
#ifndef CLI_COLUMN_TEXT_H
#define CLI_COLUMN_TEXT_H

#include <jansson.h>

#include "cli.h"

struct value_count {
  char *text;
  size_t count;
};

/* "number", "text" or "image". */
const char *column_type(const cr_column *column);

/* "4.3 … 7.9   mean 5.84" or "setosa (50), versicolor (50)", appended. */
void column_values(const cr_table *table, size_t column, struct text *out);

/* A sparkline of its histogram; nothing for texts. Appended. */
void column_shape(const cr_table *table, size_t column, struct text *out);

/*
 * The different values of a text column, or of one of few whole numbers, the commonest first; 0 for
 * other columns. Free with column_counts_free.
 */
size_t column_counts(const cr_table *table, size_t column, struct value_count **out);
void column_counts_free(struct value_count *counts, size_t count);

json_t *column_object(const cr_table *table, size_t column);

#endif
