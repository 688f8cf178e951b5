#include <string.h>

#include "base/size.h"
#include "base/strbuf.h"
#include "model/container.h"

typedef struct cr_foreign {
  const char *kind;
  const char *magic;
  size_t size;
} cr_foreign;

static const cr_foreign known[] = {
    {"a gzip file", "\x1f\x8b", 2},
    {"a zip archive (as PyTorch and Keras write)", "PK\x03\x04", 4},
    {"an HDF5 file (as Keras writes)", "\x89HDF", 4},
    {"a NumPy array", "\x93NUMPY", 6},
    {"a PNG image", "\x89PNG", 4},
    {"a JPEG image", "\xff\xd8\xff", 3},
    {"an IDX file of data", "\0\0\x08\x01", 4},
    {"an IDX file of data", "\0\0\x08\x03", 4},
    {"a GGUF file", "GGUF", 4},
    {"a Python pickle", "\x80\x04\x95", 3},
    {"a program",
     "\x7f"
     "ELF",
     4},
};

/* A cut may go through a character, so the last three bytes of the look need not be whole. */
static bool looks_like_text(const char *text, size_t size) {
  size_t offset = size;
  if (!cr_text_is_utf8(text, size, &offset) && offset + 4 <= size) return false;
  for (size_t i = 0; i < size; i++) {
    const unsigned char c = (unsigned char)text[i];
    if (c < 0x20 && c != '\t' && c != '\n' && c != '\r') return false;
  }
  return true;
}

const char *cr_foreign_kind(const uint8_t *bytes, size_t size) {
  if (size == 0) return "an empty file";
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    if (size >= known[i].size && memcmp(bytes, known[i].magic, known[i].size) == 0)
      return known[i].kind;
  }
  const size_t look = cr_size_min(size, 512);
  if (!looks_like_text((const char *)bytes, look)) return NULL;
  if (bytes[0] == '{' || bytes[0] == '[') return "JSON text";
  if (memchr(bytes, ',', look) || memchr(bytes, ';', look) || memchr(bytes, '\t', look))
    return "a table of text, as CSV";
  return "a text file";
}
