/*
 * The header of NPY: \x93NUMPY, version, length, then a literal of Python, read here by hand and
 * for what may stand there only:
 *   {'descr': '<f4', 'fortran_order': False, 'shape': (150, 4), }
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/size.h"
#include "data/npy.h"

enum {
  MAGIC_SIZE = 6,
  VERSION_SIZE = 2,
  HEADER_MAX = 10000, /* numpy reads no longer one either */
};

static const char magic[MAGIC_SIZE] = {'\x93', 'N', 'U', 'M', 'P', 'Y'};

/* The literal of the header while it is read. */
typedef struct parser {
  const cr_source *source;
  size_t at, end; /* offsets in the file */
  bool has_type, has_order, has_shape;
  size_t shape_at; /* offset of the shape */
  cr_npy_header *out;
} parser;

static double from_unsigned(uint64_t word) {
  return (double)word;
}

static double from_signed8(uint64_t word) {
  return (double)(int8_t)word;
}

static double from_signed16(uint64_t word) {
  return (double)(int16_t)word;
}

static double from_signed32(uint64_t word) {
  return (double)(int32_t)word;
}

static double from_signed64(uint64_t word) {
  return (double)(int64_t)word;
}

/* IEEE 754 binary16: 5 bits of exponent, 10 of fraction. */
static double from_half(uint64_t word) {
  const int exponent = (int)(word >> 10 & 31), fraction = (int)(word & 1023);
  double size = exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24);
  if (exponent == 31) size = fraction ? (double)NAN : (double)INFINITY;
  return word >> 15 ? -size : size;
}

static double from_single(uint64_t word) {
  const uint32_t bits = (uint32_t)word;
  float value;
  memcpy(&value, &bits, sizeof value);
  return (double)value;
}

static double from_double(uint64_t word) {
  double value;
  memcpy(&value, &word, sizeof value);
  return value;
}

static const cr_npy_type types[] = {
    {"b1", 1, true, from_unsigned}, {"u1", 1, true, from_unsigned}, {"i1", 1, true, from_signed8},
    {"u2", 2, true, from_unsigned}, {"i2", 2, true, from_signed16}, {"u4", 4, true, from_unsigned},
    {"i4", 4, true, from_signed32}, {"u8", 8, true, from_unsigned}, {"i8", 8, true, from_signed64},
    {"f2", 2, false, from_half},    {"f4", 4, false, from_single},  {"f8", 8, false, from_double},
};

/* What is refused by its first letter, in words. */
typedef struct refused_type {
  char letter;
  const char *what, *fix;
} refused_type;

static const refused_type refused_types[] = {
    {'O', "Python objects, which only Python can load and which may run code",
     "numpy.save('new.npy', a.astype('float64'))"},
    {'S', "texts", "write it as CSV, as numpy.savetxt does with delimiter=',' and fmt='%s'"},
    {'a', "texts", "write it as CSV, as numpy.savetxt does with delimiter=',' and fmt='%s'"},
    {'U', "texts", "write it as CSV, as numpy.savetxt does with delimiter=',' and fmt='%s'"},
    {'V', "raw bytes", "numpy.save('new.npy', a.view('uint8'))"},
    {'c', "complex numbers", "save a.real and a.imag side by side"},
    {'M', "points in time", "numpy.save('new.npy', a.astype('int64'))"},
    {'m', "spans of time", "numpy.save('new.npy', a.astype('int64'))"},
    {'f', "floats of a size that only some machines have",
     "numpy.save('new.npy', a.astype('float64'))"},
};

static char next(const parser *p) {
  return p->at < p->end ? p->source->bytes[p->at] : '\0';
}

/* "found ')' at byte 60 of the header; expected a number" */
static cr_status fail_expected(const parser *p, const char *expected) {
  const unsigned char byte = (unsigned char)next(p);
  char found[CR_NPY_TEXT_MAX];
  if (p->at == p->end)
    snprintf(found, sizeof found, "the end of the header");
  else if (byte > ' ' && byte < 0x7f)
    snprintf(found, sizeof found, "'%c'", byte);
  else
    snprintf(found, sizeof found, "the byte 0x%02x", (unsigned)byte);
  return cr_fail_offset(CR_ERR_NPY, p->source->path, p->at, "found %s at byte %zu; expected %s",
                        found, p->at, expected);
}

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_blanks(parser *p) {
  while (is_blank(next(p))) p->at++;
}

static bool take(parser *p, char wanted) {
  skip_blanks(p);
  if (p->at == p->end || next(p) != wanted) return false;
  p->at++;
  return true;
}

static cr_status require(parser *p, char wanted) {
  const char expected[] = {'\'', wanted, '\'', '\0'};
  return take(p, wanted) ? CR_OK : fail_expected(p, expected);
}

static bool take_word(parser *p, const char *word) {
  const size_t size = strlen(word);
  skip_blanks(p);
  if (p->end - p->at < size || memcmp(p->source->bytes + p->at, word, size) != 0) return false;
  p->at += size;
  return true;
}

/* A text in single or double quotes without escapes; out has room for CR_NPY_TEXT_MAX. */
static cr_status read_text(parser *p, const char *expected, char *out) {
  skip_blanks(p);
  const char quote = next(p);
  if (quote != '\'' && quote != '"') return fail_expected(p, expected);
  size_t size = 0;
  for (p->at++; next(p) != quote; p->at++) {
    const unsigned char byte = (unsigned char)next(p);
    if (byte < ' ' || byte > '~' || byte == '\\' || size == CR_NPY_TEXT_MAX - 1)
      return fail_expected(p, "the end of a short text in quotes");
    out[size++] = (char)byte;
  }
  out[size] = '\0';
  p->at++;
  return CR_OK;
}

static cr_status fail_type(const parser *p, size_t offset, const char *descr) {
  const char *letter = descr + (strchr("<>=|", descr[0]) && descr[0] != '\0');
  for (size_t i = 0; i < sizeof refused_types / sizeof *refused_types; i++) {
    if (refused_types[i].letter != letter[0]) continue;
    cr_fail_offset(CR_ERR_FORMAT, p->source->path, offset,
                   "the elements at byte %zu are '%s', %s; numbers are read", offset, descr,
                   refused_types[i].what);
    return cr_fix("%s", refused_types[i].fix);
  }
  cr_fail_offset(CR_ERR_FORMAT, p->source->path, offset,
                 "found the type '%s' at byte %zu; expected one of b1, u1, i1 to u8, i8, f2, f4, "
                 "f8, a '<' or '>' before it",
                 descr, offset);
  return cr_fix("numpy.save('new.npy', a.astype('float64'))");
}

static bool host_is_big_endian(void) {
  const uint16_t one = 1;
  unsigned char first;
  memcpy(&first, &one, 1);
  return first == 0;
}

static cr_status read_type(parser *p) {
  char descr[CR_NPY_TEXT_MAX];
  skip_blanks(p);
  const size_t offset = p->at;
  if (next(p) == '[') {
    cr_fail_offset(CR_ERR_FORMAT, p->source->path, offset,
                   "the elements at byte %zu are structured, of several named fields; numbers are "
                   "read",
                   offset);
    return cr_fix("write it as CSV, as pandas.DataFrame(a).to_csv does");
  }
  CR_TRY(read_text(p, "the type of the elements, as '<f4'", descr));
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    if (descr[0] == '\0' || strcmp(descr + 1, types[i].name) != 0) continue;
    if (!strchr(types[i].size == 1 ? "|<>=" : "<>=", descr[0])) break;
    p->out->type = &types[i];
    p->out->big_endian = descr[0] == '>' || (descr[0] == '=' && host_is_big_endian());
    return CR_OK;
  }
  return fail_type(p, offset, descr);
}

static cr_status read_order(parser *p) {
  p->out->fortran_order = take_word(p, "True");
  if (p->out->fortran_order || take_word(p, "False")) return CR_OK;
  return fail_expected(p, "True or False");
}

/* A dimension: digits, with the L behind them that Python 2 wrote. */
static cr_status read_dimension(parser *p, size_t *out) {
  skip_blanks(p);
  const size_t from = p->at;
  if (next(p) == '-')
    return cr_fail_offset(CR_ERR_NPY, p->source->path, from,
                          "a negative dimension at byte %zu; expected 1 or more", from);
  if (next(p) < '0' || next(p) > '9') return fail_expected(p, "a dimension in digits");
  if (next(p) == '0' && p->at + 1 < p->end && p->source->bytes[p->at + 1] >= '0' &&
      p->source->bytes[p->at + 1] <= '9')
    return fail_expected(p, "a dimension without a 0 in front");
  *out = 0;
  for (; next(p) >= '0' && next(p) <= '9'; p->at++) {
    const size_t digit = (size_t)(next(p) - '0');
    if (*out > (SIZE_MAX - digit) / 10)
      return cr_fail_offset(CR_ERR_NPY, p->source->path, from,
                            "the dimension at byte %zu has more than 64 bits", from);
    *out = 10 * *out + digit;
  }
  if (next(p) == 'L') p->at++;
  return CR_OK;
}

/* (), (3,), (3, 4), (3, 4, ): a single one needs its comma, or it is no tuple. */
static cr_status read_shape(parser *p) {
  cr_npy_header *h = p->out;
  CR_TRY(require(p, '('));
  p->shape_at = p->at - 1;
  for (h->count = 0; !take(p, ')'); h->count++) {
    size_t dimension = 0;
    CR_TRY(read_dimension(p, &dimension));
    if (h->count < CR_NPY_DIMENSIONS_MAX) h->dimensions[h->count] = dimension;
    if (take(p, ',')) continue;
    skip_blanks(p);
    if (next(p) != ')' || h->count == 0) return fail_expected(p, "','");
  }
  return CR_OK;
}

static cr_status read_pair(parser *p) {
  static const struct {
    const char *key;
    cr_status (*read)(parser *p);
  } keys[] = {{"descr", read_type}, {"fortran_order", read_order}, {"shape", read_shape}};
  bool *const seen[] = {&p->has_type, &p->has_order, &p->has_shape};
  char key[CR_NPY_TEXT_MAX];
  skip_blanks(p);
  const size_t offset = p->at;
  CR_TRY(read_text(p, "'descr', 'fortran_order', 'shape' or '}'", key));
  CR_TRY(require(p, ':'));
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    if (strcmp(key, keys[i].key) != 0) continue;
    if (*seen[i])
      return cr_fail_offset(CR_ERR_NPY, p->source->path, offset,
                            "a second '%s' at byte %zu; expected each key once", key, offset);
    *seen[i] = true;
    return keys[i].read(p);
  }
  return cr_fail_offset(CR_ERR_NPY, p->source->path, offset,
                        "found the key '%s' at byte %zu; expected 'descr', 'fortran_order' or "
                        "'shape'",
                        key, offset);
}

static cr_status read_literal(parser *p) {
  CR_TRY(require(p, '{'));
  while (!take(p, '}')) {
    CR_TRY(read_pair(p));
    if (take(p, ',')) continue;
    skip_blanks(p);
    if (next(p) != '}') return fail_expected(p, "',' or '}'");
  }
  const char *lacking = !p->has_type    ? "descr"
                        : !p->has_order ? "fortran_order"
                        : !p->has_shape ? "shape"
                                        : NULL;
  if (lacking)
    return cr_fail_offset(CR_ERR_NPY, p->source->path, p->at,
                          "the header ends at byte %zu without '%s'", p->at, lacking);
  skip_blanks(p);
  return p->at == p->end ? CR_OK : fail_expected(p, "blanks up to the elements");
}

static cr_status fail_short(const cr_source *source, size_t needed) {
  cr_fail_offset(CR_ERR_NPY, source->path, source->size,
                 "the file is cut short: it ends at byte %zu, inside a header of %zu bytes",
                 source->size, needed);
  return cr_fix("download or copy the file again");
}

static cr_status fail_magic(const cr_source *source) {
  cr_fail_offset(CR_ERR_NPY, source->path, 0,
                 "found %02x at byte 0; an NPY file begins with 93 and NUMPY",
                 (unsigned)(unsigned char)source->bytes[0]);
  return cr_fix("--labels FILE with one that numpy.save wrote");
}

/* Where the literal begins and ends. */
static cr_status find_literal(const cr_source *source, size_t *from, size_t *end) {
  const unsigned char *bytes = (const unsigned char *)source->bytes;
  const size_t first = MAGIC_SIZE + VERSION_SIZE;
  if (memcmp(bytes, magic, cr_size_min(source->size, MAGIC_SIZE)) != 0) return fail_magic(source);
  if (source->size < first) return fail_short(source, first + 2);
  const unsigned major = bytes[MAGIC_SIZE], minor = bytes[MAGIC_SIZE + 1];
  if (major < 1 || major > 3 || minor != 0)
    return cr_fail_offset(CR_ERR_FORMAT, source->path, MAGIC_SIZE,
                          "NPY of version %u.%u at byte %d; 1.0, 2.0 and 3.0 are read", major,
                          minor, MAGIC_SIZE);
  const size_t length_size = major == 1 ? 2 : 4;
  *from = first + length_size;
  if (source->size < *from) return fail_short(source, *from);
  const size_t length = (size_t)cr_little_endian_rest(bytes + first, length_size);
  if (length > HEADER_MAX)
    return cr_fail_offset(CR_ERR_LIMIT, source->path, first,
                          "a header of %zu bytes is announced at byte %zu; the most is %d", length,
                          first, HEADER_MAX);
  *end = *from + length;
  return CR_OK;
}

/* No dimension, one that is 0, too many. */
static cr_status check_dimensions(const parser *p) {
  const cr_npy_header *h = p->out;
  const char *path = p->source->path, *type = h->type->name;
  if (h->count == 0)
    return cr_fail_offset(CR_ERR_NPY, path, p->shape_at,
                          "the shape at byte %zu is that of a single number; a table has 1 or 2 "
                          "dimensions",
                          p->shape_at);
  if (h->count > CR_NPY_DIMENSIONS_MAX || (h->count > 2 && strcmp(type, "u1") != 0)) {
    cr_fail_offset(CR_ERR_FORMAT, path, p->shape_at,
                   "the array at byte %zu has %zu dimensions and the type %s; a table has 1 or 2, "
                   "images 3 or 4 and the type u1",
                   p->shape_at, h->count, type);
    return cr_fix("numpy.save('new.npy', a.reshape(len(a), -1))");
  }
  if (h->count == 2 && h->dimensions[1] > CR_NPY_COLUMNS_MAX)
    return cr_fail_offset(CR_ERR_LIMIT, path, p->shape_at,
                          "%zu columns in the shape at byte %zu; the most is %d", h->dimensions[1],
                          p->shape_at, CR_NPY_COLUMNS_MAX);
  for (size_t d = 0; d < h->count; d++)
    if (h->dimensions[d] == 0)
      return cr_fail_offset(CR_ERR_EMPTY, path, p->shape_at,
                            "dimension %zu of %zu is 0 in the shape at byte %zu", d + 1, h->count,
                            p->shape_at);
  return CR_OK;
}

static cr_status check_size(const cr_source *source, cr_npy_header *h) {
  const size_t found = source->size - h->data;
  size_t expected = 0;
  cr_status status = CR_OK;
  h->elements = 1;
  for (size_t d = 0; d < h->count && status == CR_OK; d++)
    status = cr_size_product(h->elements, h->dimensions[d], &h->elements);
  if (status == CR_OK) status = cr_size_product(h->elements, h->type->size, &expected);
  if (status != CR_OK)
    return cr_fail_offset(CR_ERR_NPY, source->path, h->data,
                          "the shape asks for more bytes than 64 bits count; %zu follow byte %zu",
                          found, h->data);
  if (found == expected) return CR_OK;
  if (found < expected) {
    cr_fail_offset(CR_ERR_NPY, source->path, source->size,
                   "the file is cut short: it ends at byte %zu with %zu of %zu bytes of elements",
                   source->size, found, expected);
    return cr_fix("download or copy the file again");
  }
  return cr_fail_offset(CR_ERR_NPY, source->path, h->data + expected,
                        "%zu bytes follow the last of %zu elements at byte %zu", found - expected,
                        h->elements, h->data + expected);
}

static cr_status read_from(const cr_source *source, size_t from, size_t end, cr_npy_header *out) {
  *out = (cr_npy_header){.data = end};
  parser p = {.source = source, .at = from, .end = end, .out = out};
  CR_TRY(read_literal(&p));
  return check_dimensions(&p);
}

cr_status cr_npy_read_header(const cr_source *source, cr_npy_header *out) {
  size_t from = 0, end = 0;
  CR_TRY(find_literal(source, &from, &end));
  if (source->size < end) return fail_short(source, end);
  CR_TRY(read_from(source, from, end, out));
  return check_size(source, out);
}

cr_status cr_npy_judge(const cr_source *head) {
  size_t from = 0, end = 0;
  cr_npy_header header;
  CR_TRY(find_literal(head, &from, &end));
  return head->size < end ? CR_OK : read_from(head, from, end, &header);
}

uint64_t cr_npy_table_bytes(const cr_source *head, uint64_t bytes) {
  size_t from = 0, end = 0;
  cr_npy_header header;
  if (find_literal(head, &from, &end) != CR_OK || head->size < end ||
      read_from(head, from, end, &header) != CR_OK || header.count > 2)
    return bytes;
  return bytes + bytes / header.type->size * sizeof(double);
}
