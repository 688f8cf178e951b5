#include "check/measured_rows.h"

#include "base/alloc.h"
#include "base/size.h"

static bool on_disk(const cr_measured_rows *r) {
  return r->m->samples->store != NULL;
}

static cr_status open_store(cr_measured_rows *r) {
  const size_t room = cr_size_min(r->m->work->max_rows, r->count);
  void *block = NULL;
  CR_TRY(cr_alloc(room, sizeof(uint32_t), &block));
  r->classes = block;
  CR_TRY(cr_alloc(room, sizeof(float), &block));
  r->weights = block;
  CR_TRY(cr_alloc(room, sizeof(size_t), &block));
  r->order = block;
  return cr_row_cursor_open(r->m->samples, r->count, &r->cursor);
}

cr_status cr_measured_rows_open(const cr_measurement *m, cr_measured_rows *out) {
  const size_t all = m->samples->rows;
  *out = (cr_measured_rows){.m = m};
  out->count = m->most_rows > 0 ? cr_size_min(all, m->most_rows) : all;
  if (!on_disk(out)) return CR_OK;
  const cr_status status = open_store(out);
  if (status != CR_OK) cr_measured_rows_close(out);
  return status;
}

void cr_measured_rows_close(cr_measured_rows *rows) {
  if (rows->cursor.windows && rows->m->waited)
    *rows->m->waited += cr_row_windows_waited(rows->cursor.windows);
  cr_row_cursor_close(&rows->cursor);
  cr_free(rows->classes);
  cr_free(rows->weights);
  cr_free(rows->order);
  *rows = (cr_measured_rows){0};
}

/* Some rows of a window become rows done..done + count of the block. */
static void stage(cr_measured_rows *r, const cr_samples *from, size_t done, size_t count) {
  const cr_measurement *m = r->m;
  const cr_matrix x = {m->x.data + done * m->x.stride, count, m->x.cols, m->x.stride};
  const cr_matrix y = {m->y.data + done * m->y.stride, count, m->y.cols, m->y.stride};
  cr_samples_gather(from, m->work->kernel->bytes_to_floats, r->order, count, x, y);
  for (size_t i = 0; from->classes && i < count; i++)
    r->classes[done + i] = from->classes[r->order[i]];
  for (size_t i = 0; from->weights && i < count; i++)
    r->weights[done + i] = from->weights[r->order[i]];
  r->has_weights = from->weights != NULL;
}

cr_status cr_measured_rows_next(cr_measured_rows *rows, size_t count) {
  if (!on_disk(rows)) return CR_OK;
  for (size_t done = 0, got = 0; done < count; done += got) {
    const cr_samples *from = NULL;
    CR_TRY(cr_row_cursor_next(&rows->cursor, count - done, rows->order, &got, &from));
    stage(rows, from, done, got);
  }
  return CR_OK;
}

static size_t place(const cr_measured_rows *r, size_t i) {
  return cr_size_even(i, r->count, r->m->samples->rows);
}

void cr_measured_rows_gather(const cr_measured_rows *rows, size_t first, cr_matrix x, cr_matrix y) {
  enum { AT_ONCE = 64 };
  size_t order[AT_ONCE];
  const cr_measurement *m = rows->m;
  if (on_disk(rows)) return;
  for (size_t done = 0; done < x.rows;) {
    const size_t count = cr_size_min(AT_ONCE, x.rows - done);
    for (size_t i = 0; i < count; i++) order[i] = place(rows, first + done + i);
    cr_matrix x_part = {x.data + done * x.stride, count, x.cols, x.stride};
    cr_matrix y_part = {y.data + done * y.stride, count, y.cols, y.stride};
    cr_samples_gather(m->samples, m->work->kernel->bytes_to_floats, order, count, x_part, y_part);
    done += count;
  }
}

size_t cr_measured_class(const cr_measured_rows *rows, size_t first, size_t i) {
  return on_disk(rows) ? rows->classes[i] : rows->m->samples->classes[place(rows, first + i)];
}

double cr_measured_weight(const cr_measured_rows *rows, size_t first, size_t i) {
  const float *in_memory = rows->m->samples->weights;
  if (on_disk(rows)) return rows->has_weights ? (double)rows->weights[i] : 1.0;
  return in_memory ? (double)in_memory[place(rows, first + i)] : 1.0;
}
