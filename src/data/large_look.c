/* Which files become tables on disk: those that would take more memory than they may. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/memory.h"
#include "base/size.h"
#include "data/csv.h"
#include "data/large_table.h"
#include "data/zlib_memory.h"

enum {
  HEAD_BYTES = 1 << 16,
  GZIP_WINDOW = 15 + 16,
  TEXT_SHARE = 4, /* of the memory that text may take before it is known how much will come */
  LEAST_TEXT = 1 << 16,
  NEVER_LARGE = 128, /* times as much memory as a file has bytes: it is not looked at */
};

uint64_t cr_memory_of(const cr_read_options *options) {
  return options->memory > 0 ? options->memory : cr_memory_bytes() / 2;
}

/* Cells a byte of the text, by its first rows. */
static double cell_density(const cr_read_options *options, const char *head, size_t size) {
  const char delimiter =
      options->delimiter ? options->delimiter : cr_csv_guess_delimiter(head, size);
  size_t cells = 0;
  for (size_t i = 0; i < size; i++) cells += head[i] == delimiter || head[i] == '\n';
  return size > 0 ? (double)cells / (double)size : 0.0;
}

/* Can a file that begins so be a table on disk? */
static bool can_lie_on_disk(const char *head, size_t size) {
  return cr_head_is_csv(head, size) || cr_head_table_bytes(head, size, 1) > 0;
}

/* The text and its numbers together, in memory. */
static double text_bytes(const cr_read_options *options, const char *head, size_t size,
                         double bytes) {
  return bytes * (1.0 + cell_density(options, head, size) * (double)sizeof(double));
}

static bool is_large(const cr_read_options *options, const char *head, size_t size, double bytes) {
  const double in_memory = cr_head_is_csv(head, size)
                               ? text_bytes(options, head, size, bytes)
                               : (double)cr_head_table_bytes(head, size, (uint64_t)bytes);
  return in_memory > 0 &&
         (bytes > (double)options->max_bytes || in_memory > (double)cr_memory_of(options));
}

/* The first bytes of a file, inflated if need be; and how many it has for each of them. */
typedef struct head {
  char bytes[HEAD_BYTES], inflated[HEAD_BYTES];
  size_t size;      /* of bytes */
  const char *text; /* (text_size) */
  size_t text_size;
  double ratio; /* bytes of text for one of the file */
} head;

static void look_inside(head *h) {
  h->text = h->bytes;
  h->text_size = h->size;
  h->ratio = 1.0;
  if (!cr_is_gzip(h->bytes, h->size)) return;
  z_stream stream = {.next_in = (z_const Bytef *)h->bytes,
                     .avail_in = (uInt)h->size,
                     .next_out = (Bytef *)h->inflated,
                     .avail_out = HEAD_BYTES};
  h->text = h->inflated;
  h->text_size = 0;
  cr_zlib_use_memory(&stream);
  if (inflateInit2(&stream, GZIP_WINDOW) != Z_OK) return;
  inflate(&stream, Z_NO_FLUSH);
  h->text_size = HEAD_BYTES - stream.avail_out;
  const size_t used = h->size - stream.avail_in;
  h->ratio = used > 0 ? (double)h->text_size / (double)used : 1.0;
  inflateEnd(&stream);
}

/* *size is 0 for what is no file that can be read twice: it is left to the loading. */
static cr_status read_head(const char *path, head *h, uint64_t *size) {
  struct stat about;
  *size = 0;
  if (stat(path, &about) != 0 || !S_ISREG(about.st_mode)) return CR_OK;
  const int fd = cr_io_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY, 0);
  if (fd < 0) return CR_OK;
  const ssize_t got = cr_io_read(fd, h->bytes, HEAD_BYTES);
  cr_io_calls()->close(fd);
  if (got <= 0) return CR_OK;
  h->size = (size_t)got;
  *size = (uint64_t)about.st_size;
  look_inside(h);
  return CR_OK;
}

/* Files that are small beside the memory are not even opened for it. */
static bool is_small(const char *path, const cr_read_options *options) {
  struct stat about;
  if (stat(path, &about) != 0 || !S_ISREG(about.st_mode)) return true;
  return (uint64_t)about.st_size < cr_memory_of(options) / NEVER_LARGE;
}

static cr_status look_at_file(const char *path, const cr_read_options *options, bool *large) {
  void *block;
  uint64_t size = 0;
  if (is_small(path, options)) return CR_OK;
  CR_TRY(cr_alloc(1, sizeof(head), &block));
  head *h = block;
  const cr_status status = read_head(path, h, &size);
  *large = status == CR_OK && size > 0 && h->text_size > 0 &&
           is_large(options, h->text, h->text_size, (double)size * h->ratio);
  const cr_status judged = *large ? cr_judge_head(path, h->text, h->text_size) : CR_OK;
  cr_free(h);
  return status != CR_OK ? status : judged;
}

cr_status cr_large_can_be(const char *path, const cr_read_options *options, bool *can) {
  void *block;
  uint64_t size = 0;
  *can = false;
  if (options->features > 0 || strcmp(path, "-") == 0) return CR_OK;
  CR_TRY(cr_alloc(1, sizeof(head), &block));
  head *h = block;
  const cr_status status = read_head(path, h, &size);
  *can = status == CR_OK && size > 0 && can_lie_on_disk(h->text, h->text_size);
  cr_free(h);
  return status;
}

/* --- standard input --------------------------------------------------------------------------- */

static cr_status judge_input(const char *bytes, size_t size, const cr_read_options *options,
                             bool *may) {
  void *block;
  CR_TRY(cr_alloc(1, sizeof(head), &block));
  head *h = block;
  h->size = cr_size_min(size, HEAD_BYTES);
  memcpy(h->bytes, bytes, h->size);
  look_inside(h);
  const cr_status status = cr_judge_head("standard input", h->text, h->text_size);
  *may = options->features == 0 && can_lie_on_disk(h->text, h->text_size);
  cr_free(h);
  return status;
}

/* Until the end, or there are `most` bytes; there is room for a NUL. */
static cr_status read_input(cr_source *source, size_t *room, size_t most, bool *end) {
  enum { FIRST_ROOM = 1 << 16 };
  while (!*end && source->size < most) {
    void *bytes = source->bytes;
    const size_t wanted = cr_size_max(source->size + 2, FIRST_ROOM);
    const cr_status status = cr_grow(&bytes, source->size, wanted, 1, room);
    source->bytes = bytes;
    CR_TRY(status);
    const size_t some = cr_size_min(*room - 1, most) - source->size;
    const ssize_t got = cr_io_read(STDIN_FILENO, source->bytes + source->size, some);
    if (got < 0)
      return cr_fail_at(CR_ERR_IO, source->path, 0, 0, "cannot read %s: %s", source->path,
                        cr_io_reason(errno));
    *end = got == 0;
    source->size += (size_t)got;
    source->bytes[source->size] = '\0';
  }
  return CR_OK;
}

static cr_status inflate_source(cr_source *source, uint64_t max_bytes) {
  char *inflated;
  size_t size;
  if (!cr_is_gzip(source->bytes, source->size)) return CR_OK;
  CR_TRY(cr_inflate(source->path, source->bytes, source->size, max_bytes, &inflated, &size));
  cr_free(source->bytes);
  source->bytes = inflated;
  source->size = size;
  source->compressed = true;
  return CR_OK;
}

static cr_status look_at_input(const cr_read_options *options, bool bounded, cr_source *source,
                               bool *large) {
  const uint64_t limit = cr_size_min(options->max_bytes, SIZE_MAX / 4);
  const uint64_t share = cr_size_max(cr_memory_of(options) / TEXT_SHARE, LEAST_TEXT);
  bool end = false, may = false;
  size_t room = 0;
  *source = (cr_source){.path = "standard input", .owned = true};
  CR_TRY(read_input(source, &room, LEAST_TEXT, &end));
  if (source->size > 0) CR_TRY(judge_input(source->bytes, source->size, options, &may));
  may = may && !bounded;
  CR_TRY(read_input(source, &room, may ? cr_size_min(share, limit) : limit + 1, &end));
  *large = may && !end;
  if (*large) return CR_OK;
  if (source->size > limit)
    return cr_fail_at(CR_ERR_LIMIT, source->path, 0, 0,
                      "standard input is larger than the limit of %llu bytes",
                      (unsigned long long)limit);
  return inflate_source(source, options->max_bytes);
}

cr_status cr_large_look(const char *path, const cr_read_options *options, bool bounded,
                        cr_source *source, bool *large) {
  *large = false;
  if (strcmp(path, "-") == 0) {
    const cr_status status = look_at_input(options, bounded, source, large);
    if (status != CR_OK) cr_source_free(source);
    return status;
  }
  return bounded || options->features > 0 ? CR_OK : look_at_file(path, options, large);
}
