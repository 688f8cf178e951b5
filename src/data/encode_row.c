/* One row of numbers from memory, encoded as the rows of a table are. */
#include <float.h>
#include <math.h>
#include <stdio.h>

#include "base/number.h"
#include "data/encode_parts.h"

static cr_status fail_value(const cr_input *input, size_t place, double value) {
  char text[32], pixel[40] = "";
  cr_format_number(value, text);
  if (input->type == CR_COLUMN_IMAGE) snprintf(pixel, sizeof pixel, ", pixel %zu", place + 1);
  if (isfinite(value))
    return cr_fail(CR_ERR_NUMBER, "%s for input '%s'%s is too large for this network", text,
                   input->name, pixel);
  return cr_fail(CR_ERR_NUMBER, "%s for input '%s'%s, expected a finite number", text, input->name,
                 pixel);
}

cr_status cr_encoder_row(const cr_encoder *encoder, const double *values, float *x) {
  const bool as_bytes = cr_encoder_keeps_bytes(encoder);
  for (size_t i = 0; i < encoder->input_count; i++) {
    const cr_input *input = &encoder->inputs[i];
    const float factor = cr_byte_scale(input), offset = cr_byte_shift(input);
    for (size_t p = 0; p < input->width; p++, values++, x++) {
      const double value = as_bytes ? *values : (*values - input->shift) / input->scale;
      if (!(fabs(value) <= (double)FLT_MAX)) return fail_value(input, p, *values);
      *x = as_bytes ? (float)value * factor + offset : (float)value;
      if (!isfinite(*x)) return fail_value(input, p, *values);
    }
  }
  return CR_OK;
}
