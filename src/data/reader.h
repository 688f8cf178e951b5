/* Readers of file formats: each a file that ends in a const object, and a line in the registry. */
#ifndef DATA_READER_H
#define DATA_READER_H

#include "base/file.h"
#include "data/table.h"

enum { CR_FEATURES_MAX = 1000000 }; /* of LIBSVM text */

/* A file in memory, inflated if it was compressed. */
typedef struct cr_source {
  const char *path; /* for messages, and to find files beside it */
  char *bytes;      /* ends in a NUL that size does not count */
  size_t size;
  bool on_disk;           /* path is a file, which others may lie beside */
  bool compressed;        /* it was gzip */
  bool owned;             /* bytes may be taken over (set to NULL) by the reader */
  struct cr_large *large; /* where they lie on disk: cr_table_take_large; else NULL */
} cr_source;

typedef struct cr_reader {
  const char *name;
  bool (*sniff)(const char *head, size_t size);
  cr_status (*judge)(const cr_source *head); /* refuses what the first bytes alone rule out */
  /* By its head, what a file of so many bytes takes as a table; NULL: it has to be in memory. */
  uint64_t (*table_bytes)(const cr_source *head, uint64_t bytes);
  cr_status (*read)(cr_source *source, const cr_read_options *options, cr_pool *pool,
                    cr_table **out);
} cr_reader;

/* What a table that is read from a file may take of memory; a small one is never refused. */
uint64_t cr_table_bytes_max(const cr_read_options *options);

/* CR_ERR_LIMIT: it would take more. */
cr_status cr_table_fail_size(const char *path, const cr_read_options *options);

/* Is it text of values, as far as its first bytes say? */
bool cr_head_is_csv(const char *head, size_t size);

/*
 * Is it values one after the other, which may lie on disk as they are? What a file of so many bytes
 * that begins so takes as a table; else 0.
 */
uint64_t cr_head_table_bytes(const char *head, size_t size, uint64_t bytes);

/* A device or a pipe that is no table may have no end: it is refused by its head. */
cr_status cr_judge_head(const char *path, const char *head, size_t size);

/* A table from a file in memory. The pool may be NULL; it does not change the table. */
cr_status cr_source_read(cr_source *source, const cr_read_options *options, cr_pool *pool,
                         cr_table **out);

/* In the order they are asked. */
extern const cr_reader cr_idx_reader;     /* read_idx.c */
extern const cr_reader cr_npy_reader;     /* read_npy.c */
extern const cr_reader cr_npz_reader;     /* read_npz.c */
extern const cr_reader cr_libsvm_reader;  /* read_libsvm.c */
extern const cr_reader cr_picture_reader; /* read_pictures.c; folders of them: picture.h */
extern const cr_reader cr_csv_reader;     /* read_csv.c; takes whatever is left */

/* Notes what the table is made of: a fingerprint of all bytes, and whether they were compressed. */
void cr_table_note_source(cr_table *table, const cr_source *source, const cr_source *labels);

/*
 * Makes column 0 of a table its images, dimensions (count): rows, then height, width and channels
 * as far as there are so many; the bytes of the source from `data` on, taken over if it owns them.
 */
cr_status cr_table_take_images(cr_table *table, cr_source *source, size_t data, size_t count,
                               const size_t *dimensions);

/* "x-labels-idx1-ubyte" of "x-images-idx3-ubyte"; *out is NULL if the name does not say images. */
cr_status cr_labels_beside(const char *images, char **out);

/* If there is no plain file of this name: that with .gz or without it, or NULL if there is none. */
cr_status cr_file_or_gzip(char **path);

/* A table of images and their labels (NULL: without), both in the IDX format. */
cr_status cr_idx_table(cr_source *images, const cr_source *labels, cr_pool *pool, cr_table **out);

/*
 * A table whose rows are known becomes one on disk where the bytes of its file lie there: its
 * numbers go there, too. Nothing otherwise. CR_ERR_CACHE.
 */
cr_status cr_table_take_large(cr_table *table, cr_source *source);

/* cr_hash_bytes of all bytes of a source. */
uint64_t cr_source_hash(const cr_source *source, uint64_t seed);

/* Loads a file and inflates it if it starts as gzip does; `judge` (NULL: none) sees its head. */
cr_status cr_source_load(const char *path, uint64_t max_bytes, cr_file_judge *judge,
                         cr_source *out);

/* The same from bytes of the caller's. */
cr_status cr_source_copy(const char *name, const char *bytes, size_t size, uint64_t max_bytes,
                         cr_source *out);
void cr_source_free(cr_source *source);

bool cr_is_gzip(const char *bytes, size_t size);

/* gzip through inflate(): checks each member to its end, refuses bombs and what comes after. */
cr_status cr_inflate(const char *path, const char *bytes, size_t size, uint64_t max_bytes,
                     char **out, size_t *out_size);

/* "@digits" and the like: cr_table_read calls it for names that start with '@'. */
cr_status cr_builtin_read(const char *name, cr_table **out);

#endif
