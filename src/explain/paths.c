/*
 * The largest paths through a network. The value of a path is a product, so the largest from a unit
 * are among the largest from the units after it: each unit keeps its `top`, found from theirs.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "explain/chain.h"

/* One of the largest paths from the z of a unit to the loss. */
typedef struct step {
  double value;     /* the product of all factors from z on */
  size_t via;       /* the output it leaves the layer by */
  size_t next;      /* the unit of the next layer */
  size_t next_rank; /* which of that unit's paths it goes on with */
} step;

/* The largest paths of each unit of a layer: units * top steps, `counts` of them in use. */
typedef struct level {
  step *steps;
  size_t *counts;
  double *jacobian; /* of a layer whose outputs mix; else NULL */
} level;

typedef struct search {
  const cr_trace *trace;
  size_t row, top, first; /* layers from `first` on */
  level *levels;          /* (layers) */
  cr_arena arena;
} search;

static void layout(search *s, cr_arena *arena) {
  const size_t layers = s->trace->net->spec.count;
  s->levels = cr_arena_take(arena, layers, sizeof *s->levels);
  for (size_t l = s->first; l < layers; l++) {
    const size_t units = cr_trace_outputs(s->trace, l);
    step *steps = cr_arena_take(arena, units, s->top * sizeof *steps);
    size_t *counts = cr_arena_take(arena, units, sizeof *counts);
    double *jacobian = NULL;
    if (s->trace->mixes[l]) jacobian = cr_arena_take(arena, units, (units + 2) * sizeof *jacobian);
    if (s->levels) s->levels[l] = (level){steps, counts, jacobian};
  }
}

/* Keeps a path if it is among the largest of its unit; those of one size stay in order. */
static bool offer(search *s, size_t l, size_t unit, step candidate) {
  step *steps = s->levels[l].steps + unit * s->top;
  size_t *count = &s->levels[l].counts[unit], at = *count;
  if (candidate.value == 0.0) return false;
  if (*count == s->top && fabs(candidate.value) <= fabs(steps[at - 1].value)) return false;
  if (*count < s->top)
    ++*count;
  else
    at--;
  for (; at > 0 && fabs(steps[at - 1].value) < fabs(candidate.value); at--)
    steps[at] = steps[at - 1];
  steps[at] = candidate;
  return true;
}

/* da_i/dz_j of this row. */
static double slope(const search *s, size_t l, size_t j, size_t i) {
  const size_t units = cr_trace_outputs(s->trace, l);
  if (s->levels[l].jacobian) return s->levels[l].jacobian[j * units + i];
  return s->trace->slope[l][s->row * units + j];
}

/* From z_j by output i to every unit of the next layer, or to the loss. */
static void extend(search *s, size_t l, size_t j, size_t i, double factor) {
  const cr_trace *t = s->trace;
  const size_t units = cr_trace_outputs(t, l);
  if (l + 1 == t->net->spec.count) {
    const double da = t->at->da[l][s->row * units + i] / cr_trace_share(t);
    offer(s, l, j, (step){factor * da, i, 0, 0});
    return;
  }
  const size_t after = cr_trace_outputs(t, l + 1);
  const double *w = t->at->parameters + t->at->views[l + 1].weight + i * after;
  for (size_t k = 0; k < after; k++) {
    const step *next = s->levels[l + 1].steps + k * s->top;
    for (size_t n = 0; n < s->levels[l + 1].counts[k]; n++) {
      if (!offer(s, l, j, (step){factor * w[k] * next[n].value, i, k, n})) break;
    }
  }
}

static void search_unit(search *s, size_t l, size_t j) {
  const cr_trace *t = s->trace;
  const size_t units = cr_trace_outputs(t, l);
  if (t->target.fused && l + 1 == t->net->spec.count) { /* the loss is taken from z */
    const double dz = t->at->dz[l][s->row * units + j] / cr_trace_share(t);
    offer(s, l, j, (step){dz, j, 0, 0});
  } else if (t->mixes[l]) {
    for (size_t i = 0; i < units; i++) extend(s, l, j, i, slope(s, l, j, i));
  } else {
    extend(s, l, j, j, slope(s, l, j, j));
  }
}

/* How many paths there are from one unit of the first layer. */
static double count_all(const search *s) {
  const cr_trace *t = s->trace;
  double all = 1.0;
  for (size_t l = s->first; l < t->net->spec.count; l++) {
    const bool fused = t->target.fused && l + 1 == t->net->spec.count;
    if (l > s->first) all *= (double)cr_trace_outputs(t, l);
    if (t->mixes[l] && !fused) all *= (double)cr_trace_outputs(t, l);
  }
  return all;
}

static void paths_layout(const search *s, size_t count, cr_paths *out, cr_arena *arena) {
  const size_t length = s->trace->net->spec.count - s->first;
  out->items = cr_arena_take(arena, count, sizeof *out->items);
  for (size_t i = 0; i < count; i++) {
    size_t *from = cr_arena_take(arena, length, sizeof *from);
    size_t *via = cr_arena_take(arena, length, sizeof *via);
    if (out->items) out->items[i] = (cr_path){from, via, 0.0};
  }
}

/* Follows the paths of the parameter's unit from layer to layer. */
static cr_status collect(const search *s, cr_place place, cr_paths *out) {
  const size_t layers = s->trace->net->spec.count, count = s->levels[s->first].counts[place.unit];
  const double below = cr_chain_below(s->trace, place, s->row);
  cr_arena measured;
  cr_arena_measure(&measured);
  paths_layout(s, count, out, &measured);
  CR_TRY(cr_arena_create(&measured, &out->arena));
  paths_layout(s, count, out, &out->arena);
  out->count = below != 0.0 ? count : 0;
  out->all = count_all(s);
  for (size_t p = 0; p < out->count; p++) {
    size_t unit = place.unit, rank = p;
    out->items[p].value = below * s->levels[s->first].steps[unit * s->top + p].value;
    for (size_t l = s->first; l < layers; l++) {
      const step *at = &s->levels[l].steps[unit * s->top + rank];
      out->items[p].from[l - s->first] = unit;
      out->items[p].via[l - s->first] = at->via;
      unit = at->next;
      rank = at->next_rank;
    }
  }
  return CR_OK;
}

static double sum_of_rest(const search *s, cr_place place, const cr_paths *paths) {
  const size_t units = cr_trace_outputs(s->trace, place.layer);
  const double dz = s->trace->at->dz[place.layer][s->row * units + place.unit];
  double rest = cr_chain_below(s->trace, place, s->row) * dz / cr_trace_share(s->trace);
  for (size_t p = 0; p < paths->count; p++) rest -= paths->items[p].value;
  return (double)paths->count < paths->all ? rest : 0.0;
}

cr_status cr_paths_find(const cr_trace *trace, cr_place place, size_t row, size_t top,
                        cr_paths *out) {
  search s = {.trace = trace, .row = row, .top = top > 0 ? top : 1, .first = place.layer};
  cr_arena measured;
  *out = (cr_paths){.count = 0};
  cr_arena_measure(&measured);
  layout(&s, &measured);
  CR_TRY(cr_arena_create(&measured, &s.arena));
  layout(&s, &s.arena);
  for (size_t l = trace->net->spec.count; l-- > s.first;) {
    if (trace->mixes[l]) cr_trace_jacobian(trace, l, row, s.levels[l].jacobian);
    for (size_t j = 0; j < cr_trace_outputs(trace, l); j++) {
      if (l > s.first || j == place.unit) search_unit(&s, l, j);
    }
  }
  cr_status status = collect(&s, place, out);
  if (status == CR_OK) out->rest = sum_of_rest(&s, place, out);
  cr_arena_destroy(&s.arena);
  if (status != CR_OK) cr_paths_free(out);
  return status;
}

void cr_paths_free(cr_paths *paths) {
  cr_arena_destroy(&paths->arena);
  *paths = (cr_paths){.count = 0};
}
