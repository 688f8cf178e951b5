#include "parts/schedule.h"

#include <math.h>
#include <string.h>

#include "parts/registry.h"

#define PI 3.14159265358979323846

/* The share of the steps in which one_cycle climbs to its peak. */
#define WARM_UP 0.2

/*
 * How far along: the middle of a step, so that neither the first nor the last step has rate 0 where
 * a schedule begins or ends with it, and a run of a single step has a rate worth having.
 */
static double place(uint64_t t, uint64_t steps) {
  if (steps == 0) return 0.5;
  return ((double)(t < steps ? t : steps - 1) + 0.5) / (double)steps;
}

/* (eq S1) */
static double constant_factor(const cr_schedule_state *state) {
  (void)state;
  return 1.0;
}

/*
 * (eq S2) Half a cosine up to 1 at a fifth of the way, half a cosine down to 0 at its end (after
 * Smith and Topin 2018).
 */
static double one_cycle_factor(const cr_schedule_state *state) {
  if (state->steps == 0) return 1.0;
  const double p = place(state->t, state->steps);
  return p < WARM_UP ? 0.5 * (1.0 - cos(PI * p / WARM_UP))
                     : 0.5 * (1.0 + cos(PI * (p - WARM_UP) / (1.0 - WARM_UP)));
}

/* (eq S3) One size for each third of the steps. */
static double step_factor(const cr_schedule_state *state) {
  return pow(state->gamma, floor(3.0 * place(state->t, state->steps)));
}

/* (eq S4) The same share off in every step, down to gamma at the end. */
static double exponential_factor(const cr_schedule_state *state) {
  return pow(state->gamma, place(state->t, state->steps));
}

/* (eq S5) Half a cosine from 1 to 0 (Loshchilov and Hutter 2017, without restarts). */
static double cosine_factor(const cr_schedule_state *state) {
  return 0.5 * (1.0 + cos(PI * place(state->t, state->steps)));
}

/* (eq S6) Lower each time that the loss has stopped getting better. */
static double plateau_factor(const cr_schedule_state *state) {
  return pow(state->gamma, (double)state->reductions);
}

double cr_warm_up_factor(uint64_t t, uint64_t steps, double share) {
  const double p = place(t, steps);
  return p < share ? p / share : 1.0;
}

static const cr_schedule schedules[] = {
    {{"constant", "factor = 1", ""}, 0.0, constant_factor},
    {{"one_cycle", "factor = ½ (1 − cos(π p/0.2)) up to p = 0.2, then ½ (1 + cos(π (p − 0.2)/0.8))",
      ""},
     0.0,
     one_cycle_factor},
    {{"step", "factor = 1, γ, γ² in the three thirds of the steps", ""}, 0.1, step_factor},
    {{"exponential", "factor = γ^p, from 1 down to γ", ""}, 0.01, exponential_factor},
    {{"cosine", "factor = ½ (1 + cos(π p))", ""}, 0.0, cosine_factor},
    {{"plateau", "factor = γ^r, r counting the plateaus of the loss", ""}, 0.5, plateau_factor},
};

bool cr_schedule_heeds_loss(const cr_schedule *schedule) {
  cr_schedule_state state = {.t = 0, .steps = 1, .gamma = schedule->gamma};
  const double before = schedule->factor(&state);
  state.reductions = 1;
  return schedule->factor(&state) < before;
}

size_t cr_schedule_settles(const cr_schedule *schedule, const cr_schedule_state *state,
                           size_t epochs) {
  size_t first = 0;
  if (cr_schedule_heeds_loss(schedule)) return 0;
  for (size_t e = epochs; e > 0; e--) {
    cr_schedule_state at = *state;
    at.t = state->steps / epochs * e - 1;
    if (schedule->factor(&at) > 0.5) break;
    first = e;
  }
  return first;
}

const cr_schedule *cr_schedule_at(size_t index) {
  return index < sizeof schedules / sizeof *schedules ? &schedules[index] : NULL;
}

cr_status cr_schedule_find(const char *name, const cr_schedule **out) {
  const cr_schedule *found;
  for (size_t i = 0; (found = cr_schedule_at(i)); ++i) {
    if (!name || strcmp(found->part.name, name) != 0) continue;
    *out = found;
    return CR_OK;
  }
  return cr_part_unknown(CR_PART_SCHEDULE, name);
}
