/*
 * Zip archives, as far as an .npz is one: entries that are stored or deflated, taken out into
 * memory. Names are compared and shown, and never name a file.
 */
#ifndef DATA_ZIP_H
#define DATA_ZIP_H

#include "data/reader.h"

typedef struct cr_zip {
  const cr_source *source;
  size_t count;          /* of entries */
  size_t directory, end; /* where the list of them begins and ends */
} cr_zip;

typedef struct cr_zip_entry {
  const char *name; /* (name_size) not ended by a NUL */
  size_t name_size;
  size_t offset; /* of its header in the file */
  size_t packed, size;
  unsigned method;
  bool encrypted;
  uint32_t crc;
} cr_zip_entry;

/*
 * Finds the list of entries at the end of the file. CR_ERR_NPZ; CR_ERR_FORMAT for archives of
 * several files and for those with zip64, whose sizes pass 4 GiB.
 */
cr_status cr_zip_open(const cr_source *source, cr_zip *out);

/* The entry at *at (0: the first), which becomes the place of the next; CR_OK: see *found. */
cr_status cr_zip_next(const cr_zip *zip, size_t *at, cr_zip_entry *out, bool *found);

/*
 * Takes an entry out (cr_free), its length and its checksum compared. CR_ERR_NPZ, CR_ERR_LIMIT past
 * max_bytes, CR_ERR_FORMAT (encrypted, or packed by something else than deflate). *out ends in a
 * NUL that its size does not count.
 */
cr_status cr_zip_extract(const cr_zip *zip, const cr_zip_entry *entry, uint64_t max_bytes,
                         char **out);

#endif
