/*
 * The model file. What is refused is refused cleanly; what is accepted predicts a row of zeros,
 * with finite numbers or a documented error, and is the same after it was written and read again.
 *
 * A file whose digest is wrong is read a second time without comparing it: nothing that a mutation
 * makes would get past it.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "bounded.h"
#include "data/table.h"
#include "model/container.h"
#include "require.h"

enum { MODEL_BYTES = 400 }; /* of memory for each of the file: JSON and its tree, the network */

static void fill_column(cr_table *table, size_t index, const cr_input *input) {
  cr_stored_column *column = &table->columns[index];
  if (input->type == CR_COLUMN_DATE) {
    void *codes = NULL;
    column->info.type = CR_COLUMN_TEXT;
    require(cr_alloc(table->rows, sizeof(uint32_t), &codes) == CR_OK);
    column->codes = codes;
    require(cr_strlist_add(&column->texts, "1970-01-01") == CR_OK);
  } else if (input->type != CR_COLUMN_IMAGE) { /* a category may be a column of numbers */
    require(cr_table_add_numbers(table, index) == CR_OK);
  } else {
    column->info.type = CR_COLUMN_IMAGE;
    column->info.width = input->width;
    column->info.height = input->height;
    column->info.image_width = input->image_width;
    column->info.channels = input->channels;
    require(cr_alloc(input->width, 1, &column->bytes_owner) == CR_OK);
    column->bytes = column->bytes_owner;
  }
  require(cr_table_name(table, index, input->name) == CR_OK);
}

/* One row with 0 in every column that the model takes. */
static cr_table *zero_row(const cr_model *model) {
  const cr_encoder *encoder = model->encoder;
  cr_table *table = NULL;
  require(cr_table_create("zeros", "memory", encoder->input_count, &table) == CR_OK);
  table->rows = 1;
  table->origin.has_header = encoder->named;
  for (size_t i = 0; i < encoder->input_count; i++) fill_column(table, i, &encoder->inputs[i]);
  require(cr_table_finish(table, NULL) == CR_OK);
  return table;
}

static void check_prediction(const cr_model *model) {
  cr_predictions *predictions = NULL;
  cr_table *table = zero_row(model);
  const cr_model_info *info = cr_model_get_info(model);
  const cr_status status = cr_model_predict(model, table, NULL, &predictions);
  if (status == CR_OK) {
    const bool several = info->labels > 0 && info->classes == 0;
    const size_t columns = info->labels ? info->labels : info->targets;
    require(cr_predictions_rows(predictions) == 1);
    const size_t class_index = cr_predictions_class(predictions, 0, NULL);
    require(several ? class_index == SIZE_MAX : class_index < columns);
    for (size_t k = 0; k < info->labels; k++) require(cr_model_label(model, k) != NULL);
    require(cr_model_label(model, info->labels) == NULL);
    for (size_t k = 0; k < columns; k++) require(isfinite(cr_predictions_value(predictions, 0, k)));
  } else {
    /* A sum overflows; or, without names, the places do not lead to columns of the right kind. */
    require(status == CR_ERR_NUMBER || (status == CR_ERR_SHAPE && !model->encoder->named));
  }
  cr_predictions_destroy(predictions);
  cr_table_destroy(table);
}

static void check_bytes(cr_model *model) {
  cr_model *again = NULL;
  char *first = NULL, *second = NULL;
  size_t first_size = 0, second_size = 0;
  require(cr_model_write(model, &first, &first_size) == CR_OK);
  require(cr_model_parse("again", first, first_size, &again) == CR_OK);
  require(cr_model_write(again, &second, &second_size) == CR_OK);
  require(first_size == second_size && memcmp(first, second, first_size) == 0);
  cr_free(first);
  cr_free(second);
  cr_model_destroy(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  cr_model *model = NULL;
  bounded_start();
  cr_status status = cr_model_parse("fuzz", data, size, &model);
  if (status != CR_OK) status = cr_model_read("fuzz", data, size, false, &model);
  bounded_require(BOUNDED_ROOM + MODEL_BYTES * size);
  if (status != CR_OK) {
    require(status == CR_ERR_MODEL && model == NULL);
    require(cr_last_error()->message[0] != '\0');
    return 0;
  }
  check_prediction(model);
  check_bytes(model);
  cr_model_destroy(model);
  return 0;
}
