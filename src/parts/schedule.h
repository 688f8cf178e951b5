/* Learning-rate schedules. */
#ifndef PARTS_SCHEDULE_H
#define PARTS_SCHEDULE_H

#include "base/fail.h"
#include "chainrule/parts.h"

typedef struct cr_schedule {
  cr_part part; /* its name and texts */
  /* The factor on the learning rate at step t of `steps`, t from 0. */
  double (*factor)(uint64_t t, uint64_t steps);
} cr_schedule;

const cr_schedule *cr_schedule_at(size_t index);
cr_status cr_schedule_find(const char *name, const cr_schedule **out);

#endif
