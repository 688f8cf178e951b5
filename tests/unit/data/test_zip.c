#include "reading.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "data/zip.h"
#include "zip_file.h"

static zip_file file;

static cr_source source_of(const zip_file *zip) {
  return (cr_source){.path = "a.npz", .bytes = (char *)zip->bytes, .size = zip->size};
}

static size_t make(void) {
  static char zeros[5000];
  memset(&file, 0, sizeof file);
  zip_entry(&file, "one.npy", "hello", 5, false);
  zip_entry(&file, "two.npy", zeros, sizeof zeros, true);
  zip_entry(&file, "empty", "", 0, false);
  return zip_end(&file);
}

/* The first failure of going through all entries and taking them out. */
static cr_status take_all(uint64_t max_bytes, size_t *count) {
  const cr_source source = source_of(&file);
  cr_zip zip;
  cr_zip_entry entry;
  bool found = true;
  *count = 0;
  CR_TRY(cr_zip_open(&source, &zip));
  for (size_t at = 0;; ++*count) {
    char *bytes = NULL;
    CR_TRY(cr_zip_next(&zip, &at, &entry, &found));
    if (!found) return CR_OK;
    CR_TRY(cr_zip_extract(&zip, &entry, max_bytes, &bytes));
    if (*count == 0) assert_string_equal(bytes, "hello");
    for (size_t i = 0; *count == 1 && i < entry.size; i++) assert_int_equal(bytes[i], 0);
    cr_free(bytes);
  }
}

static void entries_are_stored_or_deflated(void **state) {
  (void)state;
  size_t count;
  make();
  assert_int_equal(take_all(5000, &count), CR_OK);
  assert_int_equal(count, 3);
  assert_int_equal(take_all(4999, &count), CR_ERR_LIMIT);
  assert_int_equal(count, 1);
}

/* A comment at the end may look like anything but the end of an archive. */
static void a_comment_may_follow(void **state) {
  (void)state;
  size_t count;
  const size_t end = make();
  memcpy(file.bytes + file.size, "a comment PK\005\006.", 15);
  file.bytes[end + 20] = 15;
  file.size += 15;
  assert_int_equal(take_all(5000, &count), CR_OK);
  file.size++;
  assert_int_equal(take_all(5000, &count), CR_ERR_NPZ);
}

/* It has at most as many bytes as two of its length can say. */
static void a_comment_may_be_long(void **state) {
  (void)state;
  enum { MOST = 65535 };
  cr_zip zip;
  const size_t end = make(), size = file.size + MOST;
  file.bytes[end + 20] = file.bytes[end + 21] = 255;
  char *bytes = calloc(size + 1, 1);
  assert_non_null(bytes);
  memcpy(bytes, file.bytes, file.size);
  assert_int_equal(cr_zip_open(&(cr_source){.path = "a.npz", .bytes = bytes, .size = size}, &zip),
                   CR_OK);
  assert_int_equal(zip.end, end);
  assert_int_equal(
      cr_zip_open(&(cr_source){.path = "a.npz", .bytes = bytes, .size = size + 1}, &zip),
      CR_ERR_NPZ);
  free(bytes);
}

static void every_cut_is_noticed(void **state) {
  (void)state;
  size_t count;
  make();
  const size_t size = file.size;
  for (file.size = 0; file.size < size; file.size++)
    assert_int_equal(take_all(5000, &count), CR_ERR_NPZ);
}

/* One byte of an archive changed: where, to what, and what comes of it. */
typedef struct damage {
  size_t at;
  unsigned char byte;
  cr_status status;
  const char *message;
} damage;

static void damage_is_named(void **state) {
  (void)state;
  const size_t end = make();
  const size_t list = end - file.list_size, two = 30 + 7 + 20 + 5; /* the second entry's header */
  const damage cases[] = {
      {end + 4, 1, CR_ERR_FORMAT, "split zip archive"},
      {end + 8, 2, CR_ERR_FORMAT, "split zip archive"},
      {end + 12, 1, CR_ERR_NPZ, "the list of entries is said to be"},
      {end + 16, 1, CR_ERR_NPZ, "the list of entries is said to be"},
      {list, 'Q', CR_ERR_NPZ, "no entry of the list"},
      {list + 8, 1, CR_ERR_FORMAT, "one.npy is encrypted"},
      {list + 10, 9, CR_ERR_FORMAT, "one.npy is packed by something else"},
      {list + 16, 1, CR_ERR_NPZ, "one.npy is damaged: its checksum"},
      {list + 20, 4, CR_ERR_NPZ, "one.npy is stored in another number"},
      {list + 28, 200, CR_ERR_NPZ, "goes past the end of the list"},
      {list + 42, 9, CR_ERR_NPZ, "has another header"},
      {list + 44, 9, CR_ERR_NPZ, "lies outside of the file"},
      {list + 46, 'O', CR_ERR_NPZ, "has another header"},
      {30 + 7 + 20, 'j', CR_ERR_NPZ, "its checksum is another"},
      {26, 200, CR_ERR_NPZ, "has another header"},
      {29, 200, CR_ERR_NPZ, "has another header"},
      {28, (unsigned char)(list - 30 - 7 - 4), CR_ERR_NPZ, "goes past the list of entries"},
      {two + 30 + 7 + 20, 0x07, CR_ERR_NPZ, "does not inflate to its length"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    size_t count;
    make();
    file.bytes[cases[i].at] = cases[i].byte;
    const cr_status status = take_all(5000, &count);
    if (status != cases[i].status || !strstr(cr_last_error()->message, cases[i].message))
      fail_msg("case %zu: %s", i, cr_last_error()->message);
  }
}

/* What a list says of a size is not believed, and no memory is taken for it. */
static void bombs_are_refused(void **state) {
  (void)state;
  size_t count;
  const size_t list = make() - file.list_size, second = list + 46 + 7;
  cr_put_little_endian(file.bytes + second + 24, 0xf0000000, 4);
  assert_int_equal(take_all(UINT64_C(1) << 40, &count), CR_ERR_NPZ);
  assert_non_null(strstr(cr_last_error()->message, "larger than its bytes can tell"));
  make();
  cr_put_little_endian(file.bytes + second + 24, 5001, 4);
  assert_int_equal(take_all(6000, &count), CR_ERR_NPZ);
  make();
  cr_put_little_endian(file.bytes + second + 24, 4999, 4);
  assert_int_equal(take_all(6000, &count), CR_ERR_NPZ);
  make();
  cr_put_little_endian(file.bytes + second + 20, UINT32_MAX, 4);
  assert_int_equal(take_all(6000, &count), CR_ERR_FORMAT);
  assert_non_null(strstr(cr_last_error()->message, "zip64"));
}

/* A number of nothing but ones says that it stands elsewhere. */
static void zip64_is_refused(void **state) {
  (void)state;
  const size_t end = make(), list = end - file.list_size;
  const struct {
    size_t at, size;
  } cases[] = {{end + 10, 2},  {end + 12, 4},  {end + 16, 4},
               {list + 20, 4}, {list + 24, 4}, {list + 42, 4}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    size_t count;
    make();
    cr_put_little_endian(file.bytes + cases[i].at, UINT32_MAX, cases[i].size);
    assert_int_equal(take_all(6000, &count), CR_ERR_FORMAT);
    assert_non_null(strstr(cr_last_error()->message, "zip64"));
  }
}

/* What is behind the end of the deflated bytes, and within the entry, is damage. */
static void nothing_stands_behind_the_bytes(void **state) {
  (void)state;
  static const char bytes[] = "ones and ones and ones";
  size_t count;
  memset(&file, 0, sizeof file);
  zip_entry(&file, "one.npy", bytes, sizeof bytes, true);
  file.size++;
  file.list[20]++; /* its packed bytes */
  zip_end(&file);
  assert_int_equal(take_all(5000, &count), CR_ERR_NPZ);
  assert_non_null(strstr(cr_last_error()->message, "does not inflate to its length"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(entries_are_stored_or_deflated),
      cmocka_unit_test(a_comment_may_follow),
      cmocka_unit_test(a_comment_may_be_long),
      cmocka_unit_test(every_cut_is_noticed),
      cmocka_unit_test(damage_is_named),
      cmocka_unit_test(bombs_are_refused),
      cmocka_unit_test(zip64_is_refused),
      cmocka_unit_test(nothing_stands_behind_the_bytes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
