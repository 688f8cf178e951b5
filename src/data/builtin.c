/* The built-in data sets: assets through the ordinary readers, the others computed. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/quote.h"
#include "base/rng.h"
#include "data/assets.h"
#include "data/reader.h"

enum { PARITY_MIN = 2, PARITY_MAX = 16, ARMS = 3, ARM_POINTS = 100 };

/* A computed set, made in two steps so that a failure has one place to clean up. */
typedef cr_status fill_table(cr_table *table);

static cr_status compute(const char *name, size_t columns, size_t rows, fill_table *fill,
                         cr_table **out) {
  cr_table *table;
  CR_TRY(cr_table_create(name, "builtin", columns, &table));
  table->rows = rows;
  table->origin.has_header = true; /* the names of the columns belong to the set */
  cr_status status = fill(table);
  if (status == CR_OK) {
    cr_table_fingerprint(table);
    status = cr_table_finish(table, NULL);
  }
  if (status != CR_OK) {
    cr_table_destroy(table);
    return status;
  }
  *out = table;
  return CR_OK;
}

/* Whether a row of `inputs` bits, so many of them ones, has the label 1. */
typedef bool bits_label(size_t ones, size_t inputs);

/* All rows of 0 and 1, in the order of the numbers they spell, and the label of each. */
static cr_status fill_bits(cr_table *table, bits_label *label) {
  const size_t inputs = table->column_count - 1;
  CR_TRY(cr_table_number_names(table));
  CR_TRY(cr_table_name(table, inputs, "y"));
  for (size_t c = 0; c <= inputs; c++) CR_TRY(cr_table_add_numbers(table, c));
  for (size_t r = 0; r < table->rows; r++) {
    size_t ones = 0;
    for (size_t c = 0; c < inputs; c++) {
      const size_t bit = r >> (inputs - 1 - c) & 1;
      table->columns[c].numbers[r] = (double)bit;
      ones += bit;
    }
    table->columns[inputs].numbers[r] = label(ones, inputs) ? 1 : 0;
  }
  table->columns[inputs].is_label = true;
  table->origin.complete = true;
  return CR_OK;
}

static bool is_odd(size_t ones, size_t inputs) {
  (void)inputs;
  return ones % 2 == 1;
}

static bool is_any(size_t ones, size_t inputs) {
  (void)inputs;
  return ones > 0;
}

static bool is_all(size_t ones, size_t inputs) {
  return ones == inputs;
}

static cr_status fill_parity(cr_table *table) {
  return fill_bits(table, is_odd);
}

static cr_status fill_or(cr_table *table) {
  return fill_bits(table, is_any);
}

static cr_status fill_and(cr_table *table) {
  return fill_bits(table, is_all);
}

/* Arms that turn by 4 radians from the middle to radius 1, with noise on the angle. */
static cr_status fill_spiral(cr_table *table) {
  static const char *const names[] = {"x1", "x2", "class"};
  static const char *const classes[ARMS] = {"0", "1", "2"};
  for (size_t c = 0; c < 3; c++) CR_TRY(cr_table_name(table, c, names[c]));
  CR_TRY(cr_table_add_numbers(table, 0));
  CR_TRY(cr_table_add_numbers(table, 1));
  cr_stored_column *label = &table->columns[2];
  void *codes;
  CR_TRY(cr_alloc(table->rows, sizeof(uint32_t), &codes));
  label->codes = codes;
  label->info.type = CR_COLUMN_TEXT;
  label->info.width = 1;
  label->is_label = true;
  for (size_t arm = 0; arm < ARMS; arm++) CR_TRY(cr_strlist_add(&label->texts, classes[arm]));
  for (size_t r = 0; r < table->rows; r++) {
    const size_t arm = r / ARM_POINTS;
    const double radius = (double)(r % ARM_POINTS) / (ARM_POINTS - 1);
    const double noise = cr_random_normal(1, CR_STREAM_DATA, 0, r);
    const double angle = 4 * ((double)arm + radius) + 0.2 * noise;
    table->columns[0].numbers[r] = radius * sin(angle);
    table->columns[1].numbers[r] = radius * cos(angle);
    label->codes[r] = (uint32_t)arm;
  }
  return CR_OK;
}

static cr_status find_asset(const char *name, const char *path, cr_source *out) {
  for (const cr_asset *asset = cr_assets; asset->name; asset++) {
    if (strcmp(asset->name, name) != 0) continue;
    return cr_source_copy(path, (const char *)asset->bytes, asset->size, asset->size, out);
  }
  return cr_fail(CR_ERR_INTERNAL, "the built-in file %s is not there", name);
}

static cr_status read_digits(cr_table **out) {
  cr_source images, labels;
  CR_TRY(find_asset("digits-images-idx3-ubyte", "@digits", &images));
  cr_status status = find_asset("digits-labels-idx1-ubyte", "@digits", &labels);
  if (status == CR_OK) {
    status = cr_idx_table(&images, &labels, NULL, out);
    cr_source_free(&labels);
  }
  cr_source_free(&images);
  return status;
}

static cr_status read_iris(cr_table **out) {
  cr_source source;
  cr_read_options options;
  cr_read_options_init(&options);
  CR_TRY(find_asset("iris.csv", "@iris", &source));
  const cr_status status = cr_csv_reader.read(&source, &options, NULL, out);
  cr_source_free(&source);
  return status;
}

static cr_status read_xor(cr_table **out) {
  return compute("@xor", 3, 4, fill_parity, out);
}

static cr_status read_and(cr_table **out) {
  return compute("@and", 3, 4, fill_and, out);
}

static cr_status read_or(cr_table **out) {
  return compute("@or", 3, 4, fill_or, out);
}

static cr_status read_spiral(cr_table **out) {
  return compute("@spiral", 3, (size_t)ARMS * ARM_POINTS, fill_spiral, out);
}

static cr_status read_parity(const char *name, const char *number, cr_table **out) {
  uint64_t bits;
  if (!cr_parse_integer(number, strlen(number), &bits) || bits < PARITY_MIN || bits > PARITY_MAX) {
    cr_fail(CR_ERR_OPEN, "'%s' is no data set: @parity:N takes an N from %d to %d", name,
            PARITY_MIN, PARITY_MAX);
    return cr_fix("@parity:4, for one");
  }
  return compute(name, (size_t)bits + 1, (size_t)1 << bits, fill_parity, out);
}

typedef struct builtin {
  const char *name;
  cr_status (*read)(cr_table **out);
} builtin;

static const builtin builtins[] = {
    {"@and", read_and}, {"@digits", read_digits}, {"@iris", read_iris},
    {"@or", read_or},   {"@spiral", read_spiral}, {"@xor", read_xor},
};
enum { BUILTIN_COUNT = sizeof builtins / sizeof *builtins };

/* How unlike two names are; of those equally far the one of the same length is nearer. */
static size_t unlikeness(const char *name, const char *other) {
  return 2 * cr_text_distance(name, other) + (strlen(name) != strlen(other) ? 1 : 0);
}

static cr_status fail_unknown(const char *name) {
  const char *nearest = "@parity:4";
  size_t best = unlikeness(name, "@parity");
  for (size_t i = 0; i < BUILTIN_COUNT; i++) {
    const size_t distance = unlikeness(name, builtins[i].name);
    if (distance >= best) continue;
    best = distance;
    nearest = builtins[i].name;
  }
  cr_fail(CR_ERR_OPEN,
          "no built-in data set '%s'; there are @and, @digits, @iris, @or, @parity:N, @spiral and "
          "@xor",
          name);
  cr_strbuf fix = {0};
  cr_strbuf_format(&fix, "the nearest is %s; a file of this name is ./", nearest);
  cr_quote_shell(&fix, name);
  return cr_fix_command(&fix);
}

cr_status cr_builtin_read(const char *name, cr_table **out) {
  static const char parity[] = "@parity";
  for (size_t i = 0; i < BUILTIN_COUNT; i++) {
    if (strcmp(name, builtins[i].name) != 0) continue;
    CR_TRY(builtins[i].read(out));
    (*out)->origin.format = "builtin";
    return CR_OK;
  }
  if (strncmp(name, parity, sizeof parity - 1) != 0) return fail_unknown(name);
  const char *number = name + sizeof parity - 1;
  return *number == ':' || *number == '\0' ? read_parity(name, *number ? number + 1 : "", out)
                                           : fail_unknown(name);
}
