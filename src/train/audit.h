/*
 * What is worth a warning about a table before a network learns it: a figure that flatters, an
 * input that will not be there. A table that is fine says nothing.
 */
#ifndef TRAIN_AUDIT_H
#define TRAIN_AUDIT_H

#include "train/portions.h"

/* Parts that are shared out and encoded. */
typedef struct cr_audit {
  const cr_encoder *encoder;
  const cr_portions *portions;
  const cr_prepare_options *prepare;
} cr_audit;

/*
 * Adds a sentence for everything found; of rows on disk only for what the table itself tells.
 * CR_ERR_MEMORY.
 */
cr_status cr_audit_run(const cr_audit *audit, cr_strlist *warnings);

/* The checks, each in a file of its own name. */

/* audit_copies.c: rows of dev and test that are training rows, too. */
cr_status cr_audit_copies(const cr_audit *audit, cr_strlist *warnings);

/* audit_answers.c: inputs that give the target away. */
cr_status cr_audit_answers(const cr_audit *audit, cr_strlist *warnings);

/* audit_columns.c: inputs that only name their row. */
cr_status cr_audit_identifiers(const cr_audit *audit, cr_strlist *warnings);

/* audit_columns.c: classes of very unequal size that are not weighted. */
cr_status cr_audit_classes(const cr_audit *audit, cr_strlist *warnings);

/* audit_labels.c: values that differ only in case or in blanks; rows are not looked at. */
cr_status cr_audit_labels(const cr_audit *audit, cr_strlist *warnings);

/* Columns are judged by so many training rows, drawn the same way each time. */
enum { CR_AUDIT_ROWS = 20000 };

/* Those rows: places in the training part, in random order. *places is the caller's (cr_free). */
cr_status cr_audit_draw(const cr_audit *audit, size_t **places, size_t *count);

#endif
