#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"

static char folder[64];
static const char *const names[] = {"iris_train.csv", "iris_test.csv", "irsi.csv", "zoo.csv",
                                    "notes.txt",      ".iris.csv",     "iris"};
enum { NAMES = sizeof names / sizeof names[0] };

static int make_folder(void **state) {
  (void)state;
  strcpy(folder, "/tmp/chainrule_test_suggest_XXXXXX");
  if (!mkdtemp(folder) || chdir(folder) != 0) return -1;
  for (size_t i = 0; i < NAMES; i++) {
    FILE *file = fopen(names[i], "w");
    if (!file || fclose(file) != 0) return -1;
  }
  return 0;
}

static int remove_folder(void **state) {
  (void)state;
  for (size_t i = 0; i < NAMES; i++) unlink(names[i]);
  return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static void assert_fix(const char *path, const char *expected) {
  char *bytes = NULL;
  size_t size = 0;
  char message[256];
  assert_int_equal(cr_file_read(path, 100, &bytes, &size), CR_ERR_OPEN);
  assert_null(bytes);
  snprintf(message, sizeof message, "cannot read %s: no such file", path);
  assert_string_equal(cr_last_error()->message, message);
  assert_string_equal(cr_last_error()->file, path);
  assert_string_equal(cr_last_error()->fix, expected);
}

/* The nearest first, then those of the same kind by how far they begin alike; no hidden ones. */
static void near_names_and_the_same_extension(void **state) {
  (void)state;
  assert_fix("iris.csv", "here are: irsi.csv, iris_test.csv, iris_train.csv");
  assert_fix("iris_train_2.csv", "here are: iris_train.csv, iris_test.csv, irsi.csv");
  assert_fix("zoo_animals.csv", "here are: zoo.csv, iris_train.csv, irsi.csv");
  assert_fix("zoo.cvs", "here are: zoo.csv");
  assert_fix("sales.txt", "here are: notes.txt");
  assert_fix("quite_different", "");
}

static void the_path_can_be_copied(void **state) {
  (void)state;
  char path[128], expected[256];
  snprintf(path, sizeof path, "%s/sales.txt", folder);
  snprintf(expected, sizeof expected, "here are: %s/notes.txt", folder);
  assert_fix(path, expected);
}

static void a_folder_that_is_not_there(void **state) {
  (void)state;
  assert_fix("no/such/iris.csv", "there is no folder no/such/");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(near_names_and_the_same_extension),
      cmocka_unit_test(the_path_can_be_copied),
      cmocka_unit_test(a_folder_that_is_not_there),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
