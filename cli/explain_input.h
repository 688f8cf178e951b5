/* What `explain` is asked about: rows, or numbers on the command line. */
#ifndef CLI_EXPLAIN_INPUT_H
#define CLI_EXPLAIN_INPUT_H

#include "cli.h"

/* Rows as the library counts them, from 0. */
struct row_list {
  size_t *rows;
  size_t count;
};

/*
 * Reads "3,5" or "1-4,9", where rows count from 1. 0, or the exit status after the error was
 * shown; then there is nothing to free.
 */
int row_list_read(const struct cli *cli, const char *option, const char *text,
                  struct row_list *out);
void row_list_free(struct row_list *list);

/* Reads "0.05,0.10"; as above. `wanted`, how many there should be, is for what it proposes. */
struct number_list {
  double *numbers;
  size_t count;
};

int number_list_read(const struct cli *cli, const char *option, const char *text, size_t wanted,
                     struct number_list *out);

/* Reads --x: a value for each column of the model, as it stands in a table; as above. */
int sample_read(const struct cli *cli, const cr_model *model, const char *text,
                struct number_list *out);

/* Reads --target: a label of the model, or a number for each output; as above. */
int target_read(const struct cli *cli, cr_model *model, const char *text, struct number_list *out);
void number_list_free(struct number_list *list);

/* Does a name look like that of a table rather than a model: "@iris", "rows.csv"? */
bool is_table_name(const char *path);

/* Is the file a worked case: JSON, which begins with a brace? */
bool is_case_file(const char *path);

#endif
