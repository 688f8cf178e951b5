/* Reading model files: right ones, cut ones, and ones that are wrong in one way each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

#include "counting_allocator.h"
#include "model_cases.h"
#include "model_fixture.h"

static void test_the_right_one_loads(void **state) {
  (void)state;
  cr_model *model = NULL;
  model_assemble(&(model_parts){0}, &file);
  assert_int_equal(parse_exact(file.bytes, file.size, &model), CR_OK);
  const cr_model_info *info = cr_model_get_info(model);
  assert_string_equal(info->network, "1-1:linear");
  assert_int_equal(info->input_columns, 1);
  assert_float_equal(cr_net_parameters(cr_model_net(model))[0], -2, 0); /* the weight is first */
  assert_float_equal(cr_net_parameters(cr_model_net(model))[1], 0.5, 0);
  cr_model_destroy(model);
}

static void test_what_others_added_is_ignored(void **state) {
  (void)state;
  static const char *const right[] = {",\"x.note\":\"mine\"", ",\"format\":\"pt\"",
                                      ",\"chainrule.later\":\"\""};
  for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
    cr_model *model = NULL;
    model_assemble(&(model_parts){.extra = right[i]}, &file);
    assert_int_equal(parse_exact(file.bytes, file.size, &model), CR_OK);
    cr_model_destroy(model);
  }
  cr_model *model = NULL;
  model_assemble(&(model_parts){.format = "1.7"}, &file); /* a later minor version */
  assert_int_equal(parse_exact(file.bytes, file.size, &model), CR_OK);
  cr_model_destroy(model);
}

/* --- the container --- */

typedef struct raw_case {
  const char *what, *bytes;
  size_t size;
  const char *message;
} raw_case;

#define RAW(what, bytes, message) \
  { what, bytes, sizeof(bytes) - 1, message }
#define LENGTH(n) #n "\0\0\0\0\0\0\0"

static const raw_case raw_cases[] = {
    RAW("empty", "", "an empty file"),
    RAW("CSV", "length,width,kind\n1,2,oak\n", "a table of text, as CSV"),
    RAW("CSV with few bytes", "1,2\n", "a table of text, as CSV"),
    RAW("words", "these are only words, or nearly\n", "a table of text"),
    RAW("a word", "word\n", "a text file"),
    RAW("JSON", "{\"a\": [1, 2, 3]}\n", "JSON text"),
    RAW("gzip", "\x1f\x8b\x08\0\0\0\0\0\0\x03", "a gzip file"),
    RAW("zip", "PK\x03\x04\x14\0\0\0\x08\0", "a zip archive"),
    RAW("IDX", "\0\0\x08\x03\0\0\0\x01\0\0\0\x02", "an IDX file"),
    RAW("NumPy", "\x93NUMPY\x01\0v\0{'descr'", "a NumPy array"),
    RAW("HDF5", "\x89HDF\r\n\x1a\n\0\0\0\0", "an HDF5 file"),
    RAW("seven bytes", "\x10\0\0\0\0\0\0", "ends after 7 bytes"),
    RAW("length 0", "\0\0\0\0\0\0\0\0", "takes 0 bytes by its length"),
    RAW("length 0 and more", "\0\0\0\0\0\0\0\0{}", "takes 0 bytes by its length"),
    RAW("length past the end", "\x03\0\0\0\0\0\0\0{}", "the file ends before (2 bytes follow)"),
    RAW("length over the limit", "\x01\0\0\x01\0\0\0\0{}", "the limit is 16777216"),
    RAW("length 2^63", "\0\0\0\0\0\0\0\x80{}", "takes 9223372036854775808 bytes"),
    RAW("length 2^64-1", "\xff\xff\xff\xff\xff\xff\xff\xff{}", "takes 18446744073709551615"),
    RAW("blank first", "\x03\0\0\0\0\0\0\0 {}", "does not begin with '{'"),
    RAW("not JSON", "\x02\0\0\0\0\0\0\0{x", "not valid JSON"),
    RAW("unfinished", "\x02\0\0\0\0\0\0\0{\"", "not valid JSON"),
    RAW("two values", "\x04\0\0\0\0\0\0\0{}{}", "not valid JSON"),
    RAW("NUL for blanks", "\x03\0\0\0\0\0\0\0{}\0", "not valid JSON"),
    RAW("not UTF-8", "\x08\0\0\0\0\0\0\0{\"\xc3\x28\":1}", "not valid JSON"),
    RAW("half a surrogate", "\x0c\0\0\0\0\0\0\0{\"\\ud800\":1}", "not valid JSON"),
    RAW("key twice", "\x0d\0\0\0\0\0\0\0{\"a\":1,\"a\":1}", "duplicate"),
    RAW("no metadata", "\x02\0\0\0\0\0\0\0{}", "__metadata__ is missing"),
    RAW("metadata not an object", "\x12\0\0\0\0\0\0\0{\"__metadata__\":1}", "is an integer"),
    RAW("not ours", "\x13\0\0\0\0\0\0\0{\"__metadata__\":{}}", "not written by chainrule"),
};

static void test_bytes_that_are_no_model(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof raw_cases / sizeof *raw_cases; i++) {
    file.size = 0;
    model_add(&file, raw_cases[i].bytes, raw_cases[i].size);
    check_refused(raw_cases[i].what, raw_cases[i].message);
  }
}

static void test_what_is_no_model_names_the_fix(void **state) {
  (void)state;
  file.size = 0;
  model_add_text(&file, "a,b\n1,2\n");
  check_refused("CSV", "this is a table of text, as CSV, not a model");
  assert_non_null(strstr(cr_last_error()->fix, "chainrule train DATA -o MODEL"));
}

static void test_deep_nesting(void **state) {
  (void)state;
  char header[4096];
  const int length = snprintf(header, sizeof header, "{\"a\":%0*d", 3000, 0);
  memset(header + 5, '[', 3000);
  model_raw(&file, header, (size_t)length, "", 0);
  check_refused("3000 levels", "nested more than 32 levels");
}

/* --- one thing wrong --- */

static const bad_case metadata_cases[] = {
    {"newer version", {.format = "2.0"}, "written by a newer chainrule: format 2.0"},
    {"much newer version", {.format = "18446744073709551615.0"}, "written by a newer chainrule"},
    {"version 0", {.format = "0.9"}, "expected a version as \"1.3\""},
    {"no version", {.format = ""}, "expected a version as \"1.3\""},
    {"no minor version", {.format = "1"}, "expected a version as \"1.3\""},
    {"version with more", {.format = "1.0b"}, "expected a version as \"1.3\""},
    {"a required extra", {.extra = ",\"req.codec\":\"zip\""}, "the file needs \"req.codec\""},
    {"not a text", {.extra = ",\"x.a\":1"}, "metadata \"x.a\" is an integer, expected a string"},
    {"a key twice", {.extra = ",\"chainrule.train\":\"{}\""}, "duplicate"},
    {"another digest",
     {.sha256 = "00000000000000000000000000000000000000000000000000000000000000ff"},
     "the file was changed or damaged"},
    {"no digest", {.sha256 = ""}, "the file was changed or damaged"},
    {"training no JSON", {.train = "{"}, "not valid JSON"},
    {"training a list", {.train = "[]"}, "the training summary is an array"},
};

static const bad_case tensor_cases[] = {
    {"overlap",
     {.tensors = BIAS TENSOR("layers.0.weight", "F32", "[1,1]", "[0,4]")},
     "layers.0.weight has other data_offsets than its place, expected [4,8]"},
    {"hole",
     {.tensors = BIAS TENSOR("layers.0.weight", "F32", "[1,1]", "[8,12]"),
      DATA("\0\0\0\0\0\0\0\0\0\0\0\0")},
     "expected [4,8]"},
    {"swapped ends",
     {.tensors = BIAS TENSOR("layers.0.weight", "F32", "[1,1]", "[8,4]")},
     "expected [4,8]"},
    {"traded places",
     {.tensors = TENSOR("layers.0.bias", "F32", "[1]", "[4,8]")
          TENSOR("layers.0.weight", "F32", "[1,1]", "[0,4]")},
     "layers.0.bias has other data_offsets"},
    {"offsets past the end",
     {.tensors = BIAS TENSOR("layers.0.weight", "F32", "[1,1]", "[4,9007199254740992]")},
     "expected [4,8]"},
    {"negative offset",
     {.tensors = TENSOR("layers.0.bias", "F32", "[1]", "[-4,0]") WEIGHT},
     "expected [0,4]"},
    {"offset a fraction",
     {.tensors = TENSOR("layers.0.bias", "F32", "[1]", "[0,4.0]") WEIGHT},
     "expected [0,4]"},
    {"one offset",
     {.tensors = TENSOR("layers.0.bias", "F32", "[1]", "[0]") WEIGHT},
     "expected [0,4]"},
    {"no offsets",
     {.tensors = ",\"layers.0.bias\":{\"dtype\":\"F32\",\"shape\":[1]}" WEIGHT},
     "\"data_offsets\": found nothing, expected an array"},
    {"bytes after", {DATA("\0\0\0\0\0\0\0\0tail")}, "12 bytes of weights follow the header"},
    {"too few bytes", {DATA("\0\0\0\0\0\0\0")}, "7 bytes of weights follow the header"},
    {"no bytes", {.data = (const uint8_t *)"", .data_size = 0}, "0 bytes of weights follow"},
    {"dtype F64",
     {.tensors = TENSOR("layers.0.bias", "F64", "[1]", "[0,4]") WEIGHT},
     "the dtype F64, expected F32"},
    {"dtype unknown",
     {.tensors = TENSOR("layers.0.bias", "Q4", "[1]", "[0,4]") WEIGHT},
     "the dtype Q4, expected F32"},
    {"dtype no text",
     {.tensors = ",\"layers.0.bias\":{\"dtype\":1}" WEIGHT},
     "\"dtype\": found an integer"},
    {"wrong shape",
     {.tensors = TENSOR("layers.0.bias", "F32", "[2]", "[0,4]") WEIGHT},
     "layers.0.bias has another shape than the network, expected [1]"},
    {"one dimension",
     {.tensors = BIAS TENSOR("layers.0.weight", "F32", "[1]", "[4,8]")},
     "layers.0.weight has another shape than the network, expected [1,1]"},
    {"no dimension",
     {.tensors = TENSOR("layers.0.bias", "F32", "[]", "[0,4]") WEIGHT},
     "another shape"},
    {"shape that overflows",
     {.tensors = BIAS TENSOR("layers.0.weight", "F32", "[4294967296,4294967297]", "[4,8]")},
     "another shape"},
    {"size past 2^63",
     {.tensors = TENSOR("layers.0.bias", "F32", "[18446744073709551617]", "[0,4]") WEIGHT},
     "not valid JSON"},
    {"shape a text",
     {.tensors = TENSOR("layers.0.bias", "F32", "\"1\"", "[0,4]") WEIGHT},
     "\"shape\": found a string, expected an array"},
    {"tensor missing", {.tensors = WEIGHT}, "tensor layers.0.bias is missing"},
    {"tensor a number",
     {.tensors = ",\"layers.0.bias\":4" WEIGHT},
     "tensor layers.0.bias is an integer"},
    {"tensor too many",
     {.tensors = BIAS WEIGHT TENSOR("opt.m", "F32", "[0]", "[8,8]")},
     "tensor \"opt.m\" does not belong to the network"},
    {"tensor of a layer too many",
     {.tensors = BIAS WEIGHT TENSOR("layers.1.bias", "F32", "[0]", "[8,8]")},
     "tensor \"layers.1.bias\" does not belong"},
    {"tensor twice", {.tensors = BIAS BIAS WEIGHT}, "duplicate"},
    {"tensor with more",
     {.tensors = ",\"layers.0.bias\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],"
                 "\"x\":1}" WEIGHT},
     "has more than dtype, shape and data_offsets"},
    {"NaN weight",
     {DATA("\0\0\0\x3f\0\0\xc0\x7f")},
     "value 0 of tensor layers.0.weight is not finite"},
    {"infinite bias",
     {DATA("\0\0\x80\xff\0\0\0\0")},
     "value 0 of tensor layers.0.bias is not finite"},
};

static void test_wrong_metadata(void **state) {
  (void)state;
  check_cases(metadata_cases, sizeof metadata_cases / sizeof *metadata_cases);
}

static void test_wrong_tensors(void **state) {
  (void)state;
  check_cases(tensor_cases, sizeof tensor_cases / sizeof *tensor_cases);
}

static void test_place_of_a_value_that_is_not_finite(void **state) {
  (void)state;
  model_assemble(&(model_parts){DATA("\0\0\0\x3f\0\0\xc0\x7f")}, &file);
  check_refused("NaN weight", "not finite");
  assert_int_equal(cr_last_error()->offset, file.size - 4);
}

/* What the file says about sizes must not decide what memory is taken. */
static size_t largest;

static void *watch_allocate(void *user, size_t size) {
  (void)user;
  if (size > largest) largest = size;
  return malloc(size);
}

static void watch_release(void *user, void *block) {
  (void)user;
  free(block);
}

static void test_a_small_file_takes_little_memory(void **state) {
  (void)state;
  const cr_allocator watch = {watch_allocate, watch_release, NULL};
  model_assemble(&(model_parts){.model = SPEC("8191-1048576:relu-1:linear")}, &file);
  largest = 0;
  cr_set_allocator(&watch);
  check_refused("2^33 weights", "another shape");
  cr_set_allocator(NULL);
  assert_true(largest > 0);
  assert_true(largest < 16 * file.size);
}

/* --- a file cut at every byte, or changed at every byte --- */

static void whole_file(char **bytes, size_t *size) {
  cr_model *model = NULL;
  assert_int_equal(fixture_classifier(&model), CR_OK);
  assert_int_equal(cr_model_set_training(model, "{\"epochs\":3}"), CR_OK);
  assert_int_equal(cr_model_write(model, bytes, size), CR_OK);
  cr_model_destroy(model);
}

static void test_cut_at_every_byte(void **state) {
  (void)state;
  char *bytes = NULL;
  size_t size = 0;
  whole_file(&bytes, &size);
  for (size_t cut = 0; cut < size; cut++) {
    cr_model *model = NULL;
    assert_int_equal(parse_exact(bytes, cut, &model), CR_ERR_MODEL);
    assert_null(model);
  }
  cr_free(bytes);
}

/* The blanks of the header are the one place where a change cannot change the model. */
static void test_changed_at_every_byte(void **state) {
  (void)state;
  char *bytes = NULL;
  size_t size = 0;
  whole_file(&bytes, &size);
  for (size_t at = 0; at < size; at++) {
    for (unsigned bit = 0; bit < 8; bit++) {
      cr_model *model = NULL;
      const char old = bytes[at];
      bytes[at] = (char)(old ^ (1 << bit));
      const cr_status status = parse_exact(bytes, size, &model);
      if (status == CR_OK) {
        char *again = NULL;
        size_t again_size = 0;
        assert_int_equal(cr_model_write(model, &again, &again_size), CR_OK);
        bytes[at] = old;
        assert_int_equal(again_size, size);
        assert_memory_equal(again, bytes, size);
        cr_free(again);
        cr_model_destroy(model);
      }
      bytes[at] = old;
    }
  }
  cr_free(bytes);
}

static void test_no_memory(void **state) {
  (void)state;
  char *bytes = NULL;
  size_t size = 0, failures = 0;
  whole_file(&bytes, &size);
  for (int for_ever = 0; for_ever < 2; for_ever++) {
    for (size_t n = 1;; n++) {
      cr_model *model = NULL;
      counting_start_json();
      counting_fail_at(n, for_ever == 1);
      const cr_status status = cr_model_parse("m", bytes, size, &model);
      const bool refused = counting.refused > 0;
      if (status != CR_OK) assert_null(model);
      cr_model_destroy(model);
      assert_int_equal(counting.live, 0);
      counting_stop_json();
      if (!refused) {
        assert_int_equal(status, CR_OK);
        break;
      }
      assert_int_equal(status, CR_ERR_MEMORY);
      failures++;
    }
  }
  assert_true(failures > 20);
  cr_free(bytes);
}

static void test_load_names_a_file_that_is_not_there(void **state) {
  (void)state;
  cr_model *model = NULL;
  assert_int_equal(cr_model_load("/nowhere/m.safetensors", &model), CR_ERR_OPEN);
  assert_null(model);
  assert_int_equal(cr_model_load(TEST_DIR, &model), CR_ERR_IO);
  assert_null(model);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_the_right_one_loads),
      cmocka_unit_test(test_what_others_added_is_ignored),
      cmocka_unit_test(test_bytes_that_are_no_model),
      cmocka_unit_test(test_what_is_no_model_names_the_fix),
      cmocka_unit_test(test_deep_nesting),
      cmocka_unit_test(test_wrong_metadata),
      cmocka_unit_test(test_wrong_tensors),
      cmocka_unit_test(test_place_of_a_value_that_is_not_finite),
      cmocka_unit_test(test_a_small_file_takes_little_memory),
      cmocka_unit_test(test_cut_at_every_byte),
      cmocka_unit_test(test_changed_at_every_byte),
      cmocka_unit_test(test_no_memory),
      cmocka_unit_test(test_load_names_a_file_that_is_not_there),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
