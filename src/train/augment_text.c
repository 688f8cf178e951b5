/* What --augment says, read and written. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/size.h"
#include "base/strbuf.h"
#include "train/augment.h"

/* One word of the text, and the most its number may be. */
typedef struct setting {
  const char *name;
  size_t offset;
  double most;
  const char *sample;
} setting;

#define AT(member) offsetof(cr_augmentation, member)

/* elastic has two numbers, "34:4": it comes last. */
static const setting settings[] = {
    {"shift", AT(shift), 1000, "2"},       {"rotate", AT(rotate), 180, "10"},
    {"scale", AT(scale), 0.9, "0.1"},      {"shear", AT(shear), 1, "0.1"},
    {"elastic", AT(alpha), 10000, "34:4"},
};

enum { SETTINGS = sizeof settings / sizeof *settings, ELASTIC = SETTINGS - 1 };

static const double sigma_least = 0.5, sigma_most = 64;

/* A name this far off is none that was meant. */
enum { NEAR = 3 };

static double *place(const setting *s, cr_augmentation *augmentation) {
  void *strength = (char *)augmentation + s->offset;
  return strength;
}

static double rounded(double value) {
  return round(100 * value) / 100;
}

/*
 * What suits images of this size: found on a dev part of MNIST, 28 x 28 pixels, and as large a
 * share of others. The field is at most so smooth that it can be made in a short time.
 */
static cr_augmentation suit(cr_image_shape shape) {
  static const double small_side = 28, smoothest = 24;
  const double side = (double)cr_size_min(shape.height, shape.width) / small_side;
  const double sigma = fmin(fmax(rounded(6 * side), sigma_least), smoothest);
  return (cr_augmentation){.shift = rounded(2 * side),
                           .rotate = 15,
                           .scale = 0.15,
                           .shear = 0.15,
                           .alpha = rounded(34 * side * sigma / 6),
                           .sigma = sigma};
}

static cr_status fail_name(const char *text, const char *entry, size_t size) {
  char name[32] = {0};
  const char *nearest = NULL;
  size_t best = NEAR + 1;
  memcpy(name, entry, cr_size_min(size, sizeof name - 1));
  for (size_t i = 0; i < SETTINGS; i++) {
    const size_t distance = cr_text_distance(name, settings[i].name);
    if (distance < best) nearest = settings[i].name;
    if (distance < best) best = distance;
  }
  cr_fail(CR_ERR_ARGUMENT,
          "--augment '%s': there is no '%s'; there are auto, shift, rotate, scale, shear, elastic",
          text, name);
  for (size_t i = 0; nearest && i < SETTINGS; i++)
    if (settings[i].name == nearest) return cr_fix("--augment %s=%s", nearest, settings[i].sample);
  return cr_fix("--augment auto");
}

static cr_status fail_value(const char *text, const setting *s) {
  char most[32];
  cr_format_number(s->most, most);
  if (s == &settings[ELASTIC])
    cr_fail(CR_ERR_ARGUMENT,
            "--augment '%s': elastic takes a strength up to %s and a deviation from %g to %g", text,
            most, sigma_least, sigma_most);
  else
    cr_fail(CR_ERR_ARGUMENT, "--augment '%s': %s takes a number from 0 to %s", text, s->name, most);
  return cr_fix("--augment %s=%s", s->name, s->sample);
}

static bool read_number(const char *text, size_t size, double least, double most, double *out) {
  double value;
  if (!cr_parse_number(text, size, &value) || !(value >= least && value <= most)) return false;
  *out = value;
  return true;
}

static cr_status read_value(const char *text, const setting *s, const char *value, size_t size,
                            cr_augmentation *out) {
  const char *colon = memchr(value, ':', size);
  const bool elastic = s == &settings[ELASTIC];
  const size_t first = colon ? (size_t)(colon - value) : size;
  bool good = read_number(value, first, 0, s->most, place(s, out));
  if (elastic && colon)
    good = good && read_number(colon + 1, size - first - 1, sigma_least, sigma_most, &out->sigma);
  else
    good = good && !colon && (!elastic || out->alpha <= 0);
  return good ? CR_OK : fail_value(text, s);
}

/* "shift=2" */
static cr_status read_entry(const char *text, const char *entry, size_t size, unsigned *seen,
                            cr_augmentation *out) {
  const char *sign = memchr(entry, '=', size);
  const size_t length = sign ? (size_t)(sign - entry) : size;
  for (size_t i = 0; i < SETTINGS; i++) {
    const setting *s = &settings[i];
    if (length != strlen(s->name) || memcmp(entry, s->name, length) != 0) continue;
    if (*seen >> i & 1)
      return cr_fail(CR_ERR_ARGUMENT, "--augment '%s' has %s twice", text, s->name);
    *seen |= 1u << i;
    if (!sign) return fail_value(text, s);
    return read_value(text, s, sign + 1, size - length - 1, out);
  }
  return fail_name(text, entry, length);
}

cr_status cr_augmentation_read(const char *text, cr_image_shape shape, cr_augmentation *out) {
  static const char automatic[] = "auto";
  unsigned seen = 0;
  *out = (cr_augmentation){0};
  for (const char *entry = text;; entry++) {
    const size_t size = strcspn(entry, ",");
    const bool is_auto = size == sizeof automatic - 1 && memcmp(entry, automatic, size) == 0;
    if (is_auto && entry == text)
      *out = suit(shape);
    else
      CR_TRY(read_entry(text, entry, size, &seen, out));
    entry += size;
    if (*entry == '\0') break;
  }
  if (out->alpha <= 0) out->alpha = out->sigma = 0;
  return CR_OK;
}

cr_status cr_augmentation_write(const cr_augmentation *augmentation, char **out) {
  cr_augmentation copy = *augmentation;
  cr_strbuf text = {0};
  char number[32];
  *out = NULL;
  for (size_t i = 0; i < SETTINGS; i++) {
    const double value = *place(&settings[i], &copy);
    if (value <= 0) continue;
    cr_format_number(value, number);
    cr_strbuf_format(&text, "%s%s=%s", text.length ? "," : "", settings[i].name, number);
    if (i != ELASTIC) continue;
    cr_format_number(copy.sigma, number);
    cr_strbuf_format(&text, ":%s", number);
  }
  if (!text.length) return CR_OK;
  const cr_status status = cr_strbuf_take(&text, out);
  cr_strbuf_free(&text);
  return status;
}
