/* Failures: written once, at the place that knows, and handed up unchanged. */
#ifndef BASE_FAIL_H
#define BASE_FAIL_H

#include "chainrule/status.h"

/* Hands a failure up. */
#define CR_TRY(call)                                  \
  do {                                                \
    const cr_status cr_try_status = (call);           \
    if (cr_try_status != CR_OK) return cr_try_status; \
  } while (0)

/* Writes the detail of a failure of this thread and returns `status`. */
cr_status cr_fail(cr_status status, const char *format, ...) CR_PRINTF(2, 3);

/* The same about a place in a text file; line and column count from 1, 0 is not known. */
cr_status cr_fail_at(cr_status status, const char *file, uint64_t line, uint64_t column,
                     const char *format, ...) CR_PRINTF(5, 6);

/* The same about a byte of a binary file. */
cr_status cr_fail_offset(cr_status status, const char *file, uint64_t offset, const char *format,
                         ...) CR_PRINTF(4, 5);

/*
 * Add to the detail just written why it is so, or what helps; return its status. A fix that does
 * not fit or cannot be printed leaves the one before: half a command is worse than none.
 */
cr_status cr_why(const char *format, ...) CR_PRINTF(1, 2);
cr_status cr_fix(const char *format, ...) CR_PRINTF(1, 2);

/* Puts back a detail that was saved (to clean up without losing the cause). */
void cr_error_restore(const cr_error *saved);

#endif
