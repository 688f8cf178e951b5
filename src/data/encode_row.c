/* One row of numbers from memory, encoded as the rows of a table are. */
#include <float.h>
#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/size.h"
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

cr_status cr_row_scaling_create(const cr_encoder *encoder, cr_row_scaling *out) {
  *out = (cr_row_scaling){0};
  size_t size = 0;
  void *block = NULL;
  const bool plain = cr_encoder_is_plain(encoder);
  CR_TRY(cr_size_product(encoder->width, plain ? 2 : 3, &size));
  CR_TRY(cr_alloc(size, sizeof *out->shift, &block));
  out->shift = block;
  out->scale = out->shift + encoder->width;
  if (!plain) out->expanded = out->scale + encoder->width;
  size_t place = 0;
  for (size_t i = 0; i < encoder->input_count; i++) {
    for (size_t p = 0; p < encoder->inputs[i].width; p++, place++) {
      out->shift[place] = encoder->inputs[i].shift;
      out->scale[place] = encoder->inputs[i].scale;
    }
  }
  return CR_OK;
}

void cr_row_scaling_free(cr_row_scaling *scaling) {
  cr_free(scaling->shift);
}

/* The first value that is no float, or becomes none. Most rows have none and are not looked at. */
static cr_status check_values(const cr_encoder *encoder, const double *values, const float *x) {
  const bool as_bytes = cr_encoder_keeps_bytes(encoder);
  for (size_t i = 0; i < encoder->input_count; i++) {
    const cr_input *input = &encoder->inputs[i];
    for (size_t p = 0; p < input->width; p++, values++, x++) {
      const double value = as_bytes ? *values : (*values - input->shift) / input->scale;
      if (!(fabs(value) <= (double)FLT_MAX) || !isfinite(*x)) return fail_value(input, p, *values);
    }
  }
  return CR_OK;
}

bool cr_encoder_is_plain(const cr_encoder *encoder) {
  bool plain = true;
  for (size_t i = 0; i < encoder->input_count; i++) {
    const cr_input *input = &encoder->inputs[i];
    plain = plain && input->type != CR_COLUMN_TEXT && input->type != CR_COLUMN_DATE &&
            input->gaps != CR_GAPS_MARKED && !input->keeps_fill && input->knot_count == 0;
  }
  return plain;
}

/* Of a date: its days, or sine or cosine of a cycle. */
static void name_date(const cr_input *input, size_t part, cr_strbuf *out) {
  size_t at = 1;
  for (size_t c = 0; c < CR_CYCLES; c++) {
    if (!(input->cycles & 1U << c)) continue;
    if (part == at || part == at + 1)
      cr_strbuf_format(out, ", %s of the %s", part == at ? "sine" : "cosine", cr_cycles[c].name);
    at += 2;
  }
}

void cr_input_name_part(const cr_input *input, size_t part, cr_strbuf *out) {
  const bool mark = input->gaps == CR_GAPS_MARKED && part == input->width - 1;
  cr_strbuf_format(out, "%s", input->name);
  if (mark)
    cr_strbuf_format(out, " = no value");
  else if (input->hashed)
    cr_strbuf_format(out, ", hash %zu", part);
  else if (input->type == CR_COLUMN_TEXT)
    cr_strbuf_format(out, " = %s", input->labels.items[part]);
  else if (input->type == CR_COLUMN_DATE)
    name_date(input, part, out);
}

static size_t values_of(const cr_input *input) {
  return input->type == CR_COLUMN_IMAGE ? input->width : 1;
}

size_t cr_encoder_values(const cr_encoder *encoder) {
  size_t count = 0;
  for (size_t i = 0; i < encoder->input_count; i++) count += values_of(&encoder->inputs[i]);
  return count;
}

static cr_status fail_place(const cr_input *input, double value) {
  char text[32];
  cr_format_number(value, text);
  return cr_fail(CR_ERR_NUMBER,
                 "%s for input '%s', expected the place of one of its %zu labels from 0, or -1 for "
                 "another value",
                 text, input->name, input->labels.count);
}

/* A label by its place; -1 is none of them. */
static cr_status encode_place(const cr_input *input, double value, double *x) {
  const size_t labels = input->labels.count;
  for (size_t p = 0; p < input->width; p++) x[p] = 0.0;
  if (isnan(value) && input->gaps != CR_GAPS_REFUSED) {
    if (input->gaps == CR_GAPS_MARKED) x[labels] = 1.0;
    return CR_OK;
  }
  const double least = input->unseen_refused ? 0.0 : -1.0;
  if (!(value >= least && value < (double)labels) || value != floor(value))
    return fail_place(input, value);
  if (value >= 0.0) x[(size_t)value] = 1.0;
  return CR_OK;
}

/* A value by the code of its text. */
static cr_status encode_code(const cr_input *input, double value, double *x) {
  for (size_t p = 0; p < input->width; p++) x[p] = 0.0;
  if (isnan(value) && input->gaps != CR_GAPS_REFUSED) {
    if (input->gaps == CR_GAPS_MARKED) x[CR_HASH_INPUTS] = 1.0;
    return CR_OK;
  }
  if (!(value >= 0.0 && value < CR_HASH_CODES) || value != floor(value)) {
    char text[32];
    cr_format_number(value, text);
    return cr_fail(CR_ERR_NUMBER, "%s for input '%s', expected the code of a value, from 0 to %d",
                   text, input->name, CR_HASH_CODES - 1);
  }
  for (size_t p = 0; p < CR_HASH_PLACES; p++)
    x[(uint32_t)value >> p * CR_HASH_BITS & (CR_HASH_INPUTS - 1)] = 1.0;
  return CR_OK;
}

/* A category; a gap may be taken for one of its values. */
static cr_status encode_category(const cr_input *input, double value, double *x) {
  if (isnan(value) && input->fill_text) CR_TRY(cr_input_value(input, input->fill_text, &value));
  return input->hashed ? encode_code(input, value, x) : encode_place(input, value, x);
}

cr_status cr_input_encode(const cr_input *input, const double *values, double *x) {
  if (input->type == CR_COLUMN_TEXT) return encode_category(input, *values, x);
  const bool marked = input->gaps == CR_GAPS_MARKED;
  const bool gap = (marked || input->keeps_fill) && isnan(*values);
  const cr_scale scale = cr_input_scale(input);
  for (size_t p = 0; p < values_of(input); p++) {
    x[p] = cr_scale_value(&scale, gap ? input->fill : values[p]);
    if (!(fabs(x[p]) <= (double)FLT_MAX)) return fail_value(input, p, values[p]);
  }
  if (input->type == CR_COLUMN_DATE)
    cr_date_cycles(gap ? input->fill : *values, input->cycles, x + 1);
  if (marked) x[input->width - 1] = gap ? 1.0 : 0.0;
  return CR_OK;
}

/* Column by column, in `expanded` (width). */
static cr_status encode_columns(const cr_encoder *encoder, double *expanded, const double *values,
                                float *x) {
  double *at = expanded;
  for (size_t i = 0; i < encoder->input_count; i++) {
    const cr_input *input = &encoder->inputs[i];
    CR_TRY(cr_input_encode(input, values, at));
    values += values_of(input);
    at += input->width;
  }
  for (size_t p = 0; p < encoder->width; p++) x[p] = (float)expanded[p];
  return CR_OK;
}

/* Loops without an exit, so that they run in vectors. */
cr_status cr_encoder_row(const cr_encoder *encoder, const cr_row_scaling *scaling,
                         const double *restrict values, float *restrict x) {
  const size_t width = encoder->width;
  const double *restrict shift = scaling->shift, *restrict scale = scaling->scale;
  if (scaling->expanded) return encode_columns(encoder, scaling->expanded, values, x);
  if (cr_encoder_keeps_bytes(encoder)) {
    const float factor = cr_byte_scale(encoder->inputs), offset = cr_byte_shift(encoder->inputs);
    for (size_t p = 0; p < width; p++) x[p] = (float)values[p] * factor + offset;
  } else {
    for (size_t p = 0; p < width; p++) x[p] = (float)((values[p] - shift[p]) / scale[p]);
  }
  int doubtful = 0; /* infinite, NaN, or what a number too large was rounded to */
  for (size_t p = 0; p < width; p++) doubtful |= !(fabsf(x[p]) < FLT_MAX);
  return doubtful ? check_values(encoder, values, x) : CR_OK;
}
