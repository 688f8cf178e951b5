/*
 * The preparation of a table for a network: which columns go in and how they are scaled, and what
 * the outputs mean. Fitted on training rows, kept in the model, applied again to any table.
 */
#ifndef DATA_ENCODE_H
#define DATA_ENCODE_H

#include "data/dates.h"
#include "data/encode_scale.h"
#include "data/samples.h"
#include "data/table.h"

/* A category of more different values than this is hashed. */
enum { CR_MAX_CATEGORIES = 64 };

/* A hashed value is 1 at CR_HASH_PLACES of CR_HASH_INPUTS inputs, each told by so many bits. */
enum { CR_HASH_INPUTS = 64, CR_HASH_BITS = 6, CR_HASH_PLACES = 3 };
enum { CR_HASH_CODES = 1 << CR_HASH_BITS * CR_HASH_PLACES };

/* Inputs of a number or date at most: its own, those of cycles, and the mark of gaps. */
enum { CR_NUMBER_WIDTH_MAX = 1 + 2 * CR_CYCLES + 1 };

/* What fills the gaps of a column, worked out from those of its values that are there. */
typedef enum cr_fill {
  CR_FILL_MEDIAN = 0,
  CR_FILL_MEAN,
  CR_FILL_ZERO,
  CR_FILL_MODE,
  CR_FILL_CONSTANT,
} cr_fill;

/* How an input is to be fitted. */
typedef struct cr_wishes {
  cr_fill fill;
  bool keeps_fill; /* what fills gaps was told, and is for gaps that training did not have, too */
  bool marks;      /* gaps of the training part get an input of their own; false once fitted */
  cr_scaling scaling;
} cr_wishes;

typedef struct cr_input {
  char *name;
  cr_column_type type; /* number, image, date, or text: a category */
  cr_gaps gaps;
  cr_strlist labels;   /* category: its values, one input of 0 or 1 each, and the gaps' if marked */
  bool hashed;         /* category: it has no labels, its values share CR_HASH_INPUTS inputs */
  bool unseen_refused; /* category: a value that is none of its labels is an error */
  char *fill_text;     /* category: the value that a gap is taken for; NULL: none */
  bool declared;       /* its type is by the options, not by looking */
  bool told_of;        /* its texts look like dates or numbers, and a warning names it */
  bool amounts;        /* number: some of its values were written as cr_parse_amount knows them */
  double fill;     /* number or date: what stands in a gap, before scaling, if they are marked */
  bool keeps_fill; /* or this is set; else its shift does */
  cr_date_order order; /* date */
  unsigned cycles;     /* date: those of which sine and cosine are inputs, after the days */
  size_t width, height, image_width, channels;
  double shift, scale; /* value -> (value - shift) / scale; one pair for a whole image */
  double *knots;       /* see cr_scale */
  size_t knot_count;
  size_t column;    /* its place in the table the encoder was made from */
  cr_wishes wishes; /* for cr_encoder_fit */
} cr_input;

typedef struct cr_encoder {
  bool named; /* columns have names from the file and are matched by them */
  size_t input_count;
  cr_input *inputs;
  size_t width;                      /* of x: the widths of the inputs together */
  size_t columns;                    /* of the table it was made from; 0: not known */
  char *target;                      /* name of the target column; of several all, with commas */
  size_t target_column;              /* its place in that table; of several the first one's */
  bool classes;                      /* classification */
  bool multilabel;                   /* several targets: columns of 0 and 1, each a label */
  cr_strlist numbers;                /* several targets of numbers: names of the columns */
  cr_strlist labels;                 /* classes: in order; multilabel: names of the columns */
  size_t *label_columns;             /* several targets: their places in that table */
  cr_column_use *uses;               /* (columns) of that table; NULL in a model from a file */
  bool amounts;                      /* some targets are numbers written so */
  char *weight;                      /* column that said how often a row counts, or NULL */
  double target_shift, target_scale; /* a number: y = (value - shift) / scale; several: 0, 1 */
  double *target_scaling;            /* several numbers: (2 * numbers) all shifts, all scales */
} cr_encoder;

/*
 * Chooses the columns and the task. Categories have no labels yet, no gaps are marked, and scales
 * are still 0 and 1. Warnings go to `warnings`.
 */
cr_status cr_encoder_create(const cr_table *table, const cr_prepare_options *options,
                            cr_strlist *warnings, cr_encoder **out);

/*
 * Works out labels, fills, shift and scale from the training rows alone; leaves out constant
 * columns, and texts that are no category.
 */
cr_status cr_encoder_fit(cr_encoder *encoder, const cr_table *table, const size_t *rows,
                         size_t count, const char *scale, cr_strlist *warnings);
void cr_encoder_destroy(cr_encoder *encoder);

/* Several targets, once names and `label_columns` are there: sets target and target_column. */
cr_status cr_encoder_name_labels(cr_encoder *encoder);

/* "classification", "regression" or "multilabel". */
const char *cr_encoder_task(const cr_encoder *encoder);

/* Columns of targets: one, or with multilabel one for each label. */
size_t cr_encoder_target_count(const cr_encoder *encoder);

/* The names of several targets, labels or numbers; there are none of a single one. */
const cr_strlist *cr_encoder_target_names(const cr_encoder *encoder);

/* Of target `index` of numbers: y = (value - shift) / scale. */
double cr_encoder_target_shift(const cr_encoder *encoder, size_t index);
double cr_encoder_target_scale(const cr_encoder *encoder, size_t index);

/*
 * Which column of `table` feeds each input (inputs: input_count entries) and which are the targets
 * (targets: cr_encoder_target_count entries; SIZE_MAX for one it has not). CR_ERR_SHAPE lists what
 * is missing.
 */
cr_status cr_encoder_match(const cr_encoder *encoder, const cr_table *table, size_t *inputs,
                           size_t *targets, cr_strlist *warnings);

/*
 * Rows of `table` that can be used: all, or, with skip_bad_rows, those without a missing or bad
 * value in a used column; else the first such value is an error. `rows` has room for all.
 */
cr_status cr_encoder_usable(const cr_encoder *encoder, const cr_table *table, bool with_target,
                            bool skip_bad_rows, size_t *rows, size_t *count);

/*
 * Sentences on what these rows have and no training row had: a gap in a column without any, a value
 * that is none of a category's.
 */
cr_status cr_encoder_warn_new(const cr_encoder *encoder, const cr_table *table, const size_t *rows,
                              size_t count, cr_strlist *warnings);

/* A sentence on the rows that were left out, by the reader and since, if `used` are left. */
cr_status cr_warn_left_out(const cr_table *table, size_t used, cr_strlist *warnings);

/*
 * Samples of some rows. Numbers are encoded now; images stay the table's bytes, so the table must
 * outlive the samples. `outputs` is the width of the network's output (1, or the labels).
 * CR_ERR_TARGET if a label is not among the encoder's, or one of several targets is not 0 or 1.
 */
cr_status cr_encoder_samples(const cr_encoder *encoder, const cr_table *table, const size_t *rows,
                             size_t count, bool with_target, size_t outputs, cr_samples **out);

/* The number that stands for a gap of a number or date where gaps are filled. */
static inline double cr_input_gap(const cr_input *input) {
  return input->keeps_fill || input->gaps == CR_GAPS_MARKED ? input->fill : input->shift;
}

/* How a number of this input is scaled. */
static inline cr_scale cr_input_scale(const cr_input *input) {
  return (cr_scale){input->shift, input->scale, input->knots, input->knot_count};
}

/*
 * The number that stands for a value in cr_encoder_row, from its text: NAN for a gap (NULL), of a
 * category -1 for none of its labels. CR_ERR_NUMBER: the input takes no such text.
 */
cr_status cr_input_value(const cr_input *input, const char *text, double *value);

/* Is every input the scaled numbers of its column and nothing else? */
bool cr_encoder_is_plain(const cr_encoder *encoder);

/* Adds what input `part` of those that an input feeds is called: "city = Rome", "when, sine of the
 * year". */
void cr_input_name_part(const cr_input *input, size_t part, cr_strbuf *out);

/* Numbers that stand for a row in memory: one a column, all pixels of an image. */
size_t cr_encoder_values(const cr_encoder *encoder);

/*
 * The inputs of the network (width) from the raw numbers of one column, in double, as
 * cr_encoder_row has them in float. CR_ERR_NUMBER.
 */
cr_status cr_input_encode(const cr_input *input, const double *values, double *x);

/* The shift and scale of each value of a row (width), side by side: one block, owned. */
typedef struct cr_row_scaling {
  double *shift, *scale;
  double *expanded; /* (width) where columns are encoded one by one; NULL: all at once */
} cr_row_scaling;

cr_status cr_row_scaling_create(const cr_encoder *encoder, cr_row_scaling *out);
void cr_row_scaling_free(cr_row_scaling *scaling);

/*
 * One row from memory: values (cr_encoder_values), those of the columns one after the other, to x
 * (width), the same bits as cr_encoder_samples gives. CR_ERR_NUMBER: a value that cannot be used.
 */
cr_status cr_encoder_row(const cr_encoder *encoder, const cr_row_scaling *scaling,
                         const double *values, float *x);

/*
 * The classes of some rows alone, for an encoder of classes: classes[i] is the place of the label
 * of row rows[i] among the encoder's. CR_ERR_TARGET as above.
 */
cr_status cr_encoder_classes(const cr_encoder *encoder, const cr_table *table, const size_t *rows,
                             size_t count, uint32_t *classes);

#endif
