#include "data/large_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/stat.h>

#include "large_tables.h"
#include "tables.h"

static void mixed_row(FILE *file, size_t i) {
  fprintf(file, "%.3f,%s,\"%c\n\"\"%zu\",%d\n", (double)(i * i % 1000) / 7,
          i > ROWS / 2 && i % 29 == 5    ? ""
          : i > ROWS / 2 && i % 999 == 7 ? "oops"
                                         : "4.5",
          (char)('z' - i % 3), i % 4, (int)(i % 5));
}

static void tables_are_the_same(void **state) {
  (void)state;
  cr_read_options options;
  both b;
  cr_read_options_init(&options);
  write_rows("mixed.csv", mixed_row);
  assert_int_equal(read_both("mixed.csv", &options, &b), CR_OK);
  check_same(&b);
  assert_int_equal(b.far->columns[2].info.type, CR_COLUMN_TEXT);
  free_both(&b);
}

/* Numbers up to a piece far from the first; then most are words, so all are texts as written. */
static void late_words(FILE *file, size_t i) {
  if (i % 50 == 7)
    fprintf(file, "01,,x,oops\n");
  else
    fprintf(file, "0%zu,%zu,%s,%zu\n", i % 3, i, i < ROWS / 3 ? "007" : "x", i % 2);
}

static void types_are_those_of_all_rows(void **state) {
  (void)state;
  cr_read_options options;
  both b;
  cr_read_options_init(&options);
  write_rows("late.csv", late_words);
  assert_int_equal(read_both("late.csv", &options, &b), CR_OK);
  check_same(&b);
  assert_string_equal(cr_table_text(b.far, 0, 2), "007");
  free_both(&b);
}

/* Amounts all along, from the last rows on, all but for the last row, and of two currencies. */
static void amount_row(FILE *file, size_t i) {
  fprintf(file, "\"$%zu,%03zu\",%s%zu,%zu%%%s,%s%zu\n", i % 90 + 1, i % 1000,
          i + 9 > ROWS ? "€" : "", i, i % 100, i + 1 == ROWS ? "x" : "", i % 5 ? "$" : "£", i);
}

static void amounts_are_those_of_all_rows(void **state) {
  (void)state;
  static const char *const types[] = {"d=number"};
  both b;
  cr_read_options options = read_options();
  options.types = types;
  options.type_count = 1;
  write_rows("amounts.csv", amount_row);
  for (options.threads = 1; options.threads <= 3; options.threads += 2) {
    assert_int_equal(read_both("amounts.csv", &options, &b), CR_OK);
    check_same(&b);
    for (size_t c = 0; c < 4; c++)
      assert_int_equal(b.far->columns[c].info.type, c == 2 ? CR_COLUMN_TEXT : CR_COLUMN_NUMBER);
    assert_true(cr_table_number(b.far, 7, 0) == 8007.0);
    assert_true(cr_table_number(b.far, ROWS - 1, 1) == ROWS - 1.0);
    for (size_t w = 0; w < 2; w++)
      assert_string_equal(cr_table_warning(b.near, w), cr_table_warning(b.far, w));
    free_both(&b);
  }
}

/* Few words among few different numbers: classes in the target, mistakes elsewhere. */
static void few_words(FILE *file, size_t i) {
  const char *word = i % 500 == 499 ? "other" : i % 2 ? "1" : "2";
  fprintf(file, "%s,%zu,%zu,%s\n", word, i % 7, i, word);
}

static void the_target_may_be_words(void **state) {
  (void)state;
  static const char *const targets[] = {NULL, "a", "b", ""};
  write_rows("few.csv", few_words);
  for (size_t t = 0; t < sizeof targets / sizeof *targets; t++) {
    cr_read_options options;
    both b;
    cr_read_options_init(&options);
    options.target = targets[t];
    assert_int_equal(read_both("few.csv", &options, &b), CR_OK);
    check_same(&b);
    assert_int_equal(b.far->columns[0].info.type, t == 1 ? CR_COLUMN_TEXT : CR_COLUMN_NUMBER);
    assert_int_equal(b.far->columns[3].info.type, t == 0 ? CR_COLUMN_TEXT : CR_COLUMN_NUMBER);
    free_both(&b);
  }
}

/* Fifteen numbers written in two ways, and twenty in one: with a word, too many for classes. */
static void rewritten(FILE *file, size_t i) {
  const char *word = i % 100 == 99 ? "other" : NULL;
  fprintf(file, "%zu,%zu,", i % 7, i);
  if (word)
    fprintf(file, "%s,%s\n", word, word);
  else
    fprintf(file, "%zu%s,%zu\n", i % 15, i % 2 ? "" : ".0", i % 20);
}

static void ways_of_writing_count(void **state) {
  (void)state;
  static const char *const targets[] = {"c", "d"};
  write_rows("rewritten.csv", rewritten);
  for (size_t t = 0; t < 2; t++) {
    cr_read_options options;
    both b;
    cr_read_options_init(&options);
    options.target = targets[t];
    assert_int_equal(read_both("rewritten.csv", &options, &b), CR_OK);
    check_same(&b);
    assert_int_equal(b.far->columns[2 + t].info.type, CR_COLUMN_NUMBER);
    free_both(&b);
  }
}

/* As many rows as a file of its size can have, but for one or two in three. */
static void least_row(FILE *file, size_t i) {
  fputs(i % 2 ? "1,,,\n" : ",,,\n", file);
}

static void least_rows_have_room(void **state) {
  (void)state;
  cr_read_options options;
  both b;
  cr_read_options_init(&options);
  write_rows("least.csv", least_row);
  assert_int_equal(read_both("least.csv", &options, &b), CR_OK);
  check_same(&b);
  free_both(&b);
}

/* 65,536 different texts are told apart, and the rest are one more. */
static void later_texts_are_one(void **state) {
  (void)state;
  enum { TOLD_APART = 1 << 16 };
  cr_read_options options;
  cr_table *table = NULL;
  FILE *file = fopen(in_folder("texts.csv"), "w");
  assert_non_null(file);
  fputs("word,y\n", file);
  for (size_t i = 0; i < TOLD_APART + 3; i++) fprintf(file, "t%zu,1\n", i);
  fputs("t5,1\n", file);
  assert_int_equal(fclose(file), 0);
  cr_read_options_init(&options);
  options.memory = 1;
  options.cache = folder;
  assert_int_equal(cr_table_read(in_folder("texts.csv"), &options, &table), CR_OK);
  assert_int_equal(table->columns[0].info.distinct, TOLD_APART + 1);
  assert_string_equal(cr_table_text(table, TOLD_APART - 1, 0), "t65535");
  for (size_t r = TOLD_APART; r < TOLD_APART + 3; r++)
    assert_string_equal(cr_table_text(table, r, 0), "(one of many)");
  assert_string_equal(cr_table_text(table, TOLD_APART + 3, 0), "t5");
  assert_non_null(strstr(cr_table_warning(table, 0), "column 'word' has over 65536 different"));
  cr_table_destroy(table);
}

static void ragged_row(FILE *file, size_t i) {
  fprintf(file, i % 7000 == 6500 ? "1,2\n" : "%zu,2,3,4\n", i);
}

static void bad_rows_are_left_out_or_refused(void **state) {
  (void)state;
  cr_read_options options;
  both b;
  cr_table *table = NULL;
  cr_read_options_init(&options);
  write_rows("ragged.csv", ragged_row);
  options.skip_bad_rows = true;
  assert_int_equal(read_both("ragged.csv", &options, &b), CR_OK);
  check_same(&b);
  free_both(&b);
  options.skip_bad_rows = false;
  options.memory = 1;
  options.cache = folder;
  assert_int_equal(cr_table_read(in_folder("ragged.csv"), &options, &table), CR_ERR_RAGGED);
  check_failure(CR_ERR_RAGGED, NULL, 6502, "--bad-rows skip");
  assert_null(table);
}

static void short_row(FILE *file, size_t i) {
  fprintf(file, i < ROWS / 10 ? "%zu,2,3,4\n" : "%zu\n", i % 5);
}

/* Rows that are padded take less than a byte a column. */
static void short_rows_are_padded(void **state) {
  (void)state;
  cr_read_options options;
  both b;
  cr_read_options_init(&options);
  options.pad_bad_rows = true;
  write_rows("short.csv", short_row);
  assert_int_equal(read_both("short.csv", &options, &b), CR_OK);
  check_same(&b);
  assert_int_equal(b.far->columns[3].info.missing, ROWS - ROWS / 10);
  free_both(&b);
}

/* Of so many columns, one row does not fit beside the header into what is looked at first. */
static void write_wide(const char *name, const char *column, size_t columns) {
  FILE *file = fopen(in_folder(name), "w");
  assert_non_null(file);
  for (size_t c = 0; c < columns; c++)
    fprintf(file, "%s%zu%c", column, c, c + 1 < columns ? ',' : '\n');
  for (size_t r = 0; r < 40; r++)
    for (size_t c = 0; c < columns; c++)
      fprintf(file, "%zu%c", r * c % 7, c + 1 < columns ? ',' : '\n');
  assert_int_equal(fclose(file), 0);
}

static void headers_may_be_long(void **state) {
  (void)state;
  const char *const names[] = {"c", "temperature_and_humidity_"};
  cr_read_options options;
  both b;
  for (size_t i = 0; i < 2; i++) {
    cr_read_options_init(&options);
    write_wide("wide.csv", names[i], 9700);
    assert_int_equal(read_both("wide.csv", &options, &b), CR_OK);
    check_same(&b);
    free_both(&b);
  }
}

/* Words alone, far into the file; what comes last tells whether the first row is a header. */
typedef struct words_case {
  const char *first, *last;
  bool header;
} words_case;

static void write_words(const char *name, const words_case *c) {
  FILE *file = fopen(in_folder(name), "w");
  assert_non_null(file);
  fprintf(file, "%s\n", c->first);
  for (size_t i = 0; i < ROWS; i++)
    fprintf(file, "%s,%s\n", i % 2 ? "tea" : "\"a \"\"cup\"\"\"", i % 3 ? "no" : "");
  fprintf(file, "%s\n", c->last);
  assert_int_equal(fclose(file), 0);
}

static void headers_are_told_by_all_rows(void **state) {
  (void)state;
  static const words_case cases[] = {
      {"drink,sold", "tea,no", true},        {"drink,sold", "drink,no", false},
      {"drink,sold", "tea,7", true},         {"drink,sold", "drink,7", true},
      {"tea,sold", "tea,no", false},         {"tea,sold", "tea,7", true},
      {"drink,drink2", "1e999,no", true},    {"NA,sold", "tea,no", false},
      {"\"a \"\"b\"\"\",c", "tea,no", true}, {"\"a \"\"b\"\"\",c", "\"a \"\"b\"\"\",no", false},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    for (int decimal = 0; decimal < 2; decimal++) {
      cr_read_options options;
      both b;
      cr_read_options_init(&options);
      options.delimiter = decimal ? ',' : 0;
      options.pad_bad_rows = decimal != 0; /* what is mended on the way is told alike */
      write_words("words.csv", &cases[i]);
      assert_int_equal(read_both("words.csv", &options, &b), CR_OK);
      assert_int_equal(b.near->origin.has_header, cases[i].header);
      assert_int_equal(b.far->origin.has_header, cases[i].header);
      check_same(&b);
      free_both(&b);
    }
  }
}

/* What is declared is looked for among the names that the last row says there are. */
static void late_headers_have_columns(void **state) {
  (void)state;
  static const char *const types[] = {"sold=text"};
  static const words_case late = {"tea,sold", "tea,7", true};
  cr_read_options options;
  both b;
  cr_read_options_init(&options);
  options.types = types;
  options.type_count = 1;
  write_words("late-names.csv", &late);
  assert_int_equal(read_both("late-names.csv", &options, &b), CR_OK);
  check_same(&b);
  assert_int_equal(b.far->columns[1].info.type, CR_COLUMN_TEXT);
  free_both(&b);
}

static void odd_row(FILE *file, size_t i) {
  fprintf(file, "%zu,%zu,text %zu,1\n", i, i % 2, i);
}

/* What is there for each row lies where the table does. */
static void blocks_beside_a_table(void **state) {
  (void)state;
  cr_read_options options;
  both b;
  cr_large_block near, far;
  cr_read_options_init(&options);
  write_rows("odd.csv", odd_row);
  assert_int_equal(read_both("odd.csv", &options, &b), CR_OK);
  check_same(&b);
  assert_int_equal(cr_large_block_create(b.near, ROWS, sizeof(int), &near), CR_OK);
  assert_int_equal(cr_large_block_create(b.far, ROWS, sizeof(int), &far), CR_OK);
  assert_null(near.spill.folder);
  assert_string_equal(far.spill.folder, folder);
  int *n = near.bytes, *f = far.bytes;
  for (int i = 0; i < ROWS; i++) {
    assert_true(n[i] == 0 && f[i] == 0);
    n[i] = f[i] = i * 3;
  }
  cr_large_block_rest(&near, 0);
  cr_large_block_rest(&far, 0);
  assert_memory_equal(n, f, ROWS * sizeof(int));
  cr_large_block_free(&near);
  cr_large_block_free(&far);
  free_both(&b);
}

/* No file has a name while a table is there, nor after it. */
static void nothing_is_left(void **state) {
  (void)state;
  cr_read_options options;
  cr_table *table = NULL;
  char hidden[128];
  cr_read_options_init(&options);
  options.memory = 1;
  options.cache = in_folder("cache");
  assert_int_equal(mkdir(options.cache, 0700), 0);
  assert_int_equal(cr_table_read(in_folder("odd.csv"), &options, &table), CR_OK);
  snprintf(hidden, sizeof hidden, "%s/cache", folder);
  assert_int_equal(rmdir(hidden), 0); /* it is empty */
  assert_true(cr_table_number(table, ROWS - 1, 0) == ROWS - 1);
  cr_table_destroy(table);
  assert_int_equal(cr_table_read(in_folder("odd.csv"), &options, &table), CR_ERR_CACHE);
  check_failure(CR_ERR_CACHE, "no such folder", 0, "--cache");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tables_are_the_same),
      cmocka_unit_test(types_are_those_of_all_rows),
      cmocka_unit_test(amounts_are_those_of_all_rows),
      cmocka_unit_test(the_target_may_be_words),
      cmocka_unit_test(least_rows_have_room),
      cmocka_unit_test(ways_of_writing_count),
      cmocka_unit_test(later_texts_are_one),
      cmocka_unit_test(bad_rows_are_left_out_or_refused),
      cmocka_unit_test(short_rows_are_padded),
      cmocka_unit_test(headers_may_be_long),
      cmocka_unit_test(headers_are_told_by_all_rows),
      cmocka_unit_test(late_headers_have_columns),
      cmocka_unit_test(blocks_beside_a_table),
      cmocka_unit_test(nothing_is_left),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
