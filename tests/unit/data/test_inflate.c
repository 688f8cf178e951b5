#include "reading.h"

#include "base/alloc.h"
#include "counting_allocator.h"
#include "gzip.h"

enum { PLAIN_SIZE = 5000, MOST = 1 << 30 };

/* Bytes that neither repeat nor are all different. */
static void make_plain(char plain[PLAIN_SIZE]) {
  for (size_t i = 0; i < PLAIN_SIZE; i++) plain[i] = (char)(i * i % 251 ^ i / 64);
}

static cr_status inflate_them(const char *bytes, size_t size, uint64_t most, char **out,
                              size_t *out_size) {
  /* Exactly as large as it is, so that the address sanitizer sees a read past the end. */
  char *exact = malloc(size ? size : 1);
  assert_non_null(exact);
  memcpy(exact, bytes, size);
  *out = NULL;
  const cr_status status = cr_inflate("data.gz", exact, size, most, out, out_size);
  free(exact);
  return status;
}

static void check_inflates(const char *bytes, size_t size, const char *plain, size_t plain_size) {
  char *out;
  size_t out_size;
  assert_int_equal(inflate_them(bytes, size, MOST, &out, &out_size), CR_OK);
  assert_int_equal(out_size, plain_size);
  assert_memory_equal(out, plain, plain_size);
  assert_int_equal(out[out_size], '\0');
  cr_free(out);
}

static void check_refuses(const char *bytes, size_t size, cr_status expected, const char *message,
                          uint64_t offset) {
  char *out;
  size_t out_size;
  assert_int_equal(inflate_them(bytes, size, MOST, &out, &out_size), expected);
  assert_null(out);
  check_error("data.gz", (failure){expected, 0, 0, message, NULL});
  assert_int_equal(cr_last_error()->offset, offset);
}

static void what_was_compressed_comes_back(void **state) {
  (void)state;
  char plain[PLAIN_SIZE];
  make_plain(plain);
  for (size_t size = 0; size <= PLAIN_SIZE; size += size < 300 ? 1 : 470) {
    size_t packed_size;
    char *packed = gzip_bytes(plain, size, &packed_size);
    check_inflates(packed, packed_size, plain, size);
    free(packed);
  }
}

/* As `printf hi | gzip -n` writes it: a file from elsewhere. */
static void a_file_of_gzip_itself(void **state) {
  (void)state;
  check_inflates("\x1f\x8b\x08\0\0\0\0\0\0\x03\xcb\xc8\x04\0\xac\x2a\x93\xd8\x02\0\0\0", 22, "hi",
                 2);
}

static void the_most_that_deflate_can_do(void **state) {
  (void)state;
  const size_t size = 3000000;
  char *zeros = calloc(size, 1);
  assert_non_null(zeros);
  size_t packed_size;
  char *packed = gzip_bytes(zeros, size, &packed_size);
  assert_true(packed_size < size / 1000);
  check_inflates(packed, packed_size, zeros, size);
  char *out;
  size_t out_size;
  assert_int_equal(inflate_them(packed, packed_size, size, &out, &out_size), CR_OK);
  cr_free(out);
  assert_int_equal(inflate_them(packed, packed_size, size - 1, &out, &out_size), CR_ERR_LIMIT);
  check_error("data.gz", (failure){CR_ERR_LIMIT, 0, 0, "over 2999999 bytes once inflated", NULL});
  /* A length that cannot be true does not count, one that is too small costs time only. */
  memset(packed + packed_size - 4, 0xff, 4);
  check_refuses(packed, packed_size, CR_ERR_GZIP, "length", packed_size);
  free(packed);
  free(zeros);
}

static void members_follow_one_another(void **state) {
  (void)state;
  char plain[PLAIN_SIZE], packed[2 * PLAIN_SIZE];
  make_plain(plain);
  size_t size = 0;
  const size_t cuts[] = {0, 4000, 4000, 4001, PLAIN_SIZE};
  for (size_t i = 0; i + 1 < sizeof cuts / sizeof *cuts; i++) {
    size_t part_size;
    char *part = gzip_bytes(plain + cuts[i], cuts[i + 1] - cuts[i], &part_size);
    memcpy(packed + size, part, part_size);
    size += part_size;
    free(part);
  }
  check_inflates(packed, size, plain, PLAIN_SIZE);
}

static void a_file_cut_short_is_refused(void **state) {
  (void)state;
  char plain[PLAIN_SIZE];
  make_plain(plain);
  size_t size;
  char *packed = gzip_bytes(plain, 700, &size);
  for (size_t cut = 2; cut < size; cut++)
    check_refuses(packed, cut, CR_ERR_GZIP, "the file is cut short", cut);
  free(packed);
}

static void what_follows_is_refused(void **state) {
  (void)state;
  char packed[100];
  size_t size;
  char *made = gzip_bytes("abc", 3, &size);
  memcpy(packed, made, size);
  free(made);
  packed[size] = 'x';
  check_refuses(packed, size + 1, CR_ERR_GZIP, "1 bytes that are not gzip follow", size);
  packed[size] = '\0';
  check_refuses(packed, size + 1, CR_ERR_GZIP, "not gzip follow", size);
  packed[size] = '\x1f';
  check_refuses(packed, size + 1, CR_ERR_GZIP, "not gzip follow", size);
  packed[size + 1] = '\x8b';
  check_refuses(packed, size + 2, CR_ERR_GZIP, "the file is cut short", size + 2);
}

/* Every byte that is changed is noticed, but those of the header that carry no data. */
static void damage_is_noticed(void **state) {
  (void)state;
  char plain[PLAIN_SIZE];
  make_plain(plain);
  size_t size;
  char *packed = gzip_bytes(plain, 300, &size);
  for (size_t i = 0; i < size; i++) {
    if (i >= 4 && i < 10) continue; /* time, flags of the compressor, system */
    packed[i] = (char)(packed[i] ^ 0xff);
    char *out;
    size_t out_size;
    assert_int_equal(inflate_them(packed, size, MOST, &out, &out_size), CR_ERR_GZIP);
    packed[i] = (char)(packed[i] ^ 0xff);
  }
  check_inflates(packed, size, plain, 300);
  free(packed);
}

static void a_known_length_needs_no_growing(void **state) {
  (void)state;
  char plain[PLAIN_SIZE], *out;
  make_plain(plain);
  size_t size, out_size;
  char *packed = gzip_bytes(plain, PLAIN_SIZE, &size);
  counting_start();
  assert_int_equal(inflate_them(packed, size, MOST, &out, &out_size), CR_OK);
  const size_t calls = counting.calls;
  cr_free(out);
  assert_int_equal(counting.live, 0);
  assert_in_range(calls, 2, 3); /* the output, zlib's state, its window if it wants one */
  for (size_t n = 1; n <= calls; n++) {
    counting_fail_at(n, false);
    assert_int_equal(inflate_them(packed, size, MOST, &out, &out_size), CR_ERR_MEMORY);
    assert_int_equal(counting.live, 0);
  }
  counting_stop();
  free(packed);
}

/* Sizes of what is asked for. */
static size_t most_asked, asked_calls;

static void *watch_allocate(void *user, size_t size) {
  (void)user;
  if (size > most_asked) most_asked = size;
  asked_calls += size >= 1 << 20;
  return calloc(1, size);
}

static void watch_release(void *user, void *block) {
  (void)user;
  free(block);
}

static void watch_sizes(bool on) {
  static const cr_allocator watching = {watch_allocate, watch_release, NULL};
  most_asked = asked_calls = 0;
  cr_set_allocator(on ? &watching : NULL);
}

/* A file of 1.1 MB that says that it holds 1 GB takes no more than 64 MiB to be found out. */
static void a_length_that_is_said_is_not_taken_at_once(void **state) {
  (void)state;
  enum { SIZE = 1100000 };
  char *noise = malloc(SIZE), *out;
  assert_non_null(noise);
  uint64_t word = 1;
  for (size_t i = 0; i < SIZE; i++) {
    word = word * UINT64_C(6364136223846793005) + 1442695040888963407;
    noise[i] = (char)(word >> 56);
  }
  size_t size, out_size;
  char *packed = gzip_bytes(noise, SIZE, &size);
  memcpy(packed + size - 4, "\0\0\0\x40", 4); /* 2^30 */
  watch_sizes(true);
  assert_int_equal(inflate_them(packed, size, UINT64_C(1) << 33, &out, &out_size), CR_ERR_GZIP);
  assert_in_range(most_asked, SIZE, (64 << 20) + 2);
  watch_sizes(false);
  free(packed);
  free(noise);
}

/* The images of MNIST need one block; what is larger grows, but never past the limit. */
static void large_files_need_few_blocks(void **state) {
  (void)state;
  enum { MNIST = 47040016, LARGE = 100000000 };
  char *zeros = calloc(LARGE, 1), *out;
  assert_non_null(zeros);
  size_t size, out_size;
  char *packed = gzip_bytes(zeros, MNIST, &size);
  watch_sizes(true);
  assert_int_equal(inflate_them(packed, size, MOST, &out, &out_size), CR_OK);
  assert_int_equal(out_size, MNIST);
  assert_int_equal(asked_calls, 1);
  assert_int_equal(most_asked, MNIST + 2);
  cr_free(out);
  watch_sizes(false);
  free(packed);
  packed = gzip_bytes(zeros, LARGE, &size);
  watch_sizes(true);
  assert_int_equal(inflate_them(packed, size, LARGE, &out, &out_size), CR_OK);
  assert_int_equal(out_size, LARGE);
  assert_int_equal(asked_calls, 2);
  assert_int_equal(most_asked, LARGE + 2);
  cr_free(out);
  assert_int_equal(inflate_them(packed, size, LARGE - 1, &out, &out_size), CR_ERR_LIMIT);
  watch_sizes(false);
  free(packed);
  free(zeros);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_was_compressed_comes_back),
      cmocka_unit_test(a_file_of_gzip_itself),
      cmocka_unit_test(the_most_that_deflate_can_do),
      cmocka_unit_test(members_follow_one_another),
      cmocka_unit_test(a_file_cut_short_is_refused),
      cmocka_unit_test(what_follows_is_refused),
      cmocka_unit_test(damage_is_noticed),
      cmocka_unit_test(a_known_length_needs_no_growing),
      cmocka_unit_test(a_length_that_is_said_is_not_taken_at_once),
      cmocka_unit_test(large_files_need_few_blocks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
