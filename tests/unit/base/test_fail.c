#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <string.h>

#include "base/fail.h"
#include "base/strbuf.h"

static void a_failure_says_what_where_why_and_what_helps(void **state) {
  (void)state;
  assert_int_equal(cr_fail_at(CR_ERR_NUMBER, "a.csv", 42, 3, "'%s' is not a number", "n/a"),
                   CR_ERR_NUMBER);
  assert_int_equal(cr_why("%d such values", 11), CR_ERR_NUMBER);
  assert_int_equal(cr_fix("--missing %s", "n/a"), CR_ERR_NUMBER);
  const cr_error *error = cr_last_error();
  assert_int_equal(error->status, CR_ERR_NUMBER);
  assert_string_equal(error->message, "'n/a' is not a number");
  assert_string_equal(error->why, "11 such values");
  assert_string_equal(error->fix, "--missing n/a");
  assert_string_equal(error->file, "a.csv");
  assert_int_equal(error->line, 42);
  assert_int_equal(error->column, 3);
  assert_int_equal(error->offset, 0);
}

static void a_new_failure_leaves_nothing_of_the_old(void **state) {
  (void)state;
  cr_fail_at(CR_ERR_NUMBER, "a.csv", 42, 3, "old");
  cr_why("old");
  cr_fix("old");
  cr_fail_offset(CR_ERR_IDX, "b.idx", 16, "new");
  const cr_error *error = cr_last_error();
  assert_string_equal(error->message, "new");
  assert_string_equal(error->why, "");
  assert_string_equal(error->fix, "");
  assert_string_equal(error->file, "b.idx");
  assert_int_equal(error->line, 0);
  assert_int_equal(error->offset, 16);
  cr_fail(CR_ERR_MEMORY, "newest");
  assert_string_equal(error->file, "");
  assert_int_equal(error->offset, 0);
}

static void a_detail_can_be_saved_and_put_back(void **state) {
  (void)state;
  cr_fail(CR_ERR_CSV, "the cause");
  const cr_error saved = *cr_last_error();
  cr_fail_at(CR_ERR_IO, "b.csv", 1, 2, "while cleaning up");
  cr_error_restore(&saved);
  assert_int_equal(cr_last_error()->status, CR_ERR_CSV);
  assert_string_equal(cr_last_error()->message, "the cause");
  assert_string_equal(cr_last_error()->file, "");
}

static void arguments_may_come_from_the_last_failure(void **state) {
  (void)state;
  cr_fail_at(CR_ERR_CSV, "a.csv", 1, 0, "inner");
  cr_fail_at(CR_ERR_MODEL, cr_last_error()->file, 0, 0, "outer: %s", cr_last_error()->message);
  cr_why("%s", cr_last_error()->message);
  assert_string_equal(cr_last_error()->message, "outer: inner");
  assert_string_equal(cr_last_error()->why, "outer: inner");
  assert_string_equal(cr_last_error()->file, "a.csv");
}

static void a_long_text_is_cut_between_characters(void **state) {
  (void)state;
  char text[2000];
  size_t offset = 0;
  for (size_t shift = 0; shift < 3; shift++) { /* the cut falls on each byte of the euro sign */
    memset(text, 'x', shift);
    for (size_t i = shift; i + 3 < sizeof text; i += 3) memcpy(text + i, "\xe2\x82\xac", 4);
    cr_fail(CR_ERR_CSV, "%s", text);
    cr_why("%s", text);
    const cr_error *error = cr_last_error();
    assert_true(strlen(error->message) < sizeof error->message);
    assert_true(strlen(error->message) >= sizeof error->message - 1);
    assert_true(cr_text_is_utf8(error->message, strlen(error->message), &offset));
    assert_true(cr_text_is_utf8(error->why, strlen(error->why), &offset));
    assert_true(strlen(error->why) >= sizeof error->why - 1 - 2); /* of a cut character: '?' */
  }
}

static void bytes_that_harm_a_terminal_do_not_pass(void **state) {
  (void)state;
  cr_fail_at(CR_ERR_CSV, "a\x1b[2J.csv", 0, 0, "'\x1b]0;x\x07' and '\xff' and \xc3\xa9\x7f");
  assert_string_equal(cr_last_error()->message, "'?]0;x?' and '?' and \xc3\xa9?");
  assert_string_equal(cr_last_error()->file, "a?[2J.csv");
  cr_fail_at(CR_ERR_CSV, "a.csv:1\nerror[E01]: forged", 0, 0, "bad\r\n");
  assert_string_equal(cr_last_error()->file, "a.csv:1?error[E01]: forged");
  assert_string_equal(cr_last_error()->message, "bad??");
}

static void checks_as(const char *text, const char *expected) {
  cr_fail(CR_ERR_CSV, "%s", text);
  assert_string_equal(cr_last_error()->message, expected);
}

/* Controls of eight bits, ends of lines and paragraphs, and what turns the direction of writing. */
static void characters_that_harm_a_reader_do_not_pass(void **state) {
  (void)state;
  checks_as(
      "a\xc2\x80z\xc2\x9b"
      "2J\xc2\x9f",
      "a?z?2J?");
  checks_as("\xc2\xa0\xc3\x80", "\xc2\xa0\xc3\x80");
  checks_as("a\xe2\x80\xa8z\xe2\x80\xa9", "a?z?");
  checks_as(
      "\xe2\x80\xaa\xe2\x80\xae"
      "gnp.exe",
      "??gnp.exe");
  checks_as("\xe2\x81\xa6\xe2\x81\xa9", "??");
  checks_as("\xe2\x80\xa6\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xaa\xe2\x82\xa8",
            "\xe2\x80\xa6\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xaa\xe2\x82\xa8");
  checks_as("two\nlines \xe2", "two?lines ?");
}

static void a_fix_stands_there_in_full_or_not_at_all(void **state) {
  (void)state;
  char text[sizeof((cr_error){0}.fix) + 1];
  memset(text, 'x', sizeof text);
  text[sizeof text - 1] = '\0';
  cr_fail(CR_ERR_CSV, "bad");
  assert_int_equal(cr_fix("%s", text), CR_ERR_CSV);
  assert_string_equal(cr_last_error()->fix, "");
  cr_fix("--drop a");
  cr_fix("%s", text);
  assert_string_equal(cr_last_error()->fix, "--drop a");
  cr_fix("--drop '\x1b'");
  assert_string_equal(cr_last_error()->fix, "--drop a");
  cr_fix("%s", text + 1);
  assert_string_equal(cr_last_error()->fix, text + 1);
}

static void *fail_elsewhere(void *argument) {
  (void)argument;
  cr_fail(CR_ERR_IO, "elsewhere");
  return NULL;
}

static void each_thread_has_its_own(void **state) {
  (void)state;
  pthread_t thread;
  cr_fail(CR_ERR_CSV, "here");
  assert_int_equal(pthread_create(&thread, NULL, fail_elsewhere, NULL), 0);
  pthread_join(thread, NULL);
  assert_int_equal(cr_last_error()->status, CR_ERR_CSV);
  assert_string_equal(cr_last_error()->message, "here");
}

static cr_status hand_up(cr_status status, int *reached) {
  CR_TRY(status);
  *reached = 1;
  return CR_OK;
}

static void try_returns_only_failures(void **state) {
  (void)state;
  int reached = 0;
  assert_int_equal(hand_up(CR_ERR_CSV, &reached), CR_ERR_CSV);
  assert_int_equal(reached, 0);
  assert_int_equal(hand_up(CR_OK, &reached), CR_OK);
  assert_int_equal(reached, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_failure_says_what_where_why_and_what_helps),
      cmocka_unit_test(a_new_failure_leaves_nothing_of_the_old),
      cmocka_unit_test(a_detail_can_be_saved_and_put_back),
      cmocka_unit_test(arguments_may_come_from_the_last_failure),
      cmocka_unit_test(a_long_text_is_cut_between_characters),
      cmocka_unit_test(bytes_that_harm_a_terminal_do_not_pass),
      cmocka_unit_test(characters_that_harm_a_reader_do_not_pass),
      cmocka_unit_test(a_fix_stands_there_in_full_or_not_at_all),
      cmocka_unit_test(each_thread_has_its_own),
      cmocka_unit_test(try_returns_only_failures),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
