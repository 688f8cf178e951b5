/* The table inside: columns side by side, images as the bytes they were read as. */
#ifndef DATA_TABLE_H
#define DATA_TABLE_H

#include "base/strbuf.h"
#include "chainrule/data.h"
#include "data/byte_counts.h"
#include "data/hashset.h"
#include "data/sparse.h"

/* Different numbers of a column are counted up to here: more are not classes. */
enum { CR_DISTINCT_COUNTED = 1001 };

/* The first value of a column that could not be used, for messages. */
typedef struct cr_bad_value {
  size_t row;    /* in the table, from 0 */
  uint64_t line; /* in the file, from 1 */
  char text[48]; /* cut */
} cr_bad_value;

typedef struct cr_stored_column {
  cr_column info;             /* name is owned by the table */
  double *numbers;            /* number: (rows), NAN where missing or bad; NULL if it is sparse: */
  const cr_sparse *sparse;    /* borrowed from the table; NULL: all are 0 */
  uint32_t sparse_column;     /* its column there */
  size_t filled;              /* entries there */
  uint32_t *codes;            /* text: (rows), index into texts; UINT32_MAX where missing */
  cr_strlist texts;           /* text: the different values, sorted */
  const uint8_t *bytes;       /* image: (rows, width) */
  void *bytes_owner;          /* image: what to free */
  cr_byte_counts *counts;     /* image: of all its bytes */
  cr_bad_value first_missing; /* meaningful when info.missing > 0 */
  cr_bad_value first_bad; /* the first that is not a number; in a column of text, too, if known */
  unsigned amounts;       /* number: what was told by those that were no plain numbers, if any */
  size_t pointed;         /* number: so many as "1.234" if no point is another, and it was looked */
  bool is_label;          /* class labels by the format, whatever the number of classes */
  bool nameless;          /* the first column of a file whose header leaves it without a name */
} cr_stored_column;

struct cr_table {
  size_t rows, column_count;
  cr_sparse *sparse;     /* of the columns whose numbers lie there; else NULL */
  size_t sparse_columns; /* so many: the first ones */
  bool has_zeros; /* column [column_count] is of zeros: every feature that a row does not name */
  size_t *row_numbers; /* (rows) see cr_table_row_number; NULL: each row has its own place */
  cr_strlist files;    /* by row number, see cr_table_row_file; none: rows are no files */
  cr_stored_column *columns;
  cr_hashset names; /* columns by their names */
  char *path, *labels_path;
  size_t trailing;        /* delimiters that ended each line of its file */
  struct cr_large *large; /* numbers, codes and row_numbers lie on disk; NULL: in memory */
  char decimal; /* what decimals begin with in its file, if told; first bad values have a point */
  cr_table_origin origin; /* path and labels point to the above */
  cr_strlist warnings;
};

/*
 * What stands in `numbers` where there is no number: NANs that their payload tells apart, so that a
 * copy of some rows still knows which were missing and which were bad.
 */
double cr_number_missing(void);
double cr_number_bad(void);
bool cr_number_is_bad(double value);

/* An empty table with room for columns; the reader fills it and calls cr_table_finish. */
cr_status cr_table_create(const char *path, const char *format, size_t columns, cr_table **out);

/* Notes which file the labels are from (copied; NULL: none). */
cr_status cr_table_note_labels(cr_table *table, const char *path);

/* Sets a column's name (copied), by which cr_table_find finds it from then on. */
cr_status cr_table_name(cr_table *table, size_t column, const char *name);

/* Names all columns x1, x2, ... */
cr_status cr_table_number_names(cr_table *table);

/* Lets go of the values of a table on disk that were looked at; nothing for one in memory. */
void cr_table_rest(const cr_table *table);

/* The same once so many bytes were looked at (*touched: those since) that it is worth it. */
void cr_table_rest_after(const cr_table *table, size_t bytes, size_t *touched);

/* What the values of a row take. */
size_t cr_table_row_bytes(const cr_table *table);

/* What a column takes of memory beside its values. */
uint64_t cr_table_column_bytes(void);

/* Makes room for the rows' numbers, all 0. */
cr_status cr_table_add_row_numbers(cr_table *table);

/* The number of a row; of a column of numbers, wherever they lie. */
static inline double cr_column_number(const cr_stored_column *column, size_t row) {
  if (column->numbers) return column->numbers[row];
  return column->sparse ? cr_sparse_at(column->sparse, row, column->sparse_column) : 0.0;
}

/* Numbers that do not lie side by side: mostly 0. */
static inline bool cr_column_is_sparse(const cr_stored_column *column) {
  return column->info.type == CR_COLUMN_NUMBER && column->numbers == NULL;
}

/* Makes columns 0 .. sparse columns - 1 those of the block, which becomes the table's. */
void cr_table_take_sparse(cr_table *table, cr_sparse *sparse, size_t columns);

/*
 * The column of `name`, an index after an x: where a text leaves out its zeros, a column that no
 * row names is there, too, and its place is column_count. False for any other name.
 */
bool cr_table_find_zeros(const cr_table *table, const char *name, size_t *column);

/* Makes a column one of numbers, with room for all rows of the table. */
cr_status cr_table_add_numbers(cr_table *table, size_t column);

/* Works out every column's figures; call once all values are in. The pool may be NULL. */
cr_status cr_table_finish(cr_table *table, cr_pool *pool);

/* Warns of rows that are copies of earlier ones, as far as max_bytes of memory allow to look. */
cr_status cr_table_warn_duplicates(cr_table *table, uint64_t max_bytes, cr_pool *pool);

/*
 * Sentences on columns of numbers that are written as $1,234 or 5% in some rows: on those of
 * uses (columns) that are used, or on all (NULL).
 */
cr_status cr_table_warn_amounts(const cr_table *table, const cr_column_use *uses,
                                cr_strlist *warnings);

/* Sets the fingerprint of a table that has no file: from its values. */
void cr_table_fingerprint(cr_table *table);

/* Whether a comma before decimals would make numbers of texts that are none with a point. */
typedef enum cr_comma_look {
  CR_NO_COMMAS,
  CR_COMMAS,
  CR_COMMAS_TYPED, /* if the column is said to hold numbers, too */
} cr_comma_look;

/* Of all texts of a column. */
cr_comma_look cr_table_look_for_commas(const cr_table *table, size_t column);

/* The fix of the failure just written: the options that read the column so, and more words. */
cr_status cr_table_fix_commas(const cr_table *table, size_t column, cr_comma_look look,
                              const char *words);

/* "sales.csv, column 3 \"price\"" style failures about a column's first missing or bad value. */
cr_status cr_table_fail_missing(const cr_table *table, size_t column);
cr_status cr_table_fail_bad(const cr_table *table, size_t column);

/* No input is left beside the target, which may be a whole row that was cut at other marks. */
cr_status cr_table_fail_alone(const cr_table *table, const char *target);

/* No such column: lists the columns and the nearest name. */
cr_status cr_table_fail_column(const cr_table *table, const char *name);

#endif
