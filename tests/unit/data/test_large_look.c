#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "data/large_table.h"
#include "folder.h"
#include "gzip.h"
#include "tables.h"

enum { SIZE = 60000 };
static char text[SIZE + 1];

static int write_files(void **state) {
  const int made = make_folder(state);
  size_t size = 0;
  for (size_t i = 0; i < SIZE; i++) text[i] = i % 4 == 3 ? '\n' : i % 4 == 1 ? ',' : '1';
  write_file("t.csv", text, SIZE);
  char *packed = gzip_bytes(text, SIZE, &size);
  write_file("t.csv.gz", packed, size);
  free(packed);
  write_file("t.libsvm", "1 1:2\n0 3:1\n", 12);
  return made;
}

static bool is_large(const char *name, uint64_t memory, uint64_t max_bytes, bool bounded) {
  cr_read_options options;
  cr_source source = {0};
  bool large = false;
  cr_read_options_init(&options);
  options.memory = memory;
  options.max_bytes = max_bytes;
  assert_int_equal(cr_large_look(in_folder(name), &options, bounded, &source, &large), CR_OK);
  assert_null(source.bytes);
  return large;
}

/* 60,000 bytes of text are 30,000 numbers: 300,000 bytes together. */
static void text_and_numbers_count(void **state) {
  (void)state;
  assert_true(is_large("t.csv", 290000, 1 << 30, false));
  assert_false(is_large("t.csv", 310000, 1 << 30, false));
  assert_true(is_large("t.csv", 310000, SIZE - 1, false));
  assert_false(is_large("t.csv", 290000, SIZE - 1, true)); /* the caller's bound is a refusal */
  assert_true(is_large("t.csv.gz", 1000, 1 << 30, false));
  assert_false(is_large("t.csv.gz", 1 << 22, 1 << 30, false));
}

static void others_are_left_to_the_loading(void **state) {
  (void)state;
  assert_false(is_large("t.libsvm", 1, 1 << 30, false));
  assert_false(is_large("none", 1, 1 << 30, false));
}

static bool can_be(const char *path, const cr_read_options *options) {
  bool can = false;
  assert_int_equal(cr_large_can_be(path, options, &can), CR_OK);
  return can;
}

/* How much a file inflates to is seen at the latest when it is too much. */
static void what_inflates_beyond_goes_to_disk(void **state) {
  (void)state;
  cr_read_options options;
  cr_read_options_init(&options);
  options.max_bytes = 1 << 20;
  assert_true(can_be(in_folder("t.csv.gz"), &options));
  assert_false(can_be(in_folder("t.libsvm"), &options));
  assert_false(can_be("-", &options));
  options.features = 3;
  assert_false(can_be(in_folder("t.csv"), &options));
}

/* Standard input that ends just where it may. */
static void input_up_to_the_limit(void **state) {
  (void)state;
  const int before = dup(STDIN_FILENO);
  for (uint64_t limit = SIZE - 1; limit <= SIZE + 1; limit++) {
    cr_read_options options;
    cr_source source = {0};
    bool large = true;
    int ends[2];
    cr_read_options_init(&options);
    options.max_bytes = limit;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], text, SIZE), SIZE); /* a pipe holds 64 KiB */
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    assert_int_equal(cr_large_look("-", &options, true, &source, &large),
                     limit < SIZE ? CR_ERR_LIMIT : CR_OK);
    assert_false(large);
    assert_int_equal(source.size, limit < SIZE ? 0 : SIZE);
    if (limit >= SIZE) assert_memory_equal(source.bytes, text, SIZE);
    cr_source_free(&source);
    close(ends[0]);
  }
  dup2(before, STDIN_FILENO);
  close(before);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(text_and_numbers_count),
      cmocka_unit_test(others_are_left_to_the_loading),
      cmocka_unit_test(what_inflates_beyond_goes_to_disk),
      cmocka_unit_test(input_up_to_the_limit),
  };
  return cmocka_run_group_tests(tests, write_files, remove_folder);
}
