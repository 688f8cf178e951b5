#include "tune/folds.h"

#include "base/alloc.h"
#include "support.h"
#include "tables.h"

/* A table with what is needed to share it out. */
typedef struct shared {
  cr_table *table;
  cr_encoder *encoder;
  cr_portions portions;
} shared;

static shared share(cr_table *table, const cr_table *dev, const char *target) {
  shared s = {.table = table};
  cr_prepare_options prepare;
  cr_strlist warnings = {0};
  cr_prepare_options_init(&prepare);
  prepare.target = target;
  if (cr_encoder_create(table, &prepare, &warnings, &s.encoder) != CR_OK ||
      cr_portions_choose(table, dev, NULL, &prepare, s.encoder, true, &s.portions) != CR_OK)
    fail_msg("%s", cr_last_error()->message);
  cr_strlist_free(&warnings);
  return s;
}

static void unshare(shared *s) {
  cr_portions_free(&s->portions);
  cr_encoder_destroy(s->encoder);
  cr_table_destroy(s->table);
}

static cr_table *builtin(const char *name) {
  cr_table *table = NULL;
  assert_int_equal(cr_table_read(name, NULL, &table), CR_OK);
  return table;
}

/* Each fold holds out other rows, all of train and dev once, none of test, each class alike. */
static void test_folds_share_the_rows(void **state) {
  (void)state;
  shared s = share(builtin("@iris"), NULL, NULL);
  cr_folds folds;
  assert_int_equal(cr_folds_create(&s.portions, s.encoder, 0, 1, &folds), CR_OK);
  assert_int_equal(folds.count, 5);
  assert_null(folds.dev);
  assert_int_equal(folds.whole.count[CR_PORTION_TEST], 0);
  size_t held[150] = {0}, learnt[150] = {0};
  for (size_t f = 0; f < 5; f++) {
    size_t classes[3] = {0};
    const cr_split *fold = &folds.folds[f];
    assert_int_equal(fold->count[CR_PORTION_TRAIN], 96);
    assert_int_equal(fold->count[CR_PORTION_DEV], 24);
    assert_int_equal(fold->count[CR_PORTION_TEST], 0);
    for (size_t i = 0; i < 96; i++) learnt[fold->rows[CR_PORTION_TRAIN][i]]++;
    for (size_t i = 0; i < 24; i++) held[fold->rows[CR_PORTION_DEV][i]]++;
    for (size_t i = 0; i < 24; i++) classes[fold->rows[CR_PORTION_DEV][i] / 50]++; /* 50 each */
    for (size_t k = 0; k < 3; k++) assert_int_equal(classes[k], 8);
  }
  const cr_split *rows = &s.portions.rows;
  for (size_t i = 0; i < rows->count[CR_PORTION_TEST]; i++) {
    const size_t row = rows->rows[CR_PORTION_TEST][i];
    assert_int_equal(held[row] + learnt[row], 0);
    held[row] = 1, learnt[row] = 4;
  }
  for (size_t row = 0; row < 150; row++) assert_true(held[row] == 1 && learnt[row] == 4);
  cr_folds_free(&folds);
  unshare(&s);
}

static bool same_folds(const cr_folds *a, const cr_folds *b) {
  for (size_t f = 0; f < a->count; f++)
    if (memcmp(a->folds[f].rows[CR_PORTION_DEV], b->folds[f].rows[CR_PORTION_DEV],
               a->folds[f].count[CR_PORTION_DEV] * sizeof(size_t)) != 0)
      return false;
  return true;
}

/* Where classes do not divide by the folds, no fold has two rows more than another. */
static void test_folds_are_of_a_size(void **state) {
  (void)state;
  shared s = share(builtin("@iris"), NULL, NULL);
  cr_folds folds;
  assert_int_equal(cr_folds_create(&s.portions, s.encoder, 7, 1, &folds), CR_OK);
  for (size_t f = 0; f < 7; f++) assert_in_range(folds.folds[f].count[CR_PORTION_DEV], 17, 18);
  cr_folds_free(&folds);
  unshare(&s);
}

static void test_the_seed_decides(void **state) {
  (void)state;
  shared s = share(builtin("@iris"), NULL, NULL);
  cr_folds a, b, c;
  assert_int_equal(cr_folds_create(&s.portions, s.encoder, 4, 1, &a), CR_OK);
  assert_int_equal(cr_folds_create(&s.portions, s.encoder, 4, 1, &b), CR_OK);
  assert_int_equal(cr_folds_create(&s.portions, s.encoder, 4, 2, &c), CR_OK);
  assert_int_equal(a.count, 4);
  assert_true(same_folds(&a, &b));
  assert_false(same_folds(&a, &c));
  cr_folds_free(&a);
  cr_folds_free(&b);
  cr_folds_free(&c);
  unshare(&s);
}

/* A class of one row cannot be held out: nothing would be learnt of it. */
static void test_a_single_row_is_learnt_from(void **state) {
  (void)state;
  char text[1024] = "x,kind\n";
  for (size_t i = 0; i < 40; i++) {
    char line[32];
    const char *kind = i == 17 ? "rare" : i % 2 ? "a" : "b";
    snprintf(line, sizeof line, "%zu.5,%s\n", i, kind);
    strcat(text, line);
  }
  cr_table *table = NULL;
  assert_int_equal(cr_table_parse("t.csv", text, strlen(text), NULL, &table), CR_OK);
  shared s = share(table, NULL, NULL);
  cr_folds folds;
  assert_int_equal(cr_folds_create(&s.portions, s.encoder, 3, 1, &folds), CR_OK);
  for (size_t f = 0; f < 3; f++)
    for (size_t i = 0; i < folds.folds[f].count[CR_PORTION_DEV]; i++)
      assert_int_not_equal(folds.folds[f].rows[CR_PORTION_DEV][i], 17);
  cr_folds_free(&folds);
  unshare(&s);
}

static void count_is(const char *name, size_t asked, size_t expected) {
  shared s = share(builtin(name), NULL, NULL);
  cr_folds folds;
  assert_int_equal(cr_folds_create(&s.portions, s.encoder, asked, 1, &folds), CR_OK);
  assert_int_equal(folds.count, expected);
  cr_folds_free(&folds);
  unshare(&s);
}

static void test_how_many(void **state) {
  (void)state;
  count_is("@iris", 0, 5);
  count_is("@iris", 1, 1);
  count_is("@iris", 10, 10);
  count_is("@digits", 0, 1); /* 1,438 rows in train and dev */
  count_is("@xor", 0, 1);
}

static void refused(shared *s, size_t asked, cr_status status, const char *part) {
  cr_folds folds;
  assert_int_equal(cr_folds_create(&s->portions, s->encoder, asked, 1, &folds), status);
  assert_non_null(strstr(cr_last_error()->message, part));
}

static void test_no_folds_there(void **state) {
  (void)state;
  shared all = share(builtin("@xor"), NULL, NULL);
  refused(&all, 2, CR_ERR_COMBINATION, "the same rows");
  unshare(&all);
  shared iris = share(builtin("@iris"), NULL, NULL);
  refused(&iris, 21, CR_ERR_ARGUMENT, "at most 20");
  unshare(&iris);
  cr_table *dev = builtin("@iris");
  shared own = share(builtin("@iris"), dev, NULL);
  refused(&own, 2, CR_ERR_COMBINATION, "a file of its own");
  cr_folds folds;
  assert_int_equal(cr_folds_create(&own.portions, own.encoder, 0, 1, &folds), CR_OK);
  assert_int_equal(folds.count, 1);
  assert_ptr_equal(folds.dev, dev);
  cr_folds_free(&folds);
  unshare(&own);
  cr_table_destroy(dev);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_folds_share_the_rows),
      cmocka_unit_test(test_folds_are_of_a_size),
      cmocka_unit_test(test_the_seed_decides),
      cmocka_unit_test(test_a_single_row_is_learnt_from),
      cmocka_unit_test(test_how_many),
      cmocka_unit_test(test_no_folds_there),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
