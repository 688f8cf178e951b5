/* What an evaluation found: confusions and the worst rows, as text and as JSON. */
#ifndef CLI_EVALUATION_TEXT_H
#define CLI_EVALUATION_TEXT_H

#include <jansson.h>

#include "cli.h"

/* Classes: which is taken for which, as a table or, if they are many, the commonest pairs. */
void evaluation_show_confusion(const struct cli *cli, const cr_model *model,
                               const cr_evaluation *evaluation);

/* Several targets: the figures of each; nothing for other models. */
void evaluation_show_labels(const struct cli *cli, const cr_model *model,
                            const cr_evaluation *evaluation);

/* The rows that are most wrong, of pictures by their files. */
void evaluation_show_worst(const struct cli *cli, const cr_model *model,
                           const cr_evaluation *evaluation, const cr_table *table);

/*
 * The wrong rows, the surest first; of numbers those that are furthest off, of several targets
 * those with the most wrong labels. At most `most` go to `out`; returns how many there are there.
 */
size_t evaluation_worst(const cr_model *model, const cr_evaluation *evaluation,
                        const cr_outcome **out, size_t most);

/* Sets "labels", "confusion" or "per_label", and "worst". */
void evaluation_json(const cr_model *model, const cr_evaluation *evaluation, const cr_table *table,
                     json_t *object);

#endif
