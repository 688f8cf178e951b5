/*
 * From numbers to words: the equations of a trace in the layout that was asked for, as a document,
 * and the list of steps it consists of.
 *
 * rows:       Z = A W + b,   W (inputs, units)
 * columns:    Z = W A + b,   W (units, inputs): everything is the transpose
 * bias-input: Z = [A 1] W,   W (inputs + 1, units): the last row is the bias
 */
#ifndef EXPLAIN_SCRIPT_H
#define EXPLAIN_SCRIPT_H

#include "chainrule/explain.h"
#include "explain/document.h"
#include "explain/figures.h"
#include "explain/trace.h"

typedef enum cr_layout { CR_LAYOUT_ROWS, CR_LAYOUT_COLUMNS, CR_LAYOUT_BIAS_INPUT } cr_layout;

/* Steps; their texts are owned. */
typedef struct cr_step_list {
  cr_explain_step *items;
  size_t count, capacity;
} cr_step_list;

void cr_step_list_free(cr_step_list *list);

typedef struct cr_script {
  const cr_trace *trace;
  cr_layout layout;
  size_t digits;
  cr_document document;
  cr_step_list steps;
} cr_script;

void cr_script_free(cr_script *script);

/* Writes every section. On failure the script is to be freed all the same. */
cr_status cr_script_write(cr_script *script);

/* --- what the sections share ------------------------------------------------------------------ */

/* A name as printed, in the notation: "z_1", or "Z_1" of several samples. */
typedef struct cr_symbol {
  char s[48];
} cr_symbol;

cr_symbol cr_symbol_of(const cr_script *script, const char *prefix, char letter, size_t layer);

/* What goes into layer l: "x", "a_1"; with the input that is always 1: "[x 1]". */
cr_symbol cr_symbol_below(const cr_script *script, size_t layer);
cr_symbol cr_symbol_extended(const cr_script *script, size_t layer);

/* A matrix of samples (rows, cols), or of weights with their biases, as the layout shows it. */
cr_shown cr_show_samples(const cr_script *script, const double *values, size_t cols);
cr_shown cr_show_weights(const cr_script *script, size_t layer, const double *parameters);

/* An equation that ends in a result, and the step it is; notation as in math.h. */
typedef struct cr_line {
  const char *section, *name;
  size_t layer;
  const char *symbol, *formula; /* "z_1", "x W_1 + b_1" */
  const char *relation;         /* "=", "←" */
  const char *between;          /* further members of the equation: "#0 + #1", or NULL */
  const cr_shown *matrices;     /* of `between`, then the result */
  size_t matrix_count;
  const double *values; /* the result as samples in rows */
  size_t rows, cols;
} cr_line;

void cr_script_line(cr_script *script, const cr_line *line);

/* The same for a step without an equation of its own. */
void cr_script_step(cr_script *script, const cr_line *line);

/* What a sentence or a note of the equation added last says is also the note of its step. */
void cr_script_note(cr_script *script, const char *format, ...) CR_PRINTF(2, 3);

/* "2×3", as the layout has it. */
cr_symbol cr_shape_of(const cr_script *script, size_t rows, size_t cols);

/* A formula with the quantities of layer l in it; the right side of a derivative likewise. */
cr_status cr_formula_of(const cr_script *script, const char *formula, size_t layer, char **out);
cr_status cr_derivative_of(const cr_script *script, const cr_part *part, size_t layer, char **out);

/* The loss as an equation: of its own, or as the texts of its part have it. */
cr_loss_equation cr_loss_written(const cr_trace *trace);

/* What follows the "=" of "with sigmoid: ∂/∂z = a − y". */
const char *cr_right_side(const char *derivative);

/* The sections. */
cr_status cr_script_formulas(cr_script *script);
cr_status cr_script_given(cr_script *script);
cr_status cr_script_forward(cr_script *script);
cr_status cr_script_loss(cr_script *script);
cr_status cr_script_backward(cr_script *script);
cr_status cr_script_update(cr_script *script);

/* --- the answer ------------------------------------------------------------------------------- */

/* Is the answer a number with a unit of its own? */
bool cr_has_unit(const cr_trace *trace);

/* A sentence on what each output stands for; a note on how a target with a unit is scaled. */
void cr_script_outputs(cr_script *script);
void cr_script_unit(cr_script *script);

/* What the model says: in the unit of the target, or by its labels. */
void cr_script_answer(cr_script *script);

#endif
