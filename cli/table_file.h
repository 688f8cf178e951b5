/* Tables that a command writes into files, and what is said about them. */
#ifndef CLI_TABLE_FILE_H
#define CLI_TABLE_FILE_H

#include <jansson.h>

#include "cli.h"

/* A file to be written, and what of; NULL: standard output. */
struct table_file {
  const char *path;    /* "-": standard output */
  const char *operand; /* how it was named, if not by -o: "OUT" */
  const char *data;    /* the file the table is from, which is not written over; or NULL */
  cr_written written;
};

/*
 * How settings have a file written, all columns of its table; borrows from them. 0, or the exit
 * status of a wrong --image.
 */
int table_file_settings(const struct cli *cli, const struct table_file *file,
                        cr_write_options *out);

/*
 * Only the columns that --drop and --only leave over, once columns_resolve was called; adds to
 * settings.drop, and borrows from it.
 */
void table_file_columns(struct cli *cli, const cr_table *table, cr_write_options *out);

/* 0, or the exit status after the error was shown. The first only asks if it can be written. */
int table_file_check(const struct cli *cli, const struct table_file *file,
                     const cr_write_options *options);
int table_file_write(const struct cli *cli, const cr_table *table, const cr_write_options *options,
                     struct table_file *file);

/* "wrote    iris.tsv (150 rows × 5 columns, tsv)", and where labels went. */
void table_file_report(const struct cli *cli, const cr_table *table,
                       const cr_write_options *options, const struct table_file *file);

/* "codes    species: 0 setosa, 1 versicolor": the texts that were written as codes. */
void table_file_report_codes(const struct terminal *out, const cr_table *table,
                             const cr_write_options *options);

/* The same for programs; and the texts of each column that were written as codes, or null. */
json_t *table_file_object(const struct table_file *file);
json_t *table_file_codes(const cr_table *table, const cr_write_options *options);

#endif
