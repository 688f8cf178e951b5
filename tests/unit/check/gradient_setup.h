/* A gradient check on a few rows, into any part of which a test may put a fault. */
#ifndef GRADIENT_SETUP_H
#define GRADIENT_SETUP_H

#include "check/gradient.h"
#include "support.h"

/* What is checked, on a few rows; a test may put a fault into any part of it. */
typedef struct setup {
  cr_net *net;
  cr_workspace *work;
  float *x, *y; /* (rows, inputs), (rows, outputs) */
  cr_gradient_job job;
} setup;

enum { ROWS = 5 };

static inline void set_up(const char *spec, cr_objective objective, size_t rows, setup *s) {
  cr_workspace_options options;
  cr_workspace_options_init(&options);
  options.max_rows = rows;
  assert_int_equal(cr_net_create(spec, &s->net), CR_OK);
  assert_int_equal(cr_net_initialize(s->net, NULL, 7), CR_OK);
  for (size_t i = s->net->weight_count; i < s->net->parameter_count; ++i) {
    s->net->parameters[i] = (float)uneven(i, 0.2);
  }
  assert_int_equal(cr_workspace_create(s->net, &options, &s->work), CR_OK);
  const size_t inputs = cr_net_inputs(s->net), outputs = cr_net_outputs(s->net);
  s->x = calloc(rows * inputs, sizeof(float));
  s->y = calloc(rows * outputs, sizeof(float));
  for (size_t i = 0; i < rows * inputs; ++i) s->x[i] = (float)uneven(3 * i + 1, 1.5);
  for (size_t r = 0; r < rows; ++r) s->y[r * outputs + (r + 1) % outputs] = 1.0f;
  s->job = (cr_gradient_job){.net = s->net,
                             .work = s->work,
                             .x = {s->x, rows, inputs, inputs},
                             .y = {s->y, rows, outputs, outputs}};
  cr_gradient_options_init(&s->job.options);
  assert_int_equal(cr_objective_resolve(s->net, &objective, &s->job.target), CR_OK);
}

static inline void tear_down(setup *s) {
  cr_workspace_destroy(s->work);
  cr_net_destroy(s->net);
  free(s->x);
  free(s->y);
}

static inline cr_objective objective_of(const char *loss) {
  cr_objective objective;
  cr_objective_init(&objective);
  objective.loss = loss;
  return objective;
}

static inline cr_gradient_report *run(const setup *s) {
  cr_gradient_report *report = NULL;
  assert_int_equal(cr_gradient_run(&s->job, &report), CR_OK);
  return report;
}

static inline const cr_gradient_block *find(const cr_gradient_report *report, const char *name) {
  const cr_gradient_block *block;
  for (size_t i = 0; (block = cr_gradient_report_at(report, i)); ++i) {
    if (strcmp(block->name, name) == 0) return block;
  }
  fail_msg("no block %s", name);
  return NULL;
}

static inline void show(const cr_gradient_report *report) {
  const cr_gradient_block *b;
  for (size_t i = 0; (b = cr_gradient_report_at(report, i)); ++i) {
    print_message("%-11s %zu + %zu kinks  %.2e/%.1e  %.2e/%.1e  %s  %s  %s\n", b->name, b->checked,
                  b->kinks, b->error, b->tolerance, b->engine_error, b->engine_tolerance,
                  b->verdict, b->note, b->hint);
  }
}

/* The blocks that are wrong, as "W1 b1". */
static inline void assert_wrong(const cr_gradient_report *report, const char *names) {
  char found[256] = "";
  const cr_gradient_block *block;
  for (size_t i = 0; (block = cr_gradient_report_at(report, i)); ++i) {
    assert_int_equal(block->ok, block->note[0] == '\0');
    if (block->ok) continue;
    assert_string_equal(block->verdict, "wrong");
    snprintf(found + strlen(found), sizeof found - strlen(found), "%s%s", *found ? " " : "",
             block->name);
  }
  if (strcmp(found, names) != 0) show(report);
  assert_string_equal(found, names);
  assert_int_equal(cr_gradient_report_ok(report), *names == '\0');
}

#endif
