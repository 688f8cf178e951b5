#include "reading.h"

#include "writing.h"

static const char *chosen(const char *format, const char *path, bool *gzip) {
  const cr_writer *writer = NULL;
  return cr_writer_choose(format, path, &writer, gzip) == CR_OK ? writer->name : "none";
}

static void a_name_tells_the_format(void **state) {
  (void)state;
  static const char *const names[][2] = {
      {"a.csv", "csv"},       {"dir/a.tsv", "tsv"},
      {"a.tab", "tsv"},       {"a.svm", "libsvm"},
      {"a.libsvm", "libsvm"}, {"a.npy", "npy"},
      {"a.idx", "idx"},       {"train-images-idx3-ubyte", "idx"}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char packed[64];
    bool gzip;
    assert_string_equal(chosen(NULL, names[i][0], &gzip), names[i][1]);
    assert_false(gzip);
    snprintf(packed, sizeof packed, "%s.gz", names[i][0]);
    assert_string_equal(chosen(NULL, packed, &gzip), names[i][1]);
    assert_true(gzip);
    assert_string_equal(cr_format_of_path(packed), names[i][1]);
  }
  assert_null(cr_format_of_path(".csv"));
  assert_null(cr_format_of_path("a.xlsx"));
  assert_null(cr_format_of_path("gz"));
}

static void a_format_comes_before_a_name(void **state) {
  (void)state;
  bool gzip;
  assert_string_equal(chosen("npy", "a.csv.gz", &gzip), "npy");
  assert_false(gzip);
  assert_string_equal(chosen("libsvm.gz", "a.csv", &gzip), "libsvm");
  assert_true(gzip);
}

static void what_is_no_format_is_refused(void **state) {
  (void)state;
  bool gzip;
  assert_string_equal(chosen("parquet", "a.csv", &gzip), "none");
  assert_int_equal(cr_last_error()->status, CR_ERR_ARGUMENT);
  assert_string_equal(cr_last_error()->message,
                      "the format 'parquet' is no format that is written; there are csv, tsv, "
                      "libsvm, npy, idx");
  assert_string_equal(cr_last_error()->fix, "--to csv, with .gz behind it for gzip");
  assert_string_equal(chosen(NULL, "-", &gzip), "none");
  assert_string_equal(cr_last_error()->fix, "--to csv, with .gz behind it for gzip");
  assert_string_equal(chosen("", "a.csv", &gzip), "none");
}

/* Never: CSV into a file that calls itself something else. */
static void a_name_of_another_format_becomes_another_name(void **state) {
  (void)state;
  static const char *const names[][2] = {
      {"x.npz", "x.csv"},      {"my dir/x.y.parquet.gz", "'my dir/x.y.csv'"},
      {"-x.xlsx", "./-x.csv"}, {"a.b/.npz", NULL},
      {"a.b/x", NULL},         {"x.", "x.csv"}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char expected[128] = "--to csv, with .gz behind it for gzip";
    bool gzip;
    if (names[i][1]) snprintf(expected, sizeof expected, "another name, such as %s", names[i][1]);
    assert_string_equal(chosen(NULL, names[i][0], &gzip), "none");
    assert_string_equal(cr_last_error()->fix, expected);
  }
}

static void all_are_listed(void **state) {
  (void)state;
  size_t count = 0;
  for (const char *ending; cr_write_format_at(count, &ending); count++) {
    char name[32];
    snprintf(name, sizeof name, "x%s", ending);
    assert_string_equal(cr_format_of_path(name), cr_write_format_at(count, NULL));
  }
  assert_int_equal(count, 5);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_name_tells_the_format),
      cmocka_unit_test(a_format_comes_before_a_name),
      cmocka_unit_test(what_is_no_format_is_refused),
      cmocka_unit_test(a_name_of_another_format_becomes_another_name),
      cmocka_unit_test(all_are_listed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
