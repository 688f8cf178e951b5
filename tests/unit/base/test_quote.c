#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/quote.h"
#include "counting_allocator.h"

typedef void adder(cr_strbuf *command, const char *word);

static void quotes(adder *add, const char *word, const char *expected) {
  cr_strbuf out = {0};
  add(&out, word);
  assert_string_equal(out.text, expected);
  cr_strbuf_free(&out);
}

static void plain_words_stay_as_they_are(void **state) {
  (void)state;
  quotes(cr_quote_shell, "petal_width", "petal_width");
  quotes(cr_quote_shell, "a/b-c.csv", "a/b-c.csv");
  quotes(cr_quote_shell, "100%", "100%");
}

static void others_are_quoted(void **state) {
  (void)state;
  quotes(cr_quote_shell, "", "''");
  quotes(cr_quote_shell, "my col", "'my col'");
  quotes(cr_quote_shell, "$(rm x)", "'$(rm x)'");
  quotes(cr_quote_shell, "`x`;\"$y\"|&", "'`x`;\"$y\"|&'");
  quotes(cr_quote_shell, "it's", "'it'\\''s'");
  quotes(cr_quote_shell, "'", "''\\'''");
  quotes(cr_quote_shell, "two\nlines", "'two\nlines'");
  quotes(cr_quote_shell, "~", "'~'");
  quotes(cr_quote_shell, "=ls", "'=ls'");
  quotes(cr_quote_shell, "back\\slash", "'back\\slash'");
  quotes(cr_quote_shell, "h\xc3\xb6he", "'h\xc3\xb6he'");
}

static void no_file_is_an_option(void **state) {
  (void)state;
  quotes(cr_quote_path, "-rf", "./-rf");
  quotes(cr_quote_path, "-r f", "./'-r f'");
  quotes(cr_quote_path, "a-b", "a-b");
  quotes(cr_quote_shell, "-rf", "-rf");
}

/* The oracle: a shell prints the word back, whatever bytes it has. */
static void a_shell_reads_the_word_back(void **state) {
  (void)state;
  for (unsigned first = 1; first < 256; first++) {
    const char word[] = {(char)first, 'a', (char)(first ^ 0x27) ? (char)(first ^ 0x27) : 'x', '\0'};
    char read[16] = "";
    cr_strbuf command = {0};
    cr_strbuf_format(&command, "printf %%s ");
    cr_quote_shell(&command, word);
    if (strchr(word, '\n') == NULL) { /* a NUL byte or the end of what fgets reads */
      FILE *pipe = popen(command.text, "r");
      assert_non_null(pipe);
      assert_ptr_equal(fgets(read, sizeof read, pipe), read);
      assert_int_equal(pclose(pipe), 0);
      assert_string_equal(read, word);
    }
    cr_strbuf_free(&command);
  }
}

static void a_command_is_the_fix_in_full_or_not_at_all(void **state) {
  (void)state;
  cr_strbuf command = {0};
  cr_quote_shell(&command, "fine");
  cr_fail(CR_ERR_CSV, "bad");
  assert_int_equal(cr_fix_command(&command), CR_ERR_CSV);
  assert_string_equal(cr_last_error()->fix, "fine");
  assert_null(command.text);

  enum { FITS = sizeof((cr_error){0}.fix) - 1 };
  for (size_t i = 0; i <= FITS; i++) cr_strbuf_add(&command, "x", 1);
  cr_fix_command(&command);
  assert_string_equal(cr_last_error()->fix, "fine");
  for (size_t i = 0; i < FITS; i++) cr_strbuf_add(&command, "x", 1);
  cr_fix_command(&command);
  assert_int_equal(strlen(cr_last_error()->fix), FITS);

  cr_fail(CR_ERR_CSV, "bad");
  cr_quote_shell(&command, "\x1b[2J"); /* would not be the name once it can be printed */
  assert_int_equal(cr_fix_command(&command), CR_ERR_CSV);
  assert_string_equal(cr_last_error()->fix, "");
  assert_int_equal(cr_fix_command(&command), CR_ERR_CSV);
}

static void without_memory_there_is_no_fix(void **state) {
  (void)state;
  cr_strbuf command = {0};
  counting_start();
  counting_fail_at(1, true);
  cr_quote_shell(&command, "it's");
  cr_fail(CR_ERR_CSV, "bad");
  assert_int_equal(cr_fix_command(&command), CR_ERR_CSV);
  assert_string_equal(cr_last_error()->fix, "");
  assert_int_equal(counting.live, 0);
  counting_stop();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(plain_words_stay_as_they_are),
      cmocka_unit_test(others_are_quoted),
      cmocka_unit_test(no_file_is_an_option),
      cmocka_unit_test(a_shell_reads_the_word_back),
      cmocka_unit_test(a_command_is_the_fix_in_full_or_not_at_all),
      cmocka_unit_test(without_memory_there_is_no_fix),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
