#include "data/encode_store.h"

#include "base/alloc.h"
#include "base/size.h"
#include "data/large_table.h"
#include "data/row_store.h"

enum {
  PART_VALUES = 1 << 18, /* inputs that are encoded together, */
  PART_BYTES = 1 << 22,  /* from so many bytes of the table: its rows may lie far apart */
  PARTS_MOST = 32,
  REST_BYTES = 1 << 24 /* of the table, after which it is let go of */
};

/* Some rows, as samples. */
typedef struct part {
  size_t first, count; /* of the rows that are stored */
  cr_samples *samples;
  cr_status status; /* and what was said of it */
  cr_error error;
} part;

/* Parts that are encoded side by side; they are stored in their order. */
typedef struct encoding {
  const cr_storing *s;
  part parts[PARTS_MOST];
} encoding;

static cr_status encode_part(const cr_storing *s, const part *p, cr_samples **out) {
  const size_t *rows = s->rows + p->first;
  CR_TRY(cr_encoder_samples(s->encoder, s->table, rows, p->count, s->with_target, s->outputs, out));
  return s->weighting ? cr_weighting_apply(s->weighting, s->table, rows, *out) : CR_OK;
}

static void run_part(void *context, size_t index) {
  const encoding *e = context;
  part *p = &((encoding *)context)->parts[index];
  p->status = encode_part(e->s, p, &p->samples);
  if (p->status != CR_OK) p->error = *cr_last_error();
}

/* Rows of the table, from one to another that is stored with it. */
static size_t span(const cr_storing *s, size_t first, size_t last) {
  return s->rows[last] > s->rows[first] ? s->rows[last] - s->rows[first] + 1 : 1;
}

/* As many rows from `first` on as are encoded together. */
static size_t part_rows(const cr_storing *s, size_t first) {
  const size_t left = s->count - first;
  const size_t most = cr_size_min(cr_size_max(PART_VALUES / s->encoder->width, 1), left);
  const size_t most_span = cr_size_max(PART_BYTES / cr_table_row_bytes(s->table), 1);
  size_t count = 1;
  while (count < most && span(s, first, first + count) <= most_span) count++;
  return count;
}

/* The failure is that of the first part that has one. */
static cr_status store_parts(encoding *e, size_t count, cr_row_store *store) {
  cr_status status = CR_OK;
  for (size_t i = 0; i < count; i++) {
    part *p = &e->parts[i];
    if (status == CR_OK && p->status != CR_OK) {
      status = p->status;
      cr_error_restore(&p->error);
    }
    if (status == CR_OK) status = cr_row_store_append(store, p->samples);
    cr_samples_destroy(p->samples);
    *p = (part){0};
  }
  return status;
}

/* The next parts, `most` at most, from row `first` on; *seen: rows of the table they lie in. */
static size_t plan_parts(encoding *e, size_t most, size_t first, size_t *seen) {
  size_t count = 0;
  while (count < most && first < e->s->count) {
    part *p = &e->parts[count++];
    *p = (part){.first = first, .count = part_rows(e->s, first)};
    *seen += span(e->s, first, first + p->count - 1);
    first += p->count;
  }
  return count;
}

static cr_status store_all(const cr_storing *s, cr_pool *pool, cr_row_store *store) {
  encoding e = {.s = s};
  const size_t at_once = cr_size_min(2 * cr_pool_threads(pool), PARTS_MOST);
  const size_t rest = cr_size_max(REST_BYTES / cr_table_row_bytes(s->table), 1);
  size_t seen = 0;
  for (size_t first = 0; first < s->count;) {
    const size_t count = plan_parts(&e, at_once, first, &seen);
    first = e.parts[count - 1].first + e.parts[count - 1].count;
    cr_pool_run(pool, count, run_part, &e);
    CR_TRY(store_parts(&e, count, store));
    if (seen < rest) continue;
    cr_table_rest(s->table);
    seen = 0;
  }
  cr_table_rest(s->table);
  return CR_OK;
}

cr_status cr_encoder_store(const cr_storing *s, cr_pool *pool, cr_samples **out) {
  const cr_large *large = s->table->large;
  cr_row_store *store = NULL;
  *out = NULL;
  CR_TRY(cr_row_store_create(large->values.folder, s->count, &store));
  cr_status status = store_all(s, pool, store);
  if (status == CR_OK)
    status = cr_row_store_finish(&store, (uint64_t)(s->share * (double)large->memory), out);
  cr_row_store_destroy(store);
  return status;
}
