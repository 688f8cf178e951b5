/* NPY, the format of numpy.save: what its header says. Beside read_npy.c and read_npy_header.c. */
#ifndef DATA_NPY_H
#define DATA_NPY_H

#include "data/reader.h"

enum {
  CR_NPY_DIMENSIONS_MAX = 4,
  CR_NPY_COLUMNS_MAX = 1000000, /* as in CSV */
  CR_NPY_TEXT_MAX = 32,
};

/* How an element is written: its bytes as one word, the least first, make a number. */
typedef struct cr_npy_type {
  const char *name; /* "f4" */
  size_t size;
  bool whole; /* integers and truth values, which may be class labels */
  double (*number)(uint64_t word);
} cr_npy_type;

typedef struct cr_npy_header {
  const cr_npy_type *type;
  bool big_endian;
  bool fortran_order; /* the first index changes fastest */
  size_t count;       /* of dimensions */
  size_t dimensions[CR_NPY_DIMENSIONS_MAX];
  size_t elements; /* their product */
  size_t data;     /* offset of the first element */
} cr_npy_header;

/*
 * Reads the header and holds the size of the file against it. CR_ERR_NPY, CR_ERR_FORMAT (objects,
 * texts, complex and structured elements, more dimensions), CR_ERR_EMPTY (a dimension is 0),
 * CR_ERR_LIMIT (a longer header than numpy itself reads).
 */
cr_status cr_npy_read_header(const cr_source *source, cr_npy_header *out);

/* The same as far as the first bytes of a file tell, the elements aside. */
cr_status cr_npy_judge(const cr_source *head);

/* What an array whose file has so many bytes takes as a table. */
uint64_t cr_npy_table_bytes(const cr_source *head, uint64_t bytes);

/*
 * read_npy.c. A table of an array and its labels, or those in the file that options name (NULL:
 * without), both in the NPY format. What the source owns may be taken over.
 */
cr_status cr_npy_table(cr_source *array, const cr_source *labels, const cr_read_options *options,
                       cr_pool *pool, cr_table **out);

#endif
