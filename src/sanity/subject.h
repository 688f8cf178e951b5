/* What is checked: a network, rows for it, how it is trained; and what every test makes of it. */
#ifndef SANITY_SUBJECT_H
#define SANITY_SUBJECT_H

#include "chainrule/sanity.h"
#include "data/encode.h"
#include "model/trained.h"
#include "train/trainer.h"

typedef struct cr_subject {
  const cr_model *model; /* network, preparation, loss */
  const cr_table *table;
  size_t *rows; /* (count) usable rows of the table, shuffled; owned */
  size_t count;
  cr_objective objective;   /* with the regularisation */
  cr_train_options options; /* of the descent */
  uint64_t seed;
} cr_subject;

/* Borrows the rest; finds the usable rows. Free it also on failure. */
cr_status cr_subject_create(const cr_model *model, const cr_table *table,
                            const cr_train_options *train, bool skip_bad_rows, cr_strlist *warnings,
                            cr_subject *out);
void cr_subject_free(cr_subject *subject);

/* Samples of rows first .. first + count of the shuffled ones. */
cr_status cr_subject_samples(const cr_subject *subject, size_t first, size_t count,
                             cr_samples **out);

/* A network of the same make in the weights it begins with, drawn by `seed`. */
cr_status cr_subject_network(const cr_subject *subject, uint64_t seed, cr_net **out);

/* The data loss alone: no penalty, nothing drawn, targets as they are. */
cr_objective cr_subject_plain(const cr_subject *subject);

/* A trainer for it. */
cr_status cr_subject_trainer(const cr_subject *subject, cr_net *net,
                             const cr_train_options *options, const cr_samples *samples,
                             cr_trainer **out);

/* `wanted` steps, or fewer where `rows` rows a step would take too long with this network. */
size_t cr_subject_steps(const cr_subject *subject, size_t rows, size_t wanted);

/* One pass of a network, forward and backward, over a few samples; z, a and gradients are kept. */
typedef struct cr_subject_pass {
  cr_workspace *work;
  cr_matrix x, y; /* (rows, inputs), (rows, outputs); owned */
  double cost;
} cr_subject_pass;

/* `objective` may be NULL: the plain one. Free it also on failure. */
cr_status cr_subject_pass_run(const cr_subject *subject, const cr_net *net,
                              const cr_objective *objective, const cr_samples *samples,
                              cr_subject_pass *out);
void cr_subject_pass_free(cr_subject_pass *pass);

#endif
