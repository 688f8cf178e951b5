/* For tests of the writers: what is written of a table, in memory. Include reading.h before it. */
#ifndef UNIT_DATA_WRITING_H
#define UNIT_DATA_WRITING_H

#include "base/alloc.h"
#include "data/write.h"

static inline cr_write_options write_options(const char *format) {
  cr_write_options options;
  cr_write_options_init(&options);
  options.format = format;
  return options;
}

/* The bytes of the table, or of its labels, in `out` (cr_strbuf_free). */
static inline cr_status write_bytes(const cr_table *table, const cr_write_options *options,
                                    bool labels, cr_strbuf *out) {
  cr_writing writing;
  cr_sink *sink = NULL;
  CR_TRY(cr_writing_open(table, "x-images-idx3-ubyte", options, &writing));
  cr_status status = cr_sink_open_memory(out, writing.gzip, &sink);
  if (status == CR_OK)
    status = labels ? writing.writer->write_labels(&writing, sink)
                    : writing.writer->write(&writing, sink);
  if (status == CR_OK)
    status = cr_sink_commit(sink);
  else
    cr_sink_abandon(sink);
  cr_writing_free(&writing);
  return status;
}

static inline void check_written(const cr_table *table, const cr_write_options *options,
                                 const void *expected, size_t size) {
  cr_strbuf out = {0};
  const cr_status status = write_bytes(table, options, false, &out);
  if (status != CR_OK) print_error("%s\n", cr_last_error()->message);
  assert_int_equal(status, CR_OK);
  assert_int_equal(out.length, size);
  assert_memory_equal(out.text, expected, size);
  cr_strbuf_free(&out);
}

static inline void check_text(const cr_table *table, const cr_write_options *options,
                              const char *expected) {
  cr_strbuf out = {0};
  const cr_status status = write_bytes(table, options, false, &out);
  if (status != CR_OK) print_error("%s\n", cr_last_error()->message);
  assert_int_equal(status, CR_OK);
  assert_string_equal(out.text, expected);
  cr_strbuf_free(&out);
}

/* CSV text read and written. */
static inline void check_rewrites(const char *text, const cr_write_options *options,
                                  const char *expected) {
  cr_table *table = parse_bytes(text, strlen(text), NULL);
  check_text(table, options, expected);
  cr_table_destroy(table);
}

/* CSV text that cannot be written so. */
static inline void check_refused(const char *text, const cr_write_options *options,
                                 cr_status status, const char *message, const char *fix) {
  cr_table *table = parse_bytes(text, strlen(text), NULL);
  cr_strbuf out = {0};
  assert_string_equal(cr_status_name(write_bytes(table, options, false, &out)),
                      cr_status_name(status));
  assert_null(out.text);
  if (!strstr(cr_last_error()->message, message))
    fail_msg("message '%s' lacks '%s'", cr_last_error()->message, message);
  if (fix && !strstr(cr_last_error()->fix, fix))
    fail_msg("fix '%s' lacks '%s'", cr_last_error()->fix, fix);
  cr_table_destroy(table);
}

#endif
