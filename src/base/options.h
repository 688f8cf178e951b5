/*
 * Option structs begin with `size_t struct_size`, so that a program built against an older header
 * still works: what its struct does not have keeps its default.
 */
#ifndef BASE_OPTIONS_H
#define BASE_OPTIONS_H

#include "base/fail.h"

/*
 * Sets options up as `defaults` has them, for a caller whose header knows `size` bytes of them: no
 * byte past those is written, and what a newer header has more is 0. `defaults` is not read past
 * defaults_size, and `out` begins with its size from then on.
 */
void cr_options_init(void *out, size_t size, const void *defaults, size_t defaults_size);

/*
 * Copies what `given` has over the defaults in `out` (size bytes, set up by its _init); NULL leaves
 * the defaults. Options from a newer header do as long as they ask for nothing new: what they have
 * past `size` is 0. CR_ERR_ARGUMENT otherwise, and for a size that no header can have, naming
 * `what` to call.
 */
cr_status cr_options_copy(void *out, size_t size, const void *given, const char *what);

#endif
