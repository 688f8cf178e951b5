/* The model file: a safetensors container. docs/reference/model-format.md has the whole of it. */
#ifndef MODEL_CONTAINER_H
#define MODEL_CONTAINER_H

#include "model/tensors.h"
#include "model/trained.h"

#define CR_FORMAT_MAJOR 1
#define CR_FORMAT_VERSION "1.3"
#define CR_HEADER_LIMIT ((size_t)16 << 20)
#define CR_HEADER_ALIGNMENT 64 /* of the first byte of the tensors */

/* Reads a model from bytes. `verify` false leaves out only the comparison of the digest. */
cr_status cr_model_read(const char *file, const uint8_t *bytes, size_t size, bool verify,
                        cr_model **out);

/* What bytes that are no model file look like, as "a gzip file"; NULL if like nothing known. */
const char *cr_foreign_kind(const uint8_t *bytes, size_t size);

/* Hex of SHA-256 over description, training and data, one after the other. */
void cr_model_digest(const char *description, const char *training, const uint8_t *data,
                     size_t size, char out[65]);

/* Hands up a failure of reading a model: CR_ERR_MODEL about `file`, unless memory ran out. */
cr_status cr_model_error(cr_status status, const char *file);

/* The file has a key "req.…", which this program does not know and must not ignore. */
cr_status cr_fail_required(const char *file, const char *key);

#endif
