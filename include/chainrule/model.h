/*
 * A model: a network, the preparation of its inputs and the meaning of its outputs; one file.
 *
 * What a model hands out, its network and texts too, lives as long as the model; what predictions
 * hand out, as long as they do.
 */
#ifndef CHAINRULE_MODEL_H
#define CHAINRULE_MODEL_H

#include "chainrule/data.h"
#include "chainrule/net.h"

typedef struct cr_model cr_model;
typedef struct cr_predictions cr_predictions; /* of a table's rows */
typedef struct cr_predictor cr_predictor;     /* a model at work on single rows; one per thread */

/*
 * One input of a model: a column, and what is done to its values: (value - shift) / scale. `width`
 * counts the inputs of the network that it feeds: of a category one for each label, and one more
 * where gaps are marked, the last.
 */
typedef struct cr_model_input {
  const char *name;
  cr_column_type type;
  size_t width, height, image_width, channels; /* as in cr_column */
  double shift, scale;
  cr_gaps gaps;
  double fill;               /* a number whose gaps are marked: what stands there before scaling */
  const char *const *labels; /* a category (CR_COLUMN_TEXT): its values, an input of 0 or 1 each */
  size_t label_count;
  /*
   * A date (CR_COLUMN_DATE): of the days since 1970 first (value - shift) / scale, then sine and
   * cosine of its place in each cycle: "year", "week", "day".
   */
  const char *const *cycles;
  size_t cycle_count;
  /*
   * Where there are knots, they take the place of shift and scale: a line through the points
   * (knots[i], images[i]), (knot_count), level before the first and after the last.
   */
  const double *knots, *images;
  size_t knot_count;
  bool keeps_fill;       /* gaps that are not marked are `fill`, and not `shift` */
  const char *fill_text; /* the value of a category that a gap is taken for; NULL: none */
  bool unseen_refused;   /* a value that is none of the labels is an error */
  bool hashed;           /* a category without labels: each value is 1 at 3 of 64 inputs */
  bool amounts;          /* a number, in training written as $1,234 or 5% in some rows */
} cr_model_input;

/* What a model is. */
typedef struct cr_model_info {
  const char *network; /* as cr_net_create reads it */
  const char *loss;
  const char *task;                  /* "classification", "regression" or "multilabel" */
  const char *target;                /* name of the column it predicts; of several "a,b,c" */
  size_t input_columns;              /* columns it takes; cr_net_inputs() counts values */
  size_t classes;                    /* 0 unless classification */
  double target_shift, target_scale; /* regression: value = output * scale + shift */
  const char *training;              /* how it was trained, JSON text; "{}" when not known */
  const char *sha256;                /* of the content it was loaded with, hex; "" for a new one */
  size_t labels; /* that cr_model_label names: the classes, or the columns of several targets */
  bool scores;   /* its outputs for classes are scores of any size, not probabilities (hinge) */
  size_t values; /* numbers of a row in cr_predictor_run: one a column, or the pixels of an image */
  size_t targets;          /* columns it predicts: 1, or several labels or numbers */
  const char *target_type; /* what they are to be read as in a file (cr_read_options); NULL: open */
} cr_model_info;

/* What a network made by hand does not say of itself. */
typedef struct cr_model_options {
  size_t struct_size;
  const char *const *inputs;         /* a name for each input; NULL: x1, x2, …, known by place */
  const char *target;                /* name of what is predicted; NULL: "y" */
  const char *const *labels;         /* a name for each class; NULL: a number is predicted */
  size_t label_count;                /* 2 or more; two may share a single output */
  const char *loss;                  /* what it was trained with; NULL: the output's own */
  const double *shifts, *scales;     /* for each input, as in cr_model_input; NULL: 0, 1 */
  double target_shift, target_scale; /* of a number, as in cr_model_info */
} cr_model_options;

/* How a model is run over a table. */
typedef struct cr_apply_options {
  size_t struct_size;
  size_t threads;     /* 0: as many as there are processors; results do not depend on it */
  bool skip_bad_rows; /* leave out rows with a missing or bad value in a used column */
  const char *kernel; /* of cr_kernel_name(); NULL: see there */
} cr_apply_options;

CR_BEGIN

/*
 * Loads a model. The file is checked in full first: CR_ERR_MODEL says what is wrong and where,
 * and no input makes it take more memory than a small multiple of the file's size.
 */
CR_API cr_status cr_model_load(const char *path, cr_model **out);
CR_API cr_status cr_model_parse(const char *name, const void *bytes, size_t size, cr_model **out);

/* Inputs x1, x2, … and a number y, as they are; the loss of the output. */
CR_API void cr_model_options_init_sized(cr_model_options *options, size_t size);
static inline void cr_model_options_init(cr_model_options *options) {
  cr_model_options_init_sized(options, sizeof *options);
}

/*
 * Makes a model of a network that was built or trained by hand, to be saved and to predict with.
 * Copies all it is given, the network too: changing `net` later does not change the model. A model
 * predicts one number or classes, so the network has one output or one for each label.
 * CR_ERR_SHAPE if it has others, CR_ERR_COMBINATION for a loss that does not go with its output,
 * CR_ERR_ARGUMENT for what no model can have: a scale of 0, equal labels, weights that are not
 * finite. `options` may be NULL: as after cr_model_options_init.
 */
CR_API cr_status cr_model_from_net(const cr_net *net, const cr_model_options *options,
                                   cr_model **out);

/*
 * Saves a model by writing a new file beside `path` and renaming it, so that `path` holds the old
 * or the new model, never part of one. CR_ERR_BUSY if another process is saving there; CR_ERR_MODEL
 * refuses weights that are not finite.
 */
CR_API cr_status cr_model_save(const cr_model *model, const char *path);
CR_API void cr_model_destroy(cr_model *model); /* NULL is fine */

CR_API const cr_model_info *cr_model_get_info(const cr_model *model);

/* Input column `index`, counted from 0; NULL past the last one. */
CR_API const cr_model_input *cr_model_input_at(const cr_model *model, size_t index);

/*
 * The name of a class, or of one of several targets, counted from 0; NULL past the last one and for
 * regression.
 */
CR_API const char *cr_model_label(const cr_model *model, size_t class_index);

/*
 * A column that is predicted, counted from 0: its name, NULL past the last one, and of a number
 * value = output * scale + shift. Either pointer may be NULL.
 */
CR_API const char *cr_model_target(const cr_model *model, size_t index, double *shift,
                                   double *scale);

/*
 * The network, which stays the model's. It takes inputs as it was trained on them, each (value -
 * shift) / scale of its cr_model_input, and gives the number of a regression before target_scale
 * and target_shift; cr_predictor_run and cr_model_predict do both.
 */
CR_API cr_net *cr_model_net(cr_model *model);

/* All processors, strict: a row with a missing or bad value is an error. */
CR_API void cr_apply_options_init_sized(cr_apply_options *options, size_t size);
static inline void cr_apply_options_init(cr_apply_options *options) {
  cr_apply_options_init_sized(options, sizeof *options);
}

/*
 * Predicts every row of a table; columns are matched by name (by position when one side has no
 * names), others are ignored. CR_ERR_SHAPE names the columns that are missing, CR_ERR_MISSING and
 * CR_ERR_NUMBER a value that cannot be used; CR_ERR_NUMBER also where the network's sums overflow,
 * so that every prediction is finite. CR_ERR_EMPTY if there are no rows, or none is left. `options`
 * may be NULL: as after cr_apply_options_init.
 */
CR_API cr_status cr_model_predict(const cr_model *model, const cr_table *table,
                                  const cr_apply_options *options, cr_predictions **out);
CR_API void cr_predictions_destroy(cr_predictions *predictions);

/* How many rows were predicted: all of the table's, but for those that were left out. */
CR_API size_t cr_predictions_rows(const cr_predictions *predictions);

/*
 * The row that prediction `index` is of, as cr_table_row_number counts: in the file, if the reader
 * left out rows. The predictions are in the order of the table. SIZE_MAX past the end.
 */
CR_API size_t cr_predictions_row(const cr_predictions *predictions, size_t index);

/*
 * Class: index of the most probable label, counted from 0, the first of equals; *probability how
 * sure (may be NULL). For regression 0 and NAN; for several targets, of which any number may hold,
 * SIZE_MAX and NAN. Value `output`: probability of a class or of one of several targets, which is
 * said to hold from 0.5 on, or the number predicted, in the target's own unit. Two classes from one
 * output p: 1 - p and p, the second from 0.5 on. NAN past the end.
 *
 * Where info.scores is set, values are scores instead: the class with the highest one is predicted,
 * *probability is NAN, and of two classes from one output s the values are -s and s.
 */
CR_API size_t cr_predictions_class(const cr_predictions *predictions, size_t index,
                                   double *probability);
CR_API double cr_predictions_value(const cr_predictions *predictions, size_t index, size_t output);

/* What reading this table with this model is worth a word, as "ignored column id"; NULL past. */
CR_API const char *cr_predictions_warning(const cr_predictions *predictions, size_t index);

/*
 * Predicts rows that are in memory, one at a time, without taking memory for each. The predictor
 * borrows the model, which must outlive it. Safe from several threads with a predictor each, while
 * nobody changes the model.
 */
CR_API cr_status cr_predictor_create(const cr_model *model, cr_predictor **out);
CR_API void cr_predictor_destroy(cr_predictor *predictor); /* NULL is fine */

/*
 * inputs: raw numbers in the order of cr_model_input_at, all pixels of an image in a row from 0 to
 * 255, of a date the days since 1970-01-01T00:00Z, of a category the place of the value among its
 * labels, from 0, or -1 for one that is not among them, as cr_model_value gives them; info.values
 * in all, which is cr_net_inputs(cr_model_net(model)) where each column feeds one input. NAN, for
 * no value, is taken where gaps are marked or keep a fill, and by a category that does not refuse
 * them. values: what cr_predictions_value gives, the probability of each class or target, or 1
 * number. CR_ERR_SHAPE for other counts; CR_ERR_NUMBER for another input that is not finite, a
 * place that is none, or where the network's sums overflow.
 */
CR_API cr_status cr_predictor_run(cr_predictor *predictor, const double *inputs, size_t input_count,
                                  double *values, size_t value_count);

/*
 * What stands for a value in cr_predictor_run, from its text: a number, the days of a date, the
 * place of a category's value among its labels, or its hash; NAN for a gap (NULL). CR_ERR_ARGUMENT
 * past the last input, CR_ERR_NUMBER for a text that the input cannot take.
 */
CR_API cr_status cr_model_value(const cr_model *model, size_t input, const char *text,
                                double *value);

CR_END
#endif
