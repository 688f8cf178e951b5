/* Tables as images: a column of them, or columns of numbers that are their pixels. */
#include "base/size.h"
#include "data/encode_parts.h"
#include "data/write.h"

/* The column of images among those beside the label; SIZE_MAX: there is none. */
static size_t image_column(const cr_writing *w) {
  for (size_t i = 0; i < w->column_count; i++)
    if (w->table->columns[w->columns[i]].info.type == CR_COLUMN_IMAGE) return w->columns[i];
  return SIZE_MAX;
}

static size_t pixel_columns(const cr_writing *w) {
  return w->column_count - (w->label != SIZE_MAX);
}

/* Values a row. */
static size_t pixel_count(const cr_writing *w) {
  const size_t image = image_column(w);
  return image == SIZE_MAX ? pixel_columns(w) : w->table->columns[image].info.width;
}

bool cr_writes_images(const cr_writing *w) {
  return w->options->height > 0 || image_column(w) != SIZE_MAX;
}

void cr_image_dimensions(const cr_writing *w, size_t dimensions[4]) {
  const cr_write_options *o = w->options;
  const size_t image = image_column(w);
  dimensions[0] = w->row_count;
  if (o->height > 0) {
    dimensions[1] = o->height;
    dimensions[2] = o->width;
    dimensions[3] = o->channels > 0 ? o->channels : 1;
  } else if (image != SIZE_MAX) {
    const cr_column *info = &w->table->columns[image].info;
    dimensions[1] = info->height;
    dimensions[2] = info->image_width;
    dimensions[3] = info->channels;
  } else {
    dimensions[1] = dimensions[3] = 1;
    dimensions[2] = pixel_columns(w);
  }
}

/* Beside a column of images nothing but the label has a place. */
static cr_status check_alone(const cr_writing *w) {
  const size_t image = image_column(w);
  if (image == SIZE_MAX || pixel_columns(w) == 1) return CR_OK;
  for (size_t i = 0; i < w->column_count; i++) {
    const size_t c = w->columns[i];
    if (c == image || c == w->label) continue;
    const char *name = w->table->columns[c].info.name;
    cr_strbuf fix = {0};
    cr_fail_at(CR_ERR_SHAPE, w->table->path, 0, c + 1,
               "column '%s' stands beside images, and %s has no place for it", name,
               w->writer->name);
    cr_strbuf_format(&fix, "leave it out with");
    cr_add_drop(&fix, name);
    return cr_fix_command(&fix);
  }
  return CR_OK;
}

cr_status cr_check_images(const cr_writing *w) {
  size_t d[4], pixels = 0;
  if (w->label != SIZE_MAX && w->table->columns[w->label].info.type == CR_COLUMN_IMAGE)
    return cr_fail(CR_ERR_SHAPE, "column '%s' holds images and cannot be the label",
                   w->table->columns[w->label].info.name);
  CR_TRY(cr_check_beside_label(w));
  CR_TRY(check_alone(w));
  cr_image_dimensions(w, d);
  cr_status status = cr_size_product(d[1], d[2], &pixels);
  if (status == CR_OK) status = cr_size_product(pixels, d[3], &pixels);
  if (status != CR_OK || pixels != pixel_count(w)) {
    cr_fail(CR_ERR_SHAPE, "%zu value%s a row beside %s; an image of %zux%zux%zu has another number",
            pixel_count(w), pixel_count(w) == 1 ? "" : "s",
            w->label == SIZE_MAX ? "no label" : "the label", d[1], d[2], d[3]);
    cr_why("all columns but the label are its pixels");
    return cr_fix("--target NAME says which column is the label, --target '' that none is");
  }
  for (size_t i = 0; i < w->column_count; i++)
    if (w->columns[i] != w->label) CR_TRY(cr_check_bytes(w, w->columns[i]));
  return CR_OK;
}

static cr_status write_row(const cr_writing *w, size_t row, cr_sink *out) {
  for (size_t i = 0; i < w->column_count; i++) {
    const size_t c = w->columns[i];
    if (c == w->label) continue;
    const uint8_t *image = cr_table_image(w->table, row, c);
    const uint8_t byte = image ? 0 : (uint8_t)cr_writing_number(w, row, c);
    CR_TRY(image ? cr_sink_add(out, image, w->table->columns[c].info.width)
                 : cr_sink_add(out, &byte, 1));
  }
  return CR_OK;
}

cr_status cr_write_pixels(const cr_writing *w, cr_sink *out) {
  for (size_t i = 0; i < w->row_count; i++) CR_TRY(write_row(w, cr_writing_row(w, i), out));
  return CR_OK;
}
