/* Errors and warnings as the program shows them; they hand back the exit status. */
#ifndef CLI_ERRORS_H
#define CLI_ERRORS_H

#include "cli.h"

/* Shows an error: on stderr as text, or with --json on stdout. Returns its exit status. */
int errors_show(const struct cli *cli, const cr_error *error);

/* Shows the library's last failure in this thread. */
int errors_last(const struct cli *cli);

/*
 * The same for a command that only reads rows: where the library proposes to leave out a column,
 * which is for train to do, the rows are proposed.
 */
int errors_last_of_rows(const struct cli *cli);

/* A failure to write the model; saved_as: where it is instead, NULL if nowhere. */
int errors_of_saving(const struct cli *cli, const cr_error *failure, const char *saved_as);

/* Shows wrong usage (E01); `fix` is what would be right. */
int errors_usage(const struct cli *cli, const char *fix, const char *format, ...) CR_PRINTF(3, 4);

/* Shows a failure of a file (E02, E03) from errno. */
int errors_file(const struct cli *cli, cr_status status, const char *doing, const char *path);

/* What an errno says, appended. */
void errors_add_reason(int number, struct text *out);

/* Says something worth knowing on stderr, unless -q; fix may be NULL. */
void errors_warn(const struct cli *cli, const char *fix, const char *format, ...) CR_PRINTF(3, 4);

/* The same for what is as it should be, and still may surprise; not with --json either. */
void errors_note(const struct cli *cli, const char *format, ...) CR_PRINTF(2, 3);

/* The page of a status for `help E07`. Texts are static. */
struct error_page {
  cr_status status;
  const char *meaning;
  const char *causes[4]; /* up to 4; NULL: no more */
  const char *fixes[4];
};

/* NULL if a status has no page. */
const struct error_page *error_page_of(cr_status status);

#endif
