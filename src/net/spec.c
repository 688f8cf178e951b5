#include "net/spec.h"

#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/strbuf.h"

/* Bytes of a specification, or of a part of it, that a message shows. */
#define SHOWN 64
#define LONGEST_NAME 32

/* Pieces between the dashes: 0 holds the inputs, each other one a layer. */
typedef struct piece {
  const char *text;
  size_t size;
  size_t index;
} piece;

static int shown(const piece *p) {
  return (int)(p->size < SHOWN ? p->size : SHOWN);
}

static cr_status parse_width(const piece *p, size_t size, size_t *out) {
  uint64_t width = 0;
  if (!cr_parse_integer(p->text, size, &width) || width == 0) {
    cr_fail(CR_ERR_ARGUMENT, "network: \"%.*s\" (place %zu) does not start with a number from 1",
            shown(p), p->text, p->index + 1);
    return cr_fix("write a network as 784-64:relu-10:softmax");
  }
  if (width > CR_MAX_WIDTH) {
    return cr_fail(CR_ERR_LIMIT,
                   "network: %" PRIu64 " units in layer %zu, at most %zu are possible", width,
                   p->index, CR_MAX_WIDTH);
  }
  *out = (size_t)width;
  return CR_OK;
}

static cr_status parse_activation(const piece *p, size_t colon, const cr_activation **out) {
  if (colon == p->size) {
    cr_fail(CR_ERR_ARGUMENT, "network: layer %zu, \"%.*s\", has no activation", p->index, shown(p),
            p->text);
    return cr_fix("write %.*s:sigmoid, or another activation", shown(p), p->text);
  }
  const size_t size = p->size - colon - 1;
  char name[LONGEST_NAME + 1] = "";
  memcpy(name, p->text + colon + 1, size < LONGEST_NAME ? size : LONGEST_NAME);
  return cr_activation_find(name, out);
}

static cr_status parse_layer(const piece *p, size_t inputs, cr_layer_spec *out) {
  const char *colon = memchr(p->text, ':', p->size);
  const size_t at = colon ? (size_t)(colon - p->text) : p->size;
  out->inputs = inputs;
  CR_TRY(parse_width(p, at, &out->outputs));
  return parse_activation(p, at, &out->activation);
}

static cr_status parse_pieces(const char *text, cr_spec *spec) {
  size_t inputs = 0;
  for (size_t i = 0; i <= spec->count; ++i) {
    const piece p = {text, strcspn(text, "-"), i};
    text += p.size + 1;
    if (i == 0) {
      CR_TRY(parse_width(&p, p.size, &spec->inputs));
      inputs = spec->inputs;
      continue;
    }
    CR_TRY(parse_layer(&p, inputs, &spec->layers[i - 1]));
    inputs = spec->layers[i - 1].outputs;
  }
  return CR_OK;
}

cr_status cr_spec_check_size(const cr_spec *spec, uint64_t most_parameters) {
  uint64_t weights = 0, biases = 0;
  for (size_t l = 0; l < spec->count; ++l) { /* weights <= 2^48 each, 1024 of them */
    weights += (uint64_t)spec->layers[l].inputs * spec->layers[l].outputs;
    biases += spec->layers[l].outputs;
  }
  if (weights > CR_MAX_WEIGHTS) {
    return cr_fail(CR_ERR_LIMIT, "network: %" PRIu64 " weights, at most %" PRIu64 " are possible",
                   weights, CR_MAX_WEIGHTS);
  }
  if (weights + biases <= most_parameters) return CR_OK;
  return cr_fail(CR_ERR_LIMIT,
                 "network: %" PRIu64 " weights and biases, at most %" PRIu64
                 " are possible on this machine",
                 weights + biases, most_parameters);
}

cr_status cr_spec_parse(const char *text, cr_spec *out) {
  *out = (cr_spec){0};
  size_t count = 0;
  for (const char *c = text; c && *c; ++c) count += *c == '-';
  if (count == 0) {
    cr_fail(CR_ERR_ARGUMENT, "network: \"%.*s\" has no layer after the inputs", SHOWN,
            text ? text : "");
    return cr_fix("write a network as 784-64:relu-10:softmax");
  }
  if (count > CR_MAX_LAYERS) {
    return cr_fail(CR_ERR_LIMIT, "network: %zu layers, at most %d are possible", count,
                   CR_MAX_LAYERS);
  }
  cr_spec spec = {.count = count};
  void *layers = NULL;
  CR_TRY(cr_alloc(count, sizeof *spec.layers, &layers));
  spec.layers = layers;
  cr_status status = parse_pieces(text, &spec);
  if (status == CR_OK) status = cr_spec_check_size(&spec, CR_MAX_PARAMETERS);
  if (status != CR_OK) {
    cr_spec_free(&spec);
    return status;
  }
  *out = spec;
  return CR_OK;
}

cr_status cr_spec_format(const cr_spec *spec, char **out) {
  cr_strbuf text = {0};
  cr_strbuf_format(&text, "%zu", spec->inputs);
  for (size_t l = 0; l < spec->count; ++l) {
    cr_strbuf_format(&text, "-%zu:%s", spec->layers[l].outputs,
                     spec->layers[l].activation->part.name);
  }
  return cr_strbuf_take(&text, out);
}

void cr_spec_free(cr_spec *spec) {
  if (!spec) return;
  cr_free(spec->layers);
  *spec = (cr_spec){0};
}
