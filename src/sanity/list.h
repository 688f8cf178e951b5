/* The list of tests: each a row of one table, with the function that runs it. */
#ifndef SANITY_LIST_H
#define SANITY_LIST_H

#include "sanity/subject.h"

enum { CR_SANITY_TEXT = 200 };

/* What a test found. */
typedef struct cr_finding {
  const char *verdict; /* as in cr_sanity */
  char found[CR_SANITY_TEXT], advice[CR_SANITY_TEXT];
} cr_finding;

typedef cr_status cr_sanity_run(const cr_subject *subject, cr_finding *out);

typedef struct cr_sanity_test {
  const char *name, *shows;
  cr_sanity_run *run;
} cr_sanity_test;

const cr_sanity_test *cr_sanity_test_at(size_t index); /* NULL past the last one */

/* Sets the verdict and what was found; return CR_OK. */
cr_status cr_found(cr_finding *out, const char *verdict, const char *format, ...) CR_PRINTF(3, 4);
cr_status cr_advise(cr_finding *out, const char *format, ...) CR_PRINTF(2, 3);

/* The tests, by what they look at. */
cr_sanity_run cr_sanity_initial_loss, cr_sanity_overfit, cr_sanity_l2, cr_sanity_shuffled;
cr_sanity_run cr_sanity_same_seed, cr_sanity_save_load, cr_sanity_zero_init;
cr_sanity_run cr_sanity_dead_units, cr_sanity_saturation, cr_sanity_update_ratio,
    cr_sanity_gradient_norms;

#endif
