#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/secret.h"

static int fills(void *bytes, size_t size) {
  memset(bytes, 0x5a, size);
  return 0;
}

static int fails(void *bytes, size_t size) {
  (void)bytes;
  (void)size;
  return -1;
}

static void the_system_fills_the_key(void **state) {
  (void)state;
  const cr_siphash_key key = cr_secret_draw(fills);
  assert_true(key.words[0] == UINT64_C(0x5a5a5a5a5a5a5a5a));
  assert_true(key.words[1] == UINT64_C(0x5a5a5a5a5a5a5a5a));
}

static void without_it_no_two_keys_agree(void **state) {
  (void)state;
  const cr_siphash_key a = cr_secret_draw(fails), b = cr_secret_draw(fails);
  assert_true(a.words[0] != 0 && a.words[1] != 0 && a.words[0] != a.words[1]);
  assert_true(a.words[0] != b.words[0] && a.words[1] != b.words[1]);
}

static void a_process_has_one_key(void **state) {
  (void)state;
  const cr_siphash_key *key = cr_secret_key(), first = *key;
  assert_ptr_equal(cr_secret_key(), key);
  assert_memory_equal(cr_secret_key(), &first, sizeof first);
  assert_true(first.words[0] != 0 && first.words[1] != 0); /* by chance once in 2^63 runs */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_system_fills_the_key),
      cmocka_unit_test(without_it_no_two_keys_agree),
      cmocka_unit_test(a_process_has_one_key),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
