/* What goes to stdout: JSON objects, CSV fields, the last line of a command. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <jansson.h>

#include "cli.h"

/* Writes one object and a line end to stdout, numbers with 17 digits; takes it over. */
void output_json(json_t *object);
void output_json_to(FILE *stream, json_t *object);

/* An object with its "schema" as "chainrule.test/1". */
json_t *output_object(const char *command);

/* A number; null where it is not finite, since JSON has no such numbers. */
json_t *output_number(double number);
json_t *output_count(size_t count);

/* A text of any bytes; what is not UTF-8 in it becomes '?'. */
json_t *output_text(const char *text);

/* The figures of a part: n, loss, and those of its task; null when it has no rows. */
json_t *output_targets(const cr_model *model); /* names of the columns it predicts */
json_t *output_metrics(const cr_metrics *metrics);

/*
 * One field of CSV, quoted where RFC 4180 asks for it. To a terminal it goes without what could
 * command one; anything else gets the bytes as they are.
 */
void output_field(FILE *stream, const char *text);

/* "next: chainrule …" at the end of a command, unless -q or --json; `format` is what follows. */
void output_next(const struct cli *cli, const char *format, ...) CR_PRINTF(2, 3);

/* The same of a whole command, of another program. */
void output_next_command(const struct cli *cli, const char *command);

/*
 * "96.7 % (29/30, 95 % interval 83–99)" or "RMSE 48650, R² 0.79", appended. An interval speaks of
 * rows to come, so it is given for unseen rows only.
 */
void output_describe(struct text *out, const cr_metrics *metrics, bool unseen, bool balanced);

/* The rest of that line: what a rule without learning reaches, appended. */
void output_baseline(struct text *out, const cr_metrics *metrics);

/* The first `most` labels of a model, with commas, and how many more there are; appended. */
void output_labels(struct text *out, const cr_model *model, size_t most);

/* A pipe whose reader has gone shows it in poll; nobody is left to be told. */
bool output_reader_has_gone(void);

/* Flushes stdout: 0, or the exit status when what was written did not arrive. */
int output_finish(const struct cli *cli);

#endif
