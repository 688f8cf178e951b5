#include <sha2.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/size.h"
#include "base/strbuf.h"
#include "model/container.h"
#include "model/description.h"
#include "model/values.h"

/* A file about to be written: head is the length and the header, data the tensors. */
typedef struct cr_model_image {
  char *head;
  size_t head_size;
  uint8_t *data;
  size_t data_size;
  char sha256[65];
} cr_model_image;

static void image_free(cr_model_image *image) {
  cr_free(image->head);
  cr_free(image->data);
  *image = (cr_model_image){0};
}

void cr_model_digest(const char *description, const char *training, const uint8_t *data,
                     size_t size, char out[65]) {
  SHA2_CTX context;
  uint8_t digest[SHA256_DIGEST_LENGTH];
  SHA256Init(&context);
  SHA256Update(&context, (const uint8_t *)description, strlen(description));
  SHA256Update(&context, (const uint8_t *)training, strlen(training));
  SHA256Update(&context, data, size);
  SHA256Final(digest, &context);
  for (size_t i = 0; i < sizeof digest; i++) {
    out[2 * i] = "0123456789abcdef"[digest[i] >> 4];
    out[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
  }
  out[64] = 0;
}

static cr_status write_data(const cr_net *net, const cr_tensors *tensors, cr_model_image *image) {
  void *block = NULL;
  CR_TRY(cr_alloc(tensors->bytes, 1, &block));
  image->data = block;
  image->data_size = tensors->bytes;
  for (size_t i = 0; i < tensors->count; i++) {
    const cr_tensor *tensor = &tensors->items[i];
    cr_floats_to_bytes(image->data + tensor->begin, cr_tensor_values(net, tensor),
                       tensor->rows * tensor->cols);
  }
  return CR_OK;
}

static void add_metadata(cr_strbuf *header, const char *key, const char *value) {
  cr_strbuf_format(header, "\"%s\":", key);
  cr_quote_json(header, value);
}

static void add_tensor(cr_strbuf *header, const cr_tensor *tensor) {
  cr_strbuf_format(header, ",\"%s\":{\"dtype\":\"F32\",\"shape\":[", tensor->name);
  if (tensor->is_weight) cr_strbuf_format(header, "%zu,", tensor->rows);
  cr_strbuf_format(header, "%zu],\"data_offsets\":[%zu,%zu]}", tensor->cols, tensor->begin,
                   tensor->end);
}

/* The minor version that was the first to have such an input. */
static int version_of_input(const cr_input *input) {
  const bool newest = input->type == CR_COLUMN_DATE || input->knot_count > 0 || input->keeps_fill ||
                      input->fill_text || input->unseen_refused || input->hashed || input->amounts;
  if (newest) return 3;
  return input->type == CR_COLUMN_TEXT || input->gaps != CR_GAPS_FILLED ? 2 : 0;
}

/* The oldest version that has all of it, so that the same model gives the same bytes for ever. */
static const char *version_of(const cr_model *model) {
  static const char *const versions[] = {"1.0", "1.1", "1.2", CR_FORMAT_VERSION};
  const cr_encoder *encoder = model->encoder;
  int minor = encoder->multilabel || encoder->weight || cr_gives_scores(model) ? 1 : 0;
  if (encoder->numbers.count > 0 || encoder->amounts) minor = 3;
  for (size_t i = 0; i < encoder->input_count; i++) {
    const int of_input = version_of_input(&encoder->inputs[i]);
    minor = of_input > minor ? of_input : minor;
  }
  return versions[minor];
}

/* Eight bytes for the length, the JSON text, and blanks, so that the tensors start aligned. */
static cr_status write_head(const cr_model *model, const char *description,
                            const cr_tensors *tensors, cr_model_image *image) {
  cr_strbuf head = {0};
  cr_strbuf_add(&head, "\0\0\0\0\0\0\0\0", 8);
  cr_strbuf_format(&head, "{\"__metadata__\":{");
  add_metadata(&head, "chainrule.format", version_of(model));
  cr_strbuf_format(&head, ",");
  add_metadata(&head, "chainrule.model", description);
  cr_strbuf_format(&head, ",");
  add_metadata(&head, "chainrule.train", model->training);
  cr_strbuf_format(&head, ",");
  add_metadata(&head, "chainrule.sha256", image->sha256);
  cr_strbuf_format(&head, "}");
  for (size_t i = 0; i < tensors->count; i++) add_tensor(&head, &tensors->items[i]);
  cr_strbuf_format(&head, "}");
  while (!head.failed && head.length % CR_HEADER_ALIGNMENT != 0) cr_strbuf_add(&head, " ", 1);
  image->head_size = head.length;
  CR_TRY(cr_strbuf_take(&head, &image->head));
  for (unsigned byte = 0; byte < 8; byte++) {
    image->head[byte] = (char)(uint8_t)((uint64_t)(image->head_size - 8) >> (8 * byte));
  }
  return CR_OK;
}

static cr_status check_head_size(const char *file, const cr_model_image *image) {
  if (image->head_size - 8 <= CR_HEADER_LIMIT) return CR_OK;
  return cr_fail_at(CR_ERR_MODEL, file, 0, 0,
                    "the model's columns and labels take %zu bytes, a file has room for %zu",
                    image->head_size - 8, CR_HEADER_LIMIT);
}

static cr_status compose(const cr_model *model, const char *file, cr_model_image *image) {
  cr_tensors tensors = {0};
  char *description = NULL;
  cr_status status = cr_model_validate(model, file);
  if (status == CR_OK) status = cr_tensors_create(&model->net->spec, &tensors);
  if (status == CR_OK) status = cr_description_write(model, &description);
  if (status == CR_OK) status = write_data(model->net, &tensors, image);
  if (status == CR_OK) {
    cr_model_digest(description, model->training, image->data, image->data_size, image->sha256);
    status = write_head(model, description, &tensors, image);
  }
  if (status == CR_OK) status = check_head_size(file, image);
  cr_free(description);
  cr_tensors_free(&tensors);
  if (status != CR_OK) image_free(image);
  return status;
}

cr_status cr_model_write(const cr_model *model, char **out, size_t *size) {
  cr_model_image image = {0};
  void *block = NULL;
  size_t total = 0;
  CR_TRY(compose(model, "", &image));
  cr_status status = cr_size_sum(image.head_size, image.data_size, &total);
  if (status == CR_OK) status = cr_alloc(total, 1, &block);
  if (status == CR_OK) {
    char *file = block;
    memcpy(file, image.head, image.head_size);
    memcpy(file + image.head_size, image.data, image.data_size);
    *out = file;
    *size = total;
  }
  image_free(&image);
  return status;
}

cr_status cr_model_save(const cr_model *model, const char *path) {
  cr_model_image image = {0};
  CR_TRY(compose(model, path, &image));
  const cr_piece pieces[] = {{image.head, image.head_size}, {image.data, image.data_size}};
  const cr_status status = cr_file_replace(path, pieces, 2);
  image_free(&image);
  return status;
}
