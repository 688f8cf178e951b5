#include "tune/trial_log.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/number.h"
#include "json/json.h"

/* No search writes more: a line has some 300 bytes. */
static const uint64_t LARGEST_LOG = UINT64_C(1) << 30;

enum { MOST_VALUES = 256 }; /* of one line */

static cr_status fail_system(const char *path, cr_status status, const char *doing) {
  return cr_fail_at(status, path, 0, 0, "cannot %s %s: %s", doing, path, cr_io_reason(errno));
}

static cr_status fix_damage(void) {
  return cr_fix("take the file away, or --log FILE for another one");
}

static cr_status fail_header(const char *path) {
  cr_fail_at(CR_ERR_FORMAT, path, 1, 0, "%s is not a log of chainrule tune", path);
  return cr_fix("--log FILE for another one");
}

static int add_dump(const char *bytes, size_t size, void *out) {
  cr_strbuf_add(out, bytes, size);
  return 0;
}

/* A member as it stands in the file; the caller frees *out. */
static cr_status member_text(const json_t *member, char **out) {
  cr_strbuf text = {0};
  if (member) json_dump_callback(member, add_dump, &text, JSON_ENCODE_ANY | JSON_COMPACT);
  if (!member) cr_strbuf_format(&text, "unknown");
  return cr_strbuf_take(&text, out);
}

static cr_status fail_member(const char *path, const char *key, const json_t *found,
                             const json_t *expected) {
  char *is = NULL, *wants = NULL;
  cr_status status = member_text(found, &is);
  if (status == CR_OK) status = member_text(expected, &wants);
  if (status == CR_OK) {
    const char *what = strcmp(key, "data") == 0 || strcmp(key, "dev") == 0 ? "data" : "options";
    cr_fail_at(CR_ERR_COMBINATION, path, 1, 0,
               "%s is the log of other %s: \"%s\" is %.80s there, and %.80s now", path, what, key,
               is, wants);
    status = cr_fix("--log FILE for another one, or the options it was begun with");
  }
  cr_free(is);
  cr_free(wants);
  return status;
}

/* Names the first member that differs. */
static cr_status compare_headers(const char *path, json_t *found, json_t *expected) {
  const char *key;
  json_t *value;
  json_object_foreach(expected, key, value) {
    const json_t *other = json_object_get(found, key);
    if (!json_equal(value, other)) return fail_member(path, key, other, value);
  }
  return fail_header(path);
}

static cr_status refuse_header(const char *path, const char *line, size_t size,
                               const char *header) {
  json_t *found = NULL, *expected = NULL;
  cr_status status = cr_json_parse(CR_ERR_FORMAT, path, line, size, MOST_VALUES, &found);
  if (status == CR_OK && json_is_object(found) &&
      json_is_string(json_object_get(found, "format"))) {
    status = cr_json_parse(CR_ERR_FORMAT, path, header, strlen(header), MOST_VALUES, &expected);
    if (status == CR_OK) status = compare_headers(path, found, expected);
  } else if (status != CR_ERR_MEMORY) {
    status = fail_header(path);
  }
  json_decref(found);
  json_decref(expected);
  return status;
}

static cr_status write_line(const cr_trial_log *log, cr_strbuf *line) {
  cr_strbuf_add(line, "\n", 1);
  char *text = NULL;
  const size_t size = line->length;
  CR_TRY(cr_strbuf_take(line, &text));
  const int written = cr_io_write(log->file, text, size);
  cr_free(text);
  return written == 0 ? CR_OK : fail_system(log->path, CR_ERR_IO, "write");
}

/* Cuts off a last line without an end: of a process that was killed while it wrote it. */
static cr_status cut_torn_line(cr_trial_log *log) {
  size_t whole = log->size;
  while (whole > 0 && log->text[whole - 1] != '\n') whole--;
  if (whole == log->size) return CR_OK;
  log->size = whole;
  log->text[whole] = '\0';
  return ftruncate(log->file, (off_t)whole) == 0 ? CR_OK
                                                 : fail_system(log->path, CR_ERR_IO, "write");
}

/* A new log, one of this header, or neither. */
static cr_status read_header(cr_trial_log *log, const char *header) {
  const size_t length = strlen(header);
  const char *end = memchr(log->text, '\n', log->size);
  const size_t line = end ? (size_t)(end - log->text) : log->size;
  const bool begins = line <= length && memcmp(log->text, header, line) == 0;
  if (end ? !begins || line != length : !begins)
    return refuse_header(log->path, log->text, line, header);
  CR_TRY(cut_torn_line(log));
  log->line = 2;
  log->at = log->size ? line + 1 : 0;
  if (log->size) return CR_OK;
  cr_strbuf text = {0};
  cr_strbuf_add(&text, header, length);
  const cr_status status = write_line(log, &text);
  cr_strbuf_free(&text);
  return status;
}

static cr_status open_file(cr_trial_log *log) {
  struct stat about;
  log->file = cr_io_open(log->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0666);
  if (log->file < 0) return fail_system(log->path, CR_ERR_OPEN, "write");
  if (fstat(log->file, &about) != 0 || !S_ISREG(about.st_mode)) {
    cr_fail_at(CR_ERR_OPEN, log->path, 0, 0, "cannot write %s: it is not a file", log->path);
    return cr_fix("--log FILE names a file, new or old");
  }
  if (flock(log->file, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return CR_OK;
  cr_fail_at(CR_ERR_BUSY, log->path, 0, 0, "another process is searching with %s", log->path);
  return cr_fix("wait until it is done, or --log FILE for another one");
}

cr_status cr_trial_log_open(const char *path, const char *header, cr_trial_log *out) {
  *out = (cr_trial_log){.path = path, .file = -1};
  if (!path) return CR_OK;
  cr_status status = open_file(out);
  if (status == CR_OK) status = cr_file_read(path, LARGEST_LOG, &out->text, &out->size);
  if (status == CR_OK) status = read_header(out, header);
  if (status != CR_OK) cr_trial_log_close(out);
  return status;
}

void cr_trial_log_close(cr_trial_log *log) {
  if (log->path && log->file >= 0) close(log->file);
  cr_free(log->text);
  *log = (cr_trial_log){.file = -1};
}

bool cr_trial_log_more(const cr_trial_log *log) {
  return log->path && log->at < log->size;
}

/* How the line of a run begins, up to what it found. */
static void begin_line(const cr_run *run, cr_strbuf *out) {
  cr_strbuf_format(out, "{\"trial\":%zu,\"rung\":%zu,\"epochs\":%zu,\"settings\":",
                   run->contestant->trial.number, run->rung, run->epochs);
  cr_settings_write(&run->contestant->settings, out);
  cr_strbuf_add(out, ",", 1);
}

static void add_number(cr_strbuf *out, double value) {
  char text[32];
  cr_format_number(value, text);
  cr_strbuf_format(out, "%s", isfinite(value) ? text : "null");
}

static void add_array(cr_strbuf *out, const char *key, const double *values, size_t count) {
  cr_strbuf_format(out, "\"%s\":[", key);
  for (size_t i = 0; i < count; i++) {
    if (i) cr_strbuf_add(out, ",", 1);
    add_number(out, values[i]);
  }
  cr_strbuf_format(out, "],");
}

cr_status cr_trial_log_add(cr_trial_log *log, const cr_run *run, const cr_run_result *result) {
  if (!log->path) return CR_OK;
  cr_strbuf line = {0};
  double loss, error;
  cr_mean(result->losses, result->count, &loss, &error);
  begin_line(run, &line);
  cr_strbuf_format(&line, "\"loss\":");
  add_number(&line, loss);
  cr_strbuf_add(&line, ",", 1);
  add_array(&line, "losses", result->losses, result->count);
  add_array(&line, "scores", result->scores, result->count);
  cr_strbuf_format(&line, "\"score_error\":");
  add_number(&line, result->score_error);
  cr_strbuf_format(&line, ",\"seconds\":");
  add_number(&line, result->seconds);
  cr_strbuf_add(&line, "}", 1);
  const cr_status status = write_line(log, &line);
  cr_strbuf_free(&line);
  return status;
}

static cr_status fail_line(const cr_trial_log *log, const char *what) {
  cr_fail_at(CR_ERR_FORMAT, log->path, log->line, 0, "%s, line %zu: %s", log->path, log->line,
             what);
  return fix_damage();
}

/* (count) numbers from 0 up, `none` for null. */
static bool read_array(const json_t *object, const char *key, size_t count, double none,
                       double *out) {
  const json_t *array = json_object_get(object, key);
  if (!json_is_array(array) || json_array_size(array) != count) return false;
  for (size_t i = 0; i < count; i++) {
    const json_t *value = json_array_get(array, i);
    if (!json_is_number(value) && !json_is_null(value)) return false;
    out[i] = json_is_null(value) ? none : json_number_value(value);
  }
  return true;
}

static bool read_number(const json_t *object, const char *key, double *out) {
  const json_t *value = json_object_get(object, key);
  *out = json_is_number(value) ? json_number_value(value) : (double)NAN;
  return json_is_number(value) || json_is_null(value);
}

static bool read_result(const json_t *line, size_t count, cr_run_result *out) {
  *out = (cr_run_result){.count = count};
  return json_is_object(line) && read_array(line, "losses", count, (double)INFINITY, out->losses) &&
         read_array(line, "scores", count, (double)NAN, out->scores) &&
         read_number(line, "score_error", &out->score_error) &&
         read_number(line, "seconds", &out->seconds) && out->seconds >= 0;
}

cr_status cr_trial_log_read(cr_trial_log *log, const cr_run *run, size_t count,
                            cr_run_result *out) {
  if (!run->contestant) return fail_line(log, "there is no other run: all settings were tried");
  const char *text = log->text + log->at;
  const char *end = memchr(text, '\n', log->size - log->at); /* there is one: cut_torn_line */
  const size_t size = (size_t)(end - text);
  cr_strbuf begin = {0};
  begin_line(run, &begin);
  const size_t length = begin.length;
  char *expected = NULL;
  CR_TRY(cr_strbuf_take(&begin, &expected));
  const bool fits = size >= length && memcmp(text, expected, length) == 0;
  cr_free(expected);
  if (!fits) return fail_line(log, "this is not the run that comes here");
  json_t *line = NULL;
  const cr_status status = cr_json_parse(CR_ERR_FORMAT, log->path, text, size, MOST_VALUES, &line);
  if (status == CR_ERR_MEMORY) return status;
  const bool good = status == CR_OK && read_result(line, count, out);
  json_decref(line);
  if (!good) return fail_line(log, "this is not what a run leaves");
  log->at += size + 1;
  log->line++;
  return CR_OK;
}
