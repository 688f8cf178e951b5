/* Writing model files: their bytes, that they come back, and that no fault costs the old one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <unistd.h>

#include "base/file.h"
#include "counting_allocator.h"
#include "model/container.h"
#include "model_bytes.h"
#include "model_fixture.h"

typedef cr_status make_model(cr_model **out);

static cr_status refusing_gaps(cr_model **out) {
  CR_TRY(fixture_regressor(out));
  (*out)->encoder->inputs[1].gaps = CR_GAPS_REFUSED;
  cr_model_describe(*out);
  return CR_OK;
}

static make_model *const makers[] = {fixture_classifier, fixture_regressor, fixture_image_model,
                                     fixture_multilabel, fixture_scores,    fixture_gaps,
                                     refusing_gaps};
enum { MAKERS = sizeof makers / sizeof *makers };

/* --- bytes --- */

/* The file of the smallest model, put together by the code of model_bytes.h. */
static void test_bytes_are_those_of_the_format(void **state) {
  (void)state;
  static model_bytes expected;
  cr_model *model = NULL;
  char *bytes = NULL;
  size_t size = 0;
  model_assemble(&(model_parts){.train = "{\"note\":\"a \\\"b\\\"\"}"}, &expected);
  assert_int_equal(cr_model_parse("m", expected.bytes, expected.size, &model), CR_OK);
  assert_int_equal(cr_model_write(model, &bytes, &size), CR_OK);
  assert_int_equal(size, expected.size);
  assert_memory_equal(bytes, expected.bytes, size);
  cr_free(bytes);
  cr_model_destroy(model);
}

/* Old readers read what they can: only what is new in 1.1 or 1.2 says so. */
static void test_the_oldest_version_that_has_it_all(void **state) {
  (void)state;
  for (size_t i = 0; i < MAKERS; i++) {
    cr_model *model = NULL;
    char *bytes = NULL;
    size_t size = 0;
    assert_int_equal(makers[i](&model), CR_OK);
    assert_int_equal(cr_model_write(model, &bytes, &size), CR_OK);
    const bool newer = makers[i] == fixture_multilabel || makers[i] == fixture_scores;
    const bool newest = makers[i] == fixture_gaps || makers[i] == refusing_gaps;
    static const char head[] = "{\"__metadata__\":{\"chainrule.format\":\"1.";
    assert_memory_equal(bytes + 8, head, sizeof head - 1);
    assert_int_equal(bytes[8 + sizeof head - 1], newest ? '2' : newer ? '1' : '0');
    cr_free(bytes);
    cr_model_destroy(model);
  }
}

static void test_tensors_start_at_a_multiple_of_64(void **state) {
  (void)state;
  for (size_t i = 0; i < MAKERS; i++) {
    cr_model *model = NULL;
    char *bytes = NULL;
    size_t size = 0, header = 0;
    assert_int_equal(makers[i](&model), CR_OK);
    assert_int_equal(cr_model_write(model, &bytes, &size), CR_OK);
    for (size_t byte = 8; byte-- > 0;) header = header << 8 | (uint8_t)bytes[byte];
    assert_int_equal((8 + header) % 64, 0);
    assert_int_equal(size - 8 - header, 4 * cr_net_parameter_count(cr_model_net(model)));
    assert_int_equal(bytes[8], '{');
    cr_free(bytes);
    cr_model_destroy(model);
  }
}

static void compare_inputs(const cr_model *a, const cr_model *b) {
  for (size_t i = 0; i < a->encoder->input_count; i++) {
    const cr_model_input *x = cr_model_input_at(a, i);
    assert_non_null(x);
    const cr_model_input *y = cr_model_input_at(b, i);
    assert_non_null(y);
    assert_string_equal(x->name, y->name);
    assert_int_equal(x->type, y->type);
    assert_int_equal(x->width, y->width);
    assert_int_equal(x->height, y->height);
    assert_int_equal(x->image_width, y->image_width);
    assert_int_equal(x->channels, y->channels);
    assert_memory_equal(&x->shift, &y->shift, sizeof x->shift);
    assert_memory_equal(&x->scale, &y->scale, sizeof x->scale);
    assert_int_equal(a->encoder->inputs[i].column, b->encoder->inputs[i].column);
  }
}

static void compare_models(cr_model *a, cr_model *b) {
  const cr_model_info *x = cr_model_get_info(a);
  const cr_model_info *y = cr_model_get_info(b);
  assert_string_equal(x->network, y->network);
  assert_string_equal(x->loss, y->loss);
  assert_string_equal(x->task, y->task);
  assert_string_equal(x->target, y->target);
  assert_string_equal(x->training, y->training);
  assert_int_equal(x->input_columns, y->input_columns);
  assert_int_equal(x->classes, y->classes);
  assert_memory_equal(&x->target_shift, &y->target_shift, sizeof x->target_shift);
  assert_memory_equal(&x->target_scale, &y->target_scale, sizeof x->target_scale);
  assert_int_equal(a->encoder->named, b->encoder->named);
  assert_int_equal(a->encoder->columns, b->encoder->columns);
  assert_int_equal(a->encoder->target_column, b->encoder->target_column);
  assert_int_equal(a->encoder->width, b->encoder->width);
  for (size_t k = 0; k < x->labels; k++)
    assert_string_equal(cr_model_label(a, k), cr_model_label(b, k));
  assert_null(cr_model_label(b, x->labels));
  if (a->encoder->multilabel)
    assert_memory_equal(a->encoder->label_columns, b->encoder->label_columns,
                        x->labels * sizeof(size_t));
  assert_int_equal(a->encoder->weight == NULL, b->encoder->weight == NULL);
  if (a->encoder->weight) assert_string_equal(a->encoder->weight, b->encoder->weight);
  assert_int_equal(x->scores, y->scores);
  compare_inputs(a, b);
  const size_t count = cr_net_parameter_count(cr_model_net(a));
  assert_int_equal(cr_net_parameter_count(cr_model_net(b)), count);
  assert_memory_equal(cr_net_parameters(cr_model_net(a)), cr_net_parameters(cr_model_net(b)),
                      count * sizeof(float));
}

static void test_what_is_written_comes_back(void **state) {
  (void)state;
  for (size_t i = 0; i < MAKERS; i++) {
    cr_model *model = NULL, *again = NULL;
    char *first = NULL, *second = NULL;
    size_t first_size = 0, second_size = 0;
    assert_int_equal(makers[i](&model), CR_OK);
    assert_int_equal(cr_model_set_training(model, "{\"seed\": 7,\"why\":\"\\u0001 \xc3\xa9\"}"),
                     CR_OK);
    assert_int_equal(cr_model_write(model, &first, &first_size), CR_OK);
    assert_int_equal(cr_model_parse("m", first, first_size, &again), CR_OK);
    compare_models(model, again);
    assert_int_equal(cr_model_write(again, &second, &second_size), CR_OK);
    assert_int_equal(first_size, second_size);
    assert_memory_equal(first, second, first_size);
    cr_free(first);
    cr_free(second);
    cr_model_destroy(model);
    cr_model_destroy(again);
  }
}

/* Numbers that are hard to write: all come back bit for bit, -0 as 0. */
static void test_numbers_come_back(void **state) {
  (void)state;
  static const double hard[] = {0.1,
                                1.0 / 3,
                                5e-324,
                                1.7976931348623157e308,
                                1e15,
                                1e16,
                                12345678901234567.0,
                                -2.2250738585072014e-308,
                                255,
                                1e21,
                                9007199254740993.0,
                                -0.0};
  for (size_t i = 0; i < sizeof hard / sizeof *hard; i++) {
    cr_model *model = NULL, *again = NULL;
    char *bytes = NULL;
    size_t size = 0;
    assert_int_equal(fixture_regressor(&model), CR_OK);
    model->encoder->target_shift = hard[i];
    if (hard[i] != 0) model->encoder->inputs[1].scale = hard[i];
    assert_int_equal(cr_model_write(model, &bytes, &size), CR_OK);
    assert_int_equal(cr_model_parse("m", bytes, size, &again), CR_OK);
    const double shift = hard[i] != 0 ? hard[i] : 0.0;
    assert_memory_equal(&again->encoder->target_shift, &shift, sizeof shift);
    if (hard[i] != 0)
      assert_memory_equal(&again->encoder->inputs[1].scale, &hard[i], sizeof(double));
    cr_free(bytes);
    cr_model_destroy(model);
    cr_model_destroy(again);
  }
}

/* --- a folder of our own --- */

static char folder[64], path[96];

static int open_folder(void **state) {
  (void)state;
  snprintf(folder, sizeof folder, "/tmp/chainrule-model-XXXXXX");
  if (!mkdtemp(folder)) return -1;
  snprintf(path, sizeof path, "%s/m.safetensors", folder);
  return 0;
}

static int close_folder(void **state) {
  (void)state;
  unlink(path);
  return rmdir(folder); /* fails if anything was left behind */
}

static void test_save_and_load(void **state) {
  (void)state;
  cr_model *model = NULL, *again = NULL;
  assert_int_equal(fixture_classifier(&model), CR_OK);
  assert_int_equal(cr_model_save(model, path), CR_OK);
  assert_string_equal(cr_model_get_info(model)->sha256, "");
  assert_int_equal(cr_model_load(path, &again), CR_OK);
  assert_int_equal(strlen(cr_model_get_info(again)->sha256), 64);
  compare_models(model, again);
  cr_model_destroy(model);
  cr_model_destroy(again);
}

static void test_weights_that_are_not_finite_are_not_saved(void **state) {
  (void)state;
  static const float bad[] = {NAN, INFINITY, -INFINITY};
  for (size_t i = 0; i < 3; i++) {
    cr_model *model = NULL;
    assert_int_equal(fixture_classifier(&model), CR_OK);
    cr_net_parameters(cr_model_net(model))[7] = bad[i]; /* layer 1, weight (0, 1) */
    assert_int_equal(cr_model_save(model, path), CR_ERR_MODEL);
    assert_string_equal(cr_last_error()->message, "layers.1.weight[0,1] is not finite");
    assert_string_equal(cr_last_error()->file, path);
    cr_net_parameters(cr_model_net(model))[7] = 0;
    cr_net_parameters(cr_model_net(model))[20] = bad[i]; /* the last bias */
    assert_int_equal(cr_model_save(model, path), CR_ERR_MODEL);
    assert_string_equal(cr_last_error()->message, "layers.1.bias[2] is not finite");
    assert_int_not_equal(access(path, F_OK), 0);
    cr_model_destroy(model);
  }
}

/* What could not be read again is not written either. */
static void test_texts_that_are_not_utf8_are_not_saved(void **state) {
  (void)state;
  cr_model *model = NULL;
  assert_int_equal(fixture_classifier(&model), CR_OK);
  model->encoder->labels.items[1][0] = (char)0xff;
  assert_int_equal(cr_model_save(model, path), CR_ERR_MODEL);
  assert_string_equal(cr_last_error()->message, "a label is not valid UTF-8 from byte 0 on");
  model->encoder->labels.items[1][0] = 'B';
  model->encoder->inputs[0].name[2] = (char)0xc3;
  assert_int_equal(cr_model_save(model, path), CR_ERR_MODEL);
  assert_string_equal(cr_last_error()->message,
                      "the name of an input is not valid UTF-8 from byte 2 on");
  cr_model_destroy(model);
}

static void test_a_header_over_the_limit_is_not_saved(void **state) {
  (void)state;
  cr_model *model = NULL;
  void *label = NULL;
  assert_int_equal(fixture_classifier(&model), CR_OK);
  assert_int_equal(cr_alloc(CR_HEADER_LIMIT + 1, 1, &label), CR_OK);
  memset(label, 'a', CR_HEADER_LIMIT);
  cr_free(model->encoder->labels.items[0]);
  model->encoder->labels.items[0] = label;
  assert_int_equal(cr_model_save(model, path), CR_ERR_MODEL);
  assert_non_null(strstr(cr_last_error()->message, "a file has room for 16777216"));
  cr_model_destroy(model);
}

/* --- faults --- */

static size_t io_calls, io_fail_at;
static int io_error;

static bool io_fails(void) {
  if (++io_calls != io_fail_at) return false;
  errno = io_error;
  return true;
}

static int fault_open(const char *name, int flags, mode_t mode) {
  return io_fails() ? -1 : open(name, flags, mode);
}
static ssize_t fault_read(int fd, void *bytes, size_t size) {
  return io_fails() ? -1 : read(fd, bytes, size);
}
/* A few bytes at a time, so that there are many places to fail at. */
static ssize_t fault_write(int fd, const void *bytes, size_t size) {
  return io_fails() ? -1 : write(fd, bytes, size < 97 ? size : 97);
}
static int fault_allocate(int fd, off_t size) {
  if (io_fails()) return -1;
  errno = posix_fallocate(fd, 0, size);
  return errno ? -1 : 0;
}
static int fault_sync(int fd) {
  return io_fails() ? -1 : fsync(fd);
}
static int fault_close(int fd) {
  const bool fails = io_fails();
  const int error = errno;
  const int result = close(fd); /* a close that fails has closed all the same */
  errno = fails ? error : errno;
  return fails ? -1 : result;
}
static int fault_rename(const char *from, const char *to) {
  return io_fails() ? -1 : rename(from, to);
}
static int fault_unlink(const char *name) {
  return io_fails() ? -1 : unlink(name);
}

static const cr_io faults = {.open = fault_open,
                             .read = fault_read,
                             .write = fault_write,
                             .allocate = fault_allocate,
                             .sync = fault_sync,
                             .close = fault_close,
                             .rename = fault_rename,
                             .unlink = fault_unlink};

/* Which of the two models lies at `path`, in full? */
static bool is_saved(const char *sha256) {
  cr_model *model = NULL;
  assert_int_equal(cr_model_load(path, &model), CR_OK);
  const bool same = strcmp(model->sha256, sha256) == 0;
  cr_model_destroy(model);
  return same;
}

/* Of what cr_model_save would write. */
static void digest_of(const cr_model *model, char out[65]) {
  cr_model *again = NULL;
  char *bytes = NULL;
  size_t size = 0;
  assert_int_equal(cr_model_write(model, &bytes, &size), CR_OK);
  assert_int_equal(cr_model_parse("m", bytes, size, &again), CR_OK);
  memcpy(out, again->sha256, sizeof again->sha256);
  cr_model_destroy(again);
  cr_free(bytes);
}

static void fail_every_call(int error) {
  cr_model *before = NULL, *after = NULL;
  char old_sha256[65], new_sha256[65];
  size_t refused = 0;
  io_error = error;
  assert_int_equal(fixture_classifier(&before), CR_OK);
  assert_int_equal(cr_model_save(before, path), CR_OK);
  digest_of(before, old_sha256);
  for (io_fail_at = 1;; io_fail_at++) {
    assert_int_equal(fixture_regressor(&after), CR_OK);
    digest_of(after, new_sha256);
    io_calls = 0;
    cr_io_set(&faults);
    const cr_status status = cr_model_save(after, path);
    cr_io_set(NULL);
    const bool failed = io_calls >= io_fail_at;
    cr_model_destroy(after);
    if (!failed) {
      assert_int_equal(status, CR_OK);
      break;
    }
    if (status != CR_OK) {
      assert_true(status == CR_ERR_IO || status == CR_ERR_OPEN);
      refused++;
    }
    if (!is_saved(old_sha256)) { /* the fault came after the rename */
      assert_true(status == CR_OK || strstr(cr_last_error()->why, "in place"));
      assert_int_equal(cr_model_save(before, path), CR_OK);
    }
  }
  assert_true(is_saved(new_sha256));
  assert_true(refused >= 10);
  cr_model_destroy(before);
}

static void test_a_full_disk_leaves_the_old_model(void **state) {
  (void)state;
  fail_every_call(ENOSPC);
}

static void test_a_bad_disk_leaves_the_old_model(void **state) {
  (void)state;
  fail_every_call(EIO);
}

static void test_no_memory_leaves_the_old_model(void **state) {
  (void)state;
  cr_model *before = NULL;
  char sha256[65];
  assert_int_equal(fixture_regressor(&before), CR_OK);
  assert_int_equal(cr_model_save(before, path), CR_OK);
  digest_of(before, sha256);
  cr_model_destroy(before);
  size_t failures = 0;
  for (int for_ever = 0; for_ever < 2; for_ever++) {
    for (size_t n = 1;; n++) {
      cr_model *model = NULL;
      counting_start_json();
      counting_fail_at(n, for_ever == 1);
      cr_status status = fixture_classifier(&model);
      if (status == CR_OK) status = cr_model_save(model, path);
      const bool refused = counting.refused > 0;
      cr_model_destroy(model);
      assert_int_equal(counting.live, 0);
      counting_stop_json();
      if (!refused) {
        assert_int_equal(status, CR_OK);
        break;
      }
      assert_int_equal(status, CR_ERR_MEMORY);
      if (for_ever == 0) assert_true(is_saved(sha256));
      failures++;
    }
  }
  assert_true(failures > 20);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_bytes_are_those_of_the_format),
      cmocka_unit_test(test_tensors_start_at_a_multiple_of_64),
      cmocka_unit_test(test_the_oldest_version_that_has_it_all),
      cmocka_unit_test(test_what_is_written_comes_back),
      cmocka_unit_test(test_numbers_come_back),
      cmocka_unit_test_setup_teardown(test_save_and_load, open_folder, close_folder),
      cmocka_unit_test_setup_teardown(test_weights_that_are_not_finite_are_not_saved, open_folder,
                                      close_folder),
      cmocka_unit_test_setup_teardown(test_texts_that_are_not_utf8_are_not_saved, open_folder,
                                      close_folder),
      cmocka_unit_test_setup_teardown(test_a_header_over_the_limit_is_not_saved, open_folder,
                                      close_folder),
      cmocka_unit_test_setup_teardown(test_a_full_disk_leaves_the_old_model, open_folder,
                                      close_folder),
      cmocka_unit_test_setup_teardown(test_a_bad_disk_leaves_the_old_model, open_folder,
                                      close_folder),
      cmocka_unit_test_setup_teardown(test_no_memory_leaves_the_old_model, open_folder,
                                      close_folder),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
