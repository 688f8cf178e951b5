/*
 * Formulas: a notation as one writes it in a line, "dW_1 = a_0^T dz_1", and the tree it stands for.
 * Formulas of parts are in it too: "a = 1 / (1 + e^−z)".
 *
 *   x_1, x_{k,j}    a subscript           {a}/{b}   a fraction
 *   x^2, e^−z, a²   a superscript         #0        matrix 0 of the equation
 */
#ifndef EXPLAIN_MATH_H
#define EXPLAIN_MATH_H

#include "base/fail.h"

typedef enum cr_math_kind {
  CR_MATH_ROW,      /* its children, one after the other */
  CR_MATH_NAME,     /* a quantity: "z", "dW", "δ" */
  CR_MATH_WORD,     /* "if", "sigmoid", "ln" */
  CR_MATH_NUMBER,   /* "0.25", "4.2e−08" */
  CR_MATH_OPERATOR, /* "+", "(", "Σ" */
  CR_MATH_RELATION, /* "=", "←", "→" */
  CR_MATH_SCRIPT,   /* base, and one or both of sub and sup */
  CR_MATH_FRACTION, /* the two children: above, below */
  CR_MATH_MATRIX,
} cr_math_kind;

typedef struct cr_math_node {
  cr_math_kind kind;
  const char *text; /* borrowed from the notation */
  size_t length;
  bool spaced;        /* a blank stands before it */
  size_t child, next; /* nodes; 0: none */
  size_t sub, sup;    /* of a script; 0: none */
  size_t matrix;
  size_t width, above, below; /* of its picture in text: columns, lines over and under its own */
} cr_math_node;

typedef struct cr_math {
  cr_math_node *nodes; /* node 0 is the row of all */
  size_t count, capacity;
} cr_math;

/* `notation` must outlive *out. CR_ERR_MEMORY; CR_ERR_INTERNAL for what is not in the notation. */
cr_status cr_math_parse(const char *notation, cr_math *out);
void cr_math_free(cr_math *math);

/* Is the node a "+" or "⊙" before a matrix? */
bool cr_math_joins_matrix(const cr_math *math, size_t index);

/* Do two nodes stand side by side as entries of a matrix, "[x 1]"? */
bool cr_math_lists(const cr_math *math, size_t left, size_t right);

/* Do two nodes in a row make a product by standing side by side with a blank between them? */
bool cr_math_touches(const cr_math *math, size_t left, size_t right);

/* Is the node this text? */
bool cr_math_is(const cr_math_node *node, const char *text);

/*
 * Appends a formula in small letters with its quantities named: a, y and z, where they stand alone,
 * become what is given. The caller frees *out.
 */
cr_status cr_math_substitute(const char *formula, const char *a, const char *y, const char *z,
                             char **out);

/* Appends the notation as plain text: "dW1", with "{a}/{b}" as "a/b". The caller frees *out. */
cr_status cr_math_plain(const char *notation, char **out);

#endif
