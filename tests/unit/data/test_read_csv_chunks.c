/* However a text is cut, and whoever reads its chunks: the same table, or the same failure. */
#include "reading.h"

#include "base/pool.h"
#include "counting_allocator.h"
#include "data/csv.h"
#include "same_table.h"

/* What came of reading a text: a table, or what was said. */
typedef struct outcome {
  cr_table *table;
  cr_status status;
  cr_error error;
} outcome;

static outcome read_cut(const char *text, size_t size, const cr_read_options *options,
                        cr_pool *pool, size_t chunk_bytes) {
  cr_source source = {.path = "data.csv", .bytes = (char *)text, .size = size};
  outcome out = {0};
  out.status = cr_csv_read(&source, options, pool, chunk_bytes, &out.table);
  if (out.status != CR_OK) out.error = *cr_last_error();
  return out;
}

static void check_same(const outcome *whole, const outcome *cut, const char *text, size_t bytes) {
  const bool same = whole->status == cut->status &&
                    (whole->status == CR_OK ? same_table(whole->table, cut->table)
                                            : same_error(&whole->error, &cut->error));
  if (!same)
    fail_msg("cut every %zu bytes: %s\n%s\ninstead of %s", bytes, text,
             cut->status ? cut->error.message : "a table",
             whole->status ? whole->error.message : "another table");
}

enum { POOLS = 4 };
static const size_t pool_threads[POOLS] = {1, 2, 3, 7};
static cr_pool *pools[POOLS];

static int create_pools(void **state) {
  (void)state;
  for (size_t p = 0; p < POOLS; p++)
    assert_int_equal(cr_pool_create(pool_threads[p], &pools[p]), CR_OK);
  return 0;
}

static int destroy_pools(void **state) {
  (void)state;
  for (size_t p = 0; p < POOLS; p++) cr_pool_destroy(pools[p]);
  return 0;
}

/* Every way to cut it, by one thread; some, by several. */
static void check_cuts(const char *text, size_t size, const cr_read_options *options) {
  outcome whole = read_cut(text, size, options, NULL, size + 1);
  for (size_t bytes = 1; bytes <= size; bytes++) {
    cr_pool *pool = bytes % 5 == 1 ? pools[bytes / 5 % POOLS] : NULL;
    outcome cut = read_cut(text, size, options, pool, bytes);
    check_same(&whole, &cut, text, bytes);
    cr_table_destroy(cut.table);
  }
  cr_table_destroy(whole.table);
}

static void check_text(const char *text, size_t size) {
  static const char *const headers[] = {"auto", "yes", "no"};
  static const char *const types[] = {"a=number", "b=category"};
  for (size_t i = 0; i < 12; i++) {
    cr_read_options options = read_options();
    options.max_bytes = 1 << 20;
    options.header = headers[i % 3];
    options.skip_bad_rows = i % 2 == 1;
    options.types = types;
    options.type_count = i < 6 ? 0 : 2;
    check_cuts(text, size, &options);
  }
}

static void every_cut_gives_the_same_table(void **state) {
  (void)state;
  static const char *const texts[] = {
      "a,b\n1,2\n3,4\n5,6\n",
      "a,b\r\n1,\"x\r\n\r\n\"\r\n3,\"\"\"\r,\"\r\n5,NA\r\n7,\"x\r\n\r\n\"",
      "a,b\r1,x\r2,y\r3,\"\n\r\"\r\r\n",
      "\xef\xbb\xbf"
      "a,b\n1,\xc3\xa4\n2,\xe2\x82\xac\n3,\xf0\x9f\x98\x80\n4,\xc3\xa4\n",
      "a\n1\n\n2\n \n3\n\n\n",
      "\n\na,b\n1,2\n\n\n3,4\n5\n6,7,8\n\n9,1\n\n",
      "a,b\n1,x\n2,y\nz,3\n4,5\n?,6\n7,NA\n,u\n8,1e999\n9,y\n",
      "a,b\n1,x\n1,x\n2,\"x\"\n2,\"x\"\"x\"\n2,\"x\"\"x\"\n",
      "a;b;c\n1,5;\"q\";-1.25e-3\n2;q;+.5\n3;r;1.\n",
      "\"a\",b\n12345678901234567890.5,0.000000000000000000001\n1.7976931348623157,"
      "9007199254740993\n",
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) check_text(texts[i], strlen(texts[i]));
}

static void every_cut_finds_the_first_failure(void **state) {
  (void)state;
  static const char *const texts[] = {
      "a,b\n1,2\n3,\"4\n5,\"6\n7,8\n",
      "a,b\n1,2\n3,4\"\n5,6\n7,\"8\n9,\"1\"x\n",
      "a,b\n1,\"2\"x\n3,4\n5,\"6\n",
      "a,b\n1,2\n3,\xff\n4,\"\n5,\xc3\n",
      "name,v\ncaf\xa9,1\n",
      "a,b\n1,\xe2\x82\n2,\x80\x80\x80\x80\x80\x80\n",
      "a,a\n1,2\n",
      "a,\n1,2\n",
      "a,b\n1,2,3\n4,5,6\n7,8,9\n",
      "\n\r\n \n",
      "a,b\n",
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) check_text(texts[i], strlen(texts[i]));
  check_text("a,b\n1,2\n3,\0\n\"4,\xff\n", 17);
}

/* Tables of what makes trouble, drawn by a generator of this test's own. */
static uint32_t draw(uint32_t *state, uint32_t below) {
  *state = *state * 1664525u + 1013904223u;
  return (*state >> 8) % below;
}

static void random_tables_do_not_depend_on_cuts(void **state) {
  (void)state;
  static const char *const cells[] = {
      "1",   "-2.5",          "",       "NA",       "x",     "\"y,\n\"", "\"\"",  " 7 ",
      "1e5", "\"z\"\"\r\n\"", "\"12\"", "\xc3\xa4", "1e400", "0.125",    "12345", "\"\r\""};
  static const char *const ends[] = {"\n", "\r\n", "\r", "\n\n"};
  uint32_t random = 5;
  for (int i = 0; i < 60; i++) {
    cr_strbuf text = {0};
    const uint32_t columns = 1 + draw(&random, 3), rows = 1 + draw(&random, 14);
    const uint32_t end = draw(&random, 3);
    for (uint32_t r = 0; r < rows; r++) {
      const uint32_t count = draw(&random, 12) ? columns : 1 + draw(&random, 4);
      for (uint32_t c = 0; c < count; c++)
        cr_strbuf_format(&text, "%s%s", c ? "," : "", cells[draw(&random, 16)]);
      cr_strbuf_format(&text, "%s", ends[draw(&random, 10) ? end : draw(&random, 4)]);
    }
    check_text(text.text, text.length);
    cr_strbuf_free(&text);
  }
}

/* Columns that turn out to be something else late, over more rows than are looked at first. */
static void late_words_make_texts_whatever_the_cuts(void **state) {
  (void)state;
  cr_strbuf text = {0};
  cr_strbuf_format(&text, "a,b,c,d\n");
  for (int r = 0; r < 600; r++)
    cr_strbuf_format(&text, "%d,%s,%d,%s\n", r, r < 200 ? "5" : "w", r % 3, r == 150 ? "q" : "1.5");
  cr_read_options options = read_options();
  options.max_bytes = 1 << 20;
  outcome whole = read_cut(text.text, text.length, &options, NULL, text.length + 1);
  assert_int_equal(whole.status, CR_OK);
  assert_int_equal(cr_table_column(whole.table, 0)->type, CR_COLUMN_NUMBER);
  assert_int_equal(cr_table_column(whole.table, 1)->type, CR_COLUMN_TEXT);
  assert_int_equal(cr_table_column(whole.table, 3)->type, CR_COLUMN_TEXT);
  assert_string_equal(cr_table_text(whole.table, 199, 1), "5");
  for (size_t bytes = 1; bytes < text.length; bytes = bytes * 3 / 2 + 1)
    for (size_t p = 0; p < POOLS; p++) {
      outcome cut = read_cut(text.text, text.length, &options, pools[p], bytes);
      check_same(&whole, &cut, "late words", bytes);
      cr_table_destroy(cut.table);
    }
  cr_table_destroy(whole.table);
  cr_strbuf_free(&text);
}

/* Enough texts of their own for the first room not to do; numbers, words, rows left out. */
static void fill_text(cr_strbuf *text) {
  cr_strbuf_format(text, "a,b,c,d\n");
  for (int r = 0; r < 150; r++)
    cr_strbuf_format(text, "%d,\"t%d\"\"\",%s,%s\n%s", r % 9, r, r % 2 ? "yes" : "no",
                     r < 120 ? "5" : "w", r == 70 ? "too,few\n" : "");
}

/* Whichever allocation fails, on whatever thread: that is said, and nothing is lost. */
static void failed_allocations_are_handed_up(void **state) {
  (void)state;
  cr_strbuf text = {0};
  fill_text(&text);
  cr_read_options options = read_options();
  options.max_bytes = 1 << 20;
  options.skip_bad_rows = true;
  counting_start();
  for (size_t p = 0; p < POOLS; p++)
    for (size_t n = 1, refused = 1; refused; n++) {
      counting_fail_at(n, false);
      outcome cut = read_cut(text.text, text.length, &options, pools[p], 300);
      refused = counting.refused;
      assert_int_equal(cut.status, refused ? CR_ERR_MEMORY : CR_OK);
      cr_table_destroy(cut.table);
      assert_int_equal(counting.live, 0);
    }
  counting_stop();
  cr_strbuf_free(&text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_cut_gives_the_same_table),
      cmocka_unit_test(every_cut_finds_the_first_failure),
      cmocka_unit_test(random_tables_do_not_depend_on_cuts),
      cmocka_unit_test(late_words_make_texts_whatever_the_cuts),
      cmocka_unit_test(failed_allocations_are_handed_up),
  };
  return cmocka_run_group_tests(tests, create_pools, destroy_pools);
}
