/*
 * JPEG, by libjpeg (libjpeg-turbo). An error there is a long jump: each function that one may leave
 * has nothing to give back, and hands on whether it came to its end.
 */
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

#include "base/alloc.h"
#include "data/picture.h"

/* A file of few bytes can have thousands of scans, each of which goes through all pixels. */
enum { SCANS_MAX = 200 };

/* What libjpeg may take for the coefficients of a progressive picture. */
enum { MEMORY_MAX = 1 << 29 };

typedef struct jpeg_job {
  struct jpeg_decompress_struct jpeg;
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  const cr_source *source;
  cr_picture *picture;
  char reason[JMSG_LENGTH_MAX];
  bool no_memory;
  jmp_buf end;
} jpeg_job;

static void fail(j_common_ptr jpeg) {
  jpeg_job *job = jpeg->client_data;
  job->no_memory = jpeg->err->msg_code == JERR_OUT_OF_MEMORY;
  jpeg->err->format_message(jpeg, job->reason);
  longjmp(job->end, 1);
}

/* libjpeg warns of damage and fills it with grey: here it is an error. */
static void judge(j_common_ptr jpeg, int level) {
  switch (jpeg->err->msg_code) {
    case JWRN_JPEG_EOF:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
      if (level < 0) fail(jpeg);
      break;
    default:
      break;
  }
}

static void watch(j_common_ptr jpeg) {
  jpeg_job *job = jpeg->client_data;
  if (job->jpeg.input_scan_number <= SCANS_MAX) return;
  snprintf(job->reason, sizeof job->reason, "it has more than %d scans", SCANS_MAX);
  longjmp(job->end, 1);
}

static void set_up(jpeg_job *job) {
  job->jpeg.err = jpeg_std_error(&job->errors);
  job->jpeg.client_data = job;
  job->errors.error_exit = fail;
  job->errors.emit_message = judge;
  job->progress.progress_monitor = watch;
}

static bool read_head(jpeg_job *job) {
  if (setjmp(job->end)) return false;
  jpeg_create_decompress(&job->jpeg);
  job->jpeg.client_data = job;
  job->jpeg.progress = &job->progress;
  job->jpeg.mem->max_memory_to_use = MEMORY_MAX;
  jpeg_mem_src(&job->jpeg, (const unsigned char *)job->source->bytes,
               (unsigned long)job->source->size);
  jpeg_read_header(&job->jpeg, TRUE);
  job->picture->height = job->jpeg.image_height;
  job->picture->width = job->jpeg.image_width;
  job->picture->channels = job->jpeg.num_components == 1 ? 1 : 3;
  return true;
}

static bool read_rows(jpeg_job *job) {
  const size_t stride = job->picture->width * job->picture->channels;
  if (setjmp(job->end)) return false;
  job->jpeg.out_color_space = job->picture->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_start_decompress(&job->jpeg);
  while (job->jpeg.output_scanline < job->jpeg.output_height) {
    JSAMPROW row = job->picture->pixels + job->jpeg.output_scanline * stride;
    jpeg_read_scanlines(&job->jpeg, &row, 1);
  }
  jpeg_finish_decompress(&job->jpeg);
  return true;
}

static bool close_job(jpeg_job *job) {
  if (setjmp(job->end)) return false;
  jpeg_destroy_decompress(&job->jpeg);
  return true;
}

static cr_status failure(const jpeg_job *job) {
  if (job->no_memory) return cr_fail(CR_ERR_MEMORY, "no memory for a JPEG picture");
  return cr_picture_fail(job->source, "JPEG", job->reason);
}

static cr_status decode(jpeg_job *job, bool measure) {
  if (!read_head(job)) return failure(job);
  CR_TRY(cr_picture_check(job->source, job->picture));
  if (job->jpeg.num_components != 1 && job->jpeg.num_components != 3)
    return cr_picture_fail(job->source, "JPEG", "its colours are those of a print, CMYK");
  if (measure) return CR_OK;
  CR_TRY(cr_picture_take(job->picture));
  return read_rows(job) ? CR_OK : failure(job);
}

static cr_status read_jpeg(const cr_source *source, bool measure, cr_picture *out) {
  void *block = NULL;
  CR_TRY(cr_alloc(1, sizeof(jpeg_job), &block));
  jpeg_job *job = block;
  job->source = source;
  job->picture = out;
  set_up(job);
  const cr_status status = decode(job, measure);
  close_job(job);
  cr_free(job);
  if (status == CR_OK) return CR_OK;
  cr_free(out->pixels);
  *out = (cr_picture){0};
  return status;
}

static bool sniff_jpeg(const char *head, size_t size) {
  return size >= 3 && memcmp(head, "\xff\xd8\xff", 3) == 0;
}

const cr_picture_format cr_jpeg_format = {.name = "JPEG", .sniff = sniff_jpeg, .read = read_jpeg};
