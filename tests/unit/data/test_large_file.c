/* Files of values that lie on disk are the tables that they are in memory. */
#include "reading.h"

#include "base/alloc.h"
#include "data/large_table.h"
#include "folder.h"
#include "gzip.h"
#include "idx.h"
#include "npy.h"

enum { ROWS = 3001, COLUMNS = 7, SIDE = 5 };

/* One file or two, where the second has the labels. */
typedef struct files {
  const char *name, *labels;
} files;

static cr_status read_file(const files *f, uint64_t memory, cr_table **out) {
  cr_read_options options;
  cr_read_options_init(&options);
  options.labels = f->labels ? in_folder(f->labels) : NULL;
  options.memory = memory;
  options.cache = folder;
  return cr_table_read(in_folder(f->name), &options, out);
}

static void check_same_column(const cr_column *near, const cr_column *far) {
  assert_int_equal(near->missing, far->missing);
  assert_int_equal(near->bad, far->bad);
  assert_int_equal(near->distinct, far->distinct);
  assert_int_equal(near->height, far->height);
  assert_int_equal(near->image_width, far->image_width);
  assert_int_equal(near->channels, far->channels);
  assert_memory_equal(&near->mean, &far->mean, sizeof near->mean);
  assert_memory_equal(&near->deviation, &far->deviation, sizeof near->deviation);
}

static void check_same(const files *f) {
  cr_table *near = NULL, *far = NULL;
  assert_int_equal(read_file(f, 0, &near), CR_OK);
  assert_int_equal(read_file(f, 1, &far), CR_OK);
  assert_null(near->large);
  assert_non_null(far->large);
  assert_true(near->origin.fingerprint == far->origin.fingerprint);
  assert_int_equal(near->origin.compressed, far->origin.compressed);
  assert_string_equal(near->origin.format, far->origin.format);
  for (size_t c = 0; c < cr_table_columns(near); c++)
    check_same_column(cr_table_column(near, c), cr_table_column(far, c));
  cr_table_rest(far);
  char *want = render(near), *got = render(far);
  assert_string_equal(want, got);
  cr_free(want);
  cr_free(got);
  cr_table_destroy(near);
  cr_table_destroy(far);
}

static void write_gzip(const char *name, const void *bytes, size_t size) {
  size_t packed = 0;
  char *file = gzip_bytes(bytes, size, &packed);
  write_file(name, file, packed);
  free(file);
}

static unsigned char elements[ROWS * COLUMNS * SIDE * 8 + NPY_ROOM];

/* Header and elements of so many bytes in all; returns the size of the file. */
static size_t make_npy(const char *type, bool fortran, const char *shape, size_t size) {
  const size_t header = npy_array((char *)elements, type, fortran, shape, NULL, 0);
  assert_true(header + size <= sizeof elements);
  for (size_t i = 0; i < size; i++)
    elements[header + i] = (unsigned char)(i * 31 % 251 % (type[1] == 'b' ? 2 : 256));
  return header + size;
}

static void arrays_of_numbers(void **state) {
  (void)state;
  static const struct {
    const char *type;
    size_t size;
    bool fortran;
  } cases[] = {{"|u1", 1, false}, {"|b1", 1, true}, {"<f4", 4, false}, {">i8", 8, true}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const size_t size = make_npy(cases[i].type, cases[i].fortran, "(3001, 7)",
                                 (size_t)ROWS * COLUMNS * cases[i].size);
    write_file("x.npy", elements, size);
    write_gzip("x.npy.gz", elements, size);
    write_file("y.npy", elements, make_npy("<i4", false, "(3001,)", (size_t)ROWS * 4));
    check_same(&(files){"x.npy", NULL});
    check_same(&(files){"x.npy", "y.npy"});
    check_same(&(files){"x.npy.gz", "y.npy"});
  }
}

static void arrays_of_images(void **state) {
  (void)state;
  const size_t size = make_npy("|u1", false, "(3001, 5, 7)", (size_t)ROWS * SIDE * COLUMNS);
  write_file("images.npy", elements, size);
  check_same(&(files){"images.npy", NULL});
  write_file("y.npy", elements, make_npy("|u1", false, "(3001, 1)", ROWS));
  check_same(&(files){"images.npy", "y.npy"});
}

static void images_in_idx(void **state) {
  (void)state;
  const uint32_t images[] = {ROWS, SIDE, COLUMNS};
  const size_t size = idx_file(elements, 3, images);
  write_file("x-images-idx3-ubyte", elements, size);
  write_gzip("x-images-idx3-ubyte.gz", elements, size);
  check_same(&(files){"x-images-idx3-ubyte", NULL});
  write_file("x-labels-idx1-ubyte", elements, idx_file(elements, 1, images));
  check_same(&(files){"x-images-idx3-ubyte", NULL});
  check_same(&(files){"x-images-idx3-ubyte.gz", "x-labels-idx1-ubyte"});
}

/* What is wrong with a file is told in the same words. */
static void check_same_failure(const files *f, cr_status status) {
  cr_table *table = NULL;
  assert_int_equal(read_file(f, 0, &table), status);
  const cr_error near = *cr_last_error();
  assert_int_equal(read_file(f, 1, &table), status);
  assert_null(table);
  assert_string_equal(near.message, cr_last_error()->message);
  assert_int_equal(near.offset, cr_last_error()->offset);
}

static void damaged_files(void **state) {
  (void)state;
  const uint32_t images[] = {ROWS, SIDE, COLUMNS};
  size_t size = idx_file(elements, 3, images);
  write_file("cut-idx3-ubyte", elements, size - 1);
  check_same_failure(&(files){"cut-idx3-ubyte", NULL}, CR_ERR_IDX);
  write_file("labels", elements, idx_file(elements, 1, images));
  check_same_failure(&(files){"labels", NULL}, CR_ERR_IDX);
  size = make_npy("<f4", false, "(3001, 7)", (size_t)ROWS * COLUMNS * 4);
  write_file("cut.npy", elements, size - 1);
  check_same_failure(&(files){"cut.npy", NULL}, CR_ERR_NPY);
  write_file("whole.npy", elements, size);
  check_same_failure(&(files){"whole.npy", "cut.npy"}, CR_ERR_NPY);
}

/* To turn them takes as much memory as they have bytes. */
static void turned_images_are_refused(void **state) {
  (void)state;
  cr_table *table = NULL;
  const size_t size = make_npy("|u1", true, "(3001, 5, 7)", (size_t)ROWS * SIDE * COLUMNS);
  write_file("turned.npy", elements, size);
  assert_int_equal(read_file(&(files){"turned.npy", NULL}, 1, &table), CR_ERR_LIMIT);
  assert_non_null(strstr(cr_last_error()->message, "Fortran"));
  assert_non_null(strstr(cr_last_error()->fix, "--memory"));
  assert_null(table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(arrays_of_numbers),
      cmocka_unit_test(arrays_of_images),
      cmocka_unit_test(images_in_idx),
      cmocka_unit_test(damaged_files),
      cmocka_unit_test(turned_images_are_refused),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
