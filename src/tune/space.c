#include "tune/space.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/rng.h"
#include "base/size.h"
#include "chainrule/parts.h"
#include "train/defaults.h"

/* The uniform numbers of one draw: as many as one setting asks for. */
enum { DRAWS = 3, MOST_ATTEMPTS = 64 };

/* One setting: what options call it, whether they set it, and a draw from uniform numbers u. */
typedef struct dimension {
  const char *name;
  bool (*is_set)(const cr_train_options *options);
  void (*draw)(const cr_space *space, const double u[DRAWS], cr_settings *out);
} dimension;

/* Item number floor(u count): u is below 1. */
static size_t pick(double u, size_t count) {
  return cr_size_min((size_t)(u * (double)count), count - 1);
}

static double between(double u, double low, double high) {
  return low * pow(high / low, u);
}

static bool layers_set(const cr_train_options *options) {
  return options->layers != NULL;
}

/* One hidden layer or two alike often, three less so; all of one width, or each half the last. */
static void draw_layers(const cr_space *space, const double u[DRAWS], cr_settings *out) {
  const size_t depth = u[0] < 0.4 ? 1 : u[0] < 0.8 ? 2 : 3;
  const bool tapers = u[2] < 0.5;
  size_t width = space->widths[pick(u[1], space->width_count)], length = 0;
  out->given_layers = NULL;
  for (size_t i = 0; i < depth; i++) {
    length += (size_t)snprintf(out->drawn_layers + length, sizeof out->drawn_layers - length,
                               "%s%zu", i ? "," : "", width);
    if (tapers) width = cr_size_max(width / 2, 2);
  }
}

static bool activation_set(const cr_train_options *options) {
  return options->activation != NULL;
}

static void draw_activation(const cr_space *space, const double u[DRAWS], cr_settings *out) {
  out->activation = space->activations[pick(u[0], space->activation_count)];
}

static bool rate_set(const cr_train_options *options) {
  return options->learning_rate > 0;
}

/* A twentieth to four times what train takes: too low costs time, too high the run. */
static void draw_rate(const cr_space *space, const double u[DRAWS], cr_settings *out) {
  out->rate = cr_rounded(between(u[0], space->defaults.rate / 20, space->defaults.rate * 4), 2);
}

/* Who compares the costs of steps sees all rows in each, and draws nothing. */
static bool compares_costs(const cr_train_options *options) {
  const cr_optimizer *optimizer = NULL;
  const char *name = options->optimizer ? options->optimizer : cr_default_optimizer();
  return cr_optimizer_find(name, &optimizer) == CR_OK && optimizer->full_batch;
}

static bool batch_set(const cr_train_options *options) {
  return options->batch != 0 || compares_costs(options);
}

static void draw_batch(const cr_space *space, const double u[DRAWS], cr_settings *out) {
  out->batch = space->batches[pick(u[0], space->batch_count)];
}

static bool l2_set(const cr_train_options *options) {
  return !isnan(options->l2);
}

static void draw_l2(const cr_space *space, const double u[DRAWS], cr_settings *out) {
  (void)space;
  out->l2 = u[0] < 1.0 / 3 ? 0 : cr_rounded(between(u[1], 1e-6, 1e-2), 1);
}

static bool dropout_set(const cr_train_options *options) {
  const bool no_hidden = options->layers && options->layers[0] == '\0';
  return options->dropout > 0 || no_hidden || compares_costs(options);
}

static void draw_dropout(const cr_space *space, const double u[DRAWS], cr_settings *out) {
  (void)space;
  out->dropout = u[0] < 0.5 ? 0 : (double)(1 + pick(u[1], 5)) / 10;
}

/* A setting's place is part of its draws: new ones come last. */
static const dimension dimensions[] = {
    {"layers", layers_set, draw_layers},
    {"activation", activation_set, draw_activation},
    {"lr", rate_set, draw_rate},
    {"batch", batch_set, draw_batch},
    {"l2", l2_set, draw_l2},
    {"dropout", dropout_set, draw_dropout},
};

enum { DIMENSIONS = sizeof dimensions / sizeof *dimensions };

static cr_status fail_name(const char *name, size_t size) {
  cr_strbuf names = {0};
  for (size_t i = 0; i < DIMENSIONS; i++)
    cr_strbuf_format(&names, "%s%s", i ? ", " : "", dimensions[i].name);
  char *all = NULL;
  CR_TRY(cr_strbuf_take(&names, &all));
  cr_fail(CR_ERR_ARGUMENT, "--search: there is no '%.*s'; there are %s", (int)cr_size_min(size, 64),
          name, all);
  cr_free(all);
  return cr_fix("--search layers,lr");
}

static cr_status add_name(const char *name, size_t size, const cr_train_options *train,
                          cr_space *space) {
  for (size_t i = 0; i < DIMENSIONS; i++) {
    if (strlen(dimensions[i].name) != size || memcmp(dimensions[i].name, name, size) != 0) continue;
    space->searched |= 1U << i;
    if (!dimensions[i].is_set(train)) return CR_OK;
    cr_fail(CR_ERR_COMBINATION, "%s is to be searched, but the options leave no choice of it",
            dimensions[i].name);
    return cr_fix("leave out the option that sets it, or its name in --search");
  }
  return fail_name(name, size);
}

/* A list of activations fits one number of layers. */
static cr_status check_activations(const cr_train_options *train, const cr_space *space) {
  const bool list = train->activation && strchr(train->activation, ',');
  if (!list || !(space->searched & 1U)) return CR_OK; /* layers are the first of the table */
  cr_fail(CR_ERR_COMBINATION, "activations %s of layers whose number is searched",
          train->activation);
  return cr_fix("--activation with one for all layers, or --layers 64,32 as well");
}

static cr_status choose_searched(const cr_train_options *train, const char *search,
                                 cr_space *space) {
  for (size_t i = 0; i < DIMENSIONS && !search; i++)
    if (!dimensions[i].is_set(train)) space->searched |= 1U << i;
  for (const char *name = search; name;) {
    const size_t size = strcspn(name, ",");
    CR_TRY(add_name(name, size, train, space));
    name = name[size] ? name + size + 1 : NULL;
  }
  if (space->searched) return check_activations(train, space);
  cr_fail(CR_ERR_COMBINATION, "nothing is left to search: every setting is given");
  return cr_fix("leave out one of the options of the network or the descent");
}

/* An eighth to four times the width that train takes for such data. */
static void choose_widths(cr_space *space) {
  uint64_t width = 64;
  const char *layers = cr_settings_layers(&space->defaults);
  cr_parse_integer(layers, strcspn(layers, ","), &width);
  for (uint64_t w = cr_size_max(width / 8, 2); w <= 4 * width; w *= 2)
    space->widths[space->width_count++] = (size_t)w;
}

/* A quarter to four times as many rows as train takes a step, of those there are. */
static void choose_batches(cr_space *space, size_t rows) {
  const size_t batch = space->defaults.batch;
  for (size_t b = cr_size_max(batch / 4, 1); b <= cr_size_min(4 * batch, rows); b *= 2)
    space->batches[space->batch_count++] = b;
}

/* Those that serve in hidden layers of any depth. */
static void choose_activations(cr_space *space) {
  static const char *const names[] = {"relu", "tanh", "gelu", "silu"};
  const cr_part *part;
  for (size_t n = 0; n < sizeof names / sizeof *names; n++)
    for (size_t i = 0; (part = cr_part_at(CR_PART_ACTIVATION, i)); i++)
      if (strcmp(part->name, names[n]) == 0)
        space->activations[space->activation_count++] = part->name;
}

cr_status cr_space_create(const cr_settings *defaults, const cr_train_options *train,
                          const char *search, size_t rows, cr_space *out) {
  *out = (cr_space){.seed = train->seed, .defaults = *defaults};
  CR_TRY(choose_searched(train, search, out));
  choose_widths(out);
  choose_batches(out, rows);
  choose_activations(out);
  return CR_OK;
}

void cr_space_draw(const cr_space *space, size_t trial, size_t attempt, cr_settings *out) {
  *out = space->defaults;
  for (size_t i = 0; i < DIMENSIONS; i++) {
    if (!(space->searched >> i & 1U)) continue;
    double u[DRAWS];
    for (size_t k = 0; k < DRAWS; k++)
      u[k] = cr_random_uniform(space->seed, CR_STREAM_TUNE, (uint32_t)(i * DRAWS + k),
                               trial * MOST_ATTEMPTS + attempt % MOST_ATTEMPTS);
    dimensions[i].draw(space, u, out);
  }
}

const char *cr_settings_layers(const cr_settings *settings) {
  return settings->given_layers ? settings->given_layers : settings->drawn_layers;
}

bool cr_settings_equal(const cr_settings *a, const cr_settings *b) {
  return strcmp(cr_settings_layers(a), cr_settings_layers(b)) == 0 &&
         strcmp(a->activation, b->activation) == 0 && a->rate == b->rate && a->batch == b->batch &&
         a->l2 == b->l2 && a->dropout == b->dropout;
}

void cr_settings_apply(const cr_settings *settings, cr_train_options *options) {
  options->layers = cr_settings_layers(settings);
  options->activation = settings->activation;
  options->learning_rate = settings->rate;
  options->batch = settings->batch;
  options->l2 = settings->l2;
  options->dropout = settings->dropout;
}

/* Names of parts and widths: nothing in them needs escaping. */
void cr_settings_write(const cr_settings *settings, cr_strbuf *out) {
  char rate[32], l2[32], dropout[32];
  cr_format_number(settings->rate, rate);
  cr_format_number(settings->l2, l2);
  cr_format_number(settings->dropout, dropout);
  cr_strbuf_format(out,
                   "{\"layers\":\"%s\",\"activation\":\"%s\",\"lr\":%s,\"batch\":%zu,"
                   "\"l2\":%s,\"dropout\":%s}",
                   cr_settings_layers(settings), settings->activation, rate, settings->batch, l2,
                   dropout);
}

void cr_space_names(const cr_space *space, cr_strbuf *out) {
  const char *comma = "";
  for (size_t i = 0; i < DIMENSIONS; i++) {
    if (!(space->searched >> i & 1U)) continue;
    cr_strbuf_format(out, "%s%s", comma, dimensions[i].name);
    comma = ",";
  }
}
