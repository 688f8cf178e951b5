/*
 * The mathematics of some rows, worked out with their numbers: forward, loss, backward, update,
 * matrix by matrix, or the chain rule for one weight. All of it is computed in double by the
 * reference, and written as text, Markdown, LaTeX, HTML or JSON.
 *
 * Texts for people count rows, units and layers from 1; this interface and JSON count from 0.
 */
#ifndef CHAINRULE_EXPLAIN_H
#define CHAINRULE_EXPLAIN_H

#include "chainrule/model.h"

typedef struct cr_explanation cr_explanation;

/* What is explained. */
typedef struct cr_explain_options {
  size_t struct_size;
  const size_t *rows; /* rows of the data, from 0; NULL: of a table the first, else all */
  size_t row_count;
  double learning_rate; /* 0: that of the case or of the model's training, else 0.1 */
  const char *weight;   /* "W1[2,3]" or "b2[1]" as printed: its chain of factors; NULL: the step */
  const char *layout;   /* "rows", "columns" or "bias-input": how the formulas are written */
  size_t top;           /* paths of a weight that are listed; at most 1000 */
} cr_explain_options;

/* How it is written. */
typedef struct cr_render_options {
  size_t struct_size;
  const char *format; /* "text", "md", "latex", "html" or "json" */
  const char
      *section;  /* text only: one of cr_explain_step's, "formulas" or "weight"; NULL: everything */
  size_t digits; /* decimals of numbers for people, from 1 to 15 */
  size_t width;  /* text: columns of a line, at least 20 */
  bool ascii;    /* text: nothing but ASCII */
  bool hide_results; /* text: "?" stands for each result */
  bool unlabelled;   /* text: without the headings of the sections */
  bool full;         /* matrices of up to 100 rows and columns whole, however wide that is */
} cr_render_options;

/*
 * One step: a matrix, how it comes about, and its numbers, which are as samples in rows whatever
 * the layout. Texts are UTF-8, in the notation of the layout.
 */
typedef struct cr_explain_step {
  const char *section; /* "given", "forward", "loss", "backward" or "update" */
  const char *name;    /* "X", "Z", "A", "dW", …: the same in every layout */
  const char *symbol;  /* as printed: "z1" */
  const char *formula; /* as printed: "x W1 + b1"; "" for what is given */
  const char *note;    /* a sentence, or "" */
  size_t layer;        /* from 0; SIZE_MAX: of no layer */
  size_t rows, cols;
  const double *values; /* (rows, cols) */
} cr_explain_step;

CR_BEGIN

/* The first row or all, the rate that is known, the whole step, layout "rows", 5 paths. */
CR_API void cr_explain_options_init_sized(cr_explain_options *options, size_t size);
static inline void cr_explain_options_init(cr_explain_options *options) {
  cr_explain_options_init_sized(options, sizeof *options);
}

/* Text of 80 columns with 6 decimals. */
CR_API void cr_render_options_init_sized(cr_render_options *options, size_t size);
static inline void cr_render_options_init(cr_render_options *options) {
  cr_render_options_init_sized(options, sizeof *options);
}

/*
 * Explains a worked case (docs/reference/case-format.md). What the file expects is not looked at:
 * that is for cr_check_case. `options` may be NULL here and below. CR_ERR_CASE names what in the
 * file is wrong; CR_ERR_ARGUMENT a row, a weight or an option that is not there.
 */
CR_API cr_status cr_explain_case(const char *path, const cr_explain_options *options,
                                 cr_explanation **out);
CR_API cr_status cr_explain_case_text(const char *name, const char *text, size_t size,
                                      const cr_explain_options *options, cr_explanation **out);

/*
 * Explains rows of a table: prepared as the model prepares them, with the loss, the rate and the
 * penalties the model was trained with. Of a table without the target only the way forward.
 */
CR_API cr_status cr_explain_table(const cr_model *model, const cr_table *table,
                                  const cr_explain_options *options, cr_explanation **out);

/*
 * Explains one sample of raw numbers, which are prepared as the model prepares the rows of a table:
 * inputs (cr_net_inputs) as cr_predictor_run takes them; target (cr_net_outputs) the number to be
 * predicted in its own unit, else 0 or 1, or what is between, for each output. NULL and 0: the way
 * forward alone.
 */
CR_API cr_status cr_explain_sample(const cr_model *model, const double *inputs, size_t input_count,
                                   const double *target, size_t target_count,
                                   const cr_explain_options *options, cr_explanation **out);

/*
 * Explains a network that was made by hand. x (rows, inputs) and y (rows, outputs) are copied; so
 * are the parameters. `objective` may be NULL: the loss of the output, mean over rows. Smoothed
 * targets, weights of rows and what is drawn at random while learning are left out.
 */
CR_API cr_status cr_explain_net(const cr_net *net, const cr_objective *objective, cr_const_matrix x,
                                cr_const_matrix y, const cr_explain_options *options,
                                cr_explanation **out);
CR_API void cr_explanation_destroy(cr_explanation *explanation); /* NULL is fine */

/* Step `index` in the order of the computation; NULL past the last one. */
CR_API const cr_explain_step *cr_explanation_step(const cr_explanation *explanation, size_t index);

/*
 * The whole as a text in *out, which belongs to the explanation and holds until the next call or
 * its end. `options` may be NULL. CR_ERR_ARGUMENT for an option that is not valid.
 */
CR_API cr_status cr_explanation_render(cr_explanation *explanation,
                                       const cr_render_options *options, const char **out);

/* The equation of one step alone, as text; else as cr_explanation_render. */
CR_API cr_status cr_explanation_render_step(cr_explanation *explanation, size_t index,
                                            const cr_render_options *options, const char **out);

CR_END
#endif
