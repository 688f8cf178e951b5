#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/number.h"
#include "json/json.h"
#include "model/container.h"
#include "model/description.h"
#include "model/validate.h"

/* A tensor is 8 values of JSON; the rest is metadata. */
#define MAX_HEADER_VALUES (2 * CR_MAX_LAYERS * 8 + 1024)

/* More than any network takes: weights, then biases, which are fewer. */
#define MAX_FILE_SIZE (8 * (uint64_t)CR_MAX_WEIGHTS + CR_HEADER_LIMIT)

/* The network takes as much again as its file. */
enum { MEMORY_SHARE = 2 };

/* A file being read. All is borrowed from the bytes, but for the JSON. */
typedef struct cr_container {
  const char *file; /* for messages */
  const uint8_t *bytes;
  size_t size;
  size_t header_size; /* from byte 8 on */
  const uint8_t *data;
  size_t data_size;
  json_t *root;
  const char *description, *training, *sha256; /* metadata, borrowed from root */
  char digest[65];                             /* what sha256 should be */
} cr_container;

cr_status cr_model_error(cr_status status, const char *file) {
  if (status == CR_OK || status == CR_ERR_MODEL || status == CR_ERR_MEMORY) return status;
  const cr_error cause = *cr_last_error();
  return cr_fail_at(CR_ERR_MODEL, file, 0, 0, "%s", cause.message);
}

cr_status cr_fail_required(const char *file, const char *key) {
  cr_fail_at(CR_ERR_MODEL, file, 0, 0, "the file needs \"%s\", which this chainrule does not know",
             key);
  return cr_fix("update chainrule to the version the file was written with, or a newer one");
}

/* Says what the file is if it is known to be something else, else what is wrong with its length. */
static cr_status fail_foreign(const cr_container *c, const char *found) {
  const char *kind = cr_foreign_kind(c->bytes, c->size);
  if (kind)
    cr_fail_offset(CR_ERR_MODEL, c->file, 0, "this is %s, not a model", kind);
  else
    cr_fail_offset(CR_ERR_MODEL, c->file, 0, "this is not a model, or only a part of one: %s",
                   found);
  return cr_fix("make a model with: chainrule train DATA -o MODEL");
}

/* What the first bytes say, before the others are read. *length is that of the header. */
static cr_status check_head(const cr_container *c, uint64_t *length) {
  char found[160];
  if (c->size < 8) {
    snprintf(found, sizeof found, "it ends after %zu bytes, expected 8 with the header's length",
             c->size);
    return fail_foreign(c, found);
  }
  *length = 0;
  for (unsigned byte = 0; byte < 8; byte++) *length |= (uint64_t)c->bytes[byte] << (8 * byte);
  if (*length == 0 || *length > CR_HEADER_LIMIT) {
    snprintf(found, sizeof found, "its header takes %" PRIu64 " bytes by its length, %s", *length,
             *length == 0 ? "expected at least 2" : "the limit is 16777216");
    return fail_foreign(c, found);
  }
  if (c->size == 8 || c->bytes[8] == '{') return CR_OK;
  return fail_foreign(c, "its header does not begin with '{'");
}

static cr_status judge_head(const char *file, const char *head, size_t size) {
  const cr_container c = {.file = file, .bytes = (const uint8_t *)head, .size = size};
  uint64_t length = 0;
  return check_head(&c, &length);
}

static cr_status read_lengths(cr_container *c) {
  uint64_t length = 0;
  CR_TRY(check_head(c, &length));
  if (length > c->size - 8) {
    char found[160];
    snprintf(found, sizeof found,
             "its header takes %" PRIu64
             " bytes by its length, the file ends before (%zu bytes "
             "follow)",
             length, c->size - 8);
    return fail_foreign(c, found);
  }
  c->header_size = (size_t)length;
  c->data = c->bytes + 8 + c->header_size;
  c->data_size = c->size - 8 - c->header_size;
  return CR_OK;
}

static cr_status read_header(cr_container *c) {
  CR_TRY(read_lengths(c));
  const cr_status status = cr_json_parse(CR_ERR_MODEL, c->file, (const char *)c->bytes + 8,
                                         c->header_size, MAX_HEADER_VALUES, &c->root);
  if (status == CR_ERR_MODEL) cr_why("in the header, which begins at byte 8 of the file");
  return status;
}

static cr_status check_version(const char *file, const char *version) {
  const char *dot = strchr(version, '.');
  uint64_t major = 0, minor = 0;
  if (!dot || !cr_parse_integer(version, (size_t)(dot - version), &major) ||
      !cr_parse_integer(dot + 1, strlen(dot + 1), &minor) || major == 0) {
    return cr_fail_offset(CR_ERR_MODEL, file, 8,
                          "chainrule.format is \"%s\", expected a version as \"%s\"", version,
                          CR_FORMAT_VERSION);
  }
  if (major <= CR_FORMAT_MAJOR) return CR_OK;
  cr_fail_offset(CR_ERR_MODEL, file, 8,
                 "written by a newer chainrule: format %s, this one reads up to %d", version,
                 CR_FORMAT_MAJOR);
  return cr_fix("update chainrule");
}

/* The container allows nothing but texts here; ours must be there, others may be. */
static cr_status check_metadata(const cr_container *c, const json_t *metadata) {
  if (!json_is_object(metadata)) {
    cr_fail_offset(CR_ERR_MODEL, c->file, 8, "the header's __metadata__ is %s, expected an object",
                   metadata ? cr_json_kind(metadata) : "missing");
    return cr_why("chainrule keeps what a model is beside its weights there");
  }
  const char *key;
  json_t *value;
  json_object_foreach((json_t *)metadata, key, value) {
    if (strncmp(key, "req.", 4) == 0) return cr_fail_required(c->file, key);
    if (!json_is_string(value)) {
      return cr_fail_offset(CR_ERR_MODEL, c->file, 8, "metadata \"%s\" is %s, expected a string",
                            key, cr_json_kind(value));
    }
  }
  if (json_object_get(metadata, "chainrule.format")) return CR_OK;
  cr_fail_offset(CR_ERR_MODEL, c->file, 8,
                 "this safetensors file was not written by chainrule: its metadata has no "
                 "chainrule.format");
  return cr_fix("make a model with: chainrule train DATA -o MODEL");
}

static cr_status read_metadata(cr_container *c) {
  const json_t *metadata = json_object_get(c->root, "__metadata__");
  const char *version = NULL;
  CR_TRY(check_metadata(c, metadata));
  CR_TRY(cr_json_text(CR_ERR_MODEL, c->file, metadata, "chainrule.format", &version));
  CR_TRY(check_version(c->file, version));
  CR_TRY(cr_json_text(CR_ERR_MODEL, c->file, metadata, "chainrule.model", &c->description));
  CR_TRY(cr_json_text(CR_ERR_MODEL, c->file, metadata, "chainrule.train", &c->training));
  CR_TRY(cr_json_text(CR_ERR_MODEL, c->file, metadata, "chainrule.sha256", &c->sha256));
  cr_model_digest(c->description, c->training, c->data, c->data_size, c->digest);
  return CR_OK;
}

static cr_status check_digest(const cr_container *c) {
  if (strcmp(c->digest, c->sha256) == 0) return CR_OK;
  cr_fail_offset(CR_ERR_MODEL, c->file, 8,
                 "the file was changed or damaged: its content has the sha256 %.16s…, its header "
                 "says %.16s…",
                 c->digest, c->sha256);
  return cr_fix("take the file from a copy, or train the model again");
}

static bool is_size(const json_t *array, size_t index, size_t expected) {
  const json_t *value = json_array_get(array, index);
  return json_is_integer(value) && json_integer_value(value) >= 0 &&
         (uint64_t)json_integer_value(value) == expected;
}

static cr_status check_shape(const cr_container *c, const cr_tensor *tensor, const json_t *shape) {
  const bool right = tensor->is_weight
                         ? json_array_size(shape) == 2 && is_size(shape, 0, tensor->rows) &&
                               is_size(shape, 1, tensor->cols)
                         : json_array_size(shape) == 1 && is_size(shape, 0, tensor->cols);
  if (right) return CR_OK;
  char expected[64];
  if (tensor->is_weight)
    snprintf(expected, sizeof expected, "[%zu,%zu]", tensor->rows, tensor->cols);
  else
    snprintf(expected, sizeof expected, "[%zu]", tensor->cols);
  return cr_fail_offset(CR_ERR_MODEL, c->file, 8,
                        "tensor %s has another shape than the network, expected %s", tensor->name,
                        expected);
}

/*
 * One dtype, one shape, one place: where the tensors lie follows from the network, so that nothing
 * can overlap, leave a hole, or trade places under the same digest.
 */
static cr_status check_tensor(const cr_container *c, const cr_tensor *tensor) {
  const json_t *info = json_object_get(c->root, tensor->name);
  if (!json_is_object(info)) {
    return cr_fail_offset(CR_ERR_MODEL, c->file, 8, "tensor %s is %s, expected an object",
                          tensor->name, info ? cr_json_kind(info) : "missing");
  }
  const char *dtype = NULL;
  json_t *shape = NULL, *offsets = NULL;
  CR_TRY(cr_json_text(CR_ERR_MODEL, c->file, info, "dtype", &dtype));
  CR_TRY(cr_json_array(CR_ERR_MODEL, c->file, info, "shape", &shape));
  CR_TRY(cr_json_array(CR_ERR_MODEL, c->file, info, "data_offsets", &offsets));
  if (strcmp(dtype, "F32") != 0) {
    return cr_fail_offset(CR_ERR_MODEL, c->file, 8, "tensor %s has the dtype %.16s, expected F32",
                          tensor->name, dtype);
  }
  CR_TRY(check_shape(c, tensor, shape));
  if (json_object_size(info) != 3) {
    return cr_fail_offset(CR_ERR_MODEL, c->file, 8,
                          "tensor %s has more than dtype, shape and data_offsets", tensor->name);
  }
  if (json_array_size(offsets) == 2 && is_size(offsets, 0, tensor->begin) &&
      is_size(offsets, 1, tensor->end)) {
    return CR_OK;
  }
  return cr_fail_offset(CR_ERR_MODEL, c->file, 8,
                        "tensor %s has other data_offsets than its place, expected [%zu,%zu]",
                        tensor->name, tensor->begin, tensor->end);
}

static int compare_name(const void *name, const void *tensor) {
  return strcmp(name, ((const cr_tensor *)tensor)->name);
}

static cr_status check_tensors(const cr_container *c, const cr_tensors *tensors) {
  const char *key;
  json_t *value;
  json_object_foreach(c->root, key, value) {
    if (strcmp(key, "__metadata__") == 0) continue;
    if (bsearch(key, tensors->items, tensors->count, sizeof *tensors->items, compare_name))
      continue;
    return cr_fail_offset(CR_ERR_MODEL, c->file, 8,
                          "tensor \"%.64s\" does not belong to the network", key);
  }
  for (size_t i = 0; i < tensors->count; i++) CR_TRY(check_tensor(c, &tensors->items[i]));
  if (c->data_size == tensors->bytes) return CR_OK;
  return cr_fail_offset(CR_ERR_MODEL, c->file, 8 + c->header_size,
                        "%zu bytes of weights follow the header, the network has %zu", c->data_size,
                        tensors->bytes);
}

static cr_status fill_tensors(const cr_container *c, const cr_tensors *tensors, cr_net *net) {
  for (size_t i = 0; i < tensors->count; i++) {
    const cr_tensor *tensor = &tensors->items[i];
    const size_t count = tensor->rows * tensor->cols;
    float *values = cr_tensor_values(net, tensor);
    cr_bytes_to_values(values, c->data + tensor->begin, count);
    const size_t bad = cr_first_not_finite(values, count);
    if (bad == count) continue;
    return cr_fail_offset(CR_ERR_MODEL, c->file, 8 + c->header_size + tensor->begin + 4 * bad,
                          "value %zu of tensor %s is not finite", bad, tensor->name);
  }
  return CR_OK;
}

/* The network with its weights. It is created only once the file is known to hold them all. */
static cr_status read_net(const cr_container *c, const char *network, cr_net **out) {
  cr_spec spec = {0};
  cr_tensors tensors = {0};
  cr_net *net = NULL;
  cr_status status = cr_spec_parse(network, &spec);
  if (status == CR_OK) status = cr_tensors_create(&spec, &tensors);
  if (status == CR_OK) status = check_tensors(c, &tensors);
  if (status == CR_OK) status = cr_net_create(network, &net);
  if (status == CR_OK) status = fill_tensors(c, &tensors, net);
  cr_tensors_free(&tensors);
  cr_spec_free(&spec);
  if (status == CR_OK) {
    *out = net;
    return CR_OK;
  }
  cr_net_destroy(net);
  return cr_model_error(status, c->file);
}

static cr_status build(const cr_container *c, cr_model **out) {
  cr_description description = {0};
  cr_net *net = NULL;
  cr_model *model = NULL;
  CR_TRY(cr_description_read(c->file, c->description, &description));
  cr_status status = read_net(c, description.network, &net);
  if (status == CR_OK) status = cr_model_create(net, description.encoder, description.loss, &model);
  if (status == CR_OK) {
    net = NULL;
    description.encoder = NULL;
    status = cr_model_set_training(model, c->training);
  }
  if (status == CR_OK) status = cr_model_validate(model, c->file);
  cr_net_destroy(net);
  cr_description_free(&description);
  if (status == CR_OK) {
    memcpy(model->sha256, c->digest, sizeof model->sha256);
    *out = model;
    return CR_OK;
  }
  cr_model_destroy(model);
  return cr_model_error(status, c->file);
}

cr_status cr_model_read(const char *file, const uint8_t *bytes, size_t size, bool verify,
                        cr_model **out) {
  cr_container c = {.file = file, .bytes = bytes, .size = size};
  *out = NULL;
  cr_status status = read_header(&c);
  if (status == CR_OK) status = read_metadata(&c);
  if (status == CR_OK && verify) status = check_digest(&c);
  if (status == CR_OK) status = build(&c, out);
  json_decref(c.root);
  return status;
}

cr_status cr_model_parse(const char *name, const void *bytes, size_t size, cr_model **out) {
  return cr_model_read(name, bytes, size, true, out);
}

cr_status cr_model_load(const char *path, cr_model **out) {
  char *bytes = NULL;
  size_t size = 0;
  *out = NULL;
  const uint64_t share = cr_memory_bytes() / MEMORY_SHARE;
  const uint64_t most = share < MAX_FILE_SIZE ? share : MAX_FILE_SIZE;
  CR_TRY(cr_file_read_judged(path, most, judge_head, &bytes, &size));
  const cr_status status = cr_model_parse(path, bytes, size, out);
  cr_free(bytes);
  return status;
}
