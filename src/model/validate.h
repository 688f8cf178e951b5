/* Do the parts of a model belong together? */
#ifndef MODEL_VALIDATE_H
#define MODEL_VALIDATE_H

#include "model/trained.h"

/* Inputs and outputs of the network are those of the encoder; else `status` about `file`. */
cr_status cr_check_fit(cr_status status, const char *file, const cr_net *net,
                       const cr_encoder *encoder);

/* The first value that is not finite, or `count`. */
size_t cr_first_not_finite(const float *values, size_t count);

#endif
