#include "sanity/list.h"

#include <stdarg.h>
#include <stdio.h>

static const cr_sanity_test tests[] = {
    {"initial loss", "a network that knows nothing has the loss of guessing",
     cr_sanity_initial_loss},
    {"over-fits 20 rows", "what cannot learn a few rows by heart learns nothing",
     cr_sanity_overfit},
    {"more L2, more loss", "a penalty raises the cost, by as much as it should", cr_sanity_l2},
    {"shuffled labels", "what has no rule in it is not predicted on other rows",
     cr_sanity_shuffled},
    {"same seed, same bits", "a training can be repeated, with any number of threads",
     cr_sanity_same_seed},
    {"saved, same bits", "a model comes back from its file as it was", cr_sanity_save_load},
    {"zero weights stay alike", "units that begin equal have equal gradients", cr_sanity_zero_init},
    {"dead units", "a unit without a slope on any row learns nothing", cr_sanity_dead_units},
    {"saturation", "units at the ends of their range hardly learn", cr_sanity_saturation},
    {"update to weight", "steps of a thousandth of the weights are usual", cr_sanity_update_ratio},
    {"gradient by layer", "gradients that vanish or explode on the way back",
     cr_sanity_gradient_norms},
};

const cr_sanity_test *cr_sanity_test_at(size_t index) {
  return index < sizeof tests / sizeof *tests ? &tests[index] : NULL;
}

cr_status cr_found(cr_finding *out, const char *verdict, const char *format, ...) {
  va_list list;
  va_start(list, format);
  vsnprintf(out->found, sizeof out->found, format, list);
  va_end(list);
  out->verdict = verdict;
  return CR_OK;
}

cr_status cr_advise(cr_finding *out, const char *format, ...) {
  va_list list;
  va_start(list, format);
  vsnprintf(out->advice, sizeof out->advice, format, list);
  va_end(list);
  return CR_OK;
}
