/*
 * PNG, by libpng. An error there is a long jump: each function that one may leave has nothing to
 * give back, and hands on whether it came to its end.
 */
#include <png.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "data/picture.h"

/* libpng's own numbers, of which these files have no need to say more than a little. */
enum { CHUNK_BYTES_MAX = 1 << 20, CHUNKS_MAX = 16 };

typedef struct png_job {
  const cr_source *source;
  size_t at; /* bytes read */
  png_structp png;
  png_infop info;
  cr_picture *picture;
  char reason[128];
  bool no_memory;
} png_job;

static void fail(png_structp png, png_const_charp message) {
  png_job *job = png_get_error_ptr(png);
  snprintf(job->reason, sizeof job->reason, "%s", message);
  png_longjmp(png, 1);
}

static void ignore(png_structp png, png_const_charp message) {
  (void)png, (void)message;
}

static png_voidp take(png_structp png, png_alloc_size_t size) {
  png_job *job = png_get_mem_ptr(png);
  void *block = NULL;
  if (cr_alloc(1, size, &block) != CR_OK) job->no_memory = true;
  return block;
}

static void give_back(png_structp png, png_voidp block) {
  (void)png;
  cr_free(block);
}

static void feed(png_structp png, png_bytep to, size_t size) {
  png_job *job = png_get_io_ptr(png);
  if (size > job->source->size - job->at) png_error(png, "the file ends too soon");
  memcpy(to, job->source->bytes + job->at, size);
  job->at += size;
}

/* Only what the pixels need: a text or a profile may be a bomb, and is passed over. */
static void set_up(png_job *job) {
  png_set_read_fn(job->png, job, feed);
  png_set_keep_unknown_chunks(job->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_set_user_limits(job->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX); /* ours say what they are */
  png_set_chunk_cache_max(job->png, CHUNKS_MAX);
  png_set_chunk_malloc_max(job->png, CHUNK_BYTES_MAX);
}

static bool read_head(png_job *job) {
  if (setjmp(png_jmpbuf(job->png))) return false;
  set_up(job);
  png_read_info(job->png, job->info);
  job->picture->height = png_get_image_height(job->png, job->info);
  job->picture->width = png_get_image_width(job->png, job->info);
  return true;
}

/* To 8 bits in 1 to 4 channels. Takes memory for rows, so that the shape is judged before. */
static bool prepare(png_job *job) {
  if (setjmp(png_jmpbuf(job->png))) return false;
  png_set_expand(job->png);
  png_set_scale_16(job->png);
  png_set_interlace_handling(job->png);
  png_read_update_info(job->png, job->info);
  job->picture->channels = png_get_channels(job->png, job->info);
  return true;
}

/* An interlaced picture comes in 7 passes, each of which fills in more of the rows. */
static bool read_rows(png_job *job) {
  if (setjmp(png_jmpbuf(job->png))) return false;
  const cr_picture *picture = job->picture;
  const bool interlaced = png_get_interlace_type(job->png, job->info) != PNG_INTERLACE_NONE;
  for (int pass = 0; pass < (interlaced ? PNG_INTERLACE_ADAM7_PASSES : 1); pass++)
    for (size_t row = 0; row < picture->height; row++)
      png_read_row(job->png, picture->pixels + row * picture->width * picture->channels, NULL);
  png_read_end(job->png, NULL);
  return true;
}

static cr_status failure(const png_job *job) {
  return job->no_memory ? CR_ERR_MEMORY : cr_picture_fail(job->source, "PNG", job->reason);
}

static cr_status decode(png_job *job, bool measure) {
  if (!read_head(job)) return failure(job);
  CR_TRY(cr_picture_check(job->source, job->picture));
  if (!prepare(job)) return failure(job);
  if (measure) return CR_OK;
  CR_TRY(cr_picture_take(job->picture));
  return read_rows(job) ? CR_OK : failure(job);
}

static cr_status read_png(const cr_source *source, bool measure, cr_picture *out) {
  png_job job = {.source = source, .picture = out};
  job.png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &job, fail, ignore, &job, take,  //
                                     give_back);
  if (job.png) job.info = png_create_info_struct(job.png);
  const cr_status status =
      job.info ? decode(&job, measure) : cr_fail(CR_ERR_MEMORY, "no memory for a PNG picture");
  png_destroy_read_struct(&job.png, &job.info, NULL);
  if (status == CR_OK) return CR_OK;
  cr_free(out->pixels);
  *out = (cr_picture){0};
  return status;
}

static bool sniff_png(const char *head, size_t size) {
  return size >= 4 && memcmp(head, "\x89PNG", 4) == 0;
}

const cr_picture_format cr_png_format = {.name = "PNG", .sniff = sniff_png, .read = read_png};
