/* The files of assets/, embedded by tools/embed.c. */
#ifndef DATA_ASSETS_H
#define DATA_ASSETS_H

#include <stddef.h>

typedef struct cr_asset {
  const char *name; /* NULL after the last */
  const unsigned char *bytes;
  size_t size;
} cr_asset;

extern const cr_asset cr_assets[];

#endif
