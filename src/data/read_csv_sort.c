/* The different texts of a column in the order of their bytes. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/size.h"
#include "data/csv.h"

/* A text for sorting: a few of its bytes as a number that orders like them. */
typedef struct coded_text {
  uint64_t head;
  const cr_csv_text *text;
} coded_text;

/* Room for sorting so many texts, and the new code of each old one. */
typedef struct sorting {
  coded_text *order, *room;
  bool *starts; /* here begins a run of texts that are the same so far */
  uint32_t *map;
  char **places;
  size_t count;
} sorting;

/* The eight bytes from `depth` on, the first highest; past the end of the text they are zeros. */
static uint64_t head_of(const cr_csv_text *text, size_t depth) {
  const unsigned char *at = (const unsigned char *)text->text + depth;
  if (text->size <= depth) return 0;
  if (text->size - depth >= 8) return __builtin_bswap64(cr_little_endian(at));
  return __builtin_bswap64(cr_little_endian_rest(at, text->size - depth));
}

static int by_bytes(const void *a, const void *b) {
  const cr_csv_text *x = ((const coded_text *)a)->text, *y = ((const coded_text *)b)->text;
  const int order = memcmp(x->text, y->text, cr_size_min(x->size, y->size));
  return order != 0 ? order : (x->size > y->size) - (x->size < y->size);
}

/* Puts texts into the order of one byte of their heads, those with the same one as they were. */
static void sort_by_byte(const coded_text *from, coded_text *to, size_t count, unsigned shift) {
  size_t places[257] = {0};
  for (size_t i = 0; i < count; i++) places[(from[i].head >> shift & 0xff) + 1]++;
  for (size_t b = 0; b < 256; b++) places[b + 1] += places[b];
  for (size_t i = 0; i < count; i++) to[places[from[i].head >> shift & 0xff]++] = from[i];
}

/* Of few texts, by Shell's method with the gaps of Ciura (2001). */
static void sort_few(coded_text *order, size_t count) {
  static const size_t gaps[] = {701, 301, 132, 57, 23, 10, 4, 1};
  for (size_t g = 0; g < sizeof gaps / sizeof *gaps; g++)
    for (size_t i = gaps[g]; i < count; i++) {
      const coded_text moved = order[i];
      size_t to = i;
      for (; to >= gaps[g] && order[to - gaps[g]].head > moved.head; to -= gaps[g])
        order[to] = order[to - gaps[g]];
      order[to] = moved;
    }
}

/* By the heads; of many, from their last byte to the first. */
static void sort_by_head(coded_text *order, coded_text *room, size_t count) {
  enum { FEW = 2048 };
  if (count < FEW) {
    sort_few(order, count);
    return;
  }
  for (unsigned shift = 0; shift < 64; shift += 16) {
    sort_by_byte(order, room, count, shift);
    sort_by_byte(room, order, count, shift + 8);
  }
}

static size_t end_of_run(const sorting *s, size_t first) {
  size_t end = first + 1;
  while (end < s->count && !s->starts[end]) end++;
  return end;
}

/* Sorts each run by its bytes from `depth` on, which cuts it into shorter ones. */
static void sort_runs(sorting *s, size_t depth) {
  enum { AHEAD = 8 };
  for (size_t first = 0, end; first < s->count; first = end) {
    end = end_of_run(s, first);
    if (end - first == 1) continue;
    for (size_t i = first; i < end; i++) {
      if (i + 2 * AHEAD < s->count) __builtin_prefetch(s->order[i + 2 * AHEAD].text);
      if (i + AHEAD < s->count) __builtin_prefetch(s->order[i + AHEAD].text->text + depth);
      s->order[i].head = head_of(s->order[i].text, depth);
    }
    sort_by_head(s->order + first, s->room, end - first);
    for (size_t i = first + 1; i < end; i++)
      s->starts[i] = s->order[i].head != s->order[i - 1].head;
  }
}

/* By eight bytes, the next eight, ...; those that are the same for long one with another. */
static void sort_texts(sorting *s) {
  enum { LONG = 40 };
  s->starts[0] = true;
  for (size_t depth = 0; depth < LONG; depth += 8) sort_runs(s, depth);
  for (size_t first = 0, end; first < s->count; first = end) {
    end = end_of_run(s, first);
    if (end - first > 1) qsort(&s->order[first], end - first, sizeof *s->order, by_bytes);
  }
}

/* They are copied as they come in the file, which is faster than as they are sorted. */
static cr_status copy_texts(cr_csv_texts *texts, cr_strlist *out) {
  size_t bytes = 0;
  for (size_t i = 0; i < texts->count; i++) bytes += texts->items[i].size;
  CR_TRY(cr_strlist_reserve(out, texts->count, bytes));
  for (size_t i = 0; i < texts->count; i++) {
    CR_TRY(cr_strlist_add_bytes(out, texts->items[i].text, texts->items[i].size));
    texts->items[i].text = out->items[i];
  }
  return CR_OK;
}

static cr_status make_sorting(size_t count, sorting *s) {
  void *block;
  s->count = count;
  CR_TRY(cr_alloc(count, 2 * sizeof(coded_text), &block));
  s->order = block;
  s->room = s->order + count;
  CR_TRY(cr_alloc(count, sizeof(bool), &block));
  s->starts = block;
  CR_TRY(cr_alloc(count, sizeof(uint32_t), &block));
  s->map = block;
  CR_TRY(cr_alloc(count, sizeof(char *), &block));
  s->places = block;
  return CR_OK;
}

static void free_sorting(sorting *s) {
  cr_free(s->order);
  cr_free(s->starts);
  cr_free(s->map);
  cr_free(s->places);
}

static void sort_column(const cr_csv_texts *texts, sorting *s, cr_stored_column *column,
                        size_t rows) {
  for (size_t i = 0; i < s->count; i++) s->order[i].text = &texts->items[i];
  sort_texts(s);
  memcpy(s->places, column->texts.items, s->count * sizeof *s->places);
  for (size_t i = 0; i < s->count; i++) {
    const size_t code = (size_t)(s->order[i].text - texts->items);
    s->map[code] = (uint32_t)i;
    column->texts.items[i] = s->places[code];
  }
  for (size_t r = 0; r < rows; r++)
    if (column->codes[r] != UINT32_MAX) column->codes[r] = s->map[column->codes[r]];
}

cr_status cr_csv_texts_sort(cr_csv_texts *texts, cr_stored_column *column, size_t rows) {
  sorting s = {0};
  if (texts->count == 0) return CR_OK; /* all are missing */
  cr_status status = make_sorting(texts->count, &s);
  if (status == CR_OK) status = copy_texts(texts, &column->texts);
  if (status == CR_OK) sort_column(texts, &s, column, rows);
  free_sorting(&s);
  return status;
}
