#include "reading.h"

#include "folder.h"
#include "gzip.h"
#include "idx.h"

enum { FILE_MOST = 256 };
static const uint32_t two_images[] = {2, 2, 3}, two_labels[] = {2};

static cr_table *parse_idx(const uint8_t *bytes, size_t size) {
  return parse_bytes((const char *)bytes, size, NULL);
}

static void check_shape(const cr_table *table, size_t height, size_t width, size_t channels) {
  const cr_column *info = cr_table_column(table, 0);
  assert_non_null(info);
  assert_int_equal(info->type, CR_COLUMN_IMAGE);
  assert_int_equal(info->height, height);
  assert_int_equal(info->image_width, width);
  assert_int_equal(info->channels, channels);
  assert_int_equal(info->width, height * width * channels);
}

static void images_have_two_to_four_dimensions(void **state) {
  (void)state;
  uint8_t bytes[FILE_MOST];
  cr_table *table = parse_idx(bytes, idx_file(bytes, 3, two_images));
  check_table(table, "pixels:i|010203040506|0708090a0b0c");
  check_shape(table, 2, 3, 1);
  const cr_table_origin *origin = cr_table_get_origin(table);
  assert_string_equal(origin->format, "idx");
  assert_false(origin->has_header);
  cr_table_destroy(table);

  table = parse_idx(bytes, idx_file(bytes, 2, (const uint32_t[]){3, 2}));
  check_table(table, "pixels:i|0102|0304|0506");
  check_shape(table, 1, 2, 1);
  cr_table_destroy(table);

  table = parse_idx(bytes, idx_file(bytes, 4, (const uint32_t[]){1, 2, 1, 3}));
  check_table(table, "pixels:i|010203040506");
  check_shape(table, 2, 1, 3);
  cr_table_destroy(table);
}

static void pixels_have_figures(void **state) {
  (void)state;
  uint8_t bytes[FILE_MOST];
  cr_table *table = parse_idx(bytes, idx_file(bytes, 3, two_images));
  const cr_column *info = cr_table_column(table, 0);
  assert_non_null(info);
  assert_true(info->minimum == 1 && info->maximum == 12 && info->mean == 6.5);
  /* 1..n: (n^2 - 1) / 12 */
  assert_true(fabs(info->deviation * info->deviation - 143.0 / 12) < 1e-12);
  assert_int_equal(info->distinct, 12);
  assert_true(info->integer);
  cr_table_destroy(table);
}

static void check_idx_fails(const uint8_t *bytes, size_t size, cr_status status,
                            const char *message, uint64_t offset) {
  check_fails_bytes((const char *)bytes, size, NULL, (failure){status, 0, 0, message, NULL});
  assert_int_equal(cr_last_error()->offset, offset);
}

static void a_file_cut_anywhere_is_refused(void **state) {
  (void)state;
  uint8_t bytes[FILE_MOST];
  const size_t size = idx_file(bytes, 3, two_images);
  assert_int_equal(size, 28);
  for (size_t cut = 1; cut < size; cut++) {
    char message[80];
    snprintf(message, sizeof message, "ends at byte %zu%s", cut,
             cut < 4    ? ", inside the 4 bytes IDX begins with"
             : cut < 16 ? ", inside a header of 16 bytes"
                        : " with ");
    check_idx_fails(bytes, cut, CR_ERR_IDX, message, cut);
  }
  check_idx_fails(bytes, 27, CR_ERR_IDX, "with 11 of 12 elements", 27);
}

static void what_follows_is_refused(void **state) {
  (void)state;
  uint8_t bytes[FILE_MOST];
  const size_t size = idx_file(bytes, 3, two_images);
  check_idx_fails(bytes, size + 2, CR_ERR_IDX, "2 bytes follow the last of 12 elements", size);
}

static void headers_are_checked(void **state) {
  (void)state;
  static const struct {
    size_t at;
    uint8_t value;
    cr_status status;
    const char *message;
  } cases[] = {
      {2, 0x09, CR_ERR_IDX, "the elements are signed bytes"},
      {2, 0x0b, CR_ERR_IDX, "the elements are 16-bit integers"},
      {2, 0x0c, CR_ERR_IDX, "the elements are 32-bit integers"},
      {2, 0x0d, CR_ERR_IDX, "the elements are 32-bit floats"},
      {2, 0x0e, CR_ERR_IDX, "the elements are 64-bit floats"},
      {2, 0x07, CR_ERR_IDX, "found element type 07"},
      {3, 0, CR_ERR_IDX, "0 dimensions"},
      {3, 5, CR_ERR_IDX, "5 dimensions"},
      {3, 255, CR_ERR_IDX, "255 dimensions"},
      {7, 0, CR_ERR_EMPTY, "dimension 1 of 3 is 0"},
      {11, 0, CR_ERR_IDX, "dimension 2 of 3 is 0"},
      {15, 0, CR_ERR_IDX, "dimension 3 of 3 is 0"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    uint8_t bytes[FILE_MOST];
    const size_t size = idx_file(bytes, 3, two_images);
    bytes[cases[i].at] = cases[i].value;
    const uint64_t offset = cases[i].at < 4 ? cases[i].at : cases[i].at - 3;
    check_idx_fails(bytes, size, cases[i].status, cases[i].message, offset);
  }
}

/* 2^32 * 2^32 * 2^32 * ... would wrap around; one more that makes the product 0 is refused as 0. */
static void sizes_do_not_wrap(void **state) {
  (void)state;
  uint8_t bytes[IDX_HEADER_MOST + 4];
  static const uint32_t large[][4] = {
      {UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX},
      {1u << 31, 1u << 31, 4, 1},       /* 2^64 */
      {1u << 31, 1u << 31, 1u << 31, 2} /* 2^94 */
  };
  for (size_t i = 0; i < 3; i++) {
    const size_t size = idx_header(bytes, 4, large[i]);
    memset(bytes + size, 7, 4);
    check_idx_fails(bytes, size, CR_ERR_IDX, "cut short", size);
    check_idx_fails(bytes, size + 4, CR_ERR_IDX, "cut short", size + 4);
  }
}

static void labels_alone_are_refused(void **state) {
  (void)state;
  uint8_t bytes[FILE_MOST];
  const size_t size = idx_file(bytes, 1, two_labels);
  cr_table *table = NULL;
  assert_int_equal(cr_table_parse("my/t10k-labels-idx1-ubyte.gz", bytes, size, NULL, &table),
                   CR_ERR_IDX);
  check_error("my/t10k-labels-idx1-ubyte.gz",
              (failure){CR_ERR_IDX, 0, 0, "holds labels", "my/t10k-images-idx3-ubyte.gz"});
  assert_int_equal(cr_table_parse("y", bytes, size, NULL, &table), CR_ERR_IDX);
  check_error("y", (failure){CR_ERR_IDX, 0, 0, "holds labels", "--labels"});
}

static void write_images(const char *name) {
  uint8_t bytes[FILE_MOST];
  write_file(name, bytes, idx_file(bytes, 3, two_images));
}

static void write_labels(const char *name, bool compressed) {
  uint8_t bytes[FILE_MOST];
  const size_t size = idx_file(bytes, 1, two_labels);
  if (!compressed) {
    write_file(name, bytes, size);
    return;
  }
  size_t packed_size;
  char *packed = gzip_bytes(bytes, size, &packed_size);
  write_file(name, packed, packed_size);
  free(packed);
}

static void check_labels_found(const char *images, bool found) {
  cr_table *table = NULL;
  assert_int_equal(cr_table_read(in_folder(images), NULL, &table), CR_OK);
  check_table(table, found ? "pixels:i,label:n|010203040506,1|0708090a0b0c,2"
                           : "pixels:i|010203040506|0708090a0b0c");
  if (found) assert_true(table->columns[1].is_label);
  cr_table_destroy(table);
}

static void labels_are_found_beside(void **state) {
  (void)state;
  write_images("a-images-idx3-ubyte");
  check_labels_found("a-images-idx3-ubyte", false);
  write_labels("a-labels-idx1-ubyte.gz", true);
  check_labels_found("a-images-idx3-ubyte", true);
  write_labels("a-labels-idx1-ubyte", false);
  check_labels_found("a-images-idx3-ubyte", true);
  /* Images with .gz in their name, labels without. */
  write_images("b-images.idx3.gz");
  write_labels("b-labels.idx1", false);
  check_labels_found("b-images.idx3.gz", true);
  /* No idx3 in the name; no "images" in it. */
  write_images("images");
  write_labels("labels", false);
  check_labels_found("images", true);
  write_images("pictures");
  check_labels_found("pictures", false);
}

static void labels_can_be_given(void **state) {
  (void)state;
  cr_read_options options = read_options();
  write_images("given");
  write_labels("given.y", false);
  options.labels = in_folder("given.y");
  cr_table *table = NULL;
  assert_int_equal(cr_table_read(in_folder("given"), NULL, &table), CR_OK);
  const uint64_t alone = table->origin.fingerprint;
  cr_table_destroy(table);
  assert_int_equal(cr_table_read(in_folder("given"), &options, &table), CR_OK);
  assert_int_equal(cr_table_columns(table), 2);
  assert_true(table->origin.fingerprint != alone);
  cr_table_destroy(table);
  options.labels = in_folder("nothing.y");
  table = NULL;
  assert_int_equal(cr_table_read(in_folder("given"), &options, &table), CR_ERR_OPEN);
  options.labels = in_folder("given");
  assert_int_equal(cr_table_read(in_folder("given"), &options, &table), CR_ERR_IDX);
  check_error(in_folder("given"), (failure){CR_ERR_IDX, 0, 0, "3 dimensions; labels have 1", NULL});
  assert_null(table);
}

static void every_image_has_a_label(void **state) {
  (void)state;
  uint8_t bytes[FILE_MOST];
  write_images("c-images");
  write_file("c-labels", bytes, idx_file(bytes, 1, (const uint32_t[]){3}));
  cr_table *table = NULL;
  assert_int_equal(cr_table_read(in_folder("c-images"), NULL, &table), CR_ERR_IDX);
  check_error(in_folder("c-labels"),
              (failure){CR_ERR_IDX, 0, 0, "3 labels for the 2 images of", NULL});
  /* Labels cut short. */
  const size_t size = idx_file(bytes, 1, two_labels);
  for (size_t cut = 1; cut < size; cut++) {
    write_file("c-labels", bytes, cut);
    assert_int_equal(cr_table_read(in_folder("c-images"), NULL, &table), CR_ERR_IDX);
    assert_string_equal(cr_last_error()->file, in_folder("c-labels"));
  }
  write_file("c-labels", "text", 4);
  assert_int_equal(cr_table_read(in_folder("c-images"), NULL, &table), CR_ERR_IDX);
  check_error(in_folder("c-labels"), (failure){CR_ERR_IDX, 0, 0, "found 74 65", NULL});
  write_file("c-labels", "\0ext", 4);
  assert_int_equal(cr_table_read(in_folder("c-images"), NULL, &table), CR_ERR_IDX);
  check_error(in_folder("c-labels"), (failure){CR_ERR_IDX, 0, 0, "found 00 65", NULL});
  write_file("c-labels", bytes, idx_file(bytes, 2, (const uint32_t[]){2, 1}));
  assert_int_equal(cr_table_read(in_folder("c-images"), NULL, &table), CR_ERR_IDX);
  check_error(in_folder("c-labels"), (failure){CR_ERR_IDX, 0, 0, "2 dimensions; labels", NULL});
  assert_null(table);
}

static void copies_of_images_are_counted(void **state) {
  (void)state;
  uint8_t bytes[FILE_MOST];
  const size_t size = idx_file(bytes, 3, (const uint32_t[]){4, 1, 3});
  memcpy(bytes + 16 + 6, bytes + 16, 3);
  bytes[16 + 9] = 1; /* the last differs in one pixel only: 1, 11, 12 */
  cr_table *table = parse_idx(bytes, size);
  check_table(table, "pixels:i|010203|040506|010203|010b0c");
  assert_string_equal(cr_table_warning(table, 0), "1 row is a copy of an earlier row");
  cr_table_destroy(table);
}

/* The images of MNIST are not to be in memory twice. */
static void pixels_are_not_copied(void **state) {
  (void)state;
  uint8_t bytes[FILE_MOST];
  const size_t size = idx_file(bytes, 3, two_images);
  cr_source source;
  assert_int_equal(cr_source_copy("x", (const char *)bytes, size, size, &source), CR_OK);
  const char *memory = source.bytes;
  cr_table *table = NULL;
  assert_int_equal(cr_idx_table(&source, NULL, NULL, &table), CR_OK);
  assert_null(source.bytes);
  assert_ptr_equal(cr_table_image(table, 1, 0), memory + 16 + 6);
  cr_source_free(&source);
  cr_table_destroy(table);

  source = (cr_source){.path = "x", .bytes = (char *)bytes, .size = size};
  assert_int_equal(cr_idx_table(&source, NULL, NULL, &table), CR_OK);
  assert_ptr_not_equal(cr_table_image(table, 0, 0), bytes + 16);
  check_table(table, "pixels:i|010203040506|0708090a0b0c");
  cr_table_destroy(table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(images_have_two_to_four_dimensions),
      cmocka_unit_test(pixels_have_figures),
      cmocka_unit_test(a_file_cut_anywhere_is_refused),
      cmocka_unit_test(what_follows_is_refused),
      cmocka_unit_test(headers_are_checked),
      cmocka_unit_test(sizes_do_not_wrap),
      cmocka_unit_test(labels_alone_are_refused),
      cmocka_unit_test(labels_are_found_beside),
      cmocka_unit_test(labels_can_be_given),
      cmocka_unit_test(every_image_has_a_label),
      cmocka_unit_test(copies_of_images_are_counted),
      cmocka_unit_test(pixels_are_not_copied),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
