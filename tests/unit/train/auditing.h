/* What the checks of a table say. */
#ifndef AUDITING_H
#define AUDITING_H

#include "random_bits.h"
#include "support.h"
#include "tables.h"
#include "train/audit.h"

/* Parts of a table, prepared as a training prepares them, and the warnings about them. */
typedef struct audited {
  cr_encoder *encoder;
  cr_portions portions;
  cr_strlist warnings;
} audited;

static inline audited audit_parts(const cr_table *table, const cr_table *dev, const cr_table *test,
                                  const cr_prepare_options *options) {
  audited a = {0};
  cr_prepare_options prepare;
  cr_prepare_options_init(&prepare);
  if (options != NULL) prepare = *options;
  assert_int_equal(cr_encoder_create(table, &prepare, NULL, &a.encoder), CR_OK);
  assert_int_equal(cr_portions_choose(table, dev, test, &prepare, a.encoder, true, &a.portions),
                   CR_OK);
  const cr_split *rows = &a.portions.rows;
  assert_int_equal(cr_encoder_fit(a.encoder, table, rows->rows[CR_PORTION_TRAIN],
                                  rows->count[CR_PORTION_TRAIN], "auto", NULL),
                   CR_OK);
  const size_t outputs = a.encoder->classes ? a.encoder->labels.count : 1;
  assert_int_equal(cr_portions_encode(&a.portions, a.encoder, outputs, &prepare, 1), CR_OK);
  const cr_audit audit = {a.encoder, &a.portions, &prepare};
  assert_int_equal(cr_audit_run(&audit, &a.warnings), CR_OK);
  return a;
}

static inline void audited_free(audited *a) {
  cr_strlist_free(&a->warnings);
  cr_portions_free(&a->portions);
  cr_encoder_destroy(a->encoder);
}

/* Exactly these warnings (count), each with the text in it; 0: none. Takes the table and parts. */
static inline void check_audit_of(cr_table *table, cr_table *dev, cr_table *test,
                                  const cr_prepare_options *prepare, const char *const *texts,
                                  size_t count) {
  audited a = audit_parts(table, dev, test, prepare);
  for (size_t i = 0; i < a.warnings.count && a.warnings.count != count; i++)
    print_error("warning: %s\n", a.warnings.items[i]);
  assert_int_equal(a.warnings.count, count);
  for (size_t i = 0; i < count; i++) {
    if (strstr(a.warnings.items[i], texts[i]) == NULL) print_error("%s\n", a.warnings.items[i]);
    assert_non_null(strstr(a.warnings.items[i], texts[i]));
  }
  audited_free(&a);
  cr_table_destroy(table);
  cr_table_destroy(dev);
  cr_table_destroy(test);
}

static inline void check_audit(cr_table *table, const char *const *texts, size_t count) {
  check_audit_of(table, NULL, NULL, NULL, texts, count);
}

/* Noise in [0, 1): the fraction of a walk whose step differs by column, mixed. */
static inline double audit_noise(size_t row, size_t column) {
  const uint64_t x =
      (row + 1) * UINT64_C(0x9e3779b97f4a7c15) ^ (column + 1) * UINT64_C(0xd1b54a32d192ed03);
  return (double)(mixed_bits(x) >> 11) * 0x1p-53;
}

/* A value by its row, from `first` on. */
typedef double audit_value(size_t row, size_t column);

/* A table of numbers a, b, c, …, the last column "y". */
static inline cr_table *audit_table(size_t first, size_t rows, size_t columns, audit_value *value) {
  cr_table *table = NULL;
  assert_int_equal(cr_table_create("test.csv", "csv", columns, &table), CR_OK);
  table->rows = rows;
  table->origin.has_header = true;
  for (size_t c = 0; c < columns; c++) {
    const char name[2] = {c + 1 < columns ? (char)('a' + (int)c) : 'y', '\0'};
    assert_int_equal(cr_table_name(table, c, name), CR_OK);
    assert_int_equal(cr_table_add_numbers(table, c), CR_OK);
    for (size_t r = 0; r < rows; r++) table->columns[c].numbers[r] = value(first + r, c);
  }
  cr_table_fingerprint(table);
  assert_int_equal(cr_table_finish(table, NULL), CR_OK);
  return table;
}

#endif
