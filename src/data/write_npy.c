/*
 * NPY: a matrix of doubles, a gap a NaN; or images as bytes. Labels, where they have a file of
 * their own, are integers if they are whole.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "data/write.h"

enum {
  ALIGNMENT = 64, /* of the first element, as numpy.save has it */
  HEADER_MOST = 256,
  PREAMBLE = 10, /* magic, version, length of the header */
};

/* The largest whole numbers that are exact both as doubles and as 64-bit integers. */
static const double whole_max = 9007199254740992.0; /* 2^53 */

static bool is_apart(const cr_writing *w, size_t column) {
  return w->labels_path && column == w->label;
}

static cr_status check_column(const cr_writing *w, size_t column) {
  CR_TRY(cr_check_kept(w, column));
  return cr_check_numbers(w, column);
}

static cr_status check(const cr_writing *w) {
  if (cr_writes_images(w)) {
    CR_TRY(cr_check_labels_apart(w));
    CR_TRY(cr_check_images(w));
    return w->label == SIZE_MAX ? CR_OK : check_column(w, w->label);
  }
  if (w->labels_path) CR_TRY(cr_check_beside_label(w));
  for (size_t i = 0; i < w->column_count; i++) CR_TRY(check_column(w, w->columns[i]));
  return CR_OK;
}

/* "(3, 4)", and "(3,)" of one dimension. */
static size_t put_shape(char *text, size_t room, const size_t *dimensions, size_t count) {
  size_t used = 0;
  for (size_t d = 0; d < count; d++)
    used += (size_t)snprintf(text + used, room - used, "%s%zu", d ? ", " : "(", dimensions[d]);
  return used + (size_t)snprintf(text + used, room - used, count == 1 ? ",)" : ")");
}

static cr_status put_header(cr_sink *out, const char *type, const size_t *dimensions,
                            size_t count) {
  char text[HEADER_MOST];
  unsigned char preamble[PREAMBLE] = "\x93NUMPY\x01";
  size_t used =
      (size_t)snprintf(text, sizeof text, "{'descr': '%s', 'fortran_order': False, ", type);
  used += (size_t)snprintf(text + used, sizeof text - used, "'shape': ");
  used += put_shape(text + used, sizeof text - used, dimensions, count);
  used += (size_t)snprintf(text + used, sizeof text - used, ", }");
  while ((PREAMBLE + used + 1) % ALIGNMENT) text[used++] = ' ';
  text[used++] = '\n';
  cr_put_little_endian(preamble + 8, used, 2);
  CR_TRY(cr_sink_add(out, preamble, sizeof preamble));
  return cr_sink_add(out, text, used);
}

static cr_status put_word(cr_sink *out, uint64_t word) {
  unsigned char bytes[8];
  cr_put_little_endian(bytes, word, sizeof bytes);
  return cr_sink_add(out, bytes, sizeof bytes);
}

/* A gap is the NaN that every operation makes: no other tells anything to those who read it. */
static cr_status put_double(cr_sink *out, double value) {
  uint64_t word;
  if (isnan(value)) value = cr_number_missing();
  memcpy(&word, &value, sizeof word);
  return put_word(out, word);
}

static cr_status write_matrix(const cr_writing *w, cr_sink *out) {
  const size_t shape[2] = {w->row_count, w->column_count - (w->labels_path != NULL)};
  CR_TRY(put_header(out, "<f8", shape, 2));
  for (size_t r = 0; r < w->row_count; r++)
    for (size_t i = 0; i < w->column_count; i++)
      if (!is_apart(w, w->columns[i]))
        CR_TRY(put_double(out, cr_writing_number(w, cr_writing_row(w, r), w->columns[i])));
  return CR_OK;
}

static cr_status write_npy(const cr_writing *w, cr_sink *out) {
  size_t shape[4];
  if (!cr_writes_images(w)) return write_matrix(w, out);
  cr_image_dimensions(w, shape);
  CR_TRY(put_header(out, "|u1", shape, shape[3] > 1 ? 4 : 3));
  return cr_write_pixels(w, out);
}

static bool are_whole(const cr_writing *w) {
  for (size_t r = 0; r < w->row_count; r++) {
    const double value = cr_writing_number(w, cr_writing_row(w, r), w->label);
    if (!(fabs(value) < whole_max && floor(value) == value)) return false;
  }
  return true;
}

static cr_status write_labels(const cr_writing *w, cr_sink *out) {
  const bool whole = are_whole(w);
  CR_TRY(put_header(out, whole ? "<i8" : "<f8", &w->row_count, 1));
  for (size_t r = 0; r < w->row_count; r++) {
    const double value = cr_writing_number(w, cr_writing_row(w, r), w->label);
    CR_TRY(whole ? put_word(out, (uint64_t)(int64_t)value) : put_double(out, value));
  }
  return CR_OK;
}

const cr_writer cr_npy_writer = {.name = "npy",
                                 .endings = {".npy"},
                                 .check = check,
                                 .write = write_npy,
                                 .write_labels = write_labels};
