/* Learning-rate schedules. */
#ifndef PARTS_SCHEDULE_H
#define PARTS_SCHEDULE_H

#include "base/fail.h"
#include "chainrule/parts.h"

/* Where a training is. */
typedef struct cr_schedule_state {
  uint64_t t, steps; /* the step, from 0, and how many there are */
  double gamma;      /* what the rate falls by; see cr_schedule.gamma */
  size_t reductions; /* how often the loss stopped getting better */
} cr_schedule_state;

typedef struct cr_schedule {
  cr_part part; /* its name and texts */
  double gamma; /* the setting when nobody says otherwise; 0: it has none */
  /* The factor on the learning rate. */
  double (*factor)(const cr_schedule_state *state);
} cr_schedule;

/*
 * (eq S7) A factor of its own, on any schedule: climbs to 1 over the first `share` of the steps, so
 * that the first steps, while the weights are still random, are small. t from 0.
 */
double cr_warm_up_factor(uint64_t t, uint64_t steps, double share);

/*
 * The first of `epochs`, counted from 1, after which the factor is at most a half up to the end of
 * the steps; 0: there is none, or the factor heeds the loss. state.t is not looked at.
 */
size_t cr_schedule_settles(const cr_schedule *schedule, const cr_schedule_state *state,
                           size_t epochs);

/* Does what becomes of the loss change the rate? */
bool cr_schedule_heeds_loss(const cr_schedule *schedule);

const cr_schedule *cr_schedule_at(size_t index);
cr_status cr_schedule_find(const char *name, const cr_schedule **out);

#endif
