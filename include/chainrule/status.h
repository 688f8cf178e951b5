/* What a call answers, and the detail of the last failure. */
#ifndef CHAINRULE_STATUS_H
#define CHAINRULE_STATUS_H

#include "chainrule/api.h"

/*
 * Every status: name, value, exit status of the program, sentence. Values are pinned: a new status
 * is appended, an old one never changes. The program shows value 7 as "E07".
 */
#define CR_STATUS_LIST(X)                                       \
  X(CR_OK, 0, 0, "done")                                        \
  X(CR_ERR_USAGE, 1, 2, "wrong usage")                          \
  X(CR_ERR_OPEN, 2, 6, "a file cannot be opened")               \
  X(CR_ERR_IO, 3, 6, "reading or writing failed")               \
  X(CR_ERR_EMPTY, 4, 3, "there are no rows")                    \
  X(CR_ERR_RAGGED, 5, 3, "rows differ in length")               \
  X(CR_ERR_CSV, 6, 3, "not valid CSV")                          \
  X(CR_ERR_NUMBER, 7, 3, "not a number")                        \
  X(CR_ERR_MISSING, 8, 3, "a value is missing")                 \
  X(CR_ERR_COLUMN, 9, 2, "no such column")                      \
  X(CR_ERR_TARGET, 10, 3, "the target cannot be learnt")        \
  X(CR_ERR_IDX, 11, 3, "not a valid IDX file")                  \
  X(CR_ERR_SHAPE, 12, 3, "shapes do not agree")                 \
  X(CR_ERR_GZIP, 13, 3, "not a valid gzip file")                \
  X(CR_ERR_MODEL, 14, 4, "not a valid model file")              \
  X(CR_ERR_COMBINATION, 15, 2, "parts that do not go together") \
  X(CR_ERR_ARGUMENT, 16, 2, "an argument is not valid")         \
  X(CR_ERR_MEMORY, 17, 6, "out of memory")                      \
  X(CR_ERR_LIMIT, 18, 3, "over a limit")                        \
  X(CR_ERR_CASE, 19, 3, "not a valid case file")                \
  X(CR_ERR_FORMAT, 20, 3, "a format this build cannot read")    \
  X(CR_ERR_DIVERGED, 21, 5, "training diverged")                \
  X(CR_ERR_INTERRUPTED, 22, 130, "interrupted")                 \
  X(CR_ERR_BUSY, 23, 6, "another process is writing this file") \
  X(CR_ERR_CHECK, 24, 1, "a check failed")                      \
  X(CR_ERR_NPY, 25, 3, "not a valid NPY file")                  \
  X(CR_ERR_LIBSVM, 26, 3, "not valid LIBSVM text")              \
  X(CR_ERR_IMAGE, 27, 3, "not a picture that can be read")      \
  X(CR_ERR_CACHE, 28, 6, "the cache of rows on disk failed")    \
  X(CR_ERR_NPZ, 29, 3, "not a valid NPZ file")                  \
  X(CR_ERR_INTERNAL, 70, 70, "a bug in chainrule")

typedef enum cr_status {
#define CR_STATUS_ENUM(name, value, exit_status, text) name = value,
  CR_STATUS_LIST(CR_STATUS_ENUM)
#undef CR_STATUS_ENUM
} cr_status;

/*
 * The detail of a failure. Texts are UTF-8, cut at the length of their array; empty when there is
 * nothing to say. `line` and `column` count from 1; 0 means not known.
 */
typedef struct cr_error {
  cr_status status;
  char message[512]; /* what is wrong, with what was found and what was expected */
  char why[256];     /* why that is so, when it is not obvious */
  char fix[256];     /* a command or an edit that helps */
  char file[512];    /* the file it is about */
  uint64_t line;     /* its line (text) ... */
  uint64_t column;   /* ... and its column in the table, or */
  uint64_t offset;   /* the byte offset (binary files); meaningful when line is 0 */
} cr_error;

CR_BEGIN

/*
 * The detail of the last failure in this thread; status CR_OK when there was none. Borrowed: it
 * is overwritten by the next failure in the same thread.
 */
CR_API const cr_error *cr_last_error(void);

/* The sentence of a status, "E07"-like code, enum name, and the exit status of the program. */
CR_API const char *cr_status_text(cr_status status);
CR_API const char *cr_status_code(cr_status status);
CR_API const char *cr_status_name(cr_status status);
CR_API int cr_status_exit(cr_status status);

/* Runs through the statuses in the order of the list; false past the last one. */
CR_API bool cr_status_at(size_t index, cr_status *out);

CR_END
#endif
