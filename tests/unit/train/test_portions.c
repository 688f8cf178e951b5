#include "train/portions.h"

#include "base/strbuf.h"
#include "support.h"
#include "tables.h"

/* Rows x1,x2,label with three classes in turn; `first` makes tables differ. */
static cr_table *make_table(size_t rows, double first) {
  cr_strbuf text = {0};
  cr_strbuf_format(&text, "x1,x2,kind\n");
  for (size_t i = 0; i < rows; i++)
    cr_strbuf_format(&text, "%.3f,%.3f,%c\n", first + uneven(i, 1.0), uneven(3 * i + 1, 2.0),
                     "abc"[i % 3]);
  cr_table *table = csv_table(text.text);
  cr_strbuf_free(&text);
  return table;
}

typedef struct bench {
  cr_table *table, *dev, *test;
  cr_prepare_options prepare;
  cr_encoder *encoder;
  bool decides;
  cr_portions portions;
} bench;

static bench set_up(size_t rows, size_t dev_rows, size_t test_rows) {
  bench b = {.table = make_table(rows, 0)};
  if (dev_rows > 0) b.dev = make_table(dev_rows, 10);
  if (test_rows > 0) b.test = make_table(test_rows, 20);
  cr_prepare_options_init(&b.prepare);
  assert_int_equal(cr_encoder_create(b.table, &b.prepare, NULL, &b.encoder), CR_OK);
  return b;
}

static cr_status choose(bench *b) {
  return cr_portions_choose(b->table, b->dev, b->test, &b->prepare, b->encoder, b->decides,
                            &b->portions);
}

static void tear_down(bench *b) {
  cr_portions_free(&b->portions);
  cr_encoder_destroy(b->encoder);
  cr_table_destroy(b->table);
  cr_table_destroy(b->dev);
  cr_table_destroy(b->test);
}

static void has_rows(const cr_portions *portions, size_t train, size_t dev, size_t test) {
  assert_int_equal(portions->rows.count[CR_PORTION_TRAIN], train);
  assert_int_equal(portions->rows.count[CR_PORTION_DEV], dev);
  assert_int_equal(portions->rows.count[CR_PORTION_TEST], test);
}

/* What of 60 rows goes where, by which tables there are beside them. */
static void test_defaults(void **state) {
  (void)state;
  static const size_t cases[][5] = {/* dev, test: train, dev, test */
                                    {0, 0, 36, 12, 12},
                                    {9, 0, 48, 9, 12},
                                    {0, 6, 60, 0, 6},
                                    {9, 6, 60, 9, 6}};
  for (size_t i = 0; i < 4; i++) {
    bench b = set_up(60, cases[i][0], cases[i][1]);
    assert_int_equal(choose(&b), CR_OK);
    has_rows(&b.portions, cases[i][2], cases[i][3], cases[i][4]);
    assert_true(b.portions.tables[CR_PORTION_DEV] == (b.dev ? b.dev : b.table));
    assert_true(b.portions.tables[CR_PORTION_TEST] == (b.test ? b.test : b.table));
    assert_false(b.portions.same_rows);
    tear_down(&b);
  }
}

/*
 * From 10,000 rows on the dev part has a fifth beside a test part of its own; else a tenth where it
 * decides something, and nothing where it does not.
 */
static void test_dev_share(void **state) {
  (void)state;
  static const struct {
    size_t rows;
    bool decides;
    size_t train, dev;
  } cases[] = {{9999, true, 8999, 1000},
               {9999, false, 9999, 0},
               {10000, true, 8000, 2000},
               {10000, false, 8000, 2000}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    bench b = set_up(cases[i].rows, 0, 6);
    b.decides = cases[i].decides;
    assert_int_equal(choose(&b), CR_OK);
    has_rows(&b.portions, cases[i].train, cases[i].dev, 6);
    tear_down(&b);
  }
}

static void test_stratified_and_apart(void **state) {
  (void)state;
  bench b = set_up(60, 0, 0);
  assert_int_equal(choose(&b), CR_OK);
  size_t seen[60] = {0};
  for (size_t p = 0; p < CR_PORTION_COUNT; p++) {
    size_t of_class[3] = {0};
    for (size_t i = 0; i < b.portions.rows.count[p]; i++) {
      const size_t row = b.portions.rows.rows[p][i];
      seen[row]++;
      of_class[row % 3]++;
    }
    for (size_t k = 0; k < 3; k++) assert_int_equal(of_class[k], p == CR_PORTION_TRAIN ? 12 : 4);
  }
  for (size_t row = 0; row < 60; row++) assert_int_equal(seen[row], 1);
  tear_down(&b);
}

static void test_few_rows(void **state) {
  (void)state;
  bench b = set_up(9, 0, 0);
  assert_int_equal(choose(&b), CR_OK);
  assert_true(b.portions.same_rows);
  has_rows(&b.portions, 9, 0, 9);
  assert_memory_equal(b.portions.rows.rows[0], b.portions.rows.rows[2], 9 * sizeof(size_t));
  tear_down(&b);
  b = set_up(10, 0, 0);
  assert_int_equal(choose(&b), CR_OK);
  assert_false(b.portions.same_rows);
  tear_down(&b);
  b = set_up(9, 0, 6); /* a test part there is */
  assert_int_equal(choose(&b), CR_OK);
  assert_false(b.portions.same_rows);
  has_rows(&b.portions, 9, 0, 6);
  tear_down(&b);
  b = set_up(9, 0, 0); /* asked for */
  b.prepare.split[0] = b.prepare.split[2] = 0.5;
  assert_int_equal(choose(&b), CR_OK);
  assert_false(b.portions.same_rows);
  assert_int_equal(b.portions.rows.count[CR_PORTION_DEV], 0);
  tear_down(&b);
}

/* All the cases there are: nothing to hold out. */
static void test_complete(void **state) {
  (void)state;
  bench b = set_up(60, 0, 0);
  b.table->origin.complete = true;
  assert_int_equal(choose(&b), CR_OK);
  assert_true(b.portions.same_rows);
  has_rows(&b.portions, 60, 0, 60);
  tear_down(&b);
}

static void test_given_shares(void **state) {
  (void)state;
  bench b = set_up(60, 0, 6);
  b.prepare.split[CR_PORTION_TRAIN] = 1;
  assert_int_equal(choose(&b), CR_OK);
  has_rows(&b.portions, 60, 0, 6);
  cr_portions_free(&b.portions);
  b.prepare.split[CR_PORTION_TRAIN] = 0.7;
  b.prepare.split[CR_PORTION_TEST] = 0.3;
  assert_int_equal(choose(&b), CR_ERR_COMBINATION);
  check_failure(CR_ERR_COMBINATION, "the test part", 0, "--split 80/20");
  b.prepare.split[CR_PORTION_TRAIN] = 0;
  b.prepare.split[CR_PORTION_DEV] = 1;
  b.prepare.split[CR_PORTION_TEST] = 0;
  assert_int_equal(choose(&b), CR_ERR_EMPTY);
  b.prepare.split[CR_PORTION_DEV] = 0.5;
  assert_int_equal(choose(&b), CR_ERR_ARGUMENT); /* the sum is not 1 */
  tear_down(&b);
}

/* Samples of all parts, other tables scaled as the training rows say. */
static void test_encode(void **state) {
  (void)state;
  bench b = set_up(60, 9, 6);
  assert_int_equal(choose(&b), CR_OK);
  assert_int_equal(cr_encoder_fit(b.encoder, b.table, b.portions.rows.rows[0],
                                  b.portions.rows.count[0], "standard", NULL),
                   CR_OK);
  assert_int_equal(cr_portions_encode(&b.portions, b.encoder, 3, &b.prepare, 1), CR_OK);
  static const size_t rows[] = {60, 9, 6};
  for (size_t p = 0; p < CR_PORTION_COUNT; p++)
    assert_int_equal(b.portions.samples[p]->rows, rows[p]);
  const cr_input *input = &b.encoder->inputs[0];
  const double expected = (cr_table_number(b.test, 4, 0) - input->shift) / input->scale;
  const cr_const_matrix x = b.portions.samples[CR_PORTION_TEST]->x;
  assert_close(x.data[4 * x.stride], expected, 1e-5);
  cr_portions_drop_samples(&b.portions);
  assert_null(b.portions.samples[CR_PORTION_TRAIN]);
  assert_int_equal(b.portions.rows.count[CR_PORTION_TEST], 6);
  tear_down(&b);
}

/* Rows chosen before are taken as they are; those of dev are of its own table if there is one. */
static void test_taken(void **state) {
  (void)state;
  static size_t train[] = {0, 4, 5, 9}, dev[] = {1, 2};
  const cr_split rows = {.rows = {train, dev, NULL}, .count = {4, 2, 0}};
  bench b = set_up(12, 3, 0);
  for (size_t own = 0; own < 2; own++) {
    assert_int_equal(cr_portions_take(b.table, own ? b.dev : NULL, &rows, &b.portions), CR_OK);
    has_rows(&b.portions, 4, 2, 0);
    assert_memory_equal(b.portions.rows.rows[CR_PORTION_TRAIN], train, sizeof train);
    assert_memory_equal(b.portions.rows.rows[CR_PORTION_DEV], dev, sizeof dev);
    assert_ptr_equal(b.portions.tables[CR_PORTION_TRAIN], b.table);
    assert_ptr_equal(b.portions.tables[CR_PORTION_DEV], own ? b.dev : b.table);
    assert_false(b.portions.same_rows);
    cr_portions_free(&b.portions);
  }
  tear_down(&b);
}

static void test_skipped(void **state) {
  (void)state;
  bench b = {.table = csv_table("a,b,y\n1,2,3.5\n2,,4.25\n3,1,5.5\n4,9,1.125\n5,,7\n")};
  b.test = csv_table("a,b,y\n1,,3.5\n2,6,4.25\n");
  cr_prepare_options_init(&b.prepare);
  b.prepare.skip_bad_rows = true;
  assert_int_equal(cr_encoder_create(b.table, &b.prepare, NULL, &b.encoder), CR_OK);
  assert_int_equal(choose(&b), CR_OK);
  has_rows(&b.portions, 3, 0, 1);
  assert_int_equal(b.portions.skipped, 3);
  tear_down(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_defaults),
      cmocka_unit_test(test_dev_share),
      cmocka_unit_test(test_stratified_and_apart),
      cmocka_unit_test(test_few_rows),
      cmocka_unit_test(test_complete),
      cmocka_unit_test(test_given_shares),
      cmocka_unit_test(test_encode),
      cmocka_unit_test(test_skipped),
      cmocka_unit_test(test_taken),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
