#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/siphash.h"

/* The key 00 01 … 0f and the messages 00 01 … of the paper's appendix and of its vectors.h. */
static const cr_siphash_key key = {{UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)}};

static void the_published_vectors(void **state) {
  (void)state;
  unsigned char message[15];
  for (size_t i = 0; i < sizeof message; i++) message[i] = (unsigned char)i;
  assert_true(cr_siphash(&key, message, 15) == UINT64_C(0xa129ca6149be45e5));
  assert_true(cr_siphash(&key, message, 0) == UINT64_C(0x726fdb47dd0e0e31));
  assert_true(cr_siphash(&key, message, 1) == UINT64_C(0x74f839c593dc67fd));
  assert_true(cr_siphash(&key, message, 8) == UINT64_C(0x93f5f5799a932462));
}

static void words_give_what_their_bytes_give(void **state) {
  (void)state;
  unsigned char message[16];
  for (size_t i = 0; i < sizeof message; i++) message[i] = (unsigned char)i;
  cr_siphash_state steps;
  cr_siphash_start(&steps, &key);
  cr_siphash_add(&steps, UINT64_C(0x0706050403020100));
  cr_siphash_add(&steps, UINT64_C(0x0f0e0d0c0b0a0908));
  assert_true(cr_siphash_end(&steps, UINT64_C(16) << 56) == cr_siphash(&key, message, 16));
}

static void every_bit_of_the_key_counts(void **state) {
  (void)state;
  const uint64_t hash = cr_siphash(&key, "chainrule", 9);
  for (size_t bit = 0; bit < 128; bit++) {
    cr_siphash_key other = key;
    other.words[bit / 64] ^= UINT64_C(1) << bit % 64;
    assert_true(cr_siphash(&other, "chainrule", 9) != hash);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_published_vectors),
      cmocka_unit_test(words_give_what_their_bytes_give),
      cmocka_unit_test(every_bit_of_the_key_counts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
