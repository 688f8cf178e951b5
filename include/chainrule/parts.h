/*
 * The parts networks and training are put together from, each known by its name. All of them, and
 * their texts, are static.
 */
#ifndef CHAINRULE_PARTS_H
#define CHAINRULE_PARTS_H

#include "chainrule/status.h"

typedef enum cr_part_kind {
  CR_PART_ACTIVATION = 0,
  CR_PART_LOSS = 1,
  CR_PART_OPTIMIZER = 2,
  CR_PART_SCHEDULE = 3,
  CR_PART_INITIALIZER = 4,
} cr_part_kind;

typedef struct cr_part {
  const char *name;       /* what options, files and this library call it */
  const char *formula;    /* its value or rule, in one line of UTF-8 */
  const char *derivative; /* its derivative, "" where there is none to state */
} cr_part;

CR_BEGIN

/* Part `index` of a kind; NULL past the last one. */
CR_API const cr_part *cr_part_at(cr_part_kind kind, size_t index);

CR_END
#endif
