/* A subject made by hand: a network for numbers, in weights a test chooses, and rows for it. */
#ifndef SANITY_SETUP_H
#define SANITY_SETUP_H

#include "sanity/list.h"
#include "support.h"

enum { SETUP_ROWS = 60, SETUP_INPUTS = 2 };

typedef struct setup {
  cr_net *net;
  cr_model *model;
  cr_table *table;
  cr_subject subject;
  cr_strlist warnings;
} setup;

/* x1, x2 between -1 and 1, and y their product. */
static inline cr_table *setup_table(size_t rows) {
  float values[SETUP_ROWS * (SETUP_INPUTS + 1)];
  static const char *const names[] = {"x1", "x2", "y"};
  cr_table *table = NULL;
  for (size_t r = 0; r < rows; ++r) {
    float *row = values + 3 * r;
    row[0] = (float)uneven(2 * r, 1.0);
    row[1] = (float)uneven(7 * r + 3, 1.0);
    row[2] = row[0] * row[1];
  }
  assert_int_equal(cr_table_from_matrix((cr_const_matrix){values, rows, 3, 3}, names, &table),
                   CR_OK);
  return table;
}

/* Weights as `initializer` has them; after changes of them, setup_subject. */
static inline void setup_network(const char *spec, const char *initializer, setup *s) {
  *s = (setup){0};
  assert_int_equal(cr_net_create(spec, &s->net), CR_OK);
  assert_int_equal(cr_net_initialize(s->net, initializer, 5), CR_OK);
}

static inline void setup_subject(setup *s, size_t rows) {
  static const char *const inputs[] = {"x1", "x2"};
  cr_model_options options;
  cr_train_options train;
  cr_model_options_init(&options);
  options.inputs = inputs;
  cr_train_options_init(&train);
  s->table = setup_table(rows);
  assert_int_equal(cr_model_from_net(s->net, &options, &s->model), CR_OK);
  assert_int_equal(cr_subject_create(s->model, s->table, &train, false, &s->warnings, &s->subject),
                   CR_OK);
}

static inline void setup_free(setup *s) {
  cr_subject_free(&s->subject);
  cr_strlist_free(&s->warnings);
  cr_model_destroy(s->model);
  cr_table_destroy(s->table);
  cr_net_destroy(s->net);
}

/* Runs a test of the list, which has to come to this verdict. */
static inline cr_finding setup_run(const setup *s, cr_sanity_run *run, const char *verdict) {
  cr_finding finding = {0};
  assert_int_equal(run(&s->subject, &finding), CR_OK);
  if (strcmp(finding.verdict, verdict) != 0) print_error("%s\n", finding.found);
  assert_string_equal(finding.verdict, verdict);
  assert_int_equal(finding.advice[0] == '\0',
                   strcmp(verdict, "ok") == 0 || strcmp(verdict, "skipped") == 0);
  return finding;
}

#endif
