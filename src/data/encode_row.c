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

static bool is_finite(float x) {
  return fabsf(x) <= FLT_MAX;
}

/*
 * x (width): the values of one input. Returns the place of the first that does not fit, or width.
 * Two loops without an exit, so that they run in vectors; what does not fit is infinite or NaN.
 */
static size_t scale_bytes(const cr_input *input, const double *values, float *restrict x) {
  const float factor = cr_byte_scale(input), offset = cr_byte_shift(input);
  const size_t width = input->width;
  int bad = 0;
  for (size_t p = 0; p < width; p++) x[p] = (float)values[p] * factor + offset;
  for (size_t p = 0; p < width; p++) bad |= !is_finite(x[p]);
  size_t place = bad ? 0 : width;
  while (place < width && is_finite(x[place])) place++;
  return place;
}

static size_t scale_numbers(const cr_input *input, const double *values, float *x) {
  for (size_t p = 0; p < input->width; p++) {
    const double value = (values[p] - input->shift) / input->scale;
    if (!(fabs(value) <= (double)FLT_MAX)) return p;
    x[p] = (float)value;
  }
  return input->width;
}

cr_status cr_encoder_row(const cr_encoder *encoder, const double *values, float *x) {
  const bool as_bytes = cr_encoder_keeps_bytes(encoder);
  for (size_t i = 0; i < encoder->input_count; i++) {
    const cr_input *input = &encoder->inputs[i];
    const size_t place = as_bytes ? scale_bytes(input, values, x) : scale_numbers(input, values, x);
    if (place < input->width) return fail_value(input, place, values[place]);
    values += input->width;
    x += input->width;
  }
  return CR_OK;
}
