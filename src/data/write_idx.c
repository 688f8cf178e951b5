/* IDX, the format of MNIST: images, or rows of bytes, and their labels in a file beside. */
#include "base/bytes.h"
#include "data/write.h"

enum { TYPE_BYTE = 0x08, DIMENSION_SIZE = 4 };

static cr_status check(const cr_writing *w) {
  size_t dimensions[4];
  CR_TRY(cr_check_labels_apart(w));
  CR_TRY(cr_check_images(w));
  if (w->label != SIZE_MAX) CR_TRY(cr_check_bytes(w, w->label));
  cr_image_dimensions(w, dimensions);
  for (size_t d = 0; d < 4; d++)
    if (dimensions[d] > UINT32_MAX)
      return cr_fail(CR_ERR_LIMIT, "%zu: a dimension of idx has 32 bits", dimensions[d]);
  return CR_OK;
}

static cr_status put_header(cr_sink *out, const size_t *dimensions, size_t count) {
  unsigned char bytes[DIMENSION_SIZE] = {0, 0, TYPE_BYTE, (unsigned char)count};
  CR_TRY(cr_sink_add(out, bytes, sizeof bytes));
  for (size_t d = 0; d < count; d++) {
    cr_put_big_endian(bytes, dimensions[d], sizeof bytes);
    CR_TRY(cr_sink_add(out, bytes, sizeof bytes));
  }
  return CR_OK;
}

/* Grey images have no dimension of channels, and rows of numbers none of their height, 1. */
static cr_status write_idx(const cr_writing *w, cr_sink *out) {
  size_t d[4];
  cr_image_dimensions(w, d);
  if (d[3] > 1) {
    CR_TRY(put_header(out, d, 4));
  } else if (d[1] > 1) {
    CR_TRY(put_header(out, d, 3));
  } else {
    const size_t flat[2] = {d[0], d[2]};
    CR_TRY(put_header(out, flat, 2));
  }
  return cr_write_pixels(w, out);
}

static cr_status write_labels(const cr_writing *w, cr_sink *out) {
  CR_TRY(put_header(out, &w->row_count, 1));
  for (size_t r = 0; r < w->row_count; r++) {
    const uint8_t byte = (uint8_t)cr_writing_number(w, cr_writing_row(w, r), w->label);
    CR_TRY(cr_sink_add(out, &byte, 1));
  }
  return CR_OK;
}

const cr_writer cr_idx_writer = {.name = "idx",
                                 .endings = {".idx", "-ubyte"},
                                 .labels_beside = true,
                                 .check = check,
                                 .write = write_idx,
                                 .write_labels = write_labels};
