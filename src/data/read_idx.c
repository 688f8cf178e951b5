/*
 * IDX: the format of MNIST. Two zero bytes, the type of the elements, the number of dimensions, the
 * dimensions (4 bytes each, big-endian), then the elements.
 */
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/quote.h"
#include "base/size.h"
#include "data/reader.h"

enum { TYPE_BYTE = 0x08, DIMENSIONS_MAX = 4, MAGIC_SIZE = 4, DIMENSION_SIZE = 4 };

typedef struct idx_header {
  size_t count; /* of dimensions */
  size_t dimensions[DIMENSIONS_MAX];
  size_t data; /* offset of the first element */
} idx_header;

static const char *type_name(unsigned type) {
  switch (type) {
    case 0x09:
      return "signed bytes";
    case 0x0b:
      return "16-bit integers";
    case 0x0c:
      return "32-bit integers";
    case 0x0d:
      return "32-bit floats";
    case 0x0e:
      return "64-bit floats";
    default:
      return NULL;
  }
}

static cr_status check_magic(const cr_source *source) {
  const unsigned char *bytes = (const unsigned char *)source->bytes;
  if (source->size < MAGIC_SIZE)
    return cr_fail_offset(CR_ERR_IDX, source->path, source->size,
                          "the file ends at byte %zu, inside the 4 bytes IDX begins with",
                          source->size);
  if (bytes[0] != 0 || bytes[1] != 0)
    return cr_fail_offset(CR_ERR_IDX, source->path, 0,
                          "found %02x %02x; an IDX file begins with 00 00", (unsigned)bytes[0],
                          (unsigned)bytes[1]);
  const char *name = type_name(bytes[2]);
  if (bytes[2] != TYPE_BYTE && name)
    return cr_fail_offset(CR_ERR_IDX, source->path, 2, "the elements are %s, not unsigned bytes",
                          name);
  if (bytes[2] != TYPE_BYTE)
    return cr_fail_offset(CR_ERR_IDX, source->path, 2,
                          "found element type %02x; that of unsigned bytes is 08",
                          (unsigned)bytes[2]);
  if (bytes[3] < 1 || bytes[3] > DIMENSIONS_MAX)
    return cr_fail_offset(CR_ERR_IDX, source->path, 3,
                          "%u dimensions; labels have 1, images 2 to %d", (unsigned)bytes[3],
                          DIMENSIONS_MAX);
  return CR_OK;
}

static cr_status check_size(const cr_source *source, const idx_header *header) {
  size_t expected = 1;
  for (size_t d = 0; d < header->count; d++)
    if (cr_size_product(expected, header->dimensions[d], &expected) != CR_OK)
      expected = SIZE_MAX; /* stays there, or a 0 follows */
  const size_t found = source->size - header->data;
  if (found == expected) return CR_OK;
  if (found < expected) {
    cr_fail_offset(CR_ERR_IDX, source->path, source->size,
                   "the file is cut short: it ends at byte %zu with %zu of %zu elements",
                   source->size, found, expected);
    return cr_fix("download or copy the file again");
  }
  return cr_fail_offset(CR_ERR_IDX, source->path, header->data + expected,
                        "%zu bytes follow the last of %zu elements at byte %zu", found - expected,
                        expected, header->data + expected);
}

static cr_status read_header(const cr_source *source, idx_header *header) {
  const unsigned char *bytes = (const unsigned char *)source->bytes;
  CR_TRY(check_magic(source));
  header->count = bytes[3];
  header->data = MAGIC_SIZE + DIMENSION_SIZE * header->count;
  if (source->size < header->data)
    return cr_fail_offset(CR_ERR_IDX, source->path, source->size,
                          "the file ends at byte %zu, inside a header of %zu bytes", source->size,
                          header->data);
  for (size_t d = 0; d < header->count; d++) {
    const unsigned char *at = bytes + MAGIC_SIZE + DIMENSION_SIZE * d;
    header->dimensions[d] =
        (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | (size_t)at[3];
    if (header->dimensions[d] == 0)
      return cr_fail_offset(d ? CR_ERR_IDX : CR_ERR_EMPTY, source->path,
                            MAGIC_SIZE + DIMENSION_SIZE * d, "dimension %zu of %zu is 0", d + 1,
                            header->count);
  }
  return check_size(source, header);
}

/* Replaces a word in the base name of a path; false if it is not there. `name` begins empty. */
static bool replace_word(const char *path, const char *word, const char *by, cr_strbuf *name) {
  const char *slash = strrchr(path, '/');
  const char *found = strstr(slash ? slash : path, word);
  if (!found) return false;
  cr_strbuf_format(name, "%.*s%s%s", (int)(found - path), path, by, found + strlen(word));
  return true;
}

/* The name beside: one word replaced, and the other as well if it is there. */
static cr_status name_beside(const char *path, const char *const words[4], char **out) {
  cr_strbuf once = {0}, twice = {0};
  *out = NULL;
  if (!replace_word(path, words[0], words[1], &once)) return CR_OK;
  if (!once.failed && replace_word(once.text, words[2], words[3], &twice)) {
    cr_strbuf_free(&once);
    return cr_strbuf_take(&twice, out);
  }
  return cr_strbuf_take(&once, out);
}

static const char *const images_to_labels[4] = {"images", "labels", "idx3", "idx1"};
static const char *const labels_to_images[4] = {"labels", "images", "idx1", "idx3"};

cr_status cr_labels_beside(const char *images, char **out) {
  return name_beside(images, images_to_labels, out);
}

/* A pipe of such a name may wait for a writer for ever. */
static bool is_plain_file(const char *path) {
  struct stat about;
  return stat(path, &about) == 0 && S_ISREG(about.st_mode);
}

cr_status cr_file_or_gzip(char **path) {
  if (is_plain_file(*path)) return CR_OK;
  const size_t length = strlen(*path);
  cr_strbuf other = {0};
  if (length > 3 && strcmp(*path + length - 3, ".gz") == 0)
    cr_strbuf_add(&other, *path, length - 3);
  else
    cr_strbuf_format(&other, "%s.gz", *path);
  cr_free(*path);
  CR_TRY(cr_strbuf_take(&other, path));
  if (is_plain_file(*path)) return CR_OK;
  cr_free(*path);
  *path = NULL;
  return CR_OK;
}

/* Where the labels are; *out is NULL if they were not asked for and none lie beside the images. */
static cr_status find_labels(const cr_source *images, const cr_read_options *options, char **out) {
  *out = NULL;
  if (options->labels) return options->labels[0] ? cr_copy_text(options->labels, out) : CR_OK;
  if (images->on_disk) CR_TRY(name_beside(images->path, images_to_labels, out));
  return *out ? cr_file_or_gzip(out) : CR_OK;
}

static cr_status fail_labels_only(const cr_source *source) {
  char *images;
  cr_strbuf fix = {0};
  CR_TRY(name_beside(source->path, labels_to_images, &images));
  if (images) {
    cr_strbuf_format(&fix, "give the images: ");
    cr_quote_path(&fix, images);
    cr_strbuf_format(&fix, "; labels beside them are found");
    cr_free(images);
  }
  cr_fail_offset(CR_ERR_IDX, source->path, 3, "this file holds labels (one dimension), not images");
  cr_fix("give the images, and this file with --labels");
  return cr_fix_command(&fix);
}

static cr_status add_labels(cr_table *table, const cr_source *source) {
  idx_header header = {0};
  CR_TRY(read_header(source, &header));
  if (header.count != 1)
    return cr_fail_offset(CR_ERR_IDX, source->path, 3, "%zu dimensions; labels have 1",
                          header.count);
  if (header.dimensions[0] != table->rows)
    return cr_fail_offset(CR_ERR_IDX, source->path, MAGIC_SIZE,
                          "%zu labels for the %zu images of %s", header.dimensions[0], table->rows,
                          table->path);
  CR_TRY(cr_table_name(table, 1, "label"));
  CR_TRY(cr_table_add_numbers(table, 1));
  table->columns[1].is_label = true;
  CR_TRY(cr_table_note_labels(table, source->on_disk ? source->path : NULL));
  const unsigned char *labels = (const unsigned char *)source->bytes + header.data;
  for (size_t r = 0; r < table->rows; r++) table->columns[1].numbers[r] = labels[r];
  return CR_OK;
}

static cr_status fill(cr_table *table, cr_source *images, const cr_source *labels,
                      const idx_header *header, cr_pool *pool) {
  cr_table_note_source(table, images, labels);
  const size_t size = images->size;
  table->rows = header->dimensions[0];
  CR_TRY(cr_table_take_large(table, images));
  CR_TRY(cr_table_take_images(table, images, header->data, header->count, header->dimensions));
  if (labels) CR_TRY(add_labels(table, labels));
  CR_TRY(cr_table_finish(table, pool));
  return cr_table_warn_duplicates(table, size, pool);
}

cr_status cr_idx_table(cr_source *images, const cr_source *labels, cr_pool *pool, cr_table **out) {
  idx_header header = {0};
  cr_table *table;
  CR_TRY(read_header(images, &header));
  if (header.count == 1) return fail_labels_only(images);
  CR_TRY(cr_table_create(images->path, "idx", labels ? 2 : 1, &table));
  const cr_status status = fill(table, images, labels, &header, pool);
  if (status != CR_OK) {
    cr_table_destroy(table);
    return status;
  }
  *out = table;
  return CR_OK;
}

/* A label is a byte in the file and a number in the table. */
static cr_status check_table_size(const cr_source *images, const cr_source *labels,
                                  const cr_read_options *options) {
  const uint64_t most = cr_table_bytes_max(options);
  const uint64_t bytes = images->size + (uint64_t)labels->size * sizeof(double);
  return bytes <= most || images->large ? CR_OK : cr_table_fail_size(labels->path, options);
}

static cr_status read_idx(cr_source *images, const cr_read_options *options, cr_pool *pool,
                          cr_table **out) {
  char *path = NULL;
  CR_TRY(find_labels(images, options, &path));
  if (!path) return cr_idx_table(images, NULL, pool, out);
  cr_source labels = {0};
  cr_status status = cr_source_load(path, options->max_bytes, NULL, &labels);
  if (status == CR_OK) status = check_table_size(images, &labels, options);
  if (status == CR_OK) status = cr_idx_table(images, &labels, pool, out);
  cr_source_free(&labels);
  cr_free(path);
  return status;
}

/* No text begins with a NUL byte, but UTF-32 with its mark does. */
static bool sniff_idx(const char *head, size_t size) {
  if (size == 0 || head[0] != 0) return false;
  if (size > 1 && head[1] != 0) return false;
  return size < 4 || memcmp(head, "\0\0\xfe\xff", 4) != 0;
}

/* They stay what they are. */
static uint64_t table_bytes(const cr_source *head, uint64_t bytes) {
  (void)head;
  return bytes;
}

const cr_reader cr_idx_reader = {.name = "idx",
                                 .sniff = sniff_idx,
                                 .judge = check_magic,
                                 .table_bytes = table_bytes,
                                 .read = read_idx};
