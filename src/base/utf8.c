#include "base/bytes.h"
#include "base/strbuf.h"

/*
 * Length of the character at bytes[0..left), 0 if it is not one (RFC 3629, section 4): the range of
 * the second byte keeps out long forms, surrogates and what lies past U+10FFFF.
 */
static size_t utf8_length(const unsigned char *bytes, size_t left) {
  const unsigned char first = bytes[0];
  if (first < 0x80) return 1;
  const size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (first < 0xc2 || first > 0xf4 || length > left) return 0;

  unsigned char lowest = 0x80;
  unsigned char highest = 0xbf;
  if (first == 0xe0) lowest = 0xa0;
  if (first == 0xed) highest = 0x9f;
  if (first == 0xf0) lowest = 0x90;
  if (first == 0xf4) highest = 0x8f;
  if (bytes[1] < lowest || bytes[1] > highest) return 0;
  for (size_t i = 2; i < length; i++) {
    if ((bytes[i] & 0xc0) != 0x80) return 0;
  }
  return length;
}

bool cr_text_is_utf8(const char *text, size_t size, size_t *offset) {
  const unsigned char *bytes = (const unsigned char *)text;
  size_t at = 0;
  while (at < size) {
    if (size - at >= 8 && (cr_little_endian(bytes + at) & UINT64_C(0x8080808080808080)) == 0) {
      at += 8;
      continue;
    }
    const size_t length = utf8_length(bytes + at, size - at);
    if (length == 0) {
      if (offset) *offset = at;
      return false;
    }
    at += length;
  }
  return true;
}
