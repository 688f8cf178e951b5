/*
 * Is the mathematics right, for this network on these rows? The gradient check, and the list of
 * tests that people run before they believe a network.
 *
 * What a report hands out, texts too, lives as long as it does.
 */
#ifndef CHAINRULE_SANITY_H
#define CHAINRULE_SANITY_H

#include "chainrule/train.h"

typedef struct cr_check_report cr_check_report;

typedef struct cr_check_options {
  size_t struct_size;
  cr_gradient_options gradient;
  size_t rows;        /* for the gradients; 10, from all over the table; 0: 10 */
  bool skip_bad_rows; /* of cr_check_model: leave out rows with a missing or bad value */
} cr_check_options;

/* One test of the list. */
typedef struct cr_sanity {
  const char *name;    /* "over-fits 20 rows" */
  const char *shows;   /* what it is good for, a sentence */
  const char *verdict; /* "ok", "warn", "fail" or "skipped" */
  bool ok;             /* anything but "fail", which only a fault of the mathematics is */
  const char *found;   /* the numbers, or why it was skipped */
  const char *advice;  /* what to do about it; "" if all is well */
} cr_sanity;

CR_BEGIN

CR_API void cr_check_options_init_sized(cr_check_options *options, size_t size);
static inline void cr_check_options_init(cr_check_options *options) {
  cr_check_options_init_sized(options, sizeof *options);
}

/*
 * Checks a model on a table that has its target: the gradient of its weights as they are, and of
 * networks of its make the rest. Of `train` the descent, the regularisation and the kernel are
 * looked at; it and `options` may be NULL. CR_OK also where something is wrong: see
 * cr_check_report_ok.
 */
CR_API cr_status cr_check_model(const cr_model *model, const cr_table *table,
                                const cr_train_options *train, const cr_check_options *options,
                                cr_check_report **out);

/* Checks the network that cr_train_table would begin with, in its first weights. */
CR_API cr_status cr_check_table(const cr_table *table, const cr_prepare_options *prepare,
                                const cr_train_options *train, const cr_check_options *options,
                                cr_check_report **out);
CR_API void cr_check_report_destroy(cr_check_report *report); /* NULL is fine */

/* No block of the gradient is wrong, and no test says "fail". */
CR_API bool cr_check_report_ok(const cr_check_report *report);

/* The network as cr_net_create reads it, and its loss. */
CR_API const char *cr_check_report_network(const cr_check_report *report);
CR_API const char *cr_check_report_loss(const cr_check_report *report);
CR_API const cr_gradient_report *cr_check_report_gradients(const cr_check_report *report);

/* Test `index` of the list, and what is worth a word on the table; NULL past the last one. */
CR_API const cr_sanity *cr_check_report_at(const cr_check_report *report, size_t index);
CR_API const char *cr_check_report_warning(const cr_check_report *report, size_t index);

CR_END
#endif
