/*
 * An explanation written out: headings, sentences, equations and tables, the same for every form.
 * Want of memory sticks, so that only the end need be checked.
 */
#ifndef EXPLAIN_DOCUMENT_H
#define EXPLAIN_DOCUMENT_H

#include "base/fail.h"
#include "base/strbuf.h"

/* A matrix as an equation shows it: seen through the layout. */
typedef struct cr_shown {
  const double *values; /* borrowed (rows, cols) */
  const double *below;  /* (cols) one more row, or NULL */
  size_t rows, cols;
  size_t ones;     /* 1: one more column, all 1 */
  bool transposed; /* after both of these */
} cr_shown;

size_t cr_shown_rows(const cr_shown *m);
size_t cr_shown_cols(const cr_shown *m);
double cr_shown_at(const cr_shown *m, size_t row, size_t col);

typedef enum cr_block_kind {
  CR_BLOCK_HEADING,
  CR_BLOCK_SENTENCE,
  CR_BLOCK_EQUATION,
  CR_BLOCK_TABLE,
} cr_block_kind;

typedef struct cr_block {
  cr_block_kind kind;
  const char *section; /* static */
  size_t step;         /* of an equation: the step whose result it ends with; SIZE_MAX: of none */
  char *text;          /* heading, sentence, caption, or an equation in the notation of math.h */
  char *shapes, *note; /* of an equation; NULL: none */
  cr_shown *matrices;
  size_t matrix_count;
  char **cells; /* of a table: the heads, then row after row */
  size_t cell_count, columns;
  const char *alignment; /* 'l', 'r', or 'm' for a formula; static */
} cr_block;

typedef struct cr_document {
  char *title; /* from a file: any text */
  cr_block *blocks;
  size_t count, capacity;
  const char *section; /* of what is added next */
  bool failed;
} cr_document;

void cr_document_free(cr_document *document);

/* CR_ERR_MEMORY if anything added was lost. */
cr_status cr_document_check(const cr_document *document);

/* Starts a section, "forward", with a heading. */
void cr_document_section(cr_document *document, const char *section, const char *heading);
void cr_document_sentence(cr_document *document, const char *format, ...) CR_PRINTF(2, 3);

/* An equation: `text` in the notation, with #0, #1, … for the matrices. */
void cr_document_equation(cr_document *document, size_t step, const char *text,
                          const cr_shown *matrices, size_t count);

/* What stands beside the equation added last. */
void cr_document_shapes(cr_document *document, const char *format, ...) CR_PRINTF(2, 3);
void cr_document_note(cr_document *document, const char *format, ...) CR_PRINTF(2, 3);

/* A table with a column for each letter of `alignment`; then its cells, heads first. */
void cr_document_table(cr_document *document, const char *alignment, const char *caption);
void cr_document_cell(cr_document *document, const char *format, ...) CR_PRINTF(2, 3);

/* Text of a file as it may stand anywhere: controls and what is no UTF-8 become '?'. */
cr_status cr_document_clean(const char *raw, char **out);

#endif
