/*
 * Pictures in files: found out what they are, decoded, brought to one size. The libraries that
 * decode are known to picture_png.c and picture_jpeg.c alone, in whose place a build without them
 * has picture_png_absent.c and picture_jpeg_absent.c.
 */
#ifndef DATA_PICTURE_H
#define DATA_PICTURE_H

#include "data/reader.h"

/* Nothing larger is decoded: what a file declares is no reason to take memory. */
enum { CR_PICTURE_SIDE_MAX = 16384, CR_PICTURE_PIXELS_MAX = 1 << 26 };

/* Channels: 1 grey, 2 grey and alpha, 3 red, green and blue, 4 these and alpha. */
typedef struct cr_picture {
  size_t height, width, channels;
  uint8_t *pixels; /* (height, width, channels) cr_free; NULL: only measured */
} cr_picture;

typedef struct cr_picture_format {
  const char *name;
  bool (*sniff)(const char *head, size_t size);
  /* Decodes, or with `measure` finds the shape only. CR_ERR_IMAGE, _LIMIT, _MEMORY, _FORMAT. */
  cr_status (*read)(const cr_source *source, bool measure, cr_picture *out);
} cr_picture_format;

extern const cr_picture_format cr_png_format, cr_jpeg_format;

/* The format of a file by its first bytes; NULL if it is none of them. */
const cr_picture_format *cr_picture_find(const char *head, size_t size);

/* Decodes or measures a file of any of the formats; one that is none is CR_ERR_IMAGE. */
cr_status cr_picture_read(const cr_source *source, bool measure, cr_picture *out);

/* For formats: checks a shape against the limits, and takes memory for the pixels. */
cr_status cr_picture_check(const cr_source *source, const cr_picture *picture);
cr_status cr_picture_take(cr_picture *picture);

/* For formats: CR_ERR_IMAGE, since so `reason`; CR_ERR_FORMAT in a build that cannot read it. */
cr_status cr_picture_fail(const cr_source *source, const char *format, const char *reason);
cr_status cr_picture_fail_absent(const cr_source *source, const char *format, const char *package);

/*
 * out (height, width, channels: 1 or 3): the picture without its alpha, over white; in grey or in
 * colours, whatever it is in; and resized by cr_resize.
 */
cr_status cr_picture_fit(const cr_picture *picture, size_t height, size_t width, size_t channels,
                         uint8_t *out);

/*
 * Along each side, what becomes shorter is averaged over its area, what becomes longer is
 * interpolated; exact, rounded once. in (in_height, in_width, channels), out likewise.
 * CR_ERR_MEMORY.
 */
typedef struct cr_resizing {
  size_t in_height, in_width, height, width, channels;
} cr_resizing;
cr_status cr_resize(const cr_resizing *sizes, const uint8_t *in, uint8_t *out);

/* The pictures of a folder, by class: those of class c are files [ends[c - 1], ends[c]). */
typedef struct cr_picture_list {
  cr_strlist paths;
  cr_strlist classes; /* names of folders, sorted; none: the pictures lie in the folder itself */
  size_t *ends;       /* (classes.count) */
  size_t others;      /* files and folders passed over */
} cr_picture_list;

/*
 * Lists a folder: its sub-folders that hold pictures, and these by name; or, without such folders,
 * the pictures in it. Links are followed; nothing deeper is looked at. CR_ERR_OPEN, CR_ERR_EMPTY,
 * CR_ERR_LIMIT: the names take more than max_bytes.
 */
cr_status cr_picture_list_read(const char *folder, uint64_t max_bytes, cr_picture_list *out);
void cr_picture_list_free(cr_picture_list *list);

/* Is this the path of a folder? */
bool cr_is_folder(const char *path);

/*
 * A table from a folder of pictures; of the shape of `like`, a column of images, where that is not
 * NULL and the options say nothing. The pool may be NULL: then it has one of its own.
 */
cr_status cr_pictures_read(const char *folder, const cr_read_options *options,
                           const cr_column *like, cr_pool *pool, cr_table **out);

/* Are image_size and image_channels as they should be? Reads them; 0 where they are open. */
cr_status cr_picture_options(const cr_read_options *options, cr_picture *out);

#endif
