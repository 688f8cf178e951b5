/* Files replaced whole, in one go and in steps, and what is no regular file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/stat.h>

#include "replacing.h"

static mode_t mode_of(const char *name) {
  struct stat about;
  assert_int_equal(stat(name, &about), 0);
  return about.st_mode & 07777;
}

/* --- what works --- */

static void a_new_file_obeys_the_mask(void **state) {
  (void)state;
  const mode_t mask = umask(027);
  assert_int_equal(replace("model"), CR_OK);
  umask(mask);
  assert_content("model", new_text);
  assert_int_equal(mode_of("model"), 0640);
  assert_int_equal(count_entries(false), 1); /* neither a lock nor a temporary file */
}

static void an_old_file_is_replaced_and_its_mode_kept(void **state) {
  (void)state;
  static const mode_t modes[] = {0600, 0644, 0664, 0666};
  for (size_t i = 0; i < 4; i++) {
    put("model", old_text);
    assert_int_equal(chmod("model", modes[i]), 0);
    assert_int_equal(replace("model"), CR_OK);
    assert_content("model", new_text);
    assert_int_equal(mode_of("model"), modes[i]);
  }
  assert_int_equal(count_entries(false), 1);
}

static void no_pieces_give_an_empty_file(void **state) {
  (void)state;
  put("model", old_text);
  assert_int_equal(cr_file_replace("model", NULL, 0), CR_OK);
  assert_content("model", "");
}

static void a_full_path_and_a_long_name_work(void **state) {
  (void)state;
  char path[512];
  const int length = snprintf(path, sizeof path, "%s/", folder);
  memset(path + length, 'm', 255);
  path[length + 255] = '\0';
  assert_int_equal(replace(path), CR_OK);
  assert_content(path, new_text);
  assert_int_equal(count_entries(false), 1);
}

static void a_link_stays_a_link(void **state) {
  (void)state;
  struct stat about;
  put("model-7", old_text);
  assert_int_equal(symlink("model-7", "model"), 0);
  assert_int_equal(replace("model"), CR_OK);
  assert_int_equal(lstat("model", &about), 0);
  assert_true(S_ISLNK(about.st_mode));
  assert_content("model-7", new_text);
  assert_int_equal(count_entries(false), 2);
}

static void stale_temporary_files_go_and_others_stay(void **state) {
  (void)state;
  put(".model.tmp.4711.0a1b2c", "stale");
  put(".model.tmp.4711.0a1b2c.txt", "not ours");
  put(".model.tmp.x.0a", "not ours");
  put(".other.tmp.4711.0a", "of another file");
  assert_int_equal(replace("model"), CR_OK);
  assert_int_equal(access(".model.tmp.4711.0a1b2c", F_OK), -1);
  assert_int_equal(count_entries(false), 4);
}

/* --- what is no regular file --- */

static void a_pipe_is_written_as_it_is(void **state) {
  (void)state;
  char text[64] = "";
  assert_int_equal(mkfifo("pipe", 0600), 0);
  const int reader = open("pipe", O_RDONLY | O_NONBLOCK);
  assert_true(reader >= 0);
  assert_int_equal(replace("pipe"), CR_OK);
  assert_int_equal(read(reader, text, sizeof text), strlen(new_text));
  assert_string_equal(text, new_text);
  close(reader);
  assert_int_equal(replace("/dev/null"), CR_OK);
}

static void standard_output_is_written_as_it_is(void **state) {
  (void)state;
  static const char *const names[] = {"-", "/dev/stdout"};
  for (size_t i = 0; i < 2; i++) {
    fflush(stdout);
    const int kept = dup(STDOUT_FILENO);
    const int file = open("output", O_RDWR | O_CREAT | O_TRUNC, 0600);
    dup2(file, STDOUT_FILENO);
    const cr_status status = replace(names[i]);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    close(file);
    assert_int_equal(status, CR_OK);
    assert_content("output", new_text);
  }
  assert_int_equal(count_entries(false), 1);
}

static void a_full_device_is_told(void **state) {
  (void)state;
  if (access("/dev/full", W_OK) != 0) skip();
  assert_int_equal(replace("/dev/full"), CR_ERR_IO);
  assert_string_equal(cr_last_error()->message,
                      "cannot write /dev/full: no space is left on the device");
}

static void paths_that_name_no_file(void **state) {
  (void)state;
  assert_int_equal(replace(folder), CR_ERR_OPEN);
  assert_int_equal(replace(""), CR_ERR_OPEN);
  assert_int_equal(replace("new/"), CR_ERR_OPEN);
  assert_int_equal(symlink("nowhere", "link"), 0);
  assert_int_equal(replace("link"), CR_ERR_OPEN);
  assert_int_equal(replace("new/model"), CR_ERR_OPEN);
  assert_string_equal(cr_last_error()->message, "cannot write new/model: there is no such folder");
  assert_string_equal(cr_last_error()->fix, "mkdir -p new/");
  replace("it's $(new)/model");
  assert_string_equal(cr_last_error()->fix, "mkdir -p 'it'\\''s $(new)/'");
  replace("-new/model");
  assert_string_equal(cr_last_error()->fix, "mkdir -p ./-new/");
  assert_int_equal(count_entries(false), 1);
}

static void a_protected_file_is_not_replaced(void **state) {
  (void)state;
  put("model", old_text);
  assert_int_equal(chmod("model", 0444), 0);
  if (access("model", W_OK) == 0) skip(); /* root may write everything */
  assert_int_equal(replace("model"), CR_ERR_OPEN);
  assert_content("model", old_text);
}

/* --- in steps --- */

static void a_file_grows_in_steps_beside_the_old_one(void **state) {
  (void)state;
  cr_file_writer *writer = NULL;
  put("model", old_text);
  assert_int_equal(cr_file_begin("model", &writer), CR_OK);
  assert_int_equal(cr_file_append(writer, new_text, 12), CR_OK);
  assert_content("model", old_text);
  assert_int_equal(cr_file_append(writer, new_text + 12, strlen(new_text) - 12), CR_OK);
  assert_content("model", old_text);
  assert_int_equal(cr_file_commit(writer), CR_OK);
  assert_content("model", new_text);
  assert_int_equal(count_entries(false), 1);
}

static void a_writer_that_is_abandoned_changes_nothing(void **state) {
  (void)state;
  cr_file_writer *writer = NULL;
  put("model", old_text);
  assert_int_equal(cr_file_begin("model", &writer), CR_OK);
  assert_int_equal(cr_file_append(writer, new_text, 12), CR_OK);
  cr_file_abandon(writer);
  cr_file_abandon(NULL);
  assert_content("model", old_text);
  assert_int_equal(count_entries(false), 1);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
  const struct CMUnitTest tests[] = {
      TEST(a_new_file_obeys_the_mask),
      TEST(a_file_grows_in_steps_beside_the_old_one),
      TEST(a_writer_that_is_abandoned_changes_nothing),
      TEST(an_old_file_is_replaced_and_its_mode_kept),
      TEST(no_pieces_give_an_empty_file),
      TEST(a_full_path_and_a_long_name_work),
      TEST(a_link_stays_a_link),
      TEST(stale_temporary_files_go_and_others_stay),
      TEST(a_pipe_is_written_as_it_is),
      TEST(standard_output_is_written_as_it_is),
      TEST(a_full_device_is_told),
      TEST(paths_that_name_no_file),
      TEST(a_protected_file_is_not_replaced),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
