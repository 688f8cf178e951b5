#include "explain/ascii.h"

#include <string.h>

static const struct {
  const char *sign, *ascii;
} signs[] = {
    {"→", "->"},    {"←", "<-"},  {"·", "*"},      {"…", "..."},   {"–", "-"},     {"−", "-"},
    {"×", "x"},     {"²", "^2"},  {"³", "^3"},     {"±", "+-"},    {"≤", "<="},    {"≥", ">="},
    {"─", "-"},     {"σ", "s"},   {"∂", "d"},      {"Σ", "sum"},   {"√", "sqrt"},  {"⊙", "o"},
    {"½", "1/2"},   {"ᵀ", "^T"},  {"⎡", "["},      {"⎢", "|"},     {"⎣", "["},     {"⎤", "]"},
    {"⎥", "|"},     {"⎦", "]"},   {"⋮", ":"},      {"δ", "delta"}, {"α", "alpha"}, {"β", "beta"},
    {"γ", "gamma"}, {"ε", "eps"}, {"λ", "lambda"}, {"Φ", "Phi"},   {"φ", "phi"},   {"π", "pi"},
    {"∞", "inf"},   {"“", "\""},  {"”", "\""},     {"’", "'"},     {"≈", "~"},     {"≠", "!="},
};

static size_t length_of(const char *text) {
  const unsigned char c = (unsigned char)*text;
  return c < 0x80 ? 1 : c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
}

size_t cr_character(const char *text) {
  return length_of(text);
}

const char *cr_ascii_sign(const char *text) {
  const size_t length = length_of(text);
  for (size_t i = 0; length > 1 && i < sizeof signs / sizeof *signs; i++) {
    if (strncmp(signs[i].sign, text, length) == 0) return signs[i].ascii;
  }
  return length > 1 ? "?" : NULL;
}

void cr_ascii_add(cr_strbuf *out, const char *text, size_t size, bool ascii) {
  if (!ascii) {
    cr_strbuf_add(out, text, size);
    return;
  }
  for (size_t at = 0; at < size; at += length_of(text + at)) {
    const char *with = cr_ascii_sign(text + at);
    cr_strbuf_add(out, with ? with : text + at, with ? strlen(with) : 1);
  }
}

size_t cr_ascii_width(const char *text, size_t size, bool ascii) {
  size_t width = 0;
  if (!ascii) return cr_text_width(text, size);
  for (size_t at = 0; at < size; at += length_of(text + at)) {
    const char *with = cr_ascii_sign(text + at);
    width += with ? strlen(with) : 1;
  }
  return width;
}

size_t cr_text_width(const char *text, size_t size) {
  size_t columns = 0;
  for (size_t at = 0; at < size;) {
    const size_t length = length_of(text + at);
    const unsigned char *c = (const unsigned char *)text + at;
    /* U+2E80 to U+A4CF, U+AC00 to U+D7A3, U+F900 to U+FAFF, U+FF00 to U+FF60 and emoji */
    const unsigned code =
        length == 3 ? (c[0] & 0xFu) << 12 | (c[1] & 0x3Fu) << 6 | (c[2] & 0x3Fu) : 0;
    const bool wide = length == 4 || (code >= 0x2E80 && code <= 0xA4CF) ||
                      (code >= 0xAC00 && code <= 0xD7A3) || (code >= 0xF900 && code <= 0xFAFF) ||
                      (code >= 0xFF00 && code <= 0xFF60);
    columns += wide ? 2 : 1;
    at += length;
  }
  return columns;
}
