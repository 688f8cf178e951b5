/* What the tables of parts share: their kinds in words, and the failure to find a name. */
#ifndef PARTS_REGISTRY_H
#define PARTS_REGISTRY_H

#include "base/fail.h"
#include "chainrule/parts.h"

/* CR_ERR_ARGUMENT that lists the names of a kind and points to the nearest. `name` may be NULL. */
cr_status cr_part_unknown(cr_part_kind kind, const char *name);

#endif
