/* Samples inside: inputs as floats, or as bytes that become floats when a batch is made. */
#ifndef DATA_SAMPLES_H
#define DATA_SAMPLES_H

#include "base/fail.h"
#include "chainrule/data.h"

struct cr_row_store;

/* Of images: 0 where the inputs are none. */
typedef struct cr_image_shape {
  size_t height, width, channels;
} cr_image_shape;

/* Inputs most of which are what a 0 becomes: row r has starts[r] up to starts[r + 1] others. */
typedef struct cr_sparse_inputs {
  size_t *starts;   /* (rows + 1) */
  uint32_t *inputs; /* (entries) which input */
  float *values;    /* (entries) */
  float *zeros;     /* (inputs) the inputs of a row without entries */
} cr_sparse_inputs;

/* Frees what they own. */
void cr_sparse_inputs_free(cr_sparse_inputs *inputs);

struct cr_samples {
  size_t rows, inputs, outputs;
  /* rows on disk: the store, owned, and all below are 0; see row_store.h */
  struct cr_row_store *store;
  uint64_t memory; /* bytes of its rows that may be in memory at once */
  /* rows in memory, one of: */
  cr_const_matrix x;            /* (rows, inputs); data NULL if the inputs are bytes */
  float *owned_x;               /* x.data if it is ours */
  const uint8_t *bytes;         /* image bytes of the whole table (table rows, inputs) */
  uint8_t *owned_bytes;         /* bytes if they are ours */
  size_t *byte_rows;            /* (rows) row in `bytes` of each sample, owned; NULL: its own */
  float byte_scale, byte_shift; /* x = byte * scale + shift */
  cr_image_shape image;         /* what the bytes are */
  cr_sparse_inputs sparse;      /* owned; zeros NULL: not these */
  /* and one of: */
  cr_const_matrix y; /* (rows, outputs); data NULL if the targets are classes or absent */
  float *owned_y;
  uint32_t *classes; /* (rows) owned; written one-hot, or as 0 and 1 for one output */
  float *weights;    /* (rows) owned: how often a row counts, 1 on average; NULL: all once */
};

/* In memory or on disk: are the inputs image bytes? The targets classes, or numbers? Are there
 * weights? */
bool cr_samples_have_bytes(const cr_samples *samples);
bool cr_samples_have_classes(const cr_samples *samples);
bool cr_samples_have_numbers(const cr_samples *samples);
bool cr_samples_have_weights(const cr_samples *samples);

/* Bytes of rows on disk; 0 if they are in memory. */
uint64_t cr_samples_disk_bytes(const cr_samples *samples);

/* The image bytes (inputs) of a row in memory. */
const uint8_t *cr_samples_bytes(const cr_samples *samples, size_t row);

/* Converts bytes while gathering; the trainer passes its kernel's, tests the plain one. */
typedef void cr_bytes_to_floats(float *out, const uint8_t *bytes, size_t n, float scale,
                                float shift);

/*
 * The batch of samples order[0..count): x (count, inputs) and y (count, outputs), each unless its
 * data is NULL.
 */
void cr_samples_gather(const cr_samples *samples, cr_bytes_to_floats *convert, const size_t *order,
                       size_t count, cr_matrix x, cr_matrix y);

/*
 * Asks the memory for the inputs of samples order[0..count), which are wanted soon: their order is
 * none that the processor could foresee.
 */
void cr_samples_ask_for(const cr_samples *samples, const size_t *order, size_t count);

#endif
