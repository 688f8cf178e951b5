#include "column_text.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "picture.h"

enum {
  FEW_NUMBERS = 20,
  VALUES_SHOWN = 4,
  VALUE_WIDTH = 24, /* of one that is shown */
  HISTOGRAM_BINS = 8,
  BINS_MOST = 12,
  IMAGES_SAMPLED = 2000
};

const char *column_type(const cr_column *column) {
  switch (column->type) {
    case CR_COLUMN_NUMBER:
      return "number";
    case CR_COLUMN_TEXT:
      return "text";
    case CR_COLUMN_IMAGE:
      return "image";
    case CR_COLUMN_DATE:
      return "date";
  }
  return "";
}

/* Values of a text column are shared: equal ones have the same address. */
static int compare_addresses(const void *a, const void *b) {
  const uintptr_t x = (uintptr_t) * (const char *const *)a,
                  y = (uintptr_t) * (const char *const *)b;
  return x < y ? -1 : x > y;
}

static int compare_counts(const void *a, const void *b) {
  const struct value_count *x = a, *y = b;
  if (x->count != y->count) return x->count < y->count ? 1 : -1;
  return strcmp(x->text, y->text);
}

static char *copy_text(const char *text) {
  const size_t size = strlen(text) + 1;
  return memcpy(take(size, 1), text, size);
}

static size_t count_texts(const cr_table *table, size_t column, size_t distinct,
                          struct value_count *counts) {
  const size_t rows = cr_table_rows(table);
  const char **values = take(rows, sizeof *values);
  size_t count = 0, found = 0;
  for (size_t row = 0; row < rows; row++) {
    const char *value = cr_table_text(table, row, column);
    if (value != NULL) values[count++] = value;
  }
  qsort(values, count, sizeof *values, compare_addresses);
  for (size_t i = 0; i < count; i++) {
    if (i > 0 && values[i] == values[i - 1]) {
      counts[found - 1].count++;
    } else if (found < distinct) {
      counts[found++] = (struct value_count){copy_text(values[i]), 1};
    }
  }
  free(values);
  return found;
}

/* Few different numbers: each is looked for among those found. */
static size_t count_numbers(const cr_table *table, size_t column, struct value_count *counts) {
  double numbers[FEW_NUMBERS];
  size_t found = 0;
  for (size_t row = 0; row < cr_table_rows(table); row++) {
    const double number = cr_table_number(table, row, column);
    size_t i = 0;
    if (isnan(number)) continue;
    while (i < found && fabs(numbers[i] - number) > 0) i++;
    if (i == found && found < FEW_NUMBERS) {
      char digits[32];
      snprintf(digits, sizeof digits, "%.15g", number);
      numbers[found] = number;
      counts[found++] = (struct value_count){copy_text(digits), 0};
    }
    if (i < found) counts[i].count++;
  }
  return found;
}

size_t column_counts(const cr_table *table, size_t column, struct value_count **out) {
  *out = NULL;
  const cr_column *info = cr_table_column(table, column);
  if (info == NULL) return 0;
  const bool text = info->type == CR_COLUMN_TEXT;
  if (!text &&
      !(info->type == CR_COLUMN_NUMBER && info->integer && info->distinct <= FEW_NUMBERS)) {
    return 0;
  }
  *out = take(info->distinct, sizeof **out);
  const size_t found =
      text ? count_texts(table, column, info->distinct, *out) : count_numbers(table, column, *out);
  qsort(*out, found, sizeof **out, compare_counts);
  return found;
}

void column_counts_free(struct value_count *counts, size_t count) {
  for (size_t i = 0; i < count; i++) free(counts[i].text);
  free(counts);
}

/* A long text is cut, whatever the width: one would push all others out of sight. */
static void add_value(const char *text, struct text *out) {
  size_t at = 0, used = 0, wide = 0;
  for (size_t n; (n = text_character(text + at, &wide)) > 0 && used + wide <= VALUE_WIDTH; at += n)
    used += wide;
  text_add(out, "%.*s%s", (int)at, text, text[at] != '\0' ? "…" : "");
}

static void add_counts(const struct value_count *counts, size_t found, struct text *out) {
  for (size_t i = 0; i < found && i < VALUES_SHOWN; i++) {
    if (i > 0) text_add(out, ", ");
    add_value(counts[i].text, out);
    text_add(out, " (%zu)", counts[i].count);
  }
  if (found > VALUES_SHOWN) text_add(out, ", … %zu values", found);
}

void column_values(const cr_table *table, size_t column, struct text *out) {
  struct value_count *counts = NULL;
  const cr_column *info = cr_table_column(table, column);
  if (info == NULL) return;
  size_t found = column_counts(table, column, &counts);
  if (found > 0) {
    add_counts(counts, found, out);
  } else if (info->type == CR_COLUMN_NUMBER && isnan(info->minimum)) {
    text_add(out, "no usable number");
  } else if (info->type != CR_COLUMN_TEXT) {
    if (info->type == CR_COLUMN_IMAGE) {
      text_add(out, "%zu×%zu pixels, ", info->height, info->image_width);
    }
    text_add(out, "%s … %s   mean %s", number_text(info->minimum).s, number_text(info->maximum).s,
             number_text(info->mean).s);
  }
  column_counts_free(counts, found);
}

struct histogram {
  double least, width; /* of the first bin, and of each */
  size_t count;
  double last; /* how much of the last bin there is */
  double bins[BINS_MOST];
};

/* Bins hold as many whole numbers each: unlike many would show gaps that are none. */
static struct histogram histogram_of(const cr_column *info) {
  const double range = info->maximum - info->minimum, whole = range + 1;
  if (!info->integer || info->type == CR_COLUMN_IMAGE) {
    return (struct histogram){info->minimum, range / HISTOGRAM_BINS, HISTOGRAM_BINS, 1, {0}};
  }
  const double width = whole <= BINS_MOST ? 1 : ceil(whole / HISTOGRAM_BINS);
  const double count = ceil(whole / width);
  return (struct histogram){info->minimum, width, (size_t)count, whole / width - (count - 1), {0}};
}

static void count_value(struct histogram *histogram, double value) {
  const double place = (value - histogram->least) / histogram->width;
  if (isnan(place)) return;
  const size_t bin = place < (double)histogram->count ? (size_t)place : histogram->count;
  histogram->bins[bin < histogram->count ? bin : histogram->count - 1]++;
}

static void count_images(const cr_table *table, size_t column, const cr_column *info,
                         struct histogram *histogram) {
  size_t rows = cr_table_rows(table);
  for (size_t row = 0; row < rows && row < IMAGES_SAMPLED; row++) {
    const uint8_t *pixels = cr_table_image(table, row, column);
    for (size_t i = 0; pixels != NULL && i < info->width; i++) count_value(histogram, pixels[i]);
  }
}

void column_shape(const cr_table *table, size_t column, struct text *out) {
  const cr_column *info = cr_table_column(table, column);
  if (info == NULL) return;
  if (info->type == CR_COLUMN_TEXT || !(info->maximum > info->minimum)) return;
  struct histogram histogram = histogram_of(info);
  if (info->type == CR_COLUMN_IMAGE) {
    count_images(table, column, info, &histogram);
  } else {
    for (size_t row = 0; row < cr_table_rows(table); row++) {
      count_value(&histogram, cr_table_number(table, row, column));
    }
  }
  histogram.bins[histogram.count - 1] /= histogram.last;
  picture_histogram(out, histogram.bins, histogram.count);
}

json_t *column_object(const cr_table *table, size_t column) {
  struct value_count *counts = NULL;
  json_t *object = json_object();
  const cr_column *info = cr_table_column(table, column);
  if (info == NULL) return object;
  json_object_set_new(object, "name", output_text(info->name));
  json_object_set_new(object, "type", json_string(column_type(info)));
  json_object_set_new(object, "width", output_count(info->width));
  json_object_set_new(object, "missing", output_count(info->missing));
  json_object_set_new(object, "bad", output_count(info->bad));
  json_object_set_new(object, "distinct", output_count(info->distinct));
  if (info->type != CR_COLUMN_TEXT) {
    json_object_set_new(object, "minimum", output_number(info->minimum));
    json_object_set_new(object, "maximum", output_number(info->maximum));
    json_object_set_new(object, "mean", output_number(info->mean));
    json_object_set_new(object, "deviation", output_number(info->deviation));
  }
  size_t found = column_counts(table, column, &counts);
  if (found > 0 && found <= FEW_NUMBERS) {
    json_t *values = json_array();
    for (size_t i = 0; i < found; i++) {
      json_t *value = json_object();
      json_object_set_new(value, "value", output_text(counts[i].text));
      json_object_set_new(value, "count", output_count(counts[i].count));
      json_array_append_new(values, value);
    }
    json_object_set_new(object, "values", values);
  }
  column_counts_free(counts, found);
  return object;
}
