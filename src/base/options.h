/*
 * Option structs begin with `size_t struct_size`, so that a program built against an older header
 * still works: what its struct does not have keeps its default.
 */
#ifndef BASE_OPTIONS_H
#define BASE_OPTIONS_H

#include "base/fail.h"

/*
 * Copies what `given` has over the defaults in `out` (size bytes, set up by its _init); NULL leaves
 * the defaults. CR_ERR_ARGUMENT for a size that no header ever had, naming `what` to call.
 */
cr_status cr_options_copy(void *out, size_t size, const void *given, const char *what);

#endif
