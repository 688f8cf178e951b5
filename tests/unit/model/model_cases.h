/* Model files that are wrong in one way each, and what is said of them. */
#ifndef MODEL_CASES_H
#define MODEL_CASES_H

#include "model/container.h"
#include "model_bytes.h"

static model_bytes file;

/* Exactly as large as the file, so that the address sanitizer sees a read past its end. */
static inline cr_status parse_exact(const void *bytes, size_t size, cr_model **out) {
  uint8_t *copy = malloc(size + !size);
  assert_non_null(copy);
  memcpy(copy, bytes, size);
  const cr_status status = cr_model_parse("some.safetensors", copy, size, out);
  free(copy);
  return status;
}

static inline void check_refused(const char *what, const char *message) {
  cr_model *model = NULL;
  const cr_status status = parse_exact(file.bytes, file.size, &model);
  const cr_error *error = cr_last_error();
  if (status != CR_ERR_MODEL || !strstr(error->message, message)) {
    fail_msg("%s: status %d, message \"%s\", expected \"%s\"", what, (int)status,
             status == CR_OK ? "" : error->message, message);
  }
  assert_null(model);
  assert_string_equal(error->file, "some.safetensors");
}

typedef struct bad_case {
  const char *what;
  model_parts parts;
  const char *message;
} bad_case;

#define DATA(text) .data = (const uint8_t *)(text), .data_size = sizeof(text) - 1
#define BIAS TENSOR("layers.0.bias", "F32", "[1]", "[0,4]")
#define WEIGHT TENSOR("layers.0.weight", "F32", "[1,1]", "[4,8]")
#define SPEC(network) MODEL_OF(network, "half_squared", "regression", MODEL_INPUTS, MODEL_TARGET)
#define INPUTS(inputs) MODEL_OF("1-1:linear", "half_squared", "regression", inputs, MODEL_TARGET)
#define TARGET(task, target) MODEL_OF("1-1:sigmoid", "half_squared", task, MODEL_INPUTS, target)

static inline void check_cases(const bad_case *cases, size_t count) {
  for (size_t i = 0; i < count; i++) {
    model_assemble(&cases[i].parts, &file);
    check_refused(cases[i].what, cases[i].message);
  }
}

#endif
