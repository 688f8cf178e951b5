/* Which reader takes a file: each is asked in turn, and the last one takes everything. */
#include <string.h>

#include "base/memory.h"
#include "base/options.h"
#include "base/size.h"
#include "data/reader.h"

/* What a file may hold if nobody says: a share of the memory, within bounds. */
enum { MEMORY_SHARE = 4 };
#define MAX_BYTES_LEAST (UINT64_C(64) << 20)
#define MAX_BYTES_MOST (UINT64_C(64) << 30)

/* A table takes up to eight bytes for each of its file's; so many are always granted. */
enum { TABLE_SHARE = 2, SMALL_TABLE = 1 << 20 };

static const cr_reader *const readers[] = {&cr_idx_reader, &cr_csv_reader};

/* Files that are no text, so that the CSV reader need not wonder at their bytes. */
typedef struct foreign {
  const char *magic;
  size_t size;
  const char *name, *fix;
} foreign;

static const foreign foreigners[] = {
    {"PK\003\004", 4, "a zip archive, as .xlsx and .npz files are", "save the data as CSV"},
    {"\xd0\xcf\x11\xe0", 4, "an old Office document, as .xls files are", "save the data as CSV"},
    {"\x93NUMPY", 6, "a NumPy array", "write it as CSV, as numpy.savetxt does with delimiter=','"},
    {"PAR1\x15", 5, "a Parquet file", "write the data as CSV"},
    {"\x89HDF", 4, "an HDF5 file", "write the data as CSV"},
    {"\x89PNG", 4, "a PNG picture", "put the pictures into an IDX file, or their pixels into CSV"},
    {"\xff\xd8\xff", 3, "a JPEG picture", "put the pictures into an IDX file"},
    {"%PDF-", 5, "a PDF document", "save the data as CSV"},
    {"\x1f\x8b", 2, "gzip within gzip", "gunzip it once"},
    {"BZh91AY", 7, "compressed by bzip2", "bunzip2 it first, or compress it by gzip"},
    {"\xfd"
     "7zXZ",
     5, "compressed by xz", "unxz it first, or compress it by gzip"},
    {"\x28\xb5\x2f\xfd", 4, "compressed by zstd", "unzstd it first, or compress it by gzip"},
};

static cr_status refuse_foreign(const cr_source *source) {
  for (size_t i = 0; i < sizeof foreigners / sizeof *foreigners; i++) {
    const foreign *f = &foreigners[i];
    if (source->size < f->size || memcmp(source->bytes, f->magic, f->size) != 0) continue;
    cr_fail_at(CR_ERR_FORMAT, source->path, 0, 0, "this is %s; CSV and IDX are read", f->name);
    return cr_fix("%s", f->fix);
  }
  return CR_OK;
}

static const cr_reader *find_reader(const cr_source *source) {
  size_t i = 0;
  while (!readers[i]->sniff(source->bytes, source->size)) i++;
  return readers[i];
}

/* A device or a pipe that is no table may have no end: it is refused by its head. */
static cr_status judge_head(const char *path, const char *head, size_t size) {
  const cr_source source = {.path = path, .bytes = (char *)head, .size = size};
  if (size == 0 || cr_is_gzip(head, size)) return CR_OK;
  CR_TRY(refuse_foreign(&source));
  return find_reader(&source)->judge(&source);
}

static cr_status read_source(cr_source *source, const cr_read_options *options, cr_table **out) {
  if (source->size == 0) return cr_fail_at(CR_ERR_EMPTY, source->path, 0, 0, "the file is empty");
  CR_TRY(refuse_foreign(source));
  return find_reader(source)->read(source, options, out);
}

void cr_read_options_init_sized(cr_read_options *options, size_t size) {
  static const cr_read_options defaults = {.header = "auto"};
  cr_options_init(options, size, &defaults, sizeof defaults);
}

static uint64_t default_max_bytes(void) {
  const uint64_t share = cr_memory_bytes() / MEMORY_SHARE;
  if (share < MAX_BYTES_LEAST) return MAX_BYTES_LEAST;
  return share > MAX_BYTES_MOST ? MAX_BYTES_MOST : share;
}

uint64_t cr_table_bytes_max(const cr_read_options *options) {
  if (options->max_bytes > UINT64_MAX / TABLE_SHARE) return UINT64_MAX;
  const uint64_t most = options->max_bytes * TABLE_SHARE;
  return most > SMALL_TABLE ? most : SMALL_TABLE;
}

cr_status cr_table_fail_size(const char *path, const cr_read_options *options) {
  cr_fail_at(CR_ERR_LIMIT, path, 0, 0, "as a table it would take over %llu bytes of memory",
             (unsigned long long)cr_table_bytes_max(options));
  cr_why(
      "a table may take twice what a file may hold, which is a quarter of the memory by default");
  return cr_fix("cut the file into parts, or leave out columns or rows");
}

static cr_status check_options(const cr_read_options *given, cr_read_options *out) {
  cr_read_options_init(out);
  CR_TRY(cr_options_copy(out, sizeof *out, given, "cr_read_options_init"));
  if (!out->header) out->header = "auto";
  if (out->max_bytes == 0) out->max_bytes = default_max_bytes();
  if (strcmp(out->header, "auto") != 0 && strcmp(out->header, "yes") != 0 &&
      strcmp(out->header, "no") != 0)
    return cr_fail(CR_ERR_ARGUMENT, "header is '%s'; it can be auto, yes or no", out->header);
  if (out->delimiter && !strchr(",;\t| :/!#$%&*=^_~", out->delimiter))
    return cr_fail(CR_ERR_ARGUMENT, "the delimiter cannot be '%c'; it is usually , ; tab or |",
                   out->delimiter);
  return CR_OK;
}

cr_status cr_table_read(const char *path, const cr_read_options *given, cr_table **out) {
  cr_read_options options;
  cr_source source;
  CR_TRY(check_options(given, &options));
  if (path[0] == '@') return cr_builtin_read(path, out);
  CR_TRY(cr_source_load(path, options.max_bytes, judge_head, &source));
  const cr_status status = read_source(&source, &options, out);
  cr_source_free(&source);
  return status;
}

cr_status cr_table_parse(const char *name, const void *bytes, size_t size,
                         const cr_read_options *given, cr_table **out) {
  cr_read_options options;
  cr_source source;
  CR_TRY(check_options(given, &options));
  CR_TRY(cr_source_copy(name, bytes, size, options.max_bytes, &source));
  const cr_status status = read_source(&source, &options, out);
  cr_source_free(&source);
  return status;
}
