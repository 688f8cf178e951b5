/* Writers of file formats: each a file that ends in a const object, and a line in the registry. */
#ifndef DATA_WRITE_H
#define DATA_WRITE_H

#include "chainrule/datasets.h"
#include "data/sink.h"
#include "data/table.h"

typedef struct cr_writer cr_writer;

/* What is written: some rows and columns of a table, of which one may be labels. */
typedef struct cr_writing {
  const cr_table *table;
  const cr_write_options *options;
  const cr_writer *writer;
  bool gzip;
  size_t *rows; /* (row_count) of the table; NULL: all */
  size_t row_count;
  size_t *columns; /* (column_count) of the table, in their order */
  size_t column_count;
  size_t label;      /* column of the table; SIZE_MAX: none */
  char *labels_path; /* where the labels go to; NULL: no file of their own */
} cr_writing;

struct cr_writer {
  const char *name;
  const char *endings[4]; /* of file names, the usual one first; NULL: no more */
  bool labels_beside;     /* readers find labels by their name beside that of the images */
  /* Refuses what the format cannot hold, before a file is touched. */
  cr_status (*check)(const cr_writing *writing);
  cr_status (*write)(const cr_writing *writing, cr_sink *out);
  /* Into a file of their own, where the format asks for one (labels_path); NULL: it never does. */
  cr_status (*write_labels)(const cr_writing *writing, cr_sink *out);
};

/* In the order of their help. */
extern const cr_writer cr_csv_writer, cr_tsv_writer; /* write_csv.c */
extern const cr_writer cr_libsvm_writer;             /* write_libsvm.c */
extern const cr_writer cr_npy_writer;                /* write_npy.c */
extern const cr_writer cr_idx_writer;                /* write_idx.c */

/*
 * writer_registry.c. The writer of options->format, or of a path by its name, and whether gzip
 * comes on top. CR_ERR_ARGUMENT.
 */
cr_status cr_writer_choose(const char *format, const char *path, const cr_writer **out, bool *gzip);

/* Does a name end in ".gz"? */
bool cr_names_gzip(const char *path);

/* write_table.c. What is written of a table where; the writing is freed by its caller. */
cr_status cr_writing_open(const cr_table *table, const char *path, const cr_write_options *options,
                          cr_writing *out);
void cr_writing_free(cr_writing *writing);

/* write_values.c. Row i of those that are written, in the table. */
size_t cr_writing_row(const cr_writing *writing, size_t i);

/* The number in a row of the table; of a text, where options->codes says so, its place. */
double cr_writing_number(const cr_writing *writing, size_t row, size_t column);

/* Value k of a column that has `width` of them: of images its bytes. */
double cr_writing_value(const cr_writing *writing, size_t row, size_t column, size_t k);

/* CR_ERR_NUMBER if a column has a value that is not kept as a number or a text. */
cr_status cr_check_kept(const cr_writing *writing, size_t column);

/* CR_ERR_NUMBER for texts that are not to be codes. */
cr_status cr_check_numbers(const cr_writing *writing, size_t column);

/* CR_ERR_MISSING if a row that is written has no value there. */
cr_status cr_check_gaps(const cr_writing *writing, size_t column);

/* All three, and CR_ERR_NUMBER for what is no whole number from 0 to 255. */
cr_status cr_check_bytes(const cr_writing *writing, size_t column);

/* CR_ERR_COLUMN if there is nothing but the label. */
cr_status cr_check_beside_label(const cr_writing *writing);

/* CR_ERR_ARGUMENT if there are labels and no file for them, which the format wants. */
cr_status cr_check_labels_apart(const cr_writing *writing);

/*
 * write_images.c. Are images what is written: a column of them, or numbers that options->height and
 * its like make images?
 */
bool cr_writes_images(const cr_writing *writing);

/* Rows, height, width and channels; all other columns than the label make one row of pixels. */
void cr_image_dimensions(const cr_writing *writing, size_t dimensions[4]);

/* The columns beside the label must make these images. CR_ERR_SHAPE, CR_ERR_NUMBER. */
cr_status cr_check_images(const cr_writing *writing);

/* All bytes of all images, row by row. */
cr_status cr_write_pixels(const cr_writing *writing, cr_sink *out);

#endif
