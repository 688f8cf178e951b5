/* The two engines a case is run through, behind one table. */
#ifndef CHECK_CASE_ENGINE_H
#define CHECK_CASE_ENGINE_H

#include <float.h>

#include "check/case.h"

typedef struct cr_case_engine cr_case_engine;
struct cr_case_engine {
  const char *name;
  /* Starts over from parameters (parameter_count). */
  void (*start)(cr_case_engine *engine, const double *parameters);
  /* Forward and backward; returns the cost. */
  double (*pass)(cr_case_engine *engine);
  void (*step)(cr_case_engine *engine, const cr_optimizer *optimizer, const cr_hyper *hyper,
               uint64_t t);
  /* Copies `count` numbers of a quantity: of the last pass, W and b as they are now. */
  void (*copy)(const cr_case_engine *engine, cr_case_kind kind, size_t layer, size_t count,
               double *out);
  void (*destroy)(cr_case_engine *engine);
};

/* Half a unit in the last place of a float: what one rounding may add to a number. */
#define CR_CASE_UNIT ((double)FLT_EPSILON / 2.0)

/* Moves each number up or down by one CR_CASE_UNIT of itself; lanes move them differently. */
void cr_case_nudge(double *values, size_t count, uint32_t lane);

/* The engine that trains, on a kernel by name or NULL. */
cr_status cr_case_engine_float32(const cr_case *c, const char *kernel, cr_case_engine **out);

/*
 * The reference. x (rows, inputs) and y (rows, outputs) are borrowed. `nudged`: it rounds as float
 * would, in effect: activations are nudged on their way from forward to backward.
 */
cr_status cr_case_engine_float64(const cr_case *c, const double *x, const double *y, bool nudged,
                                 cr_case_engine **out);

/* Runs everything the case asks for; out (c->values.count) receives what was found. */
void cr_case_run(const cr_case *c, cr_case_engine *engine, const double *parameters, double *out);

#endif
