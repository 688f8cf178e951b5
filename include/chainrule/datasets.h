/*
 * Data sets as files: tables written in any format that is read, and tables made up.
 */
#ifndef CHAINRULE_DATASETS_H
#define CHAINRULE_DATASETS_H

#include "chainrule/data.h"

typedef struct cr_write_options {
  size_t struct_size;
  /* "csv", "tsv", "libsvm", "npy" or "idx", and ".gz" behind it for gzip; NULL: by the path. */
  const char *format;
  /* The column of labels, where a format keeps them apart; NULL: the last one, "": none. */
  const char *target;
  const char *const *drop; /* names of columns to leave out */
  size_t drop_count;
  /* Where the labels of IDX and NPY go; NULL: a name beside that says so, if the path has one. */
  const char *labels;
  /* What numbers from 0 to 255 are the pixels of, in IDX and NPY; all 0: of no image. */
  size_t height, width, channels;
  bool no_header;     /* of CSV: no line with the names of the columns */
  bool codes;         /* texts become their places in the order of texts, where only numbers go */
  bool skip_bad_rows; /* leave out rows with a missing or bad value */
  const size_t *rows; /* (row_count) which rows, in this order; NULL: all */
  size_t row_count;
} cr_write_options;

/* What was written; struct_size is set by cr_written_init, the rest by cr_table_write. */
typedef struct cr_written {
  size_t struct_size;
  const char *format; /* "csv"; static */
  bool compressed;
  size_t rows, skipped_rows;
  char labels[4096]; /* the file the labels went to; "": none */
} cr_written;

/* How much of a made-up set there is. */
typedef struct cr_generate_options {
  size_t struct_size;
  size_t rows;  /* 0: 300 */
  double noise; /* what it means, the set's summary says; negative: the set's own default */
  uint64_t seed;
} cr_generate_options;

/* A set that cr_table_generate makes. Texts are static. */
typedef struct cr_generator_info {
  const char *name;
  const char *summary;
  const char *noise;    /* what the noise of it is */
  double default_noise; /* and how much there is if nobody says */
} cr_generator_info;

CR_BEGIN

/* CSV by the name of the path, the last column the label, everything, with names. */
CR_API void cr_write_options_init_sized(cr_write_options *options, size_t size);
static inline void cr_write_options_init(cr_write_options *options) {
  cr_write_options_init_sized(options, sizeof *options);
}

static inline void cr_written_init(cr_written *written) {
  written->struct_size = sizeof *written;
}

/*
 * Writes a table to a file, "-" for standard output. The old file stays whole until the new one is
 * complete. Numbers are written so that the same double is read again. `about` may be NULL. What a
 * format cannot hold is an error that says what would help: CR_ERR_NUMBER (texts among numbers, and
 * where only numbers go; no byte where a pixel is), CR_ERR_MISSING (a gap, in LIBSVM and IDX),
 * CR_ERR_SHAPE (columns that do not make the image), CR_ERR_COLUMN, CR_ERR_EMPTY, CR_ERR_ARGUMENT;
 * and those of writing: CR_ERR_OPEN, CR_ERR_IO, CR_ERR_BUSY, CR_ERR_MEMORY.
 */
CR_API cr_status cr_table_write(const cr_table *table, const char *path,
                                const cr_write_options *options, cr_written *about);

/* The text that `codes` writes as `code`; NULL past the last, and for a column of no texts. */
CR_API const char *cr_table_text_at(const cr_table *table, size_t column, size_t code);

/* The format the name of a path stands for, "csv.gz" for one; NULL if it tells none. Static. */
CR_API const char *cr_format_of_path(const char *path);

/* Name of a format that is written, and how files of it end; NULL past the last. Static. */
CR_API const char *cr_write_format_at(size_t index, const char **ending);

/* 300 rows, the default noise, seed 1. */
CR_API void cr_generate_options_init_sized(cr_generate_options *options, size_t size);
static inline void cr_generate_options_init(cr_generate_options *options) {
  cr_generate_options_init_sized(options, sizeof *options);
}

/*
 * Makes up a table by the name of a set (cr_generator_at). Numbers are rounded to six decimals, so
 * that they are the same on every machine. The caller owns *out. CR_ERR_ARGUMENT, with the nearest
 * name; CR_ERR_LIMIT above 100,000,000 rows; CR_ERR_MEMORY.
 */
CR_API cr_status cr_table_generate(const char *name, const cr_generate_options *options,
                                   cr_table **out);

/* NULL past the last one. */
CR_API const cr_generator_info *cr_generator_at(size_t index);

CR_END
#endif
