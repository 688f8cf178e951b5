#include "option_value.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "errors.h"
#include "nearest.h"
#include "other_names.h"
#include "settings.h"

/* What a double holds exactly, and a JSON number. */
static const uint64_t LARGEST_COUNT = UINT64_C(1) << 53;

/* A value as it would be right: "--epochs 100", or in a file "epochs": 100. */
static void add_right(const struct reading *r, const char *value, struct text *out) {
  const enum option_kind kind = r->option->kind;
  if (r->file == NULL) {
    text_add(out, "--%s %s", r->option->name, value);
    return;
  }
  const bool number = kind == OPTION_COUNT || kind == OPTION_SEED || kind == OPTION_BATCH ||
                      kind == OPTION_POSITIVE || kind == OPTION_NUMBER || kind == OPTION_SHARE ||
                      kind == OPTION_FRACTION;
  const char *quote = number ? "" : "\"";
  text_add(out, "\"%s\": %s%s%s", r->option->name, quote, value, quote);
}

/* Shows what is wrong with the value, and one that would be right. */
static int refuse_for(const struct reading *r, const char *right, const char *what) {
  cr_error error = {.status = CR_ERR_USAGE};
  struct text fix = {0};
  add_right(r, right, &fix);
  snprintf(error.message, sizeof error.message, r->file != NULL ? "\"%s\": %s" : "--%s: %s",
           r->option->name, what);
  snprintf(error.fix, sizeof error.fix, "%s", fix.data);
  if (r->file != NULL) snprintf(error.file, sizeof error.file, "%.500s", r->file);
  text_free(&fix);
  return errors_show(r->cli, &error);
}

const char *option_sample(const struct option *option) {
  const char *name;
  bool supported = false;
  for (size_t i = 0; option->kind == OPTION_KERNEL && (name = cr_kernel_name(i, &supported)); i++)
    if (supported) return name;
  return option->sample;
}

static int refuse(const struct reading *r, const char *what) {
  char sentence[300];
  snprintf(sentence, sizeof sentence, "'%.200s' %s", r->value, what);
  return refuse_for(r, option_sample(r->option), sentence);
}

static void *place(const struct reading *r) {
  return (char *)&r->cli->settings + r->option->offset;
}

static bool only(const char *text, const char *allowed) {
  return text[0] != '\0' && text[strspn(text, allowed)] == '\0';
}

static bool read_count(const char *text, uint64_t *out) {
  errno = 0;
  *out = only(text, "0123456789") ? strtoull(text, NULL, 10) : 0;
  return only(text, "0123456789") && errno == 0;
}

/* The program never sets a locale, so the point is a point. */
bool option_read_number(const char *text, double *out) {
  char *end = NULL;
  *out = only(text, "0123456789.eE+-") ? strtod(text, &end) : 0;
  return end != NULL && *end == '\0' && isfinite(*out);
}

static int set_count(const struct reading *r) {
  uint64_t count = 0;
  if (r->value[0] == '-' && only(r->value + 1, "0123456789")) return refuse(r, "is below 0");
  if (!only(r->value, "0123456789")) return refuse(r, "is not a whole number");
  if (!read_count(r->value, &count) || count > LARGEST_COUNT || count > SIZE_MAX) {
    return refuse(r, "is too large; the most is 9007199254740992");
  }
  if (count < r->option->least) {
    char what[64];
    snprintf(what, sizeof what, "is too small; the least is %zu", r->option->least);
    return refuse(r, what);
  }
  *(size_t *)place(r) = (size_t)count;
  return 0;
}

static int set_batch(const struct reading *r) {
  if (strcmp(r->value, "all") == 0) {
    *(size_t *)place(r) = SIZE_MAX;
    return 0;
  }
  return set_count(r);
}

static int set_seed(const struct reading *r) {
  uint64_t *seed = place(r); /* JSON has signed numbers */
  r->cli->settings.seed_given = true;
  if (read_count(r->value, seed) && *seed <= INT64_MAX) return 0;
  return refuse(r, "is not a whole number below 2^63");
}

/* "", "M", "MB" and "MiB", in letters of any size; the power of 1024 is -1 for others. */
static int power_of(const char *unit) {
  static const char letters[] = "KMGT";
  const char *letter = unit[0] != '\0' ? strchr(letters, unit[0] & ~0x20) : NULL;
  if (unit[0] == '\0') return 0;
  const char *rest = unit + (letter != NULL);
  if (letter != NULL && (rest[0] & ~0x20) == 'I' && rest[1] != '\0') rest++;
  if ((rest[0] & ~0x20) == 'B') rest++;
  if (rest[0] != '\0') return -1;
  return letter != NULL ? (int)(letter - letters) + 1 : 0;
}

/* "1500", "500M", "500MB", "500MiB": 1024 for each letter, as for half of the memory, too. */
static int set_size(const struct reading *r) {
  char digits[32];
  uint64_t size = 0;
  const size_t length = strspn(r->value, "0123456789");
  const int power = power_of(r->value + length);
  snprintf(digits, sizeof digits, "%.*s", (int)(length < sizeof digits ? length : 0), r->value);
  if (!read_count(digits, &size) || power < 0) {
    return refuse(r, "is not a size such as 500M, 500MB or 2G");
  }
  const unsigned shift = 10 * (unsigned)power;
  if (size == 0) return refuse(r, "is too small");
  if (size > LARGEST_COUNT >> shift) return refuse(r, "is too large");
  *(uint64_t *)place(r) = size << shift;
  return 0;
}

static int set_number(const struct reading *r) {
  double number = 0;
  const enum option_kind kind = r->option->kind;
  bool positive = kind == OPTION_POSITIVE || kind == OPTION_FRACTION;
  if (!option_read_number(r->value, &number)) return refuse(r, "is not a number");
  if (positive && number <= 0) return refuse(r, "is not above 0");
  if (!positive && number < 0) return refuse(r, "is below 0");
  if (kind == OPTION_FRACTION && number >= 1) return refuse(r, "is not below 1");
  *(double *)place(r) = number;
  return 0;
}

/* "0.01", "1 %" or "1%". */
static int set_share(const struct reading *r) {
  char one[32];
  double number = 0;
  const size_t length = strcspn(r->value, " %");
  const char *sign = r->value + length + strspn(r->value + length, " ");
  const bool percent = strcmp(sign, "%") == 0;
  snprintf(one, sizeof one, "%.*s", (int)(length < sizeof one ? length : 0), r->value);
  if ((sign[0] != '\0' && !percent) || !option_read_number(one, &number)) {
    return refuse(r, "is not a share such as 0.01 or '1 %'");
  }
  if (percent) number /= 100;
  if (number < 0) return refuse(r, "is below 0");
  if (number >= 1) return refuse(r, percent ? "is not below 100 %" : "is not below 1");
  *(double *)place(r) = number;
  return 0;
}

/* "60/20/20", also as shares of 1; two shares leave the third part empty. */
static int set_shares(const struct reading *r) {
  double shares[3] = {0, 0, 0}, sum = 0;
  const char *at = r->value;
  size_t count = 0;
  for (;; at++) {
    char one[32];
    size_t length = strcspn(at, "/");
    if (count == 3 || length >= sizeof one) return refuse(r, "is not two or three shares");
    memcpy(one, at, length);
    one[length] = '\0';
    if (!option_read_number(one, &shares[count])) return refuse(r, "holds something not a number");
    if (shares[count] < 0) return refuse(r, "holds a share below 0");
    sum += shares[count++];
    at += length;
    if (*at == '\0') break;
  }
  double whole = fabs(sum - 1) < 1e-9 ? 1 : 100;
  if (count < 2) return refuse(r, "is not two or three shares");
  if (fabs(sum - whole) > 1e-9) return refuse(r, "does not add up to 100");
  if (shares[0] <= 0) return refuse(r, "leaves no rows to train on");
  double *out = place(r);
  for (size_t i = 0; i < 3; i++) out[i] = shares[i] / whole;
  return 0;
}

/* Choice `index` of an option, copied to out; false past the last one. */
static bool choice_at(const struct option *option, size_t index, char out[32]) {
  if (option->kind == OPTION_PARTS) {
    const cr_part *part = cr_part_at(option->part, index);
    if (part == NULL) return false;
    snprintf(out, 32, "%s", part->name);
    return true;
  }
  if (option->kind == OPTION_KERNEL) {
    const char *name = cr_kernel_name(index, NULL);
    if (name != NULL) snprintf(out, 32, "%s", name);
    return name != NULL;
  }
  const char *at = option->choices;
  for (; at != NULL && index > 0; index--) at = (at = strchr(at, ',')) != NULL ? at + 1 : NULL;
  if (at == NULL) return false;
  snprintf(out, 32, "%.*s", (int)strcspn(at, ","), at);
  return true;
}

void option_choices(const struct option *option, struct text *out) {
  char choice[32];
  for (size_t i = 0; choice_at(option, i, choice); i++) {
    text_add(out, "%s%s", i > 0 ? ", " : "", choice);
  }
}

/* The choice that begins as the word does, with three letters at least: "classify". */
static void guess_beginning(const struct reading *r, const char *word, char best[32]) {
  char choice[32];
  size_t most = 2;
  for (size_t i = 0; choice_at(r->option, i, choice); i++) {
    size_t same = 0;
    while (word[same] != '\0' && word[same] == choice[same]) same++;
    if (same <= most) continue;
    most = same;
    snprintf(best, 32, "%s", choice);
  }
}

/* What was meant by a word that is no choice: a name from elsewhere, one cut short or misspelt. */
static void guess_choice(const struct reading *r, const char *word, char best[32]) {
  struct nearest nearest;
  char choice[32];
  const char *name = r->option->kind == OPTION_PARTS ? other_name(r->option->part, word) : NULL;
  snprintf(best, 32, "%s", name != NULL ? name : option_sample(r->option));
  if (name != NULL) return;
  guess_beginning(r, word, best);
  nearest_begin(&nearest, word);
  for (size_t i = 0; choice_at(r->option, i, choice); i++) {
    if (word[0] != '\0' && word[1] != '\0' && strncmp(choice, word, strlen(word)) == 0) {
      snprintf(best, 32, "%s", choice);
      return;
    }
    size_t before = nearest.distance;
    nearest_offer(&nearest, choice);
    if (nearest.distance < before) snprintf(best, 32, "%s", choice);
  }
}

static int refuse_choice(const struct reading *r, const char *word) {
  struct text all = {0};
  char best[32];
  guess_choice(r, word, best);
  option_choices(r->option, &all);
  struct text what = {0};
  text_add(&what, "there is no '%.100s'; there are %s", word, all.data != NULL ? all.data : "none");
  int status = refuse_for(r, best, what.data);
  text_free(&what);
  text_free(&all);
  return status;
}

static bool is_choice(const struct reading *r, const char *word) {
  char choice[32];
  for (size_t i = 0; choice_at(r->option, i, choice); i++)
    if (strcmp(word, choice) == 0) return true;
  return false;
}

/*
 * Kept as one text: only the table tells whether a comma in it is part of a name. Where there are
 * choices, it is one of them, or something about one column: "name=word".
 */
static int set_names(const struct reading *r) {
  if (r->option->choices != NULL && strchr(r->value, '=') == NULL && !is_choice(r, r->value))
    return refuse_choice(r, r->value);
  for (const char *at = r->value;; at++) {
    size_t length = strcspn(at, ",");
    if (length == 0) return refuse(r, "holds an empty name");
    at += length;
    if (*at == '\0') break;
  }
  name_list_add(place(r), r->value, strlen(r->value));
  return 0;
}

/* One name, or for parts several with commas between them, each of which must be there. */
static int set_choice(const struct reading *r) {
  const char *at = r->value;
  for (;; at++) {
    char word[64];
    size_t length = r->option->kind == OPTION_PARTS ? strcspn(at, ",") : strlen(at);
    snprintf(word, sizeof word, "%.*s", (int)length, at);
    if (!is_choice(r, word)) return refuse_choice(r, word);
    at += length;
    if (*at == '\0') break;
  }
  *(const char **)place(r) = r->value;
  return 0;
}

/* A character, or a word that a shell leaves alone. */
static int set_sign(const struct reading *r) {
  static const struct {
    const char *name;
    char sign;
  } signs[] = {{"comma", ','}, {"point", '.'}, {"semicolon", ';'}, {"tab", '\t'},
               {"bar", '|'},   {"space", ' '}, {"colon", ':'},     {"\\t", '\t'}};
  char sign = r->value[0] != '\0' && r->value[1] == '\0' ? r->value[0] : '\0';
  for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
    if (strcmp(r->value, signs[i].name) == 0) sign = signs[i].sign;
  }
  if (sign == '\0') return refuse(r, "is no single character");
  *(char *)place(r) = sign;
  return 0;
}

int option_set(const struct reading *r) {
  switch (r->option->kind) {
    case OPTION_FLAG:
      *(bool *)place(r) = true;
      return 0;
    case OPTION_TEXT:
      *(const char **)place(r) = r->value;
      return 0;
    case OPTION_NAMES:
      return set_names(r);
    case OPTION_SIGN:
      return set_sign(r);
    case OPTION_PARTS:
    case OPTION_CHOICE:
    case OPTION_KERNEL:
      return set_choice(r);
    case OPTION_COUNT:
      return set_count(r);
    case OPTION_SEED:
      return set_seed(r);
    case OPTION_BATCH:
      return set_batch(r);
    case OPTION_SIZE:
      return set_size(r);
    case OPTION_POSITIVE:
    case OPTION_NUMBER:
    case OPTION_FRACTION:
      return set_number(r);
    case OPTION_SHARE:
      return set_share(r);
    case OPTION_SHARES:
      return set_shares(r);
  }
  return 0;
}
