/* The JSON text "chainrule.model": what a model is apart from its weights. */
#ifndef MODEL_DESCRIPTION_H
#define MODEL_DESCRIPTION_H

#include "base/strbuf.h"
#include "model/trained.h"

typedef struct cr_description {
  char *network, *loss; /* owned */
  cr_encoder *encoder;  /* owned */
} cr_description;

/* In canonical form: the same model gives the same bytes. The caller frees (cr_free). */
cr_status cr_description_write(const cr_model *model, char **out);

/*
 * Reads it; what the values mean together is cr_model_validate's to check. CR_ERR_MODEL,
 * CR_ERR_MEMORY.
 */
cr_status cr_description_read(const char *file, const char *text, cr_description *out);
void cr_description_free(cr_description *description);

/* Adds text as a JSON string, with its quotes. */
void cr_quote_json(cr_strbuf *buffer, const char *text);

#endif
