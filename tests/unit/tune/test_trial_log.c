#include "tune/trial_log.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "support.h"

static const char header[] = "{\"format\":\"chainrule.tune-log/1\",\"data\":\"00ff\",\"seed\":3}";
static char path[] = "/tmp/chainrule-log-XXXXXX";
static cr_space space;

enum { RUNS = 6, FOLDS = 3, MOST_BYTES = 1 << 13 };

static cr_halving begin(void) {
  static const cr_settings chosen = {
      .given_layers = "64", .activation = "relu", .rate = 0.02, .batch = 32};
  cr_train_options options;
  cr_halving halving;
  cr_train_options_init(&options);
  assert_int_equal(cr_space_create(&chosen, &options, NULL, 1000, &space), CR_OK);
  cr_halving_create(&space, 0, 1000, &halving);
  return halving;
}

static cr_run_result result_of(size_t run) {
  cr_run_result result = {.count = FOLDS, .score_error = (double)NAN, .seconds = 0.1 * (double)run};
  for (size_t f = 0; f < FOLDS; f++) {
    const bool diverged = run == 3 && f == 1;
    result.losses[f] = diverged ? (double)INFINITY : 1.0 / (double)(3 + 5 * run + f);
    result.scores[f] = diverged ? (double)NAN : 1 - result.losses[f];
  }
  return result;
}

static cr_run next(cr_halving *halving) {
  cr_run run;
  bool exhausted;
  assert_int_equal(cr_halving_next(halving, SIZE_MAX, &run, &exhausted), CR_OK);
  return run;
}

static void write_log(void) {
  cr_halving halving = begin();
  cr_trial_log log;
  unlink(path);
  assert_int_equal(cr_trial_log_open(path, header, &log), CR_OK);
  for (size_t i = 0; i < RUNS; i++) {
    assert_false(cr_trial_log_more(&log));
    const cr_run run = next(&halving);
    const cr_run_result result = result_of(i);
    assert_int_equal(cr_trial_log_add(&log, &run, &result), CR_OK);
    cr_halving_note(&halving, &run, &result);
  }
  cr_trial_log_close(&log);
  cr_halving_free(&halving);
}

static bool same(const cr_run_result *a, const cr_run_result *b) {
  bool equal = a->count == b->count && a->seconds == b->seconds;
  for (size_t f = 0; f < a->count; f++) {
    equal = equal && a->losses[f] == b->losses[f];
    equal = equal && (a->scores[f] == b->scores[f] || (isnan(a->scores[f]) && isnan(b->scores[f])));
  }
  return equal && isnan(a->score_error) && isnan(b->score_error);
}

/* Reads all of the log; *runs counts those that came back as they were written. */
static cr_status read_log(size_t *runs) {
  cr_halving halving = begin();
  cr_trial_log log;
  *runs = 0;
  cr_status status = cr_trial_log_open(path, header, &log);
  while (status == CR_OK && cr_trial_log_more(&log)) {
    const cr_run run = next(&halving);
    cr_run_result result;
    status = cr_trial_log_read(&log, &run, FOLDS, &result);
    if (status != CR_OK) continue;
    const cr_run_result expected = result_of(*runs);
    cr_halving_note(&halving, &run, &result);
    *runs += same(&result, &expected);
  }
  cr_trial_log_close(&log);
  cr_halving_free(&halving);
  return status;
}

static size_t read_bytes(char *bytes) {
  char *text = NULL;
  size_t size = 0;
  assert_int_equal(cr_file_read(path, MOST_BYTES, &text, &size), CR_OK);
  memcpy(bytes, text, size);
  cr_free(text);
  return size;
}

/* In place: a file that is emptied first is flushed by some file systems each time. */
static void put_bytes(const char *bytes, size_t size) {
  const int file = open(path, O_WRONLY | O_CREAT, 0666);
  assert_true(file >= 0);
  assert_int_equal(write(file, bytes, size), size);
  assert_int_equal(ftruncate(file, (off_t)size), 0);
  close(file);
}

static void test_what_was_written_is_read(void **state) {
  (void)state;
  size_t runs;
  write_log();
  assert_int_equal(read_log(&runs), CR_OK);
  assert_int_equal(runs, RUNS);
}

/* However much of it a kill has left, the whole lines are there and the rest is cut off. */
static void test_cut_at_each_byte(void **state) {
  (void)state;
  static char bytes[MOST_BYTES], now[MOST_BYTES];
  write_log();
  const size_t size = read_bytes(bytes);
  for (size_t cut = 0; cut <= size; cut++) {
    size_t lines = 0, whole = 0, runs;
    for (size_t i = 0; i < cut; i++) {
      if (bytes[i] != '\n') continue;
      lines++;
      whole = i + 1;
    }
    put_bytes(bytes, cut);
    assert_int_equal(read_log(&runs), CR_OK);
    assert_int_equal(runs, lines ? lines - 1 : 0);
    if (lines == 0) whole = sizeof header; /* it is begun anew */
    assert_int_equal(read_bytes(now), whole);
    assert_memory_equal(now, bytes, whole);
  }
}

/* A changed byte is refused, or is a digit of a figure; it never breaks anything. */
static void test_each_byte_changed(void **state) {
  (void)state;
  static const char others[] = {'\0', '\n', '"', '{', '9', '-', 'e', (char)0xff};
  static char bytes[MOST_BYTES];
  size_t runs, refused = 0;
  write_log();
  const size_t size = read_bytes(bytes);
  for (size_t i = 0; i < size; i++) {
    const char byte = bytes[i];
    for (size_t k = 0; k < sizeof others; k++) {
      bytes[i] = others[k];
      put_bytes(bytes, size);
      const cr_status status = read_log(&runs);
      if (status != CR_OK && status != CR_ERR_FORMAT && status != CR_ERR_COMBINATION)
        fail_msg("byte %zu as %d: %s", i, others[k], cr_status_name(status));
      assert_true(status == CR_OK || cr_last_error()->fix[0] != '\0');
      refused += status != CR_OK;
    }
    bytes[i] = byte;
  }
  assert_true(refused > size); /* most changes are */
}

static void refused(const char *content, cr_status status, const char *part) {
  static char now[MOST_BYTES];
  cr_trial_log log;
  put_bytes(content, strlen(content));
  assert_int_equal(cr_trial_log_open(path, header, &log), status);
  if (!strstr(cr_last_error()->message, part)) fail_msg("%s", cr_last_error()->message);
  assert_int_equal(read_bytes(now), strlen(content)); /* and left as it was */
  assert_memory_equal(now, content, strlen(content));
}

static void test_other_files(void **state) {
  (void)state;
  refused("{\"format\":\"chainrule.tune-log/1\",\"data\":\"00ff\",\"seed\":4}\n",
          CR_ERR_COMBINATION, "\"seed\" is 4 there, and 3 now");
  refused("{\"format\":\"chainrule.tune-log/1\",\"data\":\"01\",\"seed\":4}\n", CR_ERR_COMBINATION,
          "other data: \"data\" is \"01\" there");
  refused("{\"format\":\"chainrule.tune-log/1\",\"data\":\"00ff\"}\n", CR_ERR_COMBINATION,
          "\"seed\" is unknown there");
  refused("a,b,c\n1,2,3\n", CR_ERR_FORMAT, "is not a log");
  refused("no end of line", CR_ERR_FORMAT, "is not a log");
  refused("[1]\n", CR_ERR_FORMAT, "is not a log");
  refused("\n", CR_ERR_FORMAT, "is not a log");
}

static void test_line_of_another_run(void **state) {
  (void)state;
  static char bytes[MOST_BYTES];
  size_t runs;
  write_log();
  const size_t size = read_bytes(bytes);
  char *trial = strstr(bytes, "\"trial\":1");
  trial[8] = '2';
  put_bytes(bytes, size);
  assert_int_equal(read_log(&runs), CR_ERR_FORMAT);
  assert_int_equal(runs, 1);
  assert_int_equal(cr_last_error()->line, 3);
}

/* More lines than there are settings to try. */
static void test_line_where_no_run_comes(void **state) {
  (void)state;
  const cr_run none = {.contestant = NULL};
  cr_run_result result;
  cr_trial_log log;
  write_log();
  assert_int_equal(cr_trial_log_open(path, header, &log), CR_OK);
  assert_int_equal(cr_trial_log_read(&log, &none, FOLDS, &result), CR_ERR_FORMAT);
  assert_int_equal(cr_last_error()->line, 2);
  cr_trial_log_close(&log);
}

static void test_one_at_a_time(void **state) {
  (void)state;
  cr_trial_log log, second;
  unlink(path);
  assert_int_equal(cr_trial_log_open(path, header, &log), CR_OK);
  assert_int_equal(cr_trial_log_open(path, header, &second), CR_ERR_BUSY);
  cr_trial_log_close(&log);
  assert_int_equal(cr_trial_log_open(path, header, &second), CR_OK);
  cr_trial_log_close(&second);
}

static void test_no_place_for_it(void **state) {
  (void)state;
  cr_trial_log log;
  assert_int_equal(cr_trial_log_open("/dev/null", header, &log), CR_ERR_OPEN);
  assert_int_equal(cr_trial_log_open("/tmp", header, &log), CR_ERR_OPEN);
  assert_int_equal(cr_trial_log_open("/nowhere/log", header, &log), CR_ERR_OPEN);
  assert_int_equal(cr_trial_log_open(NULL, header, &log), CR_OK); /* without a log */
  assert_false(cr_trial_log_more(&log));
  cr_trial_log_close(&log);
}

static int make_path(void **state) {
  (void)state;
  const int file = mkstemp(path);
  return file < 0 ? -1 : close(file);
}

static int remove_path(void **state) {
  (void)state;
  return unlink(path);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_what_was_written_is_read),
      cmocka_unit_test(test_cut_at_each_byte),
      cmocka_unit_test(test_each_byte_changed),
      cmocka_unit_test(test_other_files),
      cmocka_unit_test(test_line_of_another_run),
      cmocka_unit_test(test_one_at_a_time),
      cmocka_unit_test(test_no_place_for_it),
      cmocka_unit_test(test_line_where_no_run_comes),
  };
  return cmocka_run_group_tests(tests, make_path, remove_path);
}
