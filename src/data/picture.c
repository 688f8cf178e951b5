#include "data/picture.h"

#include <string.h>

#include "base/alloc.h"
#include "base/number.h"

static const cr_picture_format *const formats[] = {&cr_png_format, &cr_jpeg_format};

enum { FORMATS = sizeof formats / sizeof *formats };

const cr_picture_format *cr_picture_find(const char *head, size_t size) {
  for (size_t i = 0; i < FORMATS; i++)
    if (formats[i]->sniff(head, size)) return formats[i];
  return NULL;
}

cr_status cr_picture_read(const cr_source *source, bool measure, cr_picture *out) {
  const cr_picture_format *format = cr_picture_find(source->bytes, source->size);
  *out = (cr_picture){0};
  if (format) return format->read(source, measure, out);
  cr_fail_at(CR_ERR_IMAGE, source->path, 0, 0,
             "its name is that of a picture, but it is neither PNG nor JPEG");
  return cr_fix("save it as PNG or JPEG, or leave it out: --skip-bad-rows");
}

cr_status cr_picture_check(const cr_source *source, const cr_picture *picture) {
  const size_t height = picture->height, width = picture->width;
  if (height > 0 && width > 0 && height <= CR_PICTURE_SIDE_MAX && width <= CR_PICTURE_SIDE_MAX &&
      height * width <= CR_PICTURE_PIXELS_MAX)
    return CR_OK;
  return cr_fail_at(CR_ERR_LIMIT, source->path, 0, 0,
                    "a picture of %zu x %zu pixels; a side has at most %d, and all together %d",
                    width, height, CR_PICTURE_SIDE_MAX, CR_PICTURE_PIXELS_MAX);
}

cr_status cr_picture_take(cr_picture *picture) {
  void *block = NULL;
  CR_TRY(cr_alloc(picture->height * picture->width, picture->channels, &block));
  picture->pixels = block;
  return CR_OK;
}

cr_status cr_picture_fail(const cr_source *source, const char *format, const char *reason) {
  cr_fail_at(CR_ERR_IMAGE, source->path, 0, 0, "this %s picture cannot be read: %s", format,
             reason);
  return cr_fix("copy the file again, save it anew, or leave it out: --skip-bad-rows");
}

cr_status cr_picture_fail_absent(const cr_source *source, const char *format, const char *package) {
  cr_fail_at(CR_ERR_FORMAT, source->path, 0, 0, "a %s picture, which this build cannot read",
             format);
  return cr_fix("install %s and build again", package);
}

/* Over white. */
static inline uint32_t covered(uint32_t value, uint32_t alpha) {
  return (value * alpha + 255 * (255 - alpha) + 127) / 255;
}

/* The luma of ITU-R BT.601. */
static inline uint32_t grey_of(const uint32_t color[3]) {
  return (299 * color[0] + 587 * color[1] + 114 * color[2] + 500) / 1000;
}

/* out (pixels, channels): 1 or 3 of what has 1 to 4. */
static void convert(const cr_picture *picture, size_t channels, uint8_t *out) {
  const size_t from = picture->channels, colors = from >= 3 ? 3 : 1;
  const size_t pixels = picture->height * picture->width;
  for (size_t i = 0; i < pixels; i++) {
    const uint8_t *in = picture->pixels + i * from;
    uint32_t color[3];
    for (size_t c = 0; c < 3; c++) color[c] = in[colors == 3 ? c : 0];
    for (size_t c = 0; c < 3 && from != colors; c++) color[c] = covered(color[c], in[colors]);
    const bool mixes = channels == 1 && colors == 3;
    for (size_t c = 0; c < channels; c++)
      out[i * channels + c] = (uint8_t)(mixes ? grey_of(color) : color[c]);
  }
}

cr_status cr_picture_fit(const cr_picture *picture, size_t height, size_t width, size_t channels,
                         uint8_t *out) {
  const cr_resizing sizes = {picture->height, picture->width, height, width, channels};
  const bool same = height == picture->height && width == picture->width;
  void *converted = NULL;
  if (picture->channels == channels) {
    if (!same) return cr_resize(&sizes, picture->pixels, out);
    memcpy(out, picture->pixels, height * width * channels);
    return CR_OK;
  }
  if (same) {
    convert(picture, channels, out);
    return CR_OK;
  }
  CR_TRY(cr_alloc(picture->height * picture->width, channels, &converted));
  convert(picture, channels, converted);
  const cr_status status = cr_resize(&sizes, converted, out);
  cr_free(converted);
  return status;
}

/* "28x20": 28 wide. */
static bool read_size(const char *text, cr_picture *out) {
  const char *cross = strchr(text, 'x');
  uint64_t width = 0, height = 0;
  if (!cross || !cr_parse_integer(text, (size_t)(cross - text), &width) ||
      !cr_parse_integer(cross + 1, strlen(cross + 1), &height))
    return false;
  if (width < 1 || height < 1 || width > CR_PICTURE_SIDE_MAX || height > CR_PICTURE_SIDE_MAX)
    return false;
  out->width = (size_t)width;
  out->height = (size_t)height;
  return width * height <= CR_PICTURE_PIXELS_MAX;
}

cr_status cr_picture_options(const cr_read_options *options, cr_picture *out) {
  const char *size = options->image_size, *channels = options->image_channels;
  *out = (cr_picture){0};
  if (size && !read_size(size, out)) {
    cr_fail(CR_ERR_ARGUMENT, "--image-size %s: expected width x height, each from 1 to %d", size,
            CR_PICTURE_SIDE_MAX);
    return cr_fix("--image-size 28x28");
  }
  if (!channels) return CR_OK;
  out->channels = strcmp(channels, "grey") == 0 ? 1 : strcmp(channels, "color") == 0 ? 3 : 0;
  if (out->channels) return CR_OK;
  return cr_fail(CR_ERR_ARGUMENT, "--image-channels %s: expected grey or color", channels);
}
