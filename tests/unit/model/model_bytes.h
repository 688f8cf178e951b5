/* Model files put together from parts by code of their own, so that any part can be wrong. */
#ifndef MODEL_BYTES_H
#define MODEL_BYTES_H

#include <sha2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* NULL (or 0 for data_size) takes the right part of a small regression "1-1:linear". */
typedef struct model_parts {
  const char *format, *model, *train, *sha256;
  const char *extra;   /* more of the metadata, as `,"x.a":"b"` */
  const char *tensors; /* what follows the metadata in the header */
  const uint8_t *data;
  size_t data_size;
} model_parts;

#define MODEL_INPUTS "[{\"name\":\"a\",\"column\":0,\"type\":\"number\",\"shift\":0,\"scale\":1}]"
#define MODEL_TARGET "{\"name\":\"y\",\"column\":1,\"shift\":0,\"scale\":1}"
#define MODEL_OF(network, loss, task, inputs, target)                   \
  "{\"network\":\"" network "\",\"loss\":\"" loss "\",\"task\":\"" task \
  "\",\"named\":true,\"columns\":2,\"inputs\":" inputs ",\"target\":" target "}"
#define MODEL_RIGHT MODEL_OF("1-1:linear", "half_squared", "regression", MODEL_INPUTS, MODEL_TARGET)
#define TENSOR(name, dtype, shape, offsets) \
  ",\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}"
#define TENSORS_RIGHT                            \
  TENSOR("layers.0.bias", "F32", "[1]", "[0,4]") \
  TENSOR("layers.0.weight", "F32", "[1,1]", "[4,8]")

/* bias 0.5, weight -2 */
static const uint8_t model_data_right[8] = {0, 0, 0, 0x3f, 0, 0, 0, 0xc0};

typedef struct model_bytes {
  uint8_t bytes[1 << 14];
  size_t size;
} model_bytes;

static inline void model_add(model_bytes *out, const void *bytes, size_t size) {
  if (size > sizeof out->bytes - out->size) abort();
  memcpy(out->bytes + out->size, bytes, size);
  out->size += size;
}

static inline void model_add_text(model_bytes *out, const char *text) {
  model_add(out, text, strlen(text));
}

static inline void model_add_quoted(model_bytes *out, const char *key, const char *text) {
  model_add_text(out, "\"");
  model_add_text(out, key);
  model_add_text(out, "\":\"");
  for (; *text; text++) {
    if (*text == '"' || *text == '\\') model_add_text(out, "\\");
    model_add(out, text, 1);
  }
  model_add_text(out, "\"");
}

/* The length in front of a header of `size` bytes, little-endian. */
static inline void model_set_length(model_bytes *out, uint64_t size) {
  for (unsigned i = 0; i < 8; i++) out->bytes[i] = (uint8_t)(size >> (8 * i));
}

/* A header as it is given, and data. */
static inline void model_raw(model_bytes *out, const void *header, size_t header_size,
                             const void *data, size_t data_size) {
  out->size = 8;
  model_set_length(out, header_size);
  model_add(out, header, header_size);
  model_add(out, data, data_size);
}

static inline void model_digest(const model_parts *parts, char out[SHA256_DIGEST_STRING_LENGTH]) {
  SHA2_CTX context;
  SHA256Init(&context);
  SHA256Update(&context, (const uint8_t *)parts->model, strlen(parts->model));
  SHA256Update(&context, (const uint8_t *)parts->train, strlen(parts->train));
  SHA256Update(&context, parts->data, parts->data_size);
  SHA256End(&context, out);
}

static inline void model_assemble(const model_parts *given, model_bytes *out) {
  static model_bytes header;
  char digest[SHA256_DIGEST_STRING_LENGTH];
  model_parts parts = *given;
  if (!parts.format) parts.format = "1.0";
  if (!parts.model) parts.model = MODEL_RIGHT;
  if (!parts.train) parts.train = "{}";
  if (!parts.tensors) parts.tensors = TENSORS_RIGHT;
  if (!parts.data) parts.data = model_data_right;
  if (parts.data == model_data_right) parts.data_size = sizeof model_data_right;
  if (!parts.sha256) {
    model_digest(&parts, digest);
    parts.sha256 = digest;
  }
  header.size = 0;
  model_add_text(&header, "{\"__metadata__\":{");
  model_add_quoted(&header, "chainrule.format", parts.format);
  model_add_text(&header, ",");
  model_add_quoted(&header, "chainrule.model", parts.model);
  model_add_text(&header, ",");
  model_add_quoted(&header, "chainrule.train", parts.train);
  model_add_text(&header, ",");
  model_add_quoted(&header, "chainrule.sha256", parts.sha256);
  if (parts.extra) model_add_text(&header, parts.extra);
  model_add_text(&header, "}");
  model_add_text(&header, parts.tensors);
  model_add_text(&header, "}");
  while ((8 + header.size) % 64 != 0) model_add_text(&header, " ");
  model_raw(out, header.bytes, header.size, parts.data, parts.data_size);
}

#endif
