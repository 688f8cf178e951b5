#include "data/encode_store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "data/row_cursor.h"
#include "folder.h"
#include "tables.h"

enum { ROWS = 100000 }; /* more than are encoded together, twice */

static cr_table *read_table(uint64_t memory) {
  cr_read_options options;
  cr_table *table = NULL;
  cr_read_options_init(&options);
  options.memory = memory;
  options.cache = folder;
  assert_int_equal(cr_table_read(in_folder("t.csv"), &options, &table), CR_OK);
  return table;
}

static int write_table(void **state) {
  const int made = make_folder(state);
  FILE *file = fopen(in_folder("t.csv"), "w");
  if (made != 0 || !file) return -1;
  fputs("a,b,kind,w,y\n", file);
  for (size_t i = 0; i < ROWS; i++)
    fprintf(file, "%.2f,%s,%c,%zu,%s\n", (double)(i * i % 777) / 3, i % 31 == 4 ? "" : "2.5",
            (char)('p' + i % 4), i % 3, i % 7 < 3 ? "low" : "high");
  return fclose(file);
}

static cr_encoder *fitted(const cr_table *table, const cr_prepare_options *options,
                          const size_t *rows, size_t count) {
  cr_encoder *encoder = NULL;
  assert_int_equal(cr_encoder_create(table, options, NULL, &encoder), CR_OK);
  assert_int_equal(cr_encoder_fit(encoder, table, rows, count, "auto", NULL), CR_OK);
  return encoder;
}

/* Rows of a table on disk give the same samples as those of one in memory, by any threads. */
static void samples_are_the_same(void **state) {
  (void)state;
  static size_t rows[ROWS];
  size_t count = 0;
  for (size_t i = 0; i < ROWS; i++)
    if (i % 5 != 1 && (i < 3000 || i > 12000)) rows[count++] = i;
  cr_table *near = read_table(0), *far = read_table(1);
  cr_prepare_options options;
  cr_prepare_options_init(&options);
  options.weight = "w";
  options.class_weights = "balanced";
  cr_encoder *encoder = fitted(near, &options, rows, count);
  cr_encoder *other = fitted(far, &options, rows, count);
  cr_samples *want = NULL, *stored = NULL, *found = NULL;
  cr_weighting weighting;
  assert_int_equal(cr_encoder_samples(encoder, near, rows, count, true, 1, &want), CR_OK);
  assert_int_equal(cr_weighting_fit(&options, encoder, near, rows, want, &weighting), CR_OK);
  assert_int_equal(cr_weighting_apply(&weighting, near, rows, want), CR_OK);
  for (size_t threads = 1; threads <= 3; threads++) {
    cr_pool *pool = NULL;
    assert_int_equal(cr_pool_create(threads, &pool), CR_OK);
    const cr_storing storing = {.encoder = other,
                                .table = far,
                                .rows = rows,
                                .count = count,
                                .with_target = true,
                                .outputs = 1,
                                .weighting = &weighting,
                                .share = 0.5};
    assert_int_equal(cr_encoder_store(&storing, pool, &stored), CR_OK);
    assert_int_equal(cr_row_store_even(stored, count, &found), CR_OK);
    assert_int_equal(found->rows, count);
    assert_memory_equal(found->classes, want->classes, count * sizeof(uint32_t));
    assert_memory_equal(found->weights, want->weights, count * sizeof(float));
    for (size_t i = 0; i < count; i++)
      assert_memory_equal(found->x.data + i * found->x.stride, want->x.data + i * want->x.stride,
                          want->inputs * sizeof(float));
    cr_samples_destroy(found);
    cr_samples_destroy(stored);
    cr_pool_destroy(pool);
  }
  cr_weighting_free(&weighting);
  cr_samples_destroy(want);
  cr_encoder_destroy(encoder);
  cr_encoder_destroy(other);
  cr_table_destroy(near);
  cr_table_destroy(far);
}

/* The first row that cannot be encoded is named, as in memory. */
static void failures_are_the_same(void **state) {
  (void)state;
  static size_t low[ROWS], all[ROWS];
  size_t count = 0;
  cr_table *near = read_table(0), *far = read_table(1);
  cr_prepare_options options;
  cr_prepare_options_init(&options);
  for (size_t i = 0; i < ROWS; i++) {
    all[i] = i;
    if (i % 7 != 6) low[count++] = i;
  }
  cr_encoder *encoder = fitted(near, &options, low, count);
  cr_samples *samples = NULL;
  cr_strlist_free(&encoder->labels);
  assert_int_equal(cr_strlist_add(&encoder->labels, "low"), CR_OK);
  assert_int_equal(cr_strlist_add(&encoder->labels, "other"), CR_OK);
  assert_int_equal(cr_encoder_samples(encoder, near, all, ROWS, true, 1, &samples), CR_ERR_TARGET);
  const cr_error want = *cr_last_error();
  const cr_storing storing = {.encoder = encoder,
                              .table = far,
                              .rows = all,
                              .count = ROWS,
                              .with_target = true,
                              .outputs = 1,
                              .share = 0.5};
  assert_int_equal(cr_encoder_store(&storing, NULL, &samples), CR_ERR_TARGET);
  assert_null(samples);
  assert_string_equal(cr_last_error()->message, want.message);
  cr_encoder_destroy(encoder);
  cr_table_destroy(near);
  cr_table_destroy(far);
}

/* Of two parts that are encoded side by side the first one fails alone. */
static void a_part_fails_beside_another(void **state) {
  (void)state;
  static size_t rows[ROWS];
  size_t count = 0;
  cr_table *far = read_table(1);
  cr_prepare_options options;
  cr_prepare_options_init(&options);
  cr_encoder *encoder = NULL;
  cr_samples *samples = NULL;
  cr_pool *pool = NULL;
  for (size_t i = 0; i < ROWS; i++)
    if (i % 7 < 3 || i == 10) rows[count++] = i; /* row 10 is of the other class */
  encoder = fitted(far, &options, rows, count);
  cr_strlist_free(&encoder->labels);
  assert_int_equal(cr_strlist_add(&encoder->labels, "low"), CR_OK);
  assert_int_equal(cr_strlist_add(&encoder->labels, "other"), CR_OK);
  assert_int_equal(cr_pool_create(2, &pool), CR_OK);
  const cr_storing storing = {.encoder = encoder,
                              .table = far,
                              .rows = rows,
                              .count = count,
                              .with_target = true,
                              .outputs = 1,
                              .share = 0.5};
  assert_int_equal(cr_encoder_store(&storing, pool, &samples), CR_ERR_TARGET);
  assert_non_null(strstr(cr_last_error()->message, "row 11"));
  assert_null(samples);
  cr_pool_destroy(pool);
  cr_encoder_destroy(encoder);
  cr_table_destroy(far);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(samples_are_the_same),
      cmocka_unit_test(failures_are_the_same),
      cmocka_unit_test(a_part_fails_beside_another),
  };
  return cmocka_run_group_tests(tests, write_table, remove_folder);
}
