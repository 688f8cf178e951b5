/* How the columns of two tables differ, and how far chance alone would take them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/rng.h"
#include "base/size.h"
#include "data/encode_parts.h"

/* So many rows of a column tell a distance of 0.04 from chance, and sorting them takes no time. */
enum { MOST_VALUES = 5000 };

/* How often rows of one distribution may go beyond the critical distance, in all columns. */
static const double CHANCE = 0.001;

struct cr_comparison {
  cr_difference *differences; /* (count) */
  size_t count;
};

/* Columns of the two tables that belong together. */
typedef struct pair {
  const cr_stored_column *first, *second;
  size_t first_rows, second_rows; /* of the tables */
} pair;

/*
 * (eq N3) Rows of one distribution lie further apart with a probability of at most
 * 2 exp(-2 d^2 nm / (n + m)): for numbers as n and m grow (Smirnov 1939), for the share of one text
 * always (Hoeffding 1963). `comparisons` are made at once, and each may take its part of CHANCE.
 */
static double critical_distance(size_t n, size_t m, size_t comparisons) {
  const double share = CHANCE / (double)comparisons;
  return sqrt(-log(share / 2.0) / 2.0) * sqrt(((double)n + (double)m) / ((double)n * (double)m));
}

static double mean_byte(const cr_stored_column *column, size_t row) {
  const size_t width = column->info.width;
  return (double)cr_byte_sum(column->bytes + row * width, width) / (double)width;
}

/* The values of a column, or of MOST_VALUES rows of it, ascending; values has room for as many. */
static size_t sorted_values(const cr_stored_column *column, size_t rows, double *values) {
  const size_t wanted = cr_size_min(rows, MOST_VALUES);
  size_t count = 0;
  cr_order order;
  cr_order_init(&order, rows, 0, CR_STREAM_DATA, UINT32_MAX);
  for (size_t i = 0; i < wanted; i++) {
    const size_t row = wanted < rows ? (size_t)cr_order_at(&order, i) : i;
    const double value = column->info.type == CR_COLUMN_IMAGE ? mean_byte(column, row)
                                                              : cr_column_number(column, row);
    if (!isnan(value)) values[count++] = value;
  }
  qsort(values, count, sizeof *values, cr_compare_numbers);
  return count;
}

/* (eq N3) max |F1 - F2| over all values, of two ascending lists. */
static double largest_gap(const double *a, size_t n, const double *b, size_t m) {
  size_t i = 0, j = 0;
  double largest = 0.0;
  while (i < n && j < m) {
    const double value = a[i] < b[j] ? a[i] : b[j];
    while (i < n && a[i] <= value) i++;
    while (j < m && b[j] <= value) j++;
    const double gap = fabs((double)i / (double)n - (double)j / (double)m);
    if (gap > largest) largest = gap;
  }
  return largest;
}

/*
 * Two columns of zeros and few other values are no further apart than the larger share of those:
 * of the many such columns that a table has, most need no look.
 */
static bool may_differ(const pair *p, size_t comparisons) {
  const double n = (double)cr_size_min(p->first_rows, MOST_VALUES);
  const double m = (double)cr_size_min(p->second_rows, MOST_VALUES);
  if (!p->first->sparse || !p->second->sparse) return true;
  const double first = (double)p->first->filled / (double)p->first_rows;
  const double second = (double)p->second->filled / (double)p->second_rows;
  return fmax(first, second) > critical_distance((size_t)n, (size_t)m, comparisons);
}

/* scratch (2, MOST_VALUES); false: a table has no value here. */
static bool compare_values(const pair *p, size_t comparisons, double *scratch, cr_difference *out) {
  double *a = scratch, *b = scratch + MOST_VALUES;
  if (!may_differ(p, comparisons)) return false;
  const size_t n = sorted_values(p->first, p->first_rows, a);
  const size_t m = sorted_values(p->second, p->second_rows, b);
  if (n == 0 || m == 0) return false;
  out->distance = largest_gap(a, n, b, m);
  out->critical = critical_distance(n, m, comparisons);
  out->first_mean = p->first->info.mean;
  out->second_mean = p->second->info.mean;
  return true;
}

/* counts (texts): rows with each; answers how many have one. */
static size_t count_texts(const cr_stored_column *column, size_t rows, size_t *counts) {
  size_t count = 0;
  for (size_t row = 0; row < rows; row++) {
    if (column->codes[row] == UINT32_MAX) continue;
    counts[column->codes[row]]++;
    count++;
  }
  return count;
}

/* Which text comes next in two sorted lists: below 0 the first's, above 0 the second's, 0: both. */
static int next_text(const cr_strlist *a, size_t i, const cr_strlist *b, size_t j) {
  if (i == a->count) return 1;
  return j == b->count ? -1 : strcmp(a->items[i], b->items[j]);
}

/* The text whose share differs most; returns how many different texts there are. */
static size_t largest_share_gap(const pair *p, const size_t *a, size_t n, const size_t *b, size_t m,
                                cr_difference *out) {
  const cr_strlist *texts = &p->first->texts, *others = &p->second->texts;
  size_t different = 0;
  out->distance = -1.0;
  for (size_t i = 0, j = 0; i < texts->count || j < others->count; different++) {
    const int order = next_text(texts, i, others, j);
    const double first = order <= 0 ? (double)a[i] / (double)n : 0.0;
    const double second = order >= 0 ? (double)b[j] / (double)m : 0.0;
    if (fabs(first - second) > out->distance) {
      out->distance = fabs(first - second);
      out->text = order <= 0 ? texts->items[i] : others->items[j];
      out->first_share = first;
      out->second_share = second;
    }
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
  return different;
}

static cr_status compare_texts(const pair *p, size_t comparisons, cr_difference *out, bool *found) {
  void *first = NULL, *second = NULL;
  cr_status status = cr_alloc(p->first->texts.count, sizeof(size_t), &first);
  if (status == CR_OK) status = cr_alloc(p->second->texts.count, sizeof(size_t), &second);
  if (status == CR_OK) {
    const size_t n = count_texts(p->first, p->first_rows, first);
    const size_t m = count_texts(p->second, p->second_rows, second);
    *found = n > 0 && m > 0;
    if (*found) {
      const size_t texts = largest_share_gap(p, first, n, second, m, out);
      out->critical = critical_distance(n, m, comparisons * texts);
    }
  }
  cr_free(first);
  cr_free(second);
  return status;
}

/* The column of the second table that belongs to one of the first; false if there is none. */
static bool find_pair(const cr_table *first, const cr_table *second, size_t column, pair *out) {
  const bool by_name = cr_table_is_named(first) && cr_table_is_named(second);
  size_t place = column;
  if (by_name && !cr_table_find(second, first->columns[column].info.name, &place)) return false;
  if (place >= second->column_count) return false;
  *out = (pair){&first->columns[column], &second->columns[place], first->rows, second->rows};
  return out->first->info.type == out->second->info.type;
}

/* Fills differences (columns of the first table); scratch (2, MOST_VALUES). */
static cr_status compare_columns(const cr_table *first, const cr_table *second, double *scratch,
                                 cr_comparison *out) {
  size_t comparisons = 0;
  pair p;
  for (size_t c = 0; c < first->column_count; c++) comparisons += find_pair(first, second, c, &p);
  for (size_t c = 0; c < first->column_count; c++) {
    bool found = false;
    if (!find_pair(first, second, c, &p)) continue;
    cr_difference *d = &out->differences[out->count];
    *d = (cr_difference){.column = p.first->info.name, .place = c, .type = p.first->info.type};
    d->first_mean = d->second_mean = d->first_share = d->second_share = (double)NAN;
    if (p.first->info.type == CR_COLUMN_TEXT)
      CR_TRY(compare_texts(&p, comparisons, d, &found));
    else
      found = compare_values(&p, comparisons, scratch, d);
    out->count += found;
  }
  return CR_OK;
}

/* The largest distance first, of equals the column more to the left. */
static int compare_differences(const void *a, const void *b) {
  const cr_difference *x = a, *y = b;
  if (x->distance != y->distance) return x->distance < y->distance ? 1 : -1;
  return (x->place > y->place) - (x->place < y->place);
}

static cr_status compare(const cr_table *first, const cr_table *second, cr_comparison *out) {
  void *block = NULL, *scratch = NULL;
  CR_TRY(cr_alloc(first->column_count, sizeof(cr_difference), &block));
  out->differences = block;
  CR_TRY(cr_alloc((size_t)2 * MOST_VALUES, sizeof(double), &scratch));
  const cr_status status = compare_columns(first, second, scratch, out);
  cr_free(scratch);
  if (status == CR_OK && out->count > 0)
    qsort(out->differences, out->count, sizeof *out->differences, compare_differences);
  return status;
}

cr_status cr_tables_compare(const cr_table *first, const cr_table *second, cr_comparison **out) {
  void *block = NULL;
  *out = NULL;
  CR_TRY(cr_alloc(1, sizeof(cr_comparison), &block));
  const cr_status status = compare(first, second, block);
  if (status == CR_OK)
    *out = block;
  else
    cr_comparison_destroy(block);
  return status;
}

void cr_comparison_destroy(cr_comparison *comparison) {
  if (comparison == NULL) return;
  cr_free(comparison->differences);
  cr_free(comparison);
}

const cr_difference *cr_comparison_at(const cr_comparison *comparison, size_t index) {
  return index < comparison->count ? &comparison->differences[index] : NULL;
}
