/* PNG in a build without libpng. */
#include <string.h>

#include "data/picture.h"

static cr_status read_png(const cr_source *source, bool measure, cr_picture *out) {
  (void)measure, (void)out;
  return cr_picture_fail_absent(source, "PNG", "libpng (libpng-dev, libpng-devel)");
}

static bool sniff_png(const char *head, size_t size) {
  return size >= 4 && memcmp(head, "\x89PNG", 4) == 0;
}

const cr_picture_format cr_png_format = {.name = "PNG", .sniff = sniff_png, .read = read_png};
