/* Small models made by hand, and tables for them. */
#ifndef MODEL_FIXTURE_H
#define MODEL_FIXTURE_H

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "data/table.h"
#include "model/trained.h"

/* Uneven numbers that a float32 holds exactly, so that they print and compare the same anywhere. */
static inline float fixture_parameter(size_t index) {
  return (float)((double)((index * 37 + 11) % 64) / 32.0 - 0.984375);
}

static inline cr_status fixture_inputs(cr_encoder *encoder, const char *const *names,
                                       size_t count) {
  void *block = NULL;
  CR_TRY(cr_alloc(count, sizeof *encoder->inputs, &block));
  encoder->inputs = block;
  encoder->input_count = count;
  for (size_t i = 0; i < count; i++) {
    cr_input *input = &encoder->inputs[i];
    CR_TRY(cr_copy_text(names[i], &input->name));
    input->type = CR_COLUMN_NUMBER;
    input->width = 1;
    input->shift = 0.1 + (double)i;
    input->scale = 1.0 / (3.0 + (double)i);
    input->column = i;
  }
  encoder->width = count;
  return CR_OK;
}

static inline cr_status fixture_encoder(const char *const *labels, cr_encoder **out) {
  static const char *const names[] = {"length", "width, in \"mm\""};
  void *block = NULL;
  CR_TRY(cr_alloc(1, sizeof **out, &block));
  cr_encoder *encoder = *out = block;
  encoder->named = true;
  encoder->columns = 3;
  encoder->target_column = 2;
  encoder->target_scale = 1;
  CR_TRY(fixture_inputs(encoder, names, 2));
  CR_TRY(cr_copy_text("kind", &encoder->target));
  encoder->classes = labels != NULL;
  for (size_t i = 0; labels && labels[i]; i++) CR_TRY(cr_strlist_add(&encoder->labels, labels[i]));
  return CR_OK;
}

/* Two numbers in; labels end with NULL, or are NULL for a number to predict. */
static inline cr_status fixture_model(const char *network, const char *loss,
                                      const char *const *labels, cr_model **out) {
  cr_encoder *encoder = NULL;
  cr_net *net = NULL;
  *out = NULL;
  cr_status status = fixture_encoder(labels, &encoder);
  if (status == CR_OK) status = cr_net_create(network, &net);
  if (status == CR_OK) {
    for (size_t i = 0; i < cr_net_parameter_count(net); i++)
      cr_net_parameters(net)[i] = fixture_parameter(i);
    status = cr_model_create(net, encoder, loss, out);
  }
  if (status == CR_OK) return CR_OK;
  cr_encoder_destroy(encoder);
  cr_net_destroy(net);
  return status;
}

static const char *const fixture_labels[] = {"oak", "B\xc3\xa4r \"2\"", "tab\there", NULL};

static inline cr_status fixture_classifier(cr_model **out) {
  return fixture_model("2-3:tanh-3:softmax", "cross_entropy", fixture_labels, out);
}

static inline cr_status fixture_regressor(cr_model **out) {
  CR_TRY(fixture_model("2-2:relu-1:linear", "half_squared", NULL, out));
  (*out)->encoder->target_shift = 100.5;
  (*out)->encoder->target_scale = 8;
  cr_model_describe(*out);
  return CR_OK;
}

/* Two labels, each 0 or 1, in columns 3 and 2; its training had a column of weights. */
static inline cr_status fixture_multilabel(cr_model **out) {
  static const char *const labels[] = {"dry", "old, or \"not\"", NULL};
  CR_TRY(fixture_model("2-3:tanh-2:sigmoid", "binary_cross_entropy", labels, out));
  cr_encoder *encoder = (*out)->encoder;
  void *block = NULL;
  CR_TRY(cr_alloc(2, sizeof(size_t), &block));
  encoder->label_columns = block;
  encoder->label_columns[0] = 3;
  encoder->label_columns[1] = 2;
  encoder->columns = 5;
  encoder->classes = false;
  encoder->multilabel = true;
  cr_free(encoder->target);
  encoder->target = NULL;
  CR_TRY(cr_copy_text("times", &encoder->weight));
  CR_TRY(cr_encoder_name_labels(encoder));
  cr_model_describe(*out);
  return CR_OK;
}

/* Two labels told apart by one score. */
static inline cr_status fixture_scores(cr_model **out) {
  static const char *const labels[] = {"no", "yes", NULL};
  return fixture_model("2-1:linear", "hinge", labels, out);
}

/* A number with marked gaps and a category of two labels and gaps, in 5 inputs. */
static inline cr_status fixture_gaps(cr_model **out) {
  CR_TRY(fixture_model("2-1:linear", "half_squared", NULL, out));
  cr_model *model = *out;
  cr_net_destroy(model->net);
  model->net = NULL;
  CR_TRY(cr_net_create("5-1:linear", &model->net));
  for (size_t i = 0; i < 6; i++) cr_net_parameters(model->net)[i] = fixture_parameter(i);
  cr_input *number = &model->encoder->inputs[0], *category = &model->encoder->inputs[1];
  number->gaps = category->gaps = CR_GAPS_MARKED;
  number->width = 2;
  number->fill = -0.3;
  category->type = CR_COLUMN_TEXT;
  category->width = 3;
  category->shift = 0;
  category->scale = 1;
  CR_TRY(cr_strlist_add(&category->labels, "7"));
  CR_TRY(cr_strlist_add(&category->labels, "B\xc3\xa4r \"2\""));
  model->encoder->width = 5;
  cr_model_describe(model);
  return CR_OK;
}

/* One image of 2 x 2 x 1 in, two labels from one output. */
static inline cr_status fixture_image_model(cr_model **out) {
  static const char *const labels[] = {"dark", "light", NULL};
  CR_TRY(fixture_model("2-1:sigmoid", "binary_cross_entropy", labels, out));
  cr_model *model = *out;
  cr_net_destroy(model->net);
  model->net = NULL;
  CR_TRY(cr_net_create("4-1:sigmoid", &model->net));
  for (size_t i = 0; i < 5; i++) cr_net_parameters(model->net)[i] = fixture_parameter(i);
  cr_encoder *encoder = model->encoder;
  cr_free(encoder->inputs[1].name);
  encoder->inputs[1] = (cr_input){0};
  encoder->input_count = 1;
  encoder->width = 4;
  encoder->columns = 2;
  encoder->target_column = 1;
  cr_input *input = &encoder->inputs[0];
  input->type = CR_COLUMN_IMAGE;
  input->width = 4;
  input->height = input->image_width = 2;
  input->channels = 1;
  input->shift = 0;
  input->scale = 255;
  cr_model_describe(model);
  return CR_OK;
}

/* A table of CSV text. */
static inline cr_status fixture_table(const char *csv, cr_table **out) {
  return cr_table_parse("table.csv", csv, strlen(csv), NULL, out);
}

/* A table of one image column, 2 x 2 x 1, of `rows` images (borrowed). */
static inline cr_status fixture_images(const uint8_t *bytes, size_t rows, cr_table **out) {
  CR_TRY(cr_table_create("images", "memory", 1, out));
  cr_stored_column *column = &(*out)->columns[0];
  (*out)->rows = rows;
  column->info.type = CR_COLUMN_IMAGE;
  column->info.width = 4;
  column->info.height = column->info.image_width = 2;
  column->info.channels = 1;
  column->bytes = bytes;
  CR_TRY(cr_table_name(*out, 0, "length"));
  return cr_table_finish(*out, NULL);
}

#endif
