/* Which reader takes a file: each is asked in turn, and the last one takes everything. */
#include <string.h>

#include "data/reader.h"

/* A table takes up to eight bytes for each of its file's; so many are always granted. */
enum { TABLE_SHARE = 2, SMALL_TABLE = 1 << 20 };

static const cr_reader *const readers[] = {&cr_idx_reader,    &cr_npy_reader,     &cr_npz_reader,
                                           &cr_libsvm_reader, &cr_picture_reader, &cr_csv_reader};

/* Files that are no text, so that the CSV reader need not wonder at their bytes. */
typedef struct foreign {
  const char *magic;
  size_t size;
  const char *name, *fix;
} foreign;

static const foreign foreigners[] = {
    {"PK\003\004", 4, "a zip archive, as .xlsx files are", "save a sheet as CSV"},
    {"\xd0\xcf\x11\xe0", 4, "an old Office document, as .xls files are", "save the data as CSV"},
    {"PAR1\x15", 5, "a Parquet file", "write the data as CSV"},
    {"\x89HDF", 4, "an HDF5 file", "write the data as CSV"},
    {"SQLite format 3", 15, "an SQLite database", "write a table of it as CSV"},
    {"{\"", 2, "JSON", "write the data as CSV"},
    {"{\n", 2, "JSON", "write the data as CSV"},
    {"{\r\n", 3, "JSON", "write the data as CSV"},
    {"[{", 2, "JSON", "write the data as CSV"},
    {"[\n", 2, "JSON", "write the data as CSV"},
    {"[\r\n", 3, "JSON", "write the data as CSV"},
    {"%PDF-", 5, "a PDF document", "save the data as CSV"},
    {"\x1f\x8b", 2, "gzip within gzip", "gunzip it once"},
    {"BZh91AY", 7, "compressed by bzip2", "bunzip2 it first, or compress it by gzip"},
    {"\xfd"
     "7zXZ",
     5, "compressed by xz", "unxz it first, or compress it by gzip"},
    {"\x28\xb5\x2f\xfd", 4, "compressed by zstd", "unzstd it first, or compress it by gzip"},
};

static const foreign *find_foreign(const cr_source *source) {
  if (cr_npz_reader.sniff(source->bytes, source->size)) return NULL; /* a zip archive, too */
  for (size_t i = 0; i < sizeof foreigners / sizeof *foreigners; i++) {
    const foreign *f = &foreigners[i];
    if (source->size >= f->size && memcmp(source->bytes, f->magic, f->size) == 0) return f;
  }
  return NULL;
}

static cr_status refuse_foreign(const cr_source *source) {
  const foreign *f = find_foreign(source);
  if (!f) return CR_OK;
  cr_fail_at(CR_ERR_FORMAT, source->path, 0, 0,
             "this is %s; CSV, IDX, LIBSVM, NPY, NPZ, PNG and JPEG are read", f->name);
  return cr_fix("%s", f->fix);
}

static const cr_reader *find_reader(const cr_source *source) {
  size_t i = 0;
  while (!readers[i]->sniff(source->bytes, source->size)) i++;
  return readers[i];
}

bool cr_head_is_csv(const char *head, size_t size) {
  const cr_source source = {.bytes = (char *)head, .size = size};
  return size > 0 && !find_foreign(&source) && find_reader(&source) == &cr_csv_reader;
}

uint64_t cr_head_table_bytes(const char *head, size_t size, uint64_t bytes) {
  const cr_source source = {.bytes = (char *)head, .size = size};
  const cr_reader *reader = size > 0 ? find_reader(&source) : NULL;
  return reader && reader->table_bytes ? reader->table_bytes(&source, bytes) : 0;
}

cr_status cr_judge_head(const char *path, const char *head, size_t size) {
  const cr_source source = {.path = path, .bytes = (char *)head, .size = size};
  if (size == 0 || cr_is_gzip(head, size)) return CR_OK;
  CR_TRY(refuse_foreign(&source));
  return find_reader(&source)->judge(&source);
}

cr_status cr_source_read(cr_source *source, const cr_read_options *options, cr_pool *pool,
                         cr_table **out) {
  if (source->size == 0) return cr_fail_at(CR_ERR_EMPTY, source->path, 0, 0, "the file is empty");
  CR_TRY(refuse_foreign(source));
  const cr_reader *reader = find_reader(source);
  if (options->features && reader != &cr_libsvm_reader)
    return cr_fail_at(CR_ERR_ARGUMENT, source->path, 0, 0,
                      "features are counted for LIBSVM text, and this is %s", reader->name);
  if (options->array && reader != &cr_npz_reader)
    return cr_fail_at(CR_ERR_ARGUMENT, source->path, 0, 0,
                      "arrays are chosen from NPZ, and this is %s", reader->name);
  return reader->read(source, options, pool, out);
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
