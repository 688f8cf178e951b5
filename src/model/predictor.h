/* Predictors inside. */
#ifndef MODEL_PREDICTOR_H
#define MODEL_PREDICTOR_H

#include "chainrule/model.h"

/* As cr_predictor_create, on the kernel of this name; NULL: see cr_kernel_name. */
cr_status cr_predictor_create_on(const cr_model *model, const char *kernel, cr_predictor **out);

#endif
