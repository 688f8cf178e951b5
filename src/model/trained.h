/* The model inside: a network, the preparation of its inputs, and what is known of its training. */
#ifndef MODEL_TRAINED_H
#define MODEL_TRAINED_H

#include "chainrule/model.h"
#include "data/encode.h"
#include "net/network.h"

struct cr_model {
  cr_net *net;         /* owned */
  cr_encoder *encoder; /* owned */
  const cr_loss *loss;
  char *training; /* JSON object, owned */
  char sha256[65];
  /* What the above is to the caller; see cr_model_describe. */
  cr_model_info info;
  cr_model_input *inputs; /* (info.input_columns), owned */
};

/* Takes over net and encoder (on success only). CR_ERR_SHAPE if they do not fit each other. */
cr_status cr_model_create(cr_net *net, cr_encoder *encoder, const char *loss, cr_model **out);

/* Brings info and inputs up to date with the rest. cr_model_create has done so. */
void cr_model_describe(cr_model *model);

/* Sets what is known of the training: a JSON object as text (copied). */
cr_status cr_model_set_training(cr_model *model, const char *json);

/* Shapes chain, weights and scales are finite, scales are not 0, labels differ. CR_ERR_MODEL. */
cr_status cr_model_validate(const cr_model *model, const char *file);

/* The whole file as bytes (cr_free), as cr_model_save writes it. */
cr_status cr_model_write(const cr_model *model, char **out, size_t *size);

#endif
