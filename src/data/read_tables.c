/* Tables from files and from memory: the files are loaded side by side, then read one by one. */
#include <stdatomic.h>
#include <string.h>

#include "base/alloc.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/size.h"
#include "data/large_table.h"
#include "data/picture.h"

/* What a file may hold if nobody says: a share of the memory, within bounds. */
enum { MEMORY_SHARE = 4 };
#define MAX_BYTES_LEAST (UINT64_C(64) << 20)
#define MAX_BYTES_MOST (UINT64_C(64) << 30)

/* Of fewer bytes the figures are done before a thread has started. */
enum { WORTH_THREADS = 1 << 20 };

void cr_read_options_init_sized(cr_read_options *options, size_t size) {
  static const cr_read_options defaults = {.header = "auto"};
  cr_options_init(options, size, &defaults, sizeof defaults);
}

static uint64_t default_max_bytes(void) {
  const uint64_t share = cr_memory_bytes() / MEMORY_SHARE;
  if (share < MAX_BYTES_LEAST) return MAX_BYTES_LEAST;
  return share > MAX_BYTES_MOST ? MAX_BYTES_MOST : share;
}

static cr_status check_options(const cr_read_options *given, cr_read_options *out) {
  cr_read_options_init(out);
  CR_TRY(cr_options_copy(out, sizeof *out, given, "cr_read_options_init"));
  if (!out->header) out->header = "auto";
  if (out->max_bytes == 0) out->max_bytes = default_max_bytes();
  if (strcmp(out->header, "auto") != 0 && strcmp(out->header, "yes") != 0 &&
      strcmp(out->header, "no") != 0)
    return cr_fail(CR_ERR_ARGUMENT, "header is '%s'; it can be auto, yes or no", out->header);
  if (out->features > CR_FEATURES_MAX)
    return cr_fail(CR_ERR_ARGUMENT, "%zu features; the most is %d", out->features, CR_FEATURES_MAX);
  cr_picture shape;
  CR_TRY(cr_picture_options(out, &shape));
  if (out->delimiter && !strchr(",;\t| :/!#$%&*=^_~", out->delimiter))
    return cr_fail(CR_ERR_ARGUMENT, "the delimiter cannot be '%c'; it is usually , ; tab or |",
                   out->delimiter);
  if (out->decimal && out->decimal != '.' && out->decimal != ',')
    return cr_fail(CR_ERR_ARGUMENT, "decimals cannot be told by '%c'; it is . or ,", out->decimal);
  return CR_OK;
}

/* One of the files, from its path to its table. */
typedef struct reading {
  const char *path; /* NULL: there is none */
  cr_read_options options;
  bool bounded; /* max_bytes is the caller's */
  bool folder;  /* of pictures */
  bool large;   /* its values go to the disk; the source is what was read of standard input */
  cr_source source;
  cr_status status; /* of the loading, and what was said of it */
  cr_error error;
  atomic_bool failed; /* the same for the threads that load the others */
} reading;

static bool is_file(const char *path) {
  return path && path[0] != '@';
}

/* What comes in can be read once: two threads would each get some of its rows. */
static cr_status check_standard_input(const char *const *paths, size_t count) {
  size_t wanted = 0;
  for (size_t i = 0; i < count; i++) wanted += paths[i] && strcmp(paths[i], "-") == 0;
  if (wanted < 2) return CR_OK;
  cr_fail(CR_ERR_ARGUMENT, "%zu tables are to be read from standard input", wanted);
  cr_why("it holds one, and can be read only once");
  return cr_fix("save the others as files, and name those");
}

/* How much a compressed file holds is sometimes known only once it is too much. */
static cr_status load_source(reading *r) {
  const cr_read_options *options = &r->options;
  CR_TRY(cr_large_look(r->path, options, r->bounded, &r->source, &r->large));
  if (r->large || r->source.bytes) return CR_OK;
  const cr_status status = cr_source_load(r->path, options->max_bytes, cr_judge_head, &r->source);
  if (status != CR_ERR_LIMIT || r->bounded) return status;
  const cr_error error = *cr_last_error();
  CR_TRY(cr_large_can_be(r->path, options, &r->large));
  if (r->large) return CR_OK;
  cr_error_restore(&error);
  return status;
}

/* Nobody waits for a file, or for a pipe, after one that is known to have failed. */
static void load(void *context, size_t part) {
  reading *readings = context, *r = &readings[part];
  for (size_t i = 0; i < part; i++) {
    if (atomic_load(&readings[i].failed)) return;
  }
  if (!is_file(r->path) || r->folder) return;
  r->status = load_source(r);
  if (r->status == CR_OK) return;
  r->error = *cr_last_error();
  atomic_store(&r->failed, true);
}

static cr_status load_all(reading *readings, size_t count, cr_pool *pool) {
  cr_pool_run(pool, count, load, readings);
  for (size_t i = 0; i < count; i++) {
    if (readings[i].status == CR_OK) continue;
    cr_error_restore(&readings[i].error);
    return readings[i].status;
  }
  return CR_OK;
}

/* The shape of the first table's images: those of the others are to be the same. */
static const cr_column *shape_of(const cr_table *first) {
  const cr_column *column = first ? cr_table_column(first, 0) : NULL;
  return column && column->type == CR_COLUMN_IMAGE ? column : NULL;
}

static cr_status build_all(reading *readings, size_t count, cr_pool *pool, cr_table **out) {
  for (size_t i = 0; i < count; i++) {
    reading *r = &readings[i];
    if (r->folder)
      CR_TRY(cr_pictures_read(r->path, &r->options, shape_of(out[0]), pool, &out[i]));
    else if (r->large)
      CR_TRY(cr_large_read(r->path, r->source.bytes, r->source.size, &r->options, pool, &out[i]));
    else if (is_file(r->path))
      CR_TRY(cr_source_read(&r->source, &r->options, pool, &out[i]));
    else if (r->path)
      CR_TRY(cr_builtin_read(r->path, &out[i]));
    cr_source_free(&r->source); /* the next table takes memory, too */
  }
  return CR_OK;
}

/* Threads for several files; for a single one only once it is known to be large. */
static cr_status load_and_build(reading *readings, size_t count, cr_table **out) {
  const size_t threads = readings[0].options.threads;
  cr_pool *pool = NULL;
  size_t files = 0, bytes = 0;
  bool large = false;
  for (size_t i = 0; i < count; i++) files += is_file(readings[i].path);
  if (files > 1) CR_TRY(cr_pool_create(threads, &pool));
  cr_status status = load_all(readings, count, pool);
  for (size_t i = 0; i < count; i++) {
    bytes += readings[i].source.size;
    large = large || readings[i].large;
  }
  if (status == CR_OK && !pool && (large || bytes >= WORTH_THREADS))
    status = cr_pool_create(threads, &pool);
  if (status == CR_OK) status = build_all(readings, count, pool, out);
  cr_pool_destroy(pool);
  return status;
}

cr_status cr_tables_read(const char *const *paths, const cr_read_options *const *options,
                         size_t count, cr_table **out) {
  void *block = NULL;
  for (size_t i = 0; i < count; i++) out[i] = NULL;
  CR_TRY(check_standard_input(paths, count));
  CR_TRY(cr_alloc(count, sizeof(reading), &block));
  reading *readings = block;
  cr_status status = CR_OK;
  for (size_t i = 0; i < count && status == CR_OK; i++) {
    readings[i].path = paths[i];
    readings[i].bounded = options && options[i] && options[i]->max_bytes > 0;
    readings[i].folder = is_file(paths[i]) && cr_is_folder(paths[i]);
    status = check_options(options ? options[i] : NULL, &readings[i].options);
  }
  if (status == CR_OK && count > 0) status = load_and_build(readings, count, out);
  for (size_t i = 0; i < count; i++) {
    cr_source_free(&readings[i].source);
    if (status == CR_OK) continue;
    cr_table_destroy(out[i]);
    out[i] = NULL;
  }
  cr_free(block);
  return status;
}

cr_status cr_table_read(const char *path, const cr_read_options *options, cr_table **out) {
  return cr_tables_read(&path, &options, 1, out);
}

cr_status cr_table_parse(const char *name, const void *bytes, size_t size,
                         const cr_read_options *given, cr_table **out) {
  cr_read_options options;
  cr_source source;
  CR_TRY(check_options(given, &options));
  CR_TRY(cr_source_copy(name, bytes, size, options.max_bytes, &source));
  const cr_status status = cr_source_read(&source, &options, NULL, out);
  cr_source_free(&source);
  return status;
}
