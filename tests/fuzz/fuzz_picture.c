/*
 * PNG and JPEG. A picture has the shape that was measured; it is read the same way twice; brought
 * to another shape it fills it. What is not one is refused with a reason; and no shape beyond the
 * limits is decoded, whatever the file declares.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "data/picture.h"
#include "require.h"

/* A larger picture is only measured: there are too many of them to wait for. */
enum { MOST_PIXELS = 1 << 18 };

static void check_fit(const cr_picture *picture) {
  uint8_t small[5 * 3 * 3 + 1], *same = NULL;
  void *block = NULL;
  small[45] = 77;
  require(cr_picture_fit(picture, 5, 3, 3, small) == CR_OK && small[45] == 77);
  require(cr_alloc(picture->height * picture->width, 1, &block) == CR_OK);
  same = block;
  require(cr_picture_fit(picture, picture->height, picture->width, 1, same) == CR_OK);
  if (picture->channels == 1)
    require(memcmp(same, picture->pixels, picture->height * picture->width) == 0);
  cr_free(same);
}

static void check_pixels(const cr_source *source, const cr_picture *shape) {
  cr_picture first, second;
  const cr_status status = cr_picture_read(source, false, &first);
  require(cr_picture_read(source, false, &second) == status);
  require((status == CR_OK) == (first.pixels != NULL));
  if (status == CR_OK) {
    require(first.height == shape->height && first.width == shape->width);
    require(first.channels == shape->channels && first.channels >= 1 && first.channels <= 4);
    const size_t bytes = first.height * first.width * first.channels;
    require(memcmp(first.pixels, second.pixels, bytes) == 0);
    check_fit(&first);
  }
  cr_free(first.pixels);
  cr_free(second.pixels);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const cr_source source = {.path = "fuzz", .bytes = (char *)data, .size = size};
  cr_picture shape;
  const cr_status status = cr_picture_read(&source, true, &shape);
  require(shape.pixels == NULL);
  require(status == CR_OK || cr_last_error()->status == status);
  if (status != CR_OK) return 0;
  require(shape.height > 0 && shape.height <= CR_PICTURE_SIDE_MAX);
  require(shape.width > 0 && shape.width <= CR_PICTURE_SIDE_MAX);
  require(shape.height * shape.width <= CR_PICTURE_PIXELS_MAX);
  if (shape.height * shape.width <= MOST_PIXELS) check_pixels(&source, &shape);
  return 0;
}
