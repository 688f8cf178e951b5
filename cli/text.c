#include "text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chainrule/status.h"

static bool memory_json;

void text_memory_json(void) {
  memory_json = true;
}

/* Nothing is left to build an object with. */
static void no_memory(void) {
  static const char object[] =
      "{\"error\":{\"code\":\"E17\",\"message\":\"out of memory\",\"why\":null,\"file\":null,"
      "\"line\":null,\"column\":null,\"offset\":null,\"fix\":null}}\n";
  fputs(memory_json ? object : "error[E17]: out of memory\n", memory_json ? stdout : stderr);
  exit(cr_status_exit(CR_ERR_MEMORY));
}

void *take(size_t count, size_t size) {
  void *block = calloc(count > 0 ? count : 1, size);
  if (block == NULL) no_memory();
  return block;
}

void *take_more(void *block, size_t count, size_t size) {
  void *more = count > SIZE_MAX / size ? NULL : realloc(block, count * size);
  if (more == NULL) no_memory();
  return more;
}

void text_add_bytes(struct text *text, const char *bytes, size_t size) {
  if (text->length + size + 1 > text->capacity) {
    text->capacity = 2 * (text->length + size) + 64;
    text->data = take_more(text->data, text->capacity, 1);
  }
  memcpy(text->data + text->length, bytes, size);
  text->length += size;
  text->data[text->length] = '\0';
}

void text_add_list(struct text *text, const char *format, va_list list) {
  va_list again;
  va_copy(again, list);
  char near[256];
  int length = vsnprintf(near, sizeof near, format, list);
  if (length >= 0 && (size_t)length < sizeof near) {
    text_add_bytes(text, near, (size_t)length);
  } else if (length >= 0) {
    char *far = take((size_t)length + 1, 1);
    vsnprintf(far, (size_t)length + 1, format, again);
    text_add_bytes(text, far, (size_t)length);
    free(far);
  }
  va_end(again);
}

void text_add(struct text *text, const char *format, ...) {
  va_list list;
  va_start(list, format);
  text_add_list(text, format, list);
  va_end(list);
}

void text_free(struct text *text) {
  free(text->data);
  *text = (struct text){0};
}

void text_add_quoted(struct text *text, const char *word) {
  static const char plain[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@%_-+=:,./";
  if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
    text_add(text, "%s", word);
    return;
  }
  text_add(text, "'");
  for (const char *c = word; *c != '\0'; c++) {
    if (*c == '\'') {
      text_add(text, "'\\''");
    } else {
      text_add_bytes(text, c, 1);
    }
  }
  text_add(text, "'");
}

void text_add_path(struct text *text, const char *path) {
  if (path[0] == '-' && path[1] != '\0') text_add(text, "./");
  text_add_quoted(text, path);
}

void text_add_count(struct text *text, size_t count, const char *thing) {
  text_add(text, "%zu %s%s", count, thing, count == 1 ? "" : "s");
}

struct short_text number_text(double number) {
  struct short_text out;
  double size = fabs(number);
  if (isnan(number)) {
    snprintf(out.s, sizeof out.s, "-");
  } else if (size >= 1000 && size < 1e7) {
    snprintf(out.s, sizeof out.s, "%.0f", number);
  } else {
    snprintf(out.s, sizeof out.s, "%.4g", number);
  }
  return out;
}

struct short_text figure_text(double number) {
  struct short_text out;
  double size = fabs(number);
  if (isnan(number)) {
    snprintf(out.s, sizeof out.s, "-");
  } else if (size < 1000 && (size >= 0.001 || size <= 0)) {
    snprintf(out.s, sizeof out.s, "%.3f", number);
  } else {
    snprintf(out.s, sizeof out.s, "%.1e", number);
  }
  return out;
}

struct short_text percent_text(double share) {
  struct short_text out;
  snprintf(out.s, sizeof out.s, "%.1f %%", 100 * share);
  return out;
}

struct short_text seconds_text(double seconds) {
  struct short_text out;
  if (seconds < 0.1) {
    snprintf(out.s, sizeof out.s, "%.1f ms", 1000 * seconds);
  } else if (seconds < 100) {
    snprintf(out.s, sizeof out.s, "%.1f s", seconds);
  } else {
    long whole = lround(seconds);
    snprintf(out.s, sizeof out.s, "%ld min %02ld s", whole / 60, whole % 60);
  }
  return out;
}

struct short_text size_text(uint64_t bytes) {
  struct short_text out;
  double size = (double)bytes;
  if (size < 1000) {
    snprintf(out.s, sizeof out.s, "%.0f bytes", size);
  } else if (size < 1e6) {
    snprintf(out.s, sizeof out.s, "%.1f KB", size / 1e3);
  } else if (size < 1e9) {
    snprintf(out.s, sizeof out.s, "%.1f MB", size / 1e6);
  } else {
    snprintf(out.s, sizeof out.s, "%.1f GB", size / 1e9);
  }
  return out;
}

/* Decodes one character of UTF-8: its length in bytes, or 0 if the bytes are not valid. */
static size_t decode(const char *text, uint32_t *code) {
  const unsigned char *c = (const unsigned char *)text;
  if (c[0] < 0x80) {
    *code = c[0];
    return 1;
  }
  size_t length = c[0] >= 0xF0 && c[0] < 0xF5 ? 4 : c[0] >= 0xE0 ? 3 : 2;
  if (c[0] < 0xC2 || c[0] >= 0xF5) return 0;
  *code = c[0] & (0xFFu >> (length + 1));
  for (size_t i = 1; i < length; i++) {
    if ((c[i] & 0xC0) != 0x80) return 0;
    *code = *code << 6 | (c[i] & 0x3Fu);
  }
  bool overlong = (length == 3 && *code < 0x800) || (length == 4 && *code < 0x10000);
  bool surrogate = *code >= 0xD800 && *code < 0xE000;
  return overlong || surrogate || *code > 0x10FFFF ? 0 : length;
}

/* Two columns for East Asian wide characters and emoji, none for combining marks, else one. */
static size_t columns_of(uint32_t code) {
  static const struct {
    uint32_t first, last;
    size_t columns;
  } ranges[] = {
      {0x0300, 0x036F, 0}, {0x200B, 0x200F, 0}, {0xFE00, 0xFE0F, 0},   {0x1100, 0x115F, 2},
      {0x2E80, 0xA4CF, 2}, {0xAC00, 0xD7A3, 2}, {0xF900, 0xFAFF, 2},   {0xFE30, 0xFE6F, 2},
      {0xFF00, 0xFF60, 2}, {0xFFE0, 0xFFE6, 2}, {0x1F300, 0x1FAFF, 2}, {0x20000, 0x3FFFD, 2},
  };
  for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
    if (code >= ranges[i].first && code <= ranges[i].last) return ranges[i].columns;
  }
  return 1;
}

size_t text_character(const char *text, size_t *columns) {
  uint32_t code = 0;
  size_t length = decode(text, &code);
  *columns = length == 0 ? 1 : columns_of(code);
  return text[0] == '\0' ? 0 : length == 0 ? 1 : length;
}

size_t text_columns(const char *text) {
  size_t total = 0, columns = 0;
  for (size_t n; (n = text_character(text, &columns)) > 0; text += n) total += columns;
  return total;
}

/* The signs this program writes, and what stands for them without UTF-8. */
static const struct {
  const char *sign, *ascii;
} plain_signs[] = {
    {"→", "->"},   {"←", "<-"},    {"·", "|"},  {"…", "..."}, {"–", "-"},  {"−", "-"}, {"×", "x"},
    {"²", "^2"},   {"ᵀ", "^T"},    {"±", "+-"}, {"≤", "<="},  {"≥", ">="}, {"━", "="}, {"╸", "-"},
    {"─", "-"},    {"▁", "_"},     {"▂", "."},  {"▃", "-"},   {"▄", "~"},  {"▅", "="}, {"▆", "+"},
    {"▇", "*"},    {"█", "#"},     {"░", "."},  {"▒", ":"},   {"▓", "*"},  {"σ", "s"}, {"∂", "d"},
    {"Σ", "sum "}, {"√", "sqrt "}, {"µ", "u"},
};

static const char *plain_sign(const char *character, size_t length) {
  for (size_t i = 0; i < sizeof plain_signs / sizeof plain_signs[0]; i++) {
    const char *sign = plain_signs[i].sign;
    if (strlen(sign) == length && memcmp(sign, character, length) == 0) {
      return plain_signs[i].ascii;
    }
  }
  return NULL;
}

/* What a terminal might act on: controls, ends of lines, turns of the direction of writing. */
static bool is_harmful(uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069);
}

char *text_shown(const char *raw, bool utf8, bool keep_lines) {
  struct text out = {0};
  text_add_bytes(&out, "", 0);
  while (*raw != '\0') {
    uint32_t code = 0;
    size_t length = decode(raw, &code);
    const char *ascii = utf8 || length < 2 ? NULL : plain_sign(raw, length);
    if (ascii != NULL) {
      text_add_bytes(&out, ascii, strlen(ascii));
    } else if (code == '\n' || code == '\t') {
      text_add_bytes(&out, code == '\n' && keep_lines ? "\n" : " ", 1);
    } else if (length == 0 || is_harmful(code)) {
      text_add_bytes(&out, "?", 1);
    } else {
      text_add_bytes(&out, raw, length);
    }
    raw += length == 0 ? 1 : length;
  }
  return out.data;
}

char *text_escaped(const char *json) {
  struct text out = {0};
  text_add_bytes(&out, "", 0);
  while (*json != '\0') {
    uint32_t code = 0;
    const size_t length = decode(json, &code);
    if (length > 0 && is_harmful(code)) { /* in a string, then */
      text_add(&out, "\\u%04x", code);
    } else {
      text_add_bytes(&out, json, length == 0 ? 1 : length);
    }
    json += length == 0 ? 1 : length;
  }
  return out.data;
}
