#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "large_tables.h"

static void early_and_late(FILE *file, size_t i) {
  fprintf(file, i % 9000 == 70 ? "1,2\n" : "%zu,2,3,4\n", i);
}

static void all_ragged(FILE *file, size_t i) {
  fprintf(file, "%zu,2,3\n", i);
}

static void all_rows_are_counted(void **state) {
  (void)state;
  write_rows("early.csv", early_and_late);
  check_same_failure("early.csv", NULL, CR_ERR_RAGGED);
  write_rows("all.csv", all_ragged);
  check_same_failure("all.csv", NULL, CR_ERR_RAGGED);
}

/* Mistakes of a file, each far from the others: which of them is told. */
typedef struct mistakes_case {
  const char *first;
  const char *rows[3];
  cr_status status;
} mistakes_case;

static void the_same_mistake_is_told(void **state) {
  (void)state;
  static const mistakes_case cases[] = {
      {"a,b", {"1", "x\xff,2", "3,4"}, CR_ERR_CSV},
      {"a,b", {"1,\"2\"3", "x\xff,2", "3,4"}, CR_ERR_CSV},
      {"a,b", {"x\xff,2", "1,\"2\"3", "1"}, CR_ERR_CSV},
      {"a,b", {"1", "1,\"2\"3", "3,4"}, CR_ERR_CSV},
      {"a,a", {"1,2", "1", "3,4"}, CR_ERR_RAGGED},
      {"a,", {"1,2", "x\xff,2", "1"}, CR_ERR_CSV},
      {"a,a", {"1,2", "1,2", "1,2"}, CR_ERR_CSV},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    FILE *file = fopen(in_folder("mistakes.csv"), "w");
    assert_non_null(file);
    fprintf(file, "%s\n", cases[i].first);
    for (size_t r = 0; r < 3 * ROWS; r++)
      fprintf(file, "%s\n", r % ROWS == ROWS / 2 ? cases[i].rows[r / ROWS] : "1,2");
    assert_int_equal(fclose(file), 0);
    check_same_failure("mistakes.csv", NULL, cases[i].status);
  }
}

/* Lines that are to be mended, or passed over, in each piece. */
typedef struct form {
  const char *header, *before, *between, *after; /* of the two values of a row */
  const char *bad_row;
  char delimiter;
  size_t columns, warnings;
} form;

static void write_form(const form *f, const char *name, bool bad) {
  FILE *file = fopen(in_folder(name), "w");
  assert_non_null(file);
  fputs(f->header, file);
  for (size_t i = 0; i < ROWS; i++)
    fprintf(file, "%s%zu%s%zu%s\n", f->before, i, f->between, i % 7, f->after);
  if (bad) fprintf(file, "%s\n", f->bad_row);
  assert_int_equal(fclose(file), 0);
}

static void forms_are_those_of_memory(void **state) {
  (void)state;
  static const form forms[] = {
      {"a,b,,\n", "", ",", ",,", "1,2,,3", 0, 2, 1},
      {" a\t b\n", "  ", "\t ", " ", " 1 2 3", ' ', 2, 0},
      {"sep=;\r\na;b,c\r\n", "", ";", "\r", "1;2;3\r", 0, 2, 0},
      {",x1,a\n", "", ",", ",z", "1,2,3,4", 0, 3, 0},
  };
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    both b;
    cr_read_options options;
    cr_read_options_init(&options);
    options.delimiter = forms[i].delimiter;
    write_form(&forms[i], "form.csv", false);
    assert_int_equal(read_both("form.csv", &options, &b), CR_OK);
    check_same(&b);
    assert_int_equal(b.far->column_count, forms[i].columns);
    assert_true(b.far->columns[0].nameless == (forms[i].columns == 3));
    assert_int_equal(b.far->warnings.count, forms[i].warnings);
    free_both(&b);
    write_form(&forms[i], "form.csv", true);
    check_same_failure("form.csv", &options, CR_ERR_RAGGED);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(all_rows_are_counted),
      cmocka_unit_test(the_same_mistake_is_told),
      cmocka_unit_test(forms_are_those_of_memory),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
