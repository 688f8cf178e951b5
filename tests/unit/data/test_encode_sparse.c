/* Sparse columns against the same numbers in a table with its zeros: the same bits everywhere. */
#include "data/encode.h"
#include "data/weighting.h"
#include "support.h"
#include "tables.h"

enum { ROWS = 60, COLUMNS = 40 };

/* About a tenth is there: 1, 2 or a fraction, of either sign. */
static double value_at(size_t row, size_t column) {
  const uint64_t word = (row * COLUMNS + column + 1) * UINT64_C(0x9e3779b97f4a7c15);
  const uint64_t mixed = (word ^ word >> 29) * UINT64_C(0xbf58476d1ce4e5b9) >> 40 & 63;
  if (mixed >= 8) return 0.0;
  return mixed < 4 ? 1.0 + (double)(mixed % 2) : uneven(row * COLUMNS + column, 3.0);
}

static size_t label_at(size_t row) {
  return row * 7 % 5 % 2;
}

/* The same rows as LIBSVM text, or as CSV with the names that this gives the columns. */
static cr_table *make_table(bool sparse) {
  char *text = calloc(1, 1 << 20);
  size_t size = 0;
  for (size_t c = 0; c < COLUMNS && !sparse; c++)
    size += (size_t)sprintf(text + size, "x%zu,", 3 * c + 1);
  if (!sparse) size += (size_t)sprintf(text + size, "label\n");
  for (size_t r = 0; r < ROWS; r++) {
    if (sparse) size += (size_t)sprintf(text + size, "%zu", label_at(r));
    for (size_t c = 0; c < COLUMNS; c++) {
      const double value = value_at(r, c);
      if (!sparse) size += (size_t)sprintf(text + size, "%.17g,", value);
      if (sparse && value != 0.0)
        size += (size_t)sprintf(text + size, " %zu:%.17g", 3 * c + 1, value);
    }
    size += sparse ? (size_t)sprintf(text + size, "\n")
                   : (size_t)sprintf(text + size, "%zu\n", label_at(r));
  }
  cr_table *table = csv_table(text);
  free(text);
  assert_true((table->sparse != NULL) == sparse);
  assert_int_equal(table->column_count, COLUMNS + 1);
  return table;
}

static void plain_convert(float *out, const uint8_t *bytes, size_t n, float scale, float shift) {
  for (size_t i = 0; i < n; i++) out[i] = (float)bytes[i] * scale + shift;
}

/* Every sample of rows (count), gathered; the caller frees it. */
static float *gathered(const cr_encoder *encoder, const cr_table *table, const size_t *rows,
                       size_t count, bool sparse) {
  cr_samples *samples = NULL;
  size_t order[ROWS];
  for (size_t i = 0; i < count; i++) order[i] = count - 1 - i;
  assert_int_equal(cr_encoder_samples(encoder, table, rows, count, true,
                                      encoder->classes ? encoder->labels.count : 1, &samples),
                   CR_OK);
  assert_true((samples->sparse.zeros != NULL) == sparse);
  float *x = calloc(count * encoder->width, sizeof *x);
  cr_samples_ask_for(samples, order, count);
  cr_samples_gather(samples, plain_convert, order, count,
                    (cr_matrix){x, count, encoder->width, encoder->width}, (cr_matrix){0});
  cr_samples_destroy(samples);
  return x;
}

/* Fits on some rows of a table, and gathers all of them. */
typedef struct fitted {
  cr_table *table;
  cr_encoder *encoder;
  float *x;
} fitted;

static fitted fit(bool sparse, const cr_prepare_options *options, const char *scale, bool kept) {
  fitted f = {.table = make_table(sparse)};
  size_t rows[ROWS], train[ROWS / 2];
  for (size_t i = 0; i < ROWS; i++) rows[i] = i * 7 % ROWS;
  for (size_t i = 0; i < ROWS / 2; i++) train[i] = i * 11 % ROWS;
  assert_int_equal(cr_encoder_create(f.table, options, NULL, &f.encoder), CR_OK);
  assert_int_equal(cr_encoder_fit(f.encoder, f.table, train, ROWS / 2, scale, NULL), CR_OK);
  f.x = gathered(f.encoder, f.table, rows, ROWS, sparse && kept);
  return f;
}

static void fitted_free(fitted *f) {
  free(f->x);
  cr_encoder_destroy(f->encoder);
  cr_table_destroy(f->table);
}

static void check_same(const cr_prepare_options *options, const char *scale, bool kept) {
  fitted a = fit(true, options, scale, kept), b = fit(false, options, scale, false);
  assert_int_equal(a.encoder->input_count, b.encoder->input_count);
  assert_int_equal(a.encoder->width, b.encoder->width);
  for (size_t i = 0; i < a.encoder->input_count; i++)
    assert_string_equal(a.encoder->inputs[i].name, b.encoder->inputs[i].name);
  assert_memory_equal(a.x, b.x, ROWS * a.encoder->width * sizeof(float));
  fitted_free(&a);
  fitted_free(&b);
}

static void the_same_bits_as_with_zeros(void **state) {
  (void)state;
  static const char *const dropped[] = {"x4", "x7"};
  cr_prepare_options options;
  cr_prepare_options_init(&options);
  check_same(&options, "none", true);
  check_same(&options, "minmax", true);
  check_same(&options, "maxabs", true);
  options.drop = dropped;
  options.drop_count = 2;
  check_same(&options, "maxabs", true);
}

/* Where nothing is said zeros stay 0, and what is not has 1 as its largest. */
static void scaled_by_the_largest(void **state) {
  (void)state;
  cr_prepare_options options;
  cr_prepare_options_init(&options);
  fitted a = fit(true, &options, "auto", true), b = fit(false, &options, "maxabs", false);
  assert_memory_equal(a.x, b.x, ROWS * a.encoder->width * sizeof(float));
  for (size_t i = 0; i < a.encoder->input_count; i++)
    assert_true(a.encoder->inputs[i].shift == 0.0 && a.encoder->inputs[i].scale >= 1.0 / 3.0);
  fitted_free(&a);
  fitted_free(&b);
}

/* A sparse column as target, as a category, as a weight: what is not kept sparse is encoded. */
static void sparse_columns_in_other_places(void **state) {
  (void)state;
  static const char *const types[] = {"x1=category"};
  static const char *const dropped[] = {"label"};
  cr_prepare_options options;
  cr_prepare_options_init(&options);
  options.types = types;
  options.type_count = 1;
  check_same(&options, "minmax", false);
  options.type_count = 0;
  options.target = "x10";
  options.drop = dropped;
  options.drop_count = 1;
  options.task = "regression";
  check_same(&options, "minmax", true);
  options.drop_count = 0; /* the label is an input, and is not sparse */
  check_same(&options, "minmax", false);
}

/* Deviations are not the same bits, but as near as both are to the exact ones: 1e-14 of x. */
static void standard_scale(void **state) {
  (void)state;
  cr_prepare_options options;
  cr_prepare_options_init(&options);
  fitted a = fit(true, &options, "standard", true), b = fit(false, &options, "standard", false);
  for (size_t i = 0; i < a.encoder->input_count; i++) {
    assert_close(a.encoder->inputs[i].shift, b.encoder->inputs[i].shift, 1e-14);
    assert_close(a.encoder->inputs[i].scale, b.encoder->inputs[i].scale, 1e-14);
  }
  fitted_free(&a);
  fitted_free(&b);
}

/* A column that no row of another file names is 0 there; one that is new is passed over. */
static void other_files(void **state) {
  (void)state;
  static const size_t rows[] = {0, 1};
  cr_prepare_options options;
  cr_strlist warnings = {0};
  size_t places[COLUMNS + 1];
  cr_prepare_options_init(&options);
  fitted a = fit(true, &options, "minmax", true);
  const size_t width = a.encoder->width;
  const char *const texts[] = {"0 1:1 4:2 200:3\n1 7:1\n", "0 1:1 2:0 3:0 4:2\n1 4:0 7:1 8:1\n"};
  for (size_t t = 0; t < 2; t++) {
    cr_table *other = csv_table(texts[t]);
    assert_true((other->sparse != NULL) == (t == 0));
    assert_int_equal(cr_encoder_match(a.encoder, other, places, places + width, &warnings), CR_OK);
    float *x = gathered(a.encoder, other, rows, 2, t == 0);
    for (size_t i = 0; i < width; i++) {
      const cr_input *input = &a.encoder->inputs[i];
      const double first = i == 0 ? 1.0 : i == 1 ? 2.0 : 0.0, second = i == 2 ? 1.0 : 0.0;
      assert_true(x[width + i] == (float)((first - input->shift) / input->scale));
      assert_true(x[i] == (float)((second - input->shift) / input->scale));
    }
    free(x);
    cr_table_destroy(other);
  }
  assert_string_equal(warnings.items[0], "ignored column: x200");
  cr_strlist_free(&warnings);
  fitted_free(&a);
}

static void too_large(void **state) {
  (void)state;
  cr_prepare_options options;
  cr_samples *samples = NULL;
  static const size_t rows[] = {0, 1};
  cr_prepare_options_init(&options);
  fitted a = fit(true, &options, "none", true);
  a.encoder->inputs[1].scale = 1e-10;
  cr_table *other = csv_table("0 1:1 300:5\n1 4:1e38\n");
  assert_int_equal(cr_encoder_samples(a.encoder, other, rows, 2, true, 2, &samples), CR_ERR_NUMBER);
  check_failure(CR_ERR_NUMBER, "1e+38 in column 'x4', row 2, is too large", 0, NULL);
  a.encoder->inputs[1].shift = 1e37;
  assert_int_equal(cr_encoder_samples(a.encoder, other, rows, 1, true, 2, &samples), CR_ERR_NUMBER);
  cr_table_destroy(other);
  fitted_free(&a);
}

/* Chosen rows are those rows, and a comparison sees columns that have enough values. */
static void select_and_compare(void **state) {
  (void)state;
  cr_table *a = make_table(true), *b = make_table(false), *x = NULL, *y = NULL;
  size_t rows[ROWS];
  for (size_t i = 0; i < ROWS; i++) rows[i] = i * 13 % ROWS;
  assert_int_equal(cr_table_select(a, rows, ROWS / 2, &x), CR_OK);
  assert_int_equal(cr_table_select(b, rows, ROWS / 2, &y), CR_OK);
  assert_non_null(x->sparse);
  assert_int_not_equal(x->origin.fingerprint, a->origin.fingerprint);
  for (size_t c = 0; c <= COLUMNS; c++) {
    assert_true(x->columns[c].info.maximum == y->columns[c].info.maximum);
    assert_close(x->columns[c].info.mean, y->columns[c].info.mean, 1e-15);
    assert_int_equal(x->columns[c].info.distinct, y->columns[c].info.distinct);
    for (size_t r = 0; r < ROWS / 2; r++)
      assert_true(cr_table_number(x, r, c) == cr_table_number(y, r, c));
  }
  cr_comparison *same = NULL;
  assert_int_equal(cr_tables_compare(a, x, &same), CR_OK);
  for (size_t i = 0; cr_comparison_at(same, i) != NULL; i++)
    assert_true(cr_comparison_at(same, i)->distance <= cr_comparison_at(same, i)->critical);
  cr_comparison_destroy(same);
  cr_table_destroy(x);
  cr_table_destroy(y);
  cr_table_destroy(a);
  cr_table_destroy(b);
}

static void shifted_columns_are_seen(void **state) {
  (void)state;
  char *text = calloc(1, 1 << 16);
  cr_table *tables[2];
  for (size_t t = 0; t < 2; t++) { /* x1 is there in every eighth row, or in every second one */
    size_t size = 0;
    for (size_t r = 0; r < 400; r++) {
      size += (size_t)sprintf(text + size, "%zu %zu:1", r % 2, 50 + r % 30);
      if (r % (t == 0 ? 8 : 2) == 0) size += (size_t)sprintf(text + size, " 90:1");
      size += (size_t)sprintf(text + size, "\n");
    }
    tables[t] = csv_table(text);
    assert_non_null(tables[t]->sparse);
  }
  cr_comparison *c = NULL;
  assert_int_equal(cr_tables_compare(tables[0], tables[1], &c), CR_OK);
  assert_string_equal(cr_comparison_at(c, 0)->column, "x90");
  assert_close(cr_comparison_at(c, 0)->distance, 0.375, 1e-12);
  assert_true(cr_comparison_at(c, 0)->distance > cr_comparison_at(c, 0)->critical);
  assert_string_equal(cr_comparison_at(c, 1)->column, "label");
  assert_null(cr_comparison_at(c, 2));
  cr_comparison_destroy(c);
  cr_table_destroy(tables[0]);
  cr_table_destroy(tables[1]);
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_same_bits_as_with_zeros),
      cmocka_unit_test(scaled_by_the_largest),
      cmocka_unit_test(sparse_columns_in_other_places),
      cmocka_unit_test(standard_scale),
      cmocka_unit_test(other_files),
      cmocka_unit_test(too_large),
      cmocka_unit_test(select_and_compare),
      cmocka_unit_test(shifted_columns_are_seen),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
