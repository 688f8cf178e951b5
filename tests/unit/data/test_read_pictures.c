#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "counting_allocator.h"
#include "data/picture.h"
#include "support.h"
#include "tables.h"

#define PICTURES TEST_DIR "/unit/data/pictures/"

static char folder[64];

static const char *in_folder(const char *name) {
  static char paths[4][512];
  static size_t next;
  char *path = paths[next++ % 4];
  snprintf(path, sizeof paths[0], "%s/%s", folder, name);
  return path;
}

static void make(const char *name) {
  assert_int_equal(mkdir(in_folder(name), 0700), 0);
}

/* A file of the folder: a picture by its name, or text. */
static void put(const char *name, const char *picture) {
  cr_source source = {0};
  char path[512];
  snprintf(path, sizeof path, PICTURES "%s", picture);
  assert_int_equal(cr_file_read(path, 1 << 20, &source.bytes, &source.size), CR_OK);
  FILE *file = fopen(in_folder(name), "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(source.bytes, 1, source.size, file), source.size);
  assert_int_equal(fclose(file), 0);
  cr_free(source.bytes);
}

static void put_text(const char *name, const char *text) {
  FILE *file = fopen(in_folder(name), "wb");
  assert_non_null(file);
  fputs(text, file);
  assert_int_equal(fclose(file), 0);
}

static int make_folder(void **state) {
  (void)state;
  strcpy(folder, "/tmp/chainrule-test-XXXXXX");
  return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state) {
  (void)state;
  char command[128];
  snprintf(command, sizeof command, "rm -r %s", folder);
  return system(command);
}

/* NULL, and the test is to be skipped, in a build without the library. */
static cr_table *read_table(const char *name, const cr_read_options *options) {
  cr_table *table = NULL;
  const cr_status status = cr_table_read(in_folder(name), options, &table);
  if (status == CR_ERR_FORMAT) skip();
  if (status != CR_OK) fail_msg("%s", cr_last_error()->message);
  return table;
}

static cr_read_options defaults(void) {
  cr_read_options options;
  cr_read_options_init(&options);
  return options;
}

/* Folders by name are the labels, files by name the rows; the rest is counted. */
static void test_classes(void **state) {
  (void)state;
  make("a");
  make("a/dog");
  make("a/cat");
  make("a/empty");
  make("a/cat/deeper");
  put("a/dog/2.png", "la.png");
  put("a/dog/10.PNG", "grey.png");
  put("a/cat/x.png", "deep.png");
  put("a/cat/deeper/no.png", "rgb.png");
  put("a/loose.png", "rgb.png");
  put("a/cat/.hidden.png", "rgb.png");
  put_text("a/cat/notes.txt", "none");
  assert_int_equal(symlink("../cat/x.png", in_folder("a/dog/3.png")), 0);
  assert_int_equal(symlink("nowhere", in_folder("a/dog/4.png")), 0);
  assert_int_equal(mkfifo(in_folder("a/dog/5.png"), 0700), 0);
  cr_table *table = read_table("a", NULL);
  assert_int_equal(table->rows, 4);
  assert_int_equal(table->column_count, 2);
  const cr_column *pixels = cr_table_column(table, 0);
  assert_string_equal(pixels->name, "pixels");
  assert_int_equal(pixels->height, 5);
  assert_int_equal(pixels->image_width, 4);
  assert_int_equal(pixels->channels, 1);
  assert_string_equal(cr_table_column(table, 1)->name, "label");
  static const char *const labels[] = {"cat", "dog", "dog", "dog"};
  for (size_t r = 0; r < 4; r++) assert_string_equal(cr_table_text(table, r, 1), labels[r]);
  for (size_t i = 0; i < 20; i++) {
    assert_int_equal(cr_table_image(table, 0, 0)[i], (uint8_t)(i * i * 7 + i * 31 + 5));
    assert_int_equal(cr_table_image(table, 3, 0)[i], cr_table_image(table, 0, 0)[i]);
  }
  static const char *const files[] = {"cat/x.png", "dog/10.PNG", "dog/2.png", "dog/3.png"};
  for (size_t r = 0; r < 4; r++) assert_string_equal(cr_table_row_file(table, r), files[r]);
  assert_null(cr_table_row_file(table, 4));
  assert_string_equal(table->origin.format, "pictures");
  assert_non_null(strstr(cr_table_warning(table, 0), "7 other files and folders passed over"));
  cr_table_destroy(table);
}

/* The commonest size, unless it is large; grey if all are; what the options say goes before. */
static void test_shapes(void **state) {
  (void)state;
  make("s");
  make("s/x");
  put("s/x/1.png", "rgb.png");
  put("s/x/2.jpg", "rgb.jpg");
  put("s/x/3.png", "grey.png");
  cr_table *table = read_table("s", NULL);
  assert_int_equal(cr_table_column(table, 0)->width, 5 * 4 * 3);
  assert_non_null(strstr(cr_table_warning(table, 0), "1 of 3 pictures were resized to 4x5"));
  cr_table_destroy(table);
  cr_read_options options = defaults();
  options.image_size = "7x3";
  options.image_channels = "grey";
  table = read_table("s", &options);
  assert_int_equal(cr_table_column(table, 0)->width, 21);
  assert_int_equal(cr_table_column(table, 0)->height, 3);
  assert_null(cr_table_warning(table, 0));
  cr_table_destroy(table);
  options.max_bytes = 1 << 20;
  options.image_size = "2000x2000";
  assert_int_equal(cr_table_read(in_folder("s"), &options, &table), CR_ERR_LIMIT);
  options.image_size = "2000";
  assert_int_equal(cr_table_read(in_folder("s"), &options, &table), CR_ERR_ARGUMENT);
}

/* One in colour is enough for all; of sizes that are as common as each other it is the smallest. */
static void test_ties(void **state) {
  (void)state;
  make("e");
  make("e/x");
  put("e/x/1.jpg", "grey.jpg");
  put("e/x/2.png", "grey.png");
  put("e/x/3.png", "rgb.png");
  put("e/x/4.jpg", "grey.jpg");
  cr_table *table = read_table("e", NULL);
  assert_int_equal(cr_table_column(table, 0)->image_width, 4);
  assert_int_equal(cr_table_column(table, 0)->channels, 3);
  const uint64_t fingerprint = table->origin.fingerprint;
  cr_table_destroy(table);
  put("e/x/3.png", "palette.png");
  table = read_table("e", NULL);
  assert_true(table->origin.fingerprint != fingerprint);
  cr_table_destroy(table);
}

/* A picture that is too large is left out as one that is broken; a class of such alone is none. */
static void test_too_large(void **state) {
  (void)state;
  make("l");
  make("l/x");
  make("l/a");
  put("l/x/1.png", "grey.png");
  put("l/a/2.png", "huge.png");
  cr_read_options options = defaults();
  cr_table *table = NULL;
  options.skip_bad_rows = true;
  table = read_table("l", &options);
  assert_int_equal(table->rows, 1);
  assert_string_equal(cr_table_text(table, 0, 1), "x");
  assert_int_equal(table->columns[1].texts.count, 1);
  cr_table_destroy(table);
  options.skip_bad_rows = false;
  assert_int_equal(cr_table_read(in_folder("l"), &options, &table), CR_ERR_LIMIT);
}

static void test_names(void **state) {
  (void)state;
  cr_table *table = NULL;
  make("n");
  make("n/\xff");
  put("n/\xff/1.png", "grey.png");
  assert_int_equal(cr_table_read(in_folder("n"), NULL, &table), CR_ERR_FORMAT);
  check_failure(CR_ERR_FORMAT, "is not UTF-8", 0, "rename it");
  cr_read_options options = defaults();
  options.max_bytes = 200; /* each of the names alone takes 60 or so */
  for (char name[] = "n/1.png"; name[2] <= '6'; name[2]++) put(name, "grey.png");
  assert_int_equal(cr_table_read(in_folder("n"), &options, &table), CR_ERR_LIMIT);
  check_failure(CR_ERR_LIMIT, "the names of its files alone", 0, NULL);
}

/* Tables that belong together have one shape: that of the first. */
static void test_parts(void **state) {
  (void)state;
  make("p");
  make("p/x");
  put("p/x/1.jpg", "grey.jpg");
  make("q");
  make("q/x");
  put("q/x/1.png", "rgb.png");
  const char *paths[] = {in_folder("p"), in_folder("q")};
  cr_table *tables[2];
  const cr_status status = cr_tables_read(paths, NULL, 2, tables);
  if (status == CR_ERR_FORMAT) skip();
  assert_int_equal(status, CR_OK);
  assert_int_equal(cr_table_column(tables[1], 0)->width, 24 * 20);
  assert_int_equal(cr_table_column(tables[1], 0)->channels, 1);
  for (size_t i = 0; i < 2; i++) cr_table_destroy(tables[i]);
}

/* Pictures without folders have no labels; a single one is a row. */
static void test_without_labels(void **state) {
  (void)state;
  make("flat");
  put("flat/b.png", "grey.png");
  put("flat/a.png", "grey.png");
  put_text("flat/other", "");
  cr_table *table = read_table("flat/", NULL), *one = NULL;
  assert_int_equal(table->rows, 2);
  assert_int_equal(table->column_count, 1);
  assert_string_equal(cr_table_row_file(table, 1), "b.png");
  assert_int_equal(cr_table_select(table, (const size_t[]){1}, 1, &one), CR_OK);
  assert_int_equal(cr_table_row_number(one, 0), 1);
  assert_string_equal(cr_table_row_file(one, 1), "b.png");
  cr_table_destroy(one);
  cr_table_destroy(table);
  table = read_table("flat/a.png", NULL);
  assert_string_equal(cr_table_row_file(table, 0), in_folder("flat/a.png"));
  assert_int_equal(table->rows, 1);
  assert_int_equal(cr_table_column(table, 0)->height, 5);
  cr_table_destroy(table);
  make("none");
  assert_int_equal(cr_table_read(in_folder("none"), NULL, &table), CR_ERR_EMPTY);
  check_failure(CR_ERR_EMPTY, "holds no pictures", 0, "a folder of pictures for each class");
}

/* Many, some of them broken: the first is named whatever the number of threads, or all left out. */
static void test_threads(void **state) {
  (void)state;
  static const char *const kinds[] = {"grey.png", "rgb.jpg", "progressive.jpeg", "palette.png",
                                      "bits.png"};
  char name[64];
  make("t");
  make("t/x");
  make("t/y");
  for (size_t i = 0; i < 60; i++) {
    snprintf(name, sizeof name, "t/%c/%02zu%s", i % 2 ? 'y' : 'x', i, strchr(kinds[i % 5], '.'));
    put(name, kinds[i % 5]);
  }
  cr_read_options options = defaults();
  options.image_size = "8x8";
  cr_table *first = NULL;
  for (size_t threads = 1; threads <= 7; threads += threads + 1) {
    options.threads = threads;
    cr_table *table = read_table("t", &options);
    if (first) {
      assert_memory_equal(cr_table_image(table, 0, 0), cr_table_image(first, 0, 0), 60 * 192);
      assert_int_equal(table->origin.fingerprint, first->origin.fingerprint);
      cr_table_destroy(table);
    } else {
      first = table;
    }
  }
  cr_table_destroy(first);
  put_text("t/x/30.png", "\x89PNG and no more");
  put_text("t/y/17.png", "GIF89a");
  cr_table *table = NULL;
  for (size_t threads = 1; threads <= 7; threads += 3) {
    options.threads = threads;
    assert_int_equal(cr_table_read(in_folder("t"), &options, &table), CR_ERR_IMAGE);
    assert_non_null(strstr(cr_last_error()->file, "t/x/30.png"));
  }
  options.skip_bad_rows = true;
  table = read_table("t", &options);
  assert_int_equal(table->rows, 59);
  assert_int_equal(table->origin.skipped_rows, 2);
  assert_int_equal(cr_table_row_number(table, 14), 14);
  assert_int_equal(cr_table_row_number(table, 15), 16);
  cr_table_destroy(table);
}

/* Each allocation in turn is refused: an error, and nothing stays behind. */
static void test_memory_runs_out(void **state) {
  (void)state;
  make("m");
  make("m/x");
  make("m/y");
  put("m/x/1.png", "palette.png");
  put("m/y/1.jpg", "rgb.jpg");
  cr_table *table = read_table("m", NULL);
  cr_table_destroy(table);
  counting_start();
  table = read_table("m", NULL);
  cr_table_destroy(table);
  const size_t calls = counting.calls;
  for (size_t n = 1; n <= calls; n++)
    for (int for_ever = 0; for_ever < 2; for_ever++) {
      counting_fail_at(n, for_ever);
      table = NULL;
      assert_int_equal(cr_table_read(in_folder("m"), NULL, &table), CR_ERR_MEMORY);
      assert_null(table);
      assert_int_equal(counting.live, 0);
    }
  counting_stop();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_classes), cmocka_unit_test(test_shapes),
      cmocka_unit_test(test_parts),   cmocka_unit_test(test_without_labels),
      cmocka_unit_test(test_threads), cmocka_unit_test(test_memory_runs_out),
      cmocka_unit_test(test_ties),    cmocka_unit_test(test_too_large),
      cmocka_unit_test(test_names),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
