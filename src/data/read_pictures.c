/* Tables of pictures: a folder with a folder for each class, or a single file. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/size.h"
#include "data/picture.h"

enum {
  FILES_PER_PART = 8,
  SMALL_SIDE = 64,        /* the commonest size is kept up to so many pixels a side, ... */
  USUAL_SIDE = 32,        /* ... larger ones become this: what a network of dense layers can use */
  LARGE_PIXELS = 1 << 22, /* of larger pictures one at a time is decoded */
  WORTH_THREADS = 16,     /* files */
};

/* A file of more bytes is no picture of at most CR_PICTURE_PIXELS_MAX pixels. */
static const uint64_t FILE_BYTES_MAX = UINT64_C(1) << 29;

/* Where the pictures come from, and what becomes of them. */
typedef struct gathering {
  const cr_read_options *options;
  const cr_strlist *paths;
  cr_picture *shapes; /* (paths) as measured */
  bool *bad;          /* (paths) left out */
  cr_picture shape;   /* of all in the table; its pixels are (paths) of them */
  size_t resized;     /* pictures of another size than the chosen one */
  bool measures;
  bool on_disk;          /* the paths are those of files */
  pthread_mutex_t large; /* held while a large picture is decoded */
  pthread_mutex_t first; /* of the failures: that of the first file is told */
  size_t failed_at;      /* SIZE_MAX: none */
  cr_error error;
} gathering;

static size_t bytes_of(const cr_picture *shape) {
  return shape->height * shape->width * shape->channels;
}

static cr_status decode(gathering *g, const cr_source *source, size_t index) {
  cr_picture picture;
  CR_TRY(cr_picture_read(source, true, &picture));
  const bool large = picture.height * picture.width > LARGE_PIXELS;
  if (large) pthread_mutex_lock(&g->large);
  cr_status status = cr_picture_read(source, false, &picture);
  if (status == CR_OK)
    status = cr_picture_fit(&picture, g->shape.height, g->shape.width, g->shape.channels,
                            g->shape.pixels + index * bytes_of(&g->shape));
  cr_free(picture.pixels);
  if (large) pthread_mutex_unlock(&g->large);
  return status;
}

static cr_status take_file(gathering *g, size_t index) {
  const char *path = g->paths->items[index];
  const uint64_t limit = g->options->max_bytes;
  cr_source source = {.path = path};
  CR_TRY(cr_file_read(path, limit < FILE_BYTES_MAX ? limit : FILE_BYTES_MAX, &source.bytes,
                      &source.size));
  const cr_status status =
      g->measures ? cr_picture_read(&source, true, &g->shapes[index]) : decode(g, &source, index);
  cr_free(source.bytes);
  return status;
}

static void note_failure(gathering *g, size_t index, cr_status status) {
  if (g->options->skip_bad_rows && (status == CR_ERR_IMAGE || status == CR_ERR_LIMIT)) {
    g->bad[index] = true;
    return;
  }
  pthread_mutex_lock(&g->first);
  if (index < g->failed_at) {
    g->failed_at = index;
    g->error = *cr_last_error();
  }
  pthread_mutex_unlock(&g->first);
}

static bool has_failed_before(gathering *g, size_t index) {
  pthread_mutex_lock(&g->first);
  const bool failed = g->failed_at < index;
  pthread_mutex_unlock(&g->first);
  return failed;
}

/* Parts are taken in order: when one fails, all before it have begun, and go on to their end. */
static void take_files(void *context, size_t part) {
  gathering *g = context;
  const size_t end = cr_size_min((part + 1) * FILES_PER_PART, g->paths->count);
  for (size_t i = part * FILES_PER_PART; i < end && !has_failed_before(g, i); i++) {
    if (g->bad[i]) continue;
    const cr_status status = take_file(g, i);
    if (status != CR_OK) note_failure(g, i, status);
  }
}

static cr_status take_all(gathering *g, bool measures, cr_pool *pool) {
  g->measures = measures;
  cr_pool_run(pool, (g->paths->count + FILES_PER_PART - 1) / FILES_PER_PART, take_files, g);
  if (g->failed_at == SIZE_MAX) return CR_OK;
  cr_error_restore(&g->error);
  return g->error.status;
}

static int by_size(const void *a, const void *b) {
  const cr_picture *first = a, *second = b;
  if (first->width != second->width) return first->width < second->width ? -1 : 1;
  if (first->height != second->height) return first->height < second->height ? -1 : 1;
  return 0;
}

/* The commonest size; of several the smallest. `shapes` is sorted on the way. */
static cr_picture commonest(cr_picture *shapes, size_t count) {
  size_t most = 0, run = 0;
  cr_picture found = {0};
  qsort(shapes, count, sizeof *shapes, by_size);
  for (size_t i = 0; i < count; i++) {
    run = i > 0 && by_size(&shapes[i], &shapes[i - 1]) == 0 ? run + 1 : 1;
    if (run <= most) continue;
    most = run;
    found = shapes[i];
  }
  return found;
}

/* What the options leave open: `like` says it, or else the pictures, which were measured. */
static void choose_shape(gathering *g, const cr_column *like) {
  cr_picture *shape = &g->shape;
  size_t count = 0, colors = 0;
  for (size_t i = 0; i < g->paths->count; i++) {
    if (g->bad[i]) continue;
    colors += g->shapes[i].channels > 2;
    g->shapes[count++] = g->shapes[i];
  }
  if (shape->channels == 0) shape->channels = like ? like->channels : colors > 0 ? 3 : 1;
  if (shape->width > 0) return;
  if (like) {
    shape->height = like->height;
    shape->width = like->image_width;
    return;
  }
  const cr_picture found = commonest(g->shapes, count);
  const bool small = found.height <= SMALL_SIDE && found.width <= SMALL_SIDE && count > 0;
  shape->height = small ? found.height : USUAL_SIDE;
  shape->width = small ? found.width : USUAL_SIDE;
  for (size_t i = 0; i < count; i++)
    g->resized += g->shapes[i].height != shape->height || g->shapes[i].width != shape->width;
}

static size_t count_good(const gathering *g) {
  size_t good = 0;
  for (size_t i = 0; i < g->paths->count; i++) good += !g->bad[i];
  return good;
}

static cr_status gathering_create(const cr_strlist *paths, const cr_read_options *options,
                                  gathering *g) {
  void *block = NULL;
  *g = (gathering){.options = options,
                   .paths = paths,
                   .large = PTHREAD_MUTEX_INITIALIZER,
                   .first = PTHREAD_MUTEX_INITIALIZER,
                   .failed_at = SIZE_MAX};
  CR_TRY(cr_picture_options(options, &g->shape));
  CR_TRY(cr_alloc(paths->count, sizeof *g->shapes, &block));
  g->shapes = block;
  CR_TRY(cr_alloc(paths->count, sizeof *g->bad, &block));
  g->bad = block;
  return CR_OK;
}

static void gathering_free(gathering *g) {
  cr_free(g->shapes);
  cr_free(g->bad);
  cr_free(g->shape.pixels);
  pthread_mutex_destroy(&g->large);
  pthread_mutex_destroy(&g->first);
}

/* Room for all pictures, which were counted, not declared; but bounded all the same. */
static cr_status take_pixels(gathering *g, const char *folder) {
  size_t size = 0;
  void *block = NULL;
  const size_t row = bytes_of(&g->shape);
  if (cr_size_product(row + sizeof(uint32_t), g->paths->count, &size) != CR_OK ||
      size > cr_table_bytes_max(g->options)) {
    cr_table_fail_size(folder, g->options);
    return cr_fix("--image-size 32x32, or fewer pictures");
  }
  CR_TRY(cr_alloc(g->paths->count, row, &block));
  g->shape.pixels = block;
  return CR_OK;
}

/* Labels of the rows that are left, by the folders they come from. */
static cr_status add_labels(const gathering *g, const cr_picture_list *list, cr_table *table) {
  cr_stored_column *column = &table->columns[1];
  void *block = NULL;
  CR_TRY(cr_table_name(table, 1, "label"));
  CR_TRY(cr_alloc(table->rows, sizeof(uint32_t), &block));
  column->codes = block;
  column->info.type = CR_COLUMN_TEXT;
  column->info.width = 1;
  column->is_label = true;
  size_t row = 0, file = 0;
  for (size_t c = 0; c < list->classes.count; c++) {
    const size_t first = row;
    for (; file < list->ends[c]; file++)
      if (!g->bad[file]) column->codes[row++] = (uint32_t)column->texts.count;
    if (row > first) CR_TRY(cr_strlist_add(&column->texts, list->classes.items[c]));
  }
  return CR_OK;
}

/* Moves the rows up over those that are left out, and notes which ones they were. */
static cr_status close_gaps(gathering *g, cr_table *table) {
  const size_t size = bytes_of(&g->shape);
  if (table->rows == g->paths->count) return CR_OK;
  CR_TRY(cr_table_add_row_numbers(table));
  for (size_t i = 0, row = 0; i < g->paths->count; i++) {
    if (g->bad[i]) continue;
    if (row < i) memcpy(g->shape.pixels + row * size, g->shape.pixels + i * size, size);
    table->row_numbers[row++] = i;
  }
  table->origin.skipped_rows = g->paths->count - table->rows;
  return CR_OK;
}

/* Paths below the folder, or that of a file by itself. */
static cr_status add_files(const gathering *g, const cr_picture_list *list, cr_table *table) {
  if (!g->on_disk) return CR_OK;
  const size_t folder = strlen(table->path);
  const size_t below = list ? folder + (table->path[folder - 1] != '/') : 0;
  for (size_t i = 0; i < g->paths->count; i++)
    CR_TRY(cr_strlist_add(&table->files, g->paths->items[i] + below));
  return CR_OK;
}

static cr_status fill(gathering *g, const cr_picture_list *list, cr_pool *pool, cr_table *table) {
  cr_stored_column *column = &table->columns[0];
  table->rows = count_good(g);
  if (table->rows == 0)
    return cr_fail_at(CR_ERR_EMPTY, table->path, 0, 0, "none of its pictures can be read");
  CR_TRY(close_gaps(g, table));
  CR_TRY(cr_table_name(table, 0, "pixels"));
  column->info.type = CR_COLUMN_IMAGE;
  column->info.height = g->shape.height;
  column->info.image_width = g->shape.width;
  column->info.channels = g->shape.channels;
  column->info.width = bytes_of(&g->shape);
  column->bytes = column->bytes_owner = g->shape.pixels;
  g->shape.pixels = NULL;
  CR_TRY(add_files(g, list, table));
  if (list && list->classes.count > 0) CR_TRY(add_labels(g, list, table));
  if (list && list->others > 0)
    CR_TRY(cr_strlist_format(&table->warnings, "%zu other file%s passed over", list->others,
                             list->others == 1 ? " or folder" : "s and folders"));
  if (g->resized > 0)
    CR_TRY(cr_strlist_format(&table->warnings,
                             "%zu of %zu pictures were resized to %zux%zu pixels; --image-size "
                             "asks for another size",
                             g->resized, g->paths->count, g->shape.width, g->shape.height));
  cr_table_fingerprint(table);
  CR_TRY(cr_table_finish(table, pool));
  return cr_table_warn_duplicates(table, table->rows * column->info.width, pool);
}

static cr_status build(gathering *g, const char *path, const cr_picture_list *list, cr_pool *pool,
                       cr_table **out) {
  cr_table *table = NULL;
  const size_t columns = list && list->classes.count > 0 ? 2 : 1;
  CR_TRY(cr_table_create(path, "pictures", columns, &table));
  cr_status status = fill(g, list, pool, table);
  if (status == CR_OK)
    *out = table;
  else
    cr_table_destroy(table);
  return status;
}

static cr_status gather(gathering *g, const char *folder, const cr_picture_list *list,
                        const cr_column *like, cr_pool *pool, cr_table **out) {
  const bool open = (g->shape.width == 0 || g->shape.channels == 0) && !like;
  if (open) CR_TRY(take_all(g, true, pool));
  choose_shape(g, like);
  CR_TRY(take_pixels(g, folder));
  CR_TRY(take_all(g, false, pool));
  return build(g, folder, list, pool, out);
}

cr_status cr_pictures_read(const char *folder, const cr_read_options *options,
                           const cr_column *like, cr_pool *pool, cr_table **out) {
  cr_picture_list list;
  gathering g = {0};
  cr_pool *own = NULL;
  CR_TRY(cr_picture_list_read(folder, options->max_bytes, &list));
  cr_status status = gathering_create(&list.paths, options, &g);
  if (status == CR_OK && !pool && list.paths.count >= WORTH_THREADS)
    status = cr_pool_create(options->threads, &own);
  g.on_disk = true;
  if (status == CR_OK) status = gather(&g, folder, &list, like, pool ? pool : own, out);
  cr_pool_destroy(own);
  gathering_free(&g);
  cr_picture_list_free(&list);
  return status;
}

/* A file by itself: the bytes are there already. */
static cr_status read_picture(cr_source *source, const cr_read_options *options, cr_pool *pool,
                              cr_table **out) {
  char *path = (char *)source->path;
  const cr_strlist paths = {.items = &path, .count = 1};
  gathering g = {0};
  cr_status status = gathering_create(&paths, options, &g);
  g.on_disk = source->on_disk;
  if (status == CR_OK) status = cr_picture_read(source, true, &g.shapes[0]);
  if (status == CR_OK) choose_shape(&g, NULL);
  if (status == CR_OK) status = take_pixels(&g, path);
  if (status == CR_OK) status = decode(&g, source, 0);
  if (status == CR_OK) status = build(&g, path, NULL, pool, out);
  gathering_free(&g);
  return status;
}

static bool sniff_picture(const char *head, size_t size) {
  return cr_picture_find(head, size) != NULL;
}

static cr_status judge_picture(const cr_source *head) {
  (void)head;
  return CR_OK;
}

const cr_reader cr_picture_reader = {
    .name = "a picture", .sniff = sniff_picture, .judge = judge_picture, .read = read_picture};
