/* What the outputs of a model's network mean: probabilities, or a number in the target's unit. */
#ifndef MODEL_VALUES_H
#define MODEL_VALUES_H

#include "model/trained.h"

/* Values a row: one for each class, or 1. */
size_t cr_value_count(const cr_model *model);

/* Does one output stand for two classes? It is the probability, or the score, of the second. */
bool cr_has_single_output(const cr_model *model);

/* The activation of the last layer. */
const char *cr_output_name(const cr_model *model);

/* Classes told apart by outputs of any size: no probabilities. */
bool cr_gives_scores(const cr_model *model);

/* From a row of outputs to its values (cr_value_count). */
void cr_values_of(const cr_model *model, const float *outputs, double *values);

/*
 * CR_ERR_NUMBER if a value of row `row` of a file, counted from 1, is not finite. 0: there is but
 * one row, and no file (NULL).
 */
cr_status cr_values_check(const double *values, size_t count, const char *file, size_t row);

#endif
