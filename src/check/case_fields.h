/* Fields of a case file: values with their shape, and failures that name the key. */
#ifndef CHECK_CASE_FIELDS_H
#define CHECK_CASE_FIELDS_H

#include "check/case.h"
#include "json/json.h"

/* CR_ERR_CASE about a key: "W[1]: …". */
cr_status cr_case_fail(const char *file, const char *where, const char *format, ...)
    CR_PRINTF(3, 4);

/* Turns the failure just written into one about this key of the file. */
cr_status cr_case_fail_about(const char *file, const char *where);

/* Appends one number; it must be finite as a float, too. */
cr_status cr_case_number(const char *file, const char *where, const json_t *value,
                         cr_case_numbers *out);

/* Appends a list of exactly `count` numbers. */
cr_status cr_case_vector(const char *file, const char *where, const json_t *value, size_t count,
                         cr_case_numbers *out);

/* Appends a list of exactly `rows` lists of `cols` numbers. */
cr_status cr_case_matrix(const char *file, const char *where, const json_t *value, size_t rows,
                         size_t cols, cr_case_numbers *out);

/* Refuses members of an object that are not among the `count` known ones. */
cr_status cr_case_known_keys(const char *file, const char *where, json_t *object,
                             const char *const *known, size_t count);

#endif
