#include "reading.h"

#include "base/alloc.h"
#include "counting_allocator.h"
#include "data/sink.h"
#include "folder.h"

enum { SIZE = 200001 };

static char bytes[SIZE];

/* Such that deflate makes more of them than there were. */
static void make_bytes(void) {
  uint32_t word = 1;
  for (size_t i = 0; i < SIZE; i++) {
    word = word * 1664525u + 1013904223u;
    bytes[i] = (char)(word >> 24);
  }
}

/* In pieces of uneven sizes, past the end of the buffer. */
static cr_status fill(cr_sink *sink) {
  for (size_t at = 0, size = 1; at < SIZE; at += size, size = size * 2 + 1) {
    if (size > SIZE - at) size = SIZE - at;
    CR_TRY(cr_sink_add(sink, bytes + at, size));
  }
  return CR_OK;
}

static void check_packed(const char *packed, size_t size) {
  enum { SYSTEM = 9, UNKNOWN = 255 };
  char *out = NULL;
  size_t length = 0;
  assert_int_equal((unsigned char)packed[SYSTEM], UNKNOWN);
  assert_int_equal(cr_inflate("x", packed, size, SIZE, &out, &length), CR_OK);
  assert_int_equal(length, SIZE);
  assert_memory_equal(out, bytes, SIZE);
  cr_free(out);
}

static void memory_gets_all_bytes(void **state) {
  (void)state;
  for (int gzip = 0; gzip < 2; gzip++) {
    cr_strbuf out = {0};
    cr_sink *sink = NULL;
    assert_int_equal(cr_sink_open_memory(&out, gzip, &sink), CR_OK);
    assert_int_equal(fill(sink), CR_OK);
    assert_int_equal(cr_sink_commit(sink), CR_OK);
    if (gzip) {
      check_packed(out.text, out.length);
    } else {
      assert_int_equal(out.length, SIZE);
      assert_memory_equal(out.text, bytes, SIZE);
    }
    cr_strbuf_free(&out);
  }
}

static void a_file_is_there_when_it_is_whole(void **state) {
  (void)state;
  const char *path = in_folder("out.gz");
  cr_sink *sink = NULL;
  char *out = NULL;
  size_t size = 0;
  write_file("out.gz", "old", 3);
  assert_int_equal(cr_sink_open(path, true, &sink), CR_OK);
  assert_int_equal(fill(sink), CR_OK);
  cr_sink_abandon(sink);
  assert_int_equal(cr_file_read(path, SIZE, &out, &size), CR_OK);
  assert_string_equal(out, "old");
  cr_free(out);
  assert_int_equal(cr_sink_open(path, true, &sink), CR_OK);
  assert_int_equal(fill(sink), CR_OK);
  assert_int_equal(cr_sink_commit(sink), CR_OK);
  assert_int_equal(cr_file_read(path, 2 * SIZE, &out, &size), CR_OK);
  check_packed(out, size);
  cr_free(out);
}

static void numbers_and_texts_are_added(void **state) {
  (void)state;
  cr_strbuf out = {0};
  cr_sink *sink = NULL;
  assert_int_equal(cr_sink_open_memory(&out, false, &sink), CR_OK);
  assert_int_equal(cr_sink_number(sink, 0.1), CR_OK);
  assert_int_equal(cr_sink_text(sink, ";"), CR_OK);
  assert_int_equal(cr_sink_number(sink, -1e300), CR_OK);
  assert_int_equal(cr_sink_commit(sink), CR_OK);
  assert_string_equal(out.text, "0.1;-1e+300");
  cr_strbuf_free(&out);
}

static cr_status write_all(cr_strbuf *out) {
  cr_sink *sink = NULL;
  CR_TRY(cr_sink_open_memory(out, true, &sink));
  const cr_status status = fill(sink);
  if (status == CR_OK) return cr_sink_commit(sink);
  cr_sink_abandon(sink);
  return status;
}

static void want_of_memory_leaves_nothing_behind(void **state) {
  (void)state;
  cr_status status = CR_ERR_MEMORY;
  for (size_t at = 1; status != CR_OK; at++) {
    cr_strbuf out = {0};
    counting_start();
    counting_fail_at(at, false);
    status = write_all(&out);
    assert_true(status == CR_OK || status == CR_ERR_MEMORY);
    cr_strbuf_free(&out);
    assert_int_equal(counting.live, 0);
    counting_stop();
    assert_true(at < 100);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(memory_gets_all_bytes),
      cmocka_unit_test_setup_teardown(a_file_is_there_when_it_is_whole, make_folder, remove_folder),
      cmocka_unit_test(numbers_and_texts_are_added),
      cmocka_unit_test(want_of_memory_leaves_nothing_behind),
  };
  make_bytes();
  return cmocka_run_group_tests(tests, NULL, NULL);
}
