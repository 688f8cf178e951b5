/* Which writer makes a file: by the name of the format, or by that of the file. */
#include <stdio.h>
#include <string.h>

#include "base/quote.h"
#include "data/write.h"

static const cr_writer *const writers[] = {&cr_csv_writer, &cr_tsv_writer, &cr_libsvm_writer,
                                           &cr_npy_writer, &cr_idx_writer};
enum { WRITER_COUNT = sizeof writers / sizeof *writers };

static const char gzip_ending[] = ".gz";

bool cr_names_gzip(const char *path) {
  const size_t length = strlen(path), ending = sizeof gzip_ending - 1;
  return length >= ending && strcmp(path + length - ending, gzip_ending) == 0;
}

/* The length of a name without ".gz". */
static size_t plain_length(const char *path) {
  return strlen(path) - (cr_names_gzip(path) ? sizeof gzip_ending - 1 : 0);
}

static bool ends_in(const char *path, size_t length, const char *ending) {
  const size_t size = strlen(ending);
  return length > size && memcmp(path + length - size, ending, size) == 0;
}

static const cr_writer *writer_of_path(const char *path) {
  const size_t length = plain_length(path);
  for (size_t i = 0; i < WRITER_COUNT; i++)
    for (size_t e = 0; e < 4 && writers[i]->endings[e]; e++)
      if (ends_in(path, length, writers[i]->endings[e])) return writers[i];
  return NULL;
}

static const cr_writer *writer_of_name(const char *format) {
  const size_t length = plain_length(format);
  for (size_t i = 0; i < WRITER_COUNT; i++)
    if (strlen(writers[i]->name) == length && memcmp(writers[i]->name, format, length) == 0)
      return writers[i];
  return NULL;
}

/* "csv, tsv, libsvm, npy, idx"; the caller says what helps. */
static cr_status fail_format(const char *what, const char *name) {
  char names[128] = "";
  size_t used = 0;
  for (size_t i = 0; i < WRITER_COUNT; i++)
    used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "",
                             writers[i]->name);
  return cr_fail(CR_ERR_ARGUMENT, "%s '%s' is no format that is written; there are %s", what, name,
                 names);
}

/* A name that another format ends in would promise what is not in the file: x.npz, x.parquet. */
static cr_status fail_path(const char *path) {
  const size_t length = plain_length(path);
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
  size_t stem = length;
  while (stem > 0 && path + stem > name && path[stem - 1] != '.') stem--;
  fail_format("the ending of", path);
  if (path + stem <= name + 1) return cr_fix("--to csv, with .gz behind it for gzip");
  cr_strbuf other = {0}, fix = {0};
  cr_strbuf_format(&other, "%.*s.csv", (int)(stem - 1), path);
  cr_strbuf_format(&fix, "another name, such as ");
  if (other.text) cr_quote_path(&fix, other.text);
  cr_strbuf_free(&other);
  return cr_fix_command(&fix);
}

cr_status cr_writer_choose(const char *format, const char *path, const cr_writer **out,
                           bool *gzip) {
  *out = format ? writer_of_name(format) : writer_of_path(path);
  *gzip = cr_names_gzip(format ? format : path);
  if (*out) return CR_OK;
  if (!format) return fail_path(path);
  fail_format("the format", format);
  return cr_fix("--to csv, with .gz behind it for gzip");
}

const char *cr_format_of_path(const char *path) {
  const cr_writer *writer = writer_of_path(path);
  return writer ? writer->name : NULL;
}

const char *cr_write_format_at(size_t index, const char **ending) {
  if (index >= WRITER_COUNT) return NULL;
  if (ending) *ending = writers[index]->endings[0];
  return writers[index]->name;
}
