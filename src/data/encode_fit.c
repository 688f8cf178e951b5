/* Shift and scale of every input and of the target, from the training rows alone. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "data/byte_counts.h"
#include "data/encode_parts.h"

/* The figures of one column over some rows that a scale is made of. */
typedef struct spread {
  double minimum, maximum, mean, deviation; /* deviation with 1/n */
} spread;

/* (eq N1) mean = sum x / n, deviation = sqrt(sum (x - mean)^2 / n): twice over the values, since
 * sum x^2 - n mean^2 cancels where the values are large and near to each other. */
static spread spread_of_numbers(const double *numbers, const size_t *rows, size_t count) {
  spread s = {.minimum = numbers[rows[0]], .maximum = numbers[rows[0]]};
  double sum = 0.0, squares = 0.0;
  for (size_t i = 0; i < count; i++) {
    const double value = numbers[rows[i]];
    if (value < s.minimum) s.minimum = value;
    if (value > s.maximum) s.maximum = value;
    sum += value;
  }
  s.mean = sum / (double)count;
  for (size_t i = 0; i < count; i++) {
    const double apart = numbers[rows[i]] - s.mean;
    squares += apart * apart;
  }
  s.deviation = sqrt(squares / (double)count);
  return s;
}

/* Marks the rows in chosen (rows of the table); false if one is there twice. */
static bool mark_rows(const size_t *rows, size_t count, bool *chosen) {
  for (size_t i = 0; i < count; i++) {
    if (chosen[rows[i]]) return false;
    chosen[rows[i]] = true;
  }
  return true;
}

/*
 * The bytes of the rows. Where the table has few others, those of all but the others: they were
 * counted when it was read, and a count is the same whichever way.
 */
static cr_status count_bytes(const cr_table *table, const cr_stored_column *column,
                             const size_t *rows, size_t count, cr_byte_counts *out) {
  const size_t width = column->info.width;
  cr_byte_counts others = {0};
  void *block = NULL;
  CR_TRY(cr_alloc(table->rows, sizeof(bool), &block));
  bool *chosen = block;
  if (column->counts && count > table->rows / 2 && mark_rows(rows, count, chosen)) {
    for (size_t r = 0; r < table->rows; r++)
      if (!chosen[r]) cr_byte_counts_add(&others, column->bytes + r * width, width);
    *out = *column->counts;
    cr_byte_counts_subtract(out, &others);
  } else {
    for (size_t i = 0; i < count; i++)
      cr_byte_counts_add(out, column->bytes + rows[i] * width, width);
  }
  cr_free(chosen);
  return CR_OK;
}

/* Over all pixels of the rows at once. */
static cr_status spread_of_images(const cr_table *table, const cr_stored_column *column,
                                  const size_t *rows, size_t count, spread *out) {
  cr_byte_counts counts = {0};
  CR_TRY(count_bytes(table, column, rows, count, &counts));
  const cr_byte_figures f = cr_byte_counts_figures(&counts);
  *out = (spread){f.minimum, f.maximum, f.mean, f.deviation};
  return CR_OK;
}

/* (eqs N1, N2) or as it is. */
typedef enum scaling { SCALE_STANDARD, SCALE_MINMAX, SCALE_NONE } scaling;

static cr_status find_scaling(const char *name, scaling *out) {
  if (name == NULL || strcmp(name, "auto") == 0 || strcmp(name, "standard") == 0)
    *out = SCALE_STANDARD;
  else if (strcmp(name, "minmax") == 0)
    *out = SCALE_MINMAX;
  else if (strcmp(name, "none") == 0)
    *out = SCALE_NONE;
  else
    return cr_fail(CR_ERR_ARGUMENT, "the scale is '%s'; expected auto, standard, minmax or none",
                   name);
  return CR_OK;
}

/* CR_ERR_NUMBER where the spread of a column is no number to divide by. */
static cr_status choose_scale(scaling how, const spread *s, const char *name, double *shift,
                              double *scale) {
  *shift = how == SCALE_NONE ? 0.0 : how == SCALE_MINMAX ? s->minimum : s->mean;
  *scale = how == SCALE_NONE ? 1.0 : how == SCALE_MINMAX ? s->maximum - s->minimum : s->deviation;
  if (isfinite(*shift) && isnormal(*scale)) return CR_OK;
  cr_fail(CR_ERR_NUMBER, "column '%s' cannot be scaled: its values run from %g to %g", name,
          s->minimum, s->maximum);
  cr_why("their mean or deviation is outside the range of numbers");
  return cr_fix("give the column in another unit, or leave it out with --drop");
}

/* The inputs whose training values differ stay, in their order; the others are named in `left`. */
static cr_status fit_inputs(cr_encoder *encoder, const cr_table *table, const size_t *places,
                            const size_t *rows, size_t count, scaling how, cr_name_list *left) {
  size_t kept = 0;
  cr_status status = CR_OK;
  encoder->width = 0;
  for (size_t i = 0; i < encoder->input_count; i++) {
    cr_input input = encoder->inputs[i];
    const cr_stored_column *column = &table->columns[places[i]];
    spread s = {.maximum = 1}; /* stays if there is no memory: the encoder remains whole */
    if (input.type == CR_COLUMN_NUMBER)
      s = spread_of_numbers(column->numbers, rows, count);
    else if (status == CR_OK)
      status = spread_of_images(table, column, rows, count, &s);
    if (s.minimum == s.maximum) {
      cr_name_list_add(left, input.name);
      cr_free(input.name);
      continue;
    }
    if (status == CR_OK) status = choose_scale(how, &s, input.name, &input.shift, &input.scale);
    encoder->inputs[kept++] = input;
    encoder->width += input.width;
  }
  encoder->input_count = kept;
  return status;
}

static cr_status tell_left_out(const cr_encoder *encoder, cr_name_list *left,
                               cr_strlist *warnings) {
  if (encoder->input_count == 0) {
    cr_fail(CR_ERR_SHAPE, "no inputs are left: every one is the same in all training rows (%s)",
            cr_name_list_text(left));
    return cr_fix("add a column whose values differ");
  }
  if (left->count == 0 || warnings == NULL) return CR_OK;
  return cr_strlist_format(warnings, "left out column%s with one value only: %s",
                           left->count == 1 ? "" : "s", cr_name_list_text(left));
}

static cr_status fit_target(cr_encoder *encoder, const cr_table *table, size_t target,
                            const size_t *rows, size_t count, scaling how) {
  if (encoder->classes || encoder->multilabel) return CR_OK;
  const double *numbers = table->columns[target].numbers;
  CR_TRY(cr_encoder_check_varies(encoder, table, target, rows, count));
  const spread s = spread_of_numbers(numbers, rows, count);
  return choose_scale(how == SCALE_NONE ? SCALE_NONE : SCALE_STANDARD, &s, encoder->target,
                      &encoder->target_shift, &encoder->target_scale);
}

cr_status cr_encoder_fit(cr_encoder *encoder, const cr_table *table, const size_t *rows,
                         size_t count, const char *scale, cr_strlist *warnings) {
  scaling how = SCALE_STANDARD;
  CR_TRY(find_scaling(scale, &how));
  if (count == 0) return cr_fail(CR_ERR_EMPTY, "there are no training rows");
  void *block = NULL;
  const size_t inputs = encoder->input_count;
  CR_TRY(cr_alloc(inputs + cr_encoder_target_count(encoder), sizeof(size_t), &block));
  size_t *places = block, *targets = places + inputs;
  cr_name_list left = {0};
  cr_status status = cr_encoder_match(encoder, table, places, targets, NULL);
  if (status == CR_OK) status = fit_target(encoder, table, targets[0], rows, count, how);
  if (status == CR_OK) status = fit_inputs(encoder, table, places, rows, count, how, &left);
  if (status == CR_OK) status = tell_left_out(encoder, &left, warnings);
  cr_name_list_free(&left);
  cr_free(block);
  return status;
}
