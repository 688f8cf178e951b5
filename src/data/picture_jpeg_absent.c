/* JPEG in a build without libjpeg. */
#include <string.h>

#include "data/picture.h"

static cr_status read_jpeg(const cr_source *source, bool measure, cr_picture *out) {
  (void)measure, (void)out;
  return cr_picture_fail_absent(source, "JPEG", "libjpeg-turbo (libjpeg-dev, libjpeg-turbo-devel)");
}

static bool sniff_jpeg(const char *head, size_t size) {
  return size >= 3 && memcmp(head, "\xff\xd8\xff", 3) == 0;
}

const cr_picture_format cr_jpeg_format = {.name = "JPEG", .sniff = sniff_jpeg, .read = read_jpeg};
