/*
 * How good is a model, and is the mathematics right?
 *
 * What an evaluation or a report hands out, and the texts in it, live as long as it does.
 */
#ifndef CHAINRULE_CHECK_H
#define CHAINRULE_CHECK_H

#include "chainrule/model.h"

/*
 * Figures of a model on n rows. What does not apply to the task is NAN. Where a training weighted
 * rows or classes, the `loss` of its parts is the weighted sum over n; every other figure, and the
 * loss of cr_evaluate, counts a row once: a model knows of no weights.
 */
typedef struct cr_metrics {
  size_t n;
  double loss;     /* mean data loss a row, in the scale the network is trained in */
  double accuracy; /* classification: share of rows whose label is right; multilabel: all labels */
  double accuracy_low, accuracy_high; /* its 95 % interval (Wilson) */
  double baseline; /* accuracy of always saying what is most frequent; RMSE of always the mean */
  /*
   * Regression: root of the mean squared error, in the target's unit; of several targets, as is the
   * baseline, in deviations of the training part, in which each counts alike.
   */
  double rmse;
  /* 1 - squared error / squared error of the mean, NAN if constant; of several their mean. */
  double r2;
  double label_accuracy; /* multilabel: share of the labels of all rows that are right */
  double f1; /* mean of the classes' or labels' F1, those left out for which it is not defined */
  double balanced; /* classification: mean over the classes of the share of their rows found */
  double balanced_low, balanced_high; /* its 95 % interval */
  size_t classes;                     /* classification: how many classes these rows have, */
  size_t majority;                    /* and which of them is the commonest, from 0 */
  size_t numbers;                     /* regression: how many are predicted */
} cr_metrics;

/* Figures of one class, or one label of a multilabel model. What would be 0 / 0 is NAN. */
typedef struct cr_label_metrics {
  size_t actual, predicted, both; /* rows that have it, are said to have it, and both */
  double share;                   /* of rows that have it */
  double accuracy;                /* share of rows in which it is right, against all the others */
  double precision, recall;       /* both / predicted, both / actual */
  double f1;                      /* their harmonic mean, 2 both / (actual + predicted) */
} cr_label_metrics;

/* Figures of one of the numbers that a model predicts, in its own unit. */
typedef struct cr_number_metrics {
  double rmse, r2; /* as in cr_metrics */
  double baseline; /* RMSE of always the mean */
} cr_number_metrics;

typedef struct cr_evaluation cr_evaluation;   /* metrics, confusion, and each row's outcome */
typedef struct cr_case_report cr_case_report; /* what cr_check_case found */

/* One row of an evaluation. */
typedef struct cr_outcome {
  size_t row;                           /* as cr_table_row_number counts */
  size_t actual, predicted;             /* classes, from 0: cr_model_label has their names */
  double probability;                   /* of the predicted class; NAN where outputs are scores */
  double actual_value, predicted_value; /* regression; of scores those of the two classes */
  size_t wrong_labels;                  /* multilabel: how many of the row's labels are wrong */
  size_t target; /* several numbers: the one farthest off, whose values these are, from 0 */
  double error;  /* regression: how far, in deviations of the training part */
} cr_outcome;

/*
 * One quantity of a case in one engine: the largest error against what the file expects. Layers
 * count from 1.
 */
typedef struct cr_quantity {
  const char *name;   /* as "dW[1]", "cost", "after_10.gd.costs" */
  const char *engine; /* "float64" or "float32" */
  double max_error;   /* largest |x - expected| / max(1, |expected|); DBL_MAX: x is no number */
  double tolerance;   /* the engine's own, or the file's if that is larger */
  bool checked;       /* false: the file has it, this program cannot compute it; see note */
  bool ok;            /* max_error <= tolerance; true where nothing was checked */
  const char *note;   /* the worst entry of what is not ok, or why it was not checked; else "" */
} cr_quantity;

typedef struct cr_gradient_report cr_gradient_report; /* what cr_check_gradients found */

/* How gradients are checked. */
typedef struct cr_gradient_options {
  size_t struct_size;
  double step;        /* h of the differences, times max(1, |w|); 1e-5 */
  size_t sample;      /* parameters nudged in a block that has more; 200; 0 and SIZE_MAX: all */
  uint64_t seed;      /* of that sample */
  const char *kernel; /* of the engine that trains, of cr_kernel_name(); NULL: see there */
} cr_gradient_options;

/* How a case is checked. */
typedef struct cr_case_options {
  size_t struct_size;
  const char *kernel; /* of the float32 engine, of cr_kernel_name(); NULL: see there */
} cr_case_options;

/* One parameter in two ways; row and column count from 0, a bias has the one row 0. */
typedef struct cr_gradient_entry {
  size_t row, column;
  double exact; /* by the chain rule, in double */
  double found; /* by nudging, or by the engine that trains */
} cr_gradient_entry;

/*
 * The gradient of one block of parameters, compared twice: by the chain rule against nudging, both
 * in double; and the engine that trains, in float, against the chain rule. Errors are (eq D2).
 */
typedef struct cr_gradient_block {
  const char *name; /* "W1", "b1", …; layers count from 1 */
  bool penalty;     /* what l1 and l2 add to it, alone; else what the data does */
  size_t layer;     /* from 0 */
  size_t rows, columns;
  size_t checked, kinks;   /* parameters nudged, and those left out since that crosses a kink */
  double error, tolerance; /* of nudging; NAN: nothing could be nudged */
  double engine_error, engine_tolerance; /* NAN for a penalty: it is in the other one */
  cr_gradient_entry worst, engine_worst; /* where the two are furthest apart */
  /* "ok"; "suspicious" or "wrong"; "too small" to be seen in rounding; "kinks" everywhere */
  const char *verdict;
  bool ok;          /* not suspicious and not wrong */
  const char *note; /* of what is not ok: the worst entry, counted from 1, and both numbers */
  const char *hint; /* what such numbers usually come from; or "" */
} cr_gradient_block;

/* The error of all blocks together, had the step been another one. */
typedef struct cr_gradient_step {
  double step, error;
} cr_gradient_step;

/*
 * What keeps a model from being better. Errors are shares: of the rows whose label is wrong (or the
 * mean of it over the classes), or, of numbers, of the variance that is left unexplained (1 - R2).
 * NAN where there are no figures.
 */
typedef struct cr_diagnosis {
  double train, dev, best;             /* errors: on rows it learnt, on others, at the least */
  double bias, variance;               /* train - best, dev - train */
  double bias_chance, variance_chance; /* what chance alone explains of them, 95 % of the time */
  /*
   * Which of the two is high: above 0.01 (bias even without what chance explains of it), more than
   * chance explains, and at least half the other: "bias", "variance", "both" or "neither";
   * "dev_better" where dev is better by as much; "unknown" where rows of one kind are missing and
   * nothing can be said.
   */
  const char *finding;
} cr_diagnosis;

CR_BEGIN

/*
 * Compares figures on rows that a model was trained on with those on others, and with the least
 * error there can be: `best` in [0, 1), 0 where it is not known. CR_ERR_ARGUMENT for another one.
 */
CR_API cr_status cr_diagnose(const cr_metrics *train, const cr_metrics *dev, double best,
                             cr_diagnosis *out);

/*
 * The same with the balanced error of classes, 1 - balanced: for a model whose training counted
 * classes by weights, which cost accuracy on purpose.
 */
CR_API cr_status cr_diagnose_balanced(const cr_metrics *train, const cr_metrics *dev, double best,
                                      cr_diagnosis *out);

/*
 * Do the figures show that the inputs tell anything? Of classes: accuracy above the baseline, or
 * balanced accuracy above that of always one class, by more than chance explains; of numbers: R2
 * above 0 by as much. True where there is nothing to tell it from, and for several labels a row.
 */
CR_API bool cr_metrics_show_learning(const cr_metrics *metrics);

/*
 * Runs the model over a table that has the target column. CR_ERR_TARGET if it has not. `options`
 * may be NULL: as after cr_apply_options_init.
 */
CR_API cr_status cr_evaluate(const cr_model *model, const cr_table *table,
                             const cr_apply_options *options, cr_evaluation **out);
CR_API void cr_evaluation_destroy(cr_evaluation *evaluation);
CR_API const cr_metrics *cr_evaluation_metrics(const cr_evaluation *evaluation);

/* Rows of class `actual` that were predicted as `predicted`, from 0; 0 rows for other tasks. */
CR_API size_t cr_evaluation_confusion(const cr_evaluation *evaluation, size_t actual,
                                      size_t predicted);

/* Figures of class or label `index`; NULL past the last one, and for numbers. */
CR_API const cr_label_metrics *cr_evaluation_label(const cr_evaluation *evaluation, size_t index);

/* Figures of a number that is predicted, as cr_model_target counts; NULL past the last one. */
CR_API const cr_number_metrics *cr_evaluation_number(const cr_evaluation *evaluation, size_t index);

/* Outcome of evaluated row `index`; NULL past the last one. */
CR_API const cr_outcome *cr_evaluation_outcome(const cr_evaluation *evaluation, size_t index);

CR_API const char *cr_evaluation_warning(const cr_evaluation *evaluation, size_t index);

/* No kernel named. */
CR_API void cr_case_options_init_sized(cr_case_options *options, size_t size);
static inline void cr_case_options_init(cr_case_options *options) {
  cr_case_options_init_sized(options, sizeof *options);
}

/*
 * Reads a case file (docs/reference/case-format.md), computes every quantity it holds with the
 * float32 engine and with the float64 reference, and compares. `options` may be NULL. CR_OK also
 * when quantities disagree: see cr_case_report_ok. CR_ERR_CASE names what in the file is wrong.
 */
CR_API cr_status cr_check_case(const char *path, const cr_case_options *options,
                               cr_case_report **out);
CR_API cr_status cr_check_case_text(const char *name, const char *text, size_t size,
                                    const cr_case_options *options, cr_case_report **out);
CR_API void cr_case_report_destroy(cr_case_report *report);

/* Every quantity that was checked is ok, and at least one was checked. */
CR_API bool cr_case_report_ok(const cr_case_report *report);
CR_API const char *cr_case_report_name(const cr_case_report *report);

/* Quantity `index`, float64 and float32 of the same one in turn; NULL past the last one. */
CR_API const cr_quantity *cr_case_report_at(const cr_case_report *report, size_t index);

CR_API void cr_gradient_options_init_sized(cr_gradient_options *options, size_t size);
static inline void cr_gradient_options_init(cr_gradient_options *options) {
  cr_gradient_options_init_sized(options, sizeof *options);
}

/*
 * Is the gradient of this objective right? x: (rows, inputs), y: (rows, outputs); a few rows are
 * enough, and the time grows with them. `options` may be NULL. CR_OK also where it is not: see
 * cr_gradient_report_ok. CR_ERR_SHAPE, CR_ERR_COMBINATION as cr_net_backward; CR_ERR_NUMBER where
 * the cost is not finite.
 */
CR_API cr_status cr_check_gradients(const cr_net *net, const cr_objective *objective,
                                    cr_const_matrix x, cr_const_matrix y,
                                    const cr_gradient_options *options, cr_gradient_report **out);
CR_API void cr_gradient_report_destroy(cr_gradient_report *report);
CR_API bool cr_gradient_report_ok(const cr_gradient_report *report);

/* Rows that were used: not those in which a unit is so close to its kink that floats cross it. */
CR_API size_t cr_gradient_report_rows(const cr_gradient_report *report);

/* The step that was used; blocks in the order of the layers, then the penalties; NULL past. */
CR_API double cr_gradient_report_used_step(const cr_gradient_report *report);
CR_API const cr_gradient_block *cr_gradient_report_at(const cr_gradient_report *report,
                                                      size_t index);
CR_API const cr_gradient_step *cr_gradient_report_step(const cr_gradient_report *report,
                                                       size_t index);

CR_END
#endif
