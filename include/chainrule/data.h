/*
 * Tables of data: read from files, taken from memory or built in, and looked at. Samples: matrices
 * of inputs and targets as a network takes them.
 *
 * What a table hands out, texts and pixels too, lives as long as the table and does not change.
 */
#ifndef CHAINRULE_DATA_H
#define CHAINRULE_DATA_H

#include "chainrule/net.h"
#include "chainrule/status.h"

typedef struct cr_table cr_table;     /* rows as they are in the file */
typedef struct cr_samples cr_samples; /* rows ready for a network: inputs and targets as floats */

typedef enum cr_column_type {
  CR_COLUMN_NUMBER = 0, /* one number a row */
  CR_COLUMN_TEXT = 1,   /* one of a set of texts a row */
  CR_COLUMN_IMAGE = 2,  /* height x width x channels bytes a row */
  CR_COLUMN_DATE = 3,   /* of a model's input alone: texts of a table that are read as dates */
} cr_column_type;

/* What a training makes of a column. */
typedef enum cr_column_use {
  CR_USE_DROPPED = 0, /* left out as the options say */
  CR_USE_NUMBER,      /* an input, as are the next three */
  CR_USE_CATEGORY,
  CR_USE_DATE,
  CR_USE_IMAGE,
  CR_USE_TARGET,
  CR_USE_WEIGHT,
  CR_USE_TEXT,     /* left out: texts that are no category */
  CR_USE_ID,       /* left out: it says which row it is and nothing about it */
  CR_USE_CONSTANT, /* left out: the same in all training rows */
} cr_column_use;

typedef struct cr_read_options {
  size_t struct_size;
  const char *target; /* the column that may hold labels; NULL: the last one; "": none */
  const char *labels; /* file of the labels of an IDX or NPY file; NULL: looked for beside it by
                         its name, of NPY if the target is open or "label"; "": none */
  const char *header; /* "auto", "yes" or "no" */
  char delimiter;     /* 0: sniffed among , ; tab |; ' ': any number of blanks */
  bool skip_bad_rows; /* leave out rows of a wrong length instead of failing */
  uint64_t max_bytes; /* of a file once inflated, half of a table; 0: a quarter of the memory */
  size_t threads;     /* 0: as many as there are processors; the table does not depend on it */
  size_t features;    /* the largest index of LIBSVM text; 0: what it has, up to 1,000,000 */
  /*
   * What columns of a CSV file are read as, as in cr_prepare_options: "name=number", $1,234 and 5%
   * among them, with other words as bad values, "name=digits" without those, or whole as texts, as
   * "name=category". Others are read as what most of their values are; other formats know it
   * themselves.
   */
  const char *const *types;
  size_t type_count;
  /*
   * Of pictures (PNG, JPEG): "28x20", 28 wide, to which all are resized; NULL: the commonest size
   * if no side is over 64, else 32x32. "grey" or "color"; NULL: grey if all are. Images in other
   * formats stay as they are.
   */
  const char *image_size, *image_channels;
  /*
   * Bytes that a table may take while it is read and learnt from, about; 0: half of the memory. The
   * values of a larger one of CSV, or of one past max_bytes where that is 0, lie on disk, in a file
   * without a name: they are there as others are, only slower where they are not read in order. Its
   * rows are not searched for copies.
   */
  uint64_t memory;
  const char *cache; /* folder for such files; NULL: that of TMPDIR, or /var/tmp */
  /* Of CSV that is not as it should be. These cost a pass over the text, and memory for it. */
  char decimal;        /* ',': "1,5" is a number, and a point in one is an error; 0: '.' */
  bool pad_bad_rows;   /* rows cut short get gaps; empty values past the last column are left out */
  bool lenient_quotes; /* quotes where none belong are a part of the value */
  bool dedup_names;    /* the second column "a" becomes "a.2", one without a name x and its place */
  const char *array;   /* of NPZ: "x", or "x,y" with y its labels; NULL: found by their names */
  /* `types` say nothing of columns that the file does not have, or that have no names there. */
  bool types_if_there;
  /* Of CSV: further words that stand for no value, below the first row unless header is "no". */
  const char *const *gaps;
  size_t gap_count;
} cr_read_options;

/* Where a table came from and how it was read. */
typedef struct cr_table_origin {
  const char *path;
  const char *format; /* "csv", "idx", "npy", "npz", "libsvm", "pictures", "builtin", "memory" */
  bool compressed;
  bool has_header;     /* column names came from the file */
  char delimiter;      /* 0 unless csv */
  bool complete;       /* all the cases there are (@xor, @and, @or, @parity): nothing to hold out */
  size_t skipped_rows; /* rows left out by skip_bad_rows while reading */
  uint64_t fingerprint; /* of the content, to recognise the same data again */
  const char *labels;   /* the file or array that column "label" is; NULL: none of its own */
} cr_table_origin;

/* A column, with figures over all rows. */
typedef struct cr_column {
  const char *name;
  cr_column_type type;
  size_t width;                         /* values a row: 1, or height * image_width * channels */
  size_t height, image_width, channels; /* 0 unless an image */
  size_t missing;                       /* rows without a value */
  size_t bad;                           /* rows whose value is not a number, in a number column */
  size_t distinct;                      /* different values; counted up to 1001 for numbers */
  bool integer;                         /* every value is a whole number */
  double minimum, maximum, mean, deviation; /* of the numbers or bytes; deviation with 1/n */
} cr_column;

/* What the rows of a table are used for: to learn, to decide when to stop, to measure the end. */
typedef enum cr_portion {
  CR_PORTION_TRAIN = 0,
  CR_PORTION_DEV = 1,
  CR_PORTION_TEST = 2,
} cr_portion;

/* How rows are shared out and prepared. */
typedef struct cr_prepare_options {
  size_t struct_size;
  const char *target;      /* name of the column to learn; NULL: the last one */
  const char *const *drop; /* names of columns to leave out */
  size_t drop_count;
  const char *task; /* "auto", "classification" or "regression"; several targets: "auto" */
  /*
   * "standard", "robust", "minmax", "maxabs", "quantile" or "none"; see cr_model_input. "auto":
   * maxabs of LIBSVM text without its zeros, quantile of numbers far from a normal distribution in
   * 10,000 rows or more, else standard.
   */
  const char *scale;
  /*
   * Shares by cr_portion, 1 together. All 0: 0.6, 0.2, 0.2; above 1,000,000 rows 0.98, 0.01, 0.01;
   * under 10 rows, and of a complete table, every row is for training and for the test. With a test
   * table of its own all of fewer than 10,000 rows are for training, unless patience, restarts or a
   * schedule that does not come down needs a dev part: then 0.9, 0.1, 0. Classes are
   * shared out alike; of more than 1,000,000 usable rows each is drawn by its number and the seed.
   */
  double split[3];
  bool skip_bad_rows; /* leave out rows with a missing or bad value in a used column */
  uint64_t seed;      /* of the shuffle */
  /* Several columns of 0 and 1, each learnt as a label of its own; instead of `target`. */
  const char *const *targets;
  size_t target_count;
  /*
   * Name of a column of numbers from 0: how often a row counts in training; NULL: all once.
   * It is no input. Its values are scaled to 1 on average of the training part; a part that is a
   * table of its own and has no such column counts its rows once.
   */
  const char *weight;
  /*
   * How often the rows of a class count: "balanced", so that all classes count alike, or a list as
   * "a:1,b:5", in which a class not named counts 1; NULL: alike. Scaled likewise, times `weight`.
   */
  const char *class_weights;
  /*
   * What stands where an input has no value: "median", "mean", "mode" or "zero" of the column's
   * training part, beside an input that is 1 where there was none; or "error". NULL or "auto":
   * median, but with skip_bad_rows the rows are left out. Of a category gaps are a value of their
   * own, unless this is "mode" or "error". A target without a value is always an error.
   */
  const char *missing;
  /*
   * What columns are, as "name=number" or with category, date, dmy, mdy, text, id or skip, of which
   * the last three are left out; dmy and mdy are dates, in that order where they do not say it
   * themselves. Others are found by looking: texts are dates if all are, and a category if the
   * training part has no more than one for two rows, or of more than 64 one for four, else they are
   * left out; numbers are left out if all are whole and different and the name is one of an
   * identifier.
   */
  const char *const *types;
  size_t type_count;
  const char *const *only; /* names of the columns that are inputs; none: all but those left out */
  size_t only_count;
  /* For single inputs, as "name=mean": a word of `missing`, a value, or of a category "own". */
  const char *const *gaps;
  size_t gap_count;
  const char *const *scales; /* likewise a word of `scale` */
  size_t scale_count;
  /* A value of a category that no training row had: "none" of its labels (NULL), or "error". */
  const char *unseen;
} cr_prepare_options;

/* What a model does where an input column has no value. */
typedef enum cr_gaps {
  CR_GAPS_FILLED = 0,  /* the training part had none: 0 enters the network */
  CR_GAPS_MARKED = 1,  /* filled, and an input of its own is 1 there, else 0 */
  CR_GAPS_REFUSED = 2, /* an error */
} cr_gaps;

typedef struct cr_comparison cr_comparison; /* of two tables, column by column */

/*
 * How a column differs between two tables, over the rows that have a value in it. `distance` goes
 * from 0 (alike) to 1: of numbers the largest difference between the shares of rows up to a value
 * (Kolmogorov-Smirnov), of images the same of their mean byte, of texts the largest difference
 * between the shares of one text. Rows drawn from one distribution go beyond `critical` in any
 * column of a comparison once in a thousand times. Columns of more than 5,000 rows are judged by as
 * many, drawn the same way each time; means and shares of texts are of all.
 */
typedef struct cr_difference {
  const char *column; /* its name in the first table */
  size_t place;       /* and its place there */
  cr_column_type type;
  double distance, critical;
  double first_mean, second_mean;   /* of the numbers or bytes; NAN for texts */
  const char *text;                 /* texts: the one that differs most; else NULL */
  double first_share, second_share; /* of rows with it; NAN unless texts */
} cr_difference;

CR_BEGIN

/* Last column, labels beside the images, header "auto", delimiter sniffed, strict, no max_bytes. */
CR_API void cr_read_options_init_sized(cr_read_options *options, size_t size);
static inline void cr_read_options_init(cr_read_options *options) {
  cr_read_options_init_sized(options, sizeof *options);
}

/*
 * Reads a table: a CSV, IDX, NPY, NPZ or LIBSVM file, plain or .gz, "-" for standard input, a
 * folder with a folder of pictures for each class, a picture (PNG, JPEG), or a built-in set:
 * "@xor", "@and", "@or", "@spiral", "@parity:N" (N from 2 to 16), "@digits", "@iris". The format is
 * found by looking at the first bytes. The caller owns *out. CR_ERR_OPEN, CR_ERR_IO, CR_ERR_EMPTY,
 * CR_ERR_RAGGED, CR_ERR_CSV, CR_ERR_IDX, CR_ERR_NPY, CR_ERR_NPZ, CR_ERR_LIBSVM, CR_ERR_IMAGE,
 * CR_ERR_GZIP, CR_ERR_FORMAT, CR_ERR_LIMIT, CR_ERR_MEMORY, and CR_ERR_CACHE where values cannot be
 * kept on disk; the detail names the place. CR_ERR_ARGUMENT: options that are not valid, labels for
 * a file of texts, features for anything but LIBSVM.
 */
CR_API cr_status cr_table_read(const char *path, const cr_read_options *options, cr_table **out);

/*
 * Reads several tables, paths (count), as cr_table_read does one after the other, but loads and
 * inflates their files side by side: the allocator of cr_set_allocator is called from several
 * threads unless the first options say 1. options (count), each may be NULL, as may all of them;
 * `threads` is that of the first. A path may be NULL: so is its table; one at most may be "-"
 * (CR_ERR_ARGUMENT). The caller owns the tables out (count). The failure is that of the first file
 * that could not be loaded, or else read; then there are no tables.
 */
CR_API cr_status cr_tables_read(const char *const *paths, const cr_read_options *const *options,
                                size_t count, cr_table **out);

/*
 * The same from bytes in memory (copied); `name` stands for the path in messages, and no labels are
 * looked for beside it.
 */
CR_API cr_status cr_table_parse(const char *name, const void *bytes, size_t size,
                                const cr_read_options *options, cr_table **out);

/*
 * A table of numbers from a matrix (copied). `names` holds m.cols names, or is NULL for x1, x2, …
 */
CR_API cr_status cr_table_from_matrix(cr_const_matrix m, const char *const *names, cr_table **out);

/*
 * Copies the rows rows[0..count) of `table`, in that order. CR_ERR_ARGUMENT past the last row,
 * CR_ERR_EMPTY for no rows.
 */
CR_API cr_status cr_table_select(const cr_table *table, const size_t *rows, size_t count,
                                 cr_table **out);
CR_API void cr_table_destroy(cr_table *table); /* NULL is fine */

CR_API size_t cr_table_rows(const cr_table *table);

/*
 * Which row of the data a row was read from, both counted from 0, a header not at all: another one
 * where skip_bad_rows left out rows before it, and in a table made by cr_table_select, whose rows
 * keep the numbers they had. SIZE_MAX past the end.
 */
CR_API size_t cr_table_row_number(const cr_table *table, size_t row);

/*
 * The picture that the row with this number, as of cr_table_row_number, was read from: its path
 * below the folder that was read, or that of the file itself. NULL past the end, and where rows are
 * no files. Bytes as the system has them, which need not be UTF-8.
 */
CR_API const char *cr_table_row_file(const cr_table *table, size_t number);
CR_API size_t cr_table_columns(const cr_table *table);
CR_API const cr_table_origin *cr_table_get_origin(const cr_table *table);
CR_API const cr_column *cr_table_column(const cr_table *table, size_t column); /* NULL past */
CR_API bool cr_table_find(const cr_table *table, const char *name, size_t *column);

/* One value. A number column: NAN where it is missing or bad. A wrong type or place: NAN, NULL. */
CR_API double cr_table_number(const cr_table *table, size_t row, size_t column);
CR_API const char *cr_table_text(const cr_table *table, size_t row, size_t column);
CR_API const uint8_t *cr_table_image(const cr_table *table, size_t row, size_t column);

/* What the reader noticed, in sentences: mixed line ends, duplicate rows; NULL past the last. */
CR_API const char *cr_table_warning(const cr_table *table, size_t index);

/*
 * Compares the columns that two tables share: by name, or by place where one has no names. Columns
 * of different types, or without a value in one table, are left out, and of LIBSVM text those whose
 * values other than 0 are too few to differ by more than chance. Borrows both tables, which
 * must outlive the comparison; the caller owns *out.
 */
CR_API cr_status cr_tables_compare(const cr_table *first, const cr_table *second,
                                   cr_comparison **out);
CR_API void cr_comparison_destroy(cr_comparison *comparison); /* NULL is fine */

/* The largest distance first, of equals the column more to the left; NULL past the last one. */
CR_API const cr_difference *cr_comparison_at(const cr_comparison *comparison, size_t index);

/* Last column, nothing dropped, everything "auto", seed 1. */
CR_API void cr_prepare_options_init_sized(cr_prepare_options *options, size_t size);
static inline void cr_prepare_options_init(cr_prepare_options *options) {
  cr_prepare_options_init_sized(options, sizeof *options);
}

/*
 * Samples from matrices (borrowed, they must outlive the samples): x (rows, inputs), y (rows,
 * outputs). CR_ERR_SHAPE if the rows differ.
 */
CR_API cr_status cr_samples_from_matrices(cr_const_matrix x, cr_const_matrix y, cr_samples **out);
CR_API void cr_samples_destroy(cr_samples *samples); /* NULL is fine */
CR_API size_t cr_samples_rows(const cr_samples *samples);
CR_API size_t cr_samples_inputs(const cr_samples *samples);
CR_API size_t cr_samples_outputs(const cr_samples *samples);

CR_END
#endif
