/* Shift and scale of every input and of the target, from the training rows alone. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/size.h"
#include "data/byte_counts.h"
#include "data/encode_parts.h"
#include "data/spread.h"

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
  size_t touched = 0;
  if (column->counts && count > table->rows / 2 && mark_rows(rows, count, chosen)) {
    for (size_t r = 0; r < table->rows; r++) {
      if (chosen[r]) continue;
      cr_byte_counts_add(&others, column->bytes + r * width, width);
      cr_table_rest_after(table, width, &touched);
    }
    *out = *column->counts;
    cr_byte_counts_subtract(out, &others);
  } else {
    for (size_t i = 0; i < count; i++) {
      cr_byte_counts_add(out, column->bytes + rows[i] * width, width);
      cr_table_rest_after(table, width, &touched);
    }
  }
  cr_free(chosen);
  return CR_OK;
}

/* Over all pixels of the rows at once. */
static cr_status spread_of_images(const cr_table *table, const cr_stored_column *column,
                                  const size_t *rows, size_t count, cr_spread *out) {
  cr_byte_counts counts = {0};
  CR_TRY(count_bytes(table, column, rows, count, &counts));
  const cr_byte_figures f = cr_byte_counts_figures(&counts);
  out->values = count;
  out->minimum = f.minimum;
  out->maximum = f.maximum;
  out->mean = f.mean;
  out->deviation = f.deviation;
  return CR_OK;
}

enum { ROWS_TO_LOOK_AT_SHAPES = 10000 };

/* What is fitted on what, and the columns that are left out. */
typedef struct fitting {
  cr_encoder *encoder;
  const cr_table *table;
  const size_t *rows; /* (count) */
  size_t count;
  cr_scaling how;           /* unless an input says otherwise */
  cr_sparse_columns sparse; /* of the rows, where the table has sparse columns */
  cr_name_list constant, texts;
  cr_name_list others,
      told;             /* of the texts: those that look like nothing else, and those that do */
  const char *meant;    /* what the first of these is meant to be; NULL: not known */
  cr_comma_look commas; /* or read with */
  size_t meant_column;
} fitting;

/* What fills the gaps of a number or date. */
static double fill_of(const cr_input *input, cr_spread *s) {
  switch (input->wishes.fill) {
    case CR_FILL_MEDIAN:
      return cr_spread_quantile(s, 0.5);
    case CR_FILL_MEAN:
      return s->mean;
    case CR_FILL_MODE:
      return cr_spread_mode(s);
    case CR_FILL_ZERO:
      return 0.0;
    case CR_FILL_CONSTANT:
      break;
  }
  return input->fill;
}

/* Gaps of a number or date that has some in the training part; `s` is of the values there are. */
static void fit_gaps(const fitting *f, cr_input *input, cr_spread *s) {
  if (input->gaps == CR_GAPS_REFUSED) return;
  const bool marked = input->wishes.marks && s->values < f->count;
  input->gaps = marked ? CR_GAPS_MARKED : CR_GAPS_FILLED;
  input->width += (size_t)marked;
  input->keeps_fill = input->wishes.keeps_fill && !marked;
  if (marked || input->keeps_fill) input->fill = fill_of(input, s);
}

/*
 * Where most values are 0 those that are not are rare: a small deviation would make them large.
 * With their largest as the unit, networks learn such tables better (docs/explanation/defaults.md).
 */
static cr_scaling scaling_of(const fitting *f, const cr_input *input) {
  const bool sparse = f->table->columns[input->column].sparse != NULL;
  const cr_scaling how = input->wishes.scaling == CR_SCALE_OPEN ? f->how : input->wishes.scaling;
  if (how != CR_SCALE_AUTO) return how;
  if (sparse) return CR_SCALE_MAXABS;
  /* With fewer rows the shape of a column, and of what is learnt from it, is not known so well. */
  const bool looks = input->type == CR_COLUMN_NUMBER && f->count >= ROWS_TO_LOOK_AT_SHAPES;
  return looks ? CR_SCALE_AUTO : CR_SCALE_STANDARD;
}

/* Does something of this input need quantiles? */
static bool wants_sample(const fitting *f, const cr_input *input, const cr_stored_column *column) {
  const cr_wishes *wishes = &input->wishes;
  const bool fills = wishes->keeps_fill || (wishes->marks && column->info.missing > 0);
  return (fills && (wishes->fill == CR_FILL_MEDIAN || wishes->fill == CR_FILL_MODE)) ||
         cr_scaling_wants_sample(scaling_of(f, input));
}

static cr_status spread_of_sparse(const fitting *f, const cr_stored_column *stored, cr_spread *s) {
  const uint32_t c = stored->sparse_column;
  const size_t first = stored->sparse ? f->sparse.starts[c] : 0;
  const size_t count = stored->sparse ? f->sparse.starts[c + 1] - first : 0;
  cr_spread_start(s, false);
  if (count > 0) CR_TRY(cr_spread_add(s, f->sparse.values + first, NULL, count));
  CR_TRY(cr_spread_finish(s));
  cr_spread_add_zeros(s, f->count - count);
  return CR_OK;
}

/* Of numbers that do not lie side by side, in pieces. */
static cr_status spread_of_others(const fitting *f, size_t column, const cr_input *input,
                                  cr_spread *s) {
  enum { AT_ONCE = 256 };
  double numbers[AT_ONCE];
  cr_number_reader reader;
  CR_TRY(cr_number_reader_open(input, f->table, column, f->count, &reader));
  cr_status status = CR_OK;
  for (size_t first = 0; first < f->count && status == CR_OK; first += AT_ONCE) {
    const size_t count = cr_size_min(f->count - first, AT_ONCE);
    for (size_t i = 0; i < count; i++)
      numbers[i] = cr_number_reader_at(&reader, f->rows[first + i]);
    status = cr_spread_add(s, numbers, NULL, count);
  }
  cr_number_reader_close(&reader);
  return status;
}

/* Of a column of numbers, dates or images. */
static cr_status spread_of(const fitting *f, size_t column, const cr_input *input, cr_spread *s) {
  const cr_stored_column *stored = &f->table->columns[column];
  if (input->type == CR_COLUMN_IMAGE)
    return spread_of_images(f->table, stored, f->rows, f->count, s);
  if (cr_column_is_sparse(stored) && !wants_sample(f, input, stored))
    return spread_of_sparse(f, stored, s);
  cr_spread_start(s, wants_sample(f, input, stored));
  if (stored->numbers)
    CR_TRY(cr_spread_add(s, stored->numbers, f->rows, f->count));
  else
    CR_TRY(spread_of_others(f, column, input, s));
  return cr_spread_finish(s);
}

static cr_status fit_scale(const fitting *f, cr_input *input, cr_spread *s) {
  const cr_scaling how = scaling_of(f, input);
  cr_scale scale;
  if (input->type == CR_COLUMN_IMAGE && cr_scaling_wants_sample(how)) {
    cr_fail(CR_ERR_ARGUMENT, "column '%s' holds images, which have no scale by quantiles",
            input->name);
    return cr_fix("--scale standard, minmax or none");
  }
  CR_TRY(cr_scale_fit(how, s, input->name, &scale));
  input->shift = scale.shift;
  input->scale = scale.scale;
  cr_free(input->knots);
  input->knots = scale.knots;
  input->knot_count = scale.knot_count;
  return CR_OK;
}

/* What stands in a gap has to be a number that a network can take. */
static cr_status check_fill(const fitting *f, const cr_input *input) {
  const cr_scale scale = cr_input_scale(input);
  if (input->gaps != CR_GAPS_MARKED && !input->keeps_fill) return CR_OK;
  if (fabs(cr_scale_value(&scale, input->fill)) <= (double)FLT_MAX) return CR_OK;
  cr_fail_at(CR_ERR_ARGUMENT, f->table->path, 0, input->column + 1,
             "%g for the gaps of column '%s' is too far from its values", input->fill, input->name);
  cr_why("scaled as they are, it is larger than the network's numbers, which end at 3.4e38");
  return cr_fix("--missing NAME=median");
}

/* With the figures of its column there; *constant: there is one value only. */
static cr_status scale_input(const fitting *f, cr_input *input, cr_spread *s, bool *constant) {
  *constant = s->values == 0 || s->minimum == s->maximum;
  if (*constant) return CR_OK;
  if (input->type != CR_COLUMN_IMAGE) input->width = 1;
  if (input->type == CR_COLUMN_DATE) cr_input_fit_cycles(input, s->maximum - s->minimum, !s->whole);
  if (input->type != CR_COLUMN_IMAGE) fit_gaps(f, input, s);
  CR_TRY(fit_scale(f, input, s));
  return check_fill(f, input);
}

/* *use becomes CR_USE_TEXT or CR_USE_CONSTANT of what is to be left out. */
static cr_status fit_input(fitting *f, size_t column, cr_input *input, cr_column_use *use) {
  cr_category_fit fit = CR_CATEGORY;
  cr_spread s = {0};
  bool constant = false;
  if (input->type == CR_COLUMN_TEXT) {
    CR_TRY(cr_category_collect(input, f->table, column, f->rows, f->count, &fit));
    if (fit != CR_CATEGORY) *use = fit == CR_CATEGORY_TEXT ? CR_USE_TEXT : CR_USE_CONSTANT;
    return CR_OK;
  }
  cr_status status = spread_of(f, column, input, &s);
  if (status == CR_OK) status = scale_input(f, input, &s, &constant);
  if (constant) *use = CR_USE_CONSTANT;
  cr_spread_free(&s);
  return status;
}

/* Of texts that are something else to people, what that is was told; the fix is to say it. */
static void note_text(fitting *f, size_t column, const cr_input *input) {
  cr_date_order order = CR_DATE_CLEAR;
  cr_name_list_add(&f->texts, input->name);
  cr_name_list_add(input->told_of ? &f->told : &f->others, input->name);
  if (!input->told_of || f->meant || f->commas) return;
  f->meant_column = column;
  f->commas = cr_table_look_for_commas(f->table, column);
  if (cr_column_dates(f->table, column, &order) == CR_DATES_OPEN)
    f->meant = "dmy, or mdy";
  else if (!f->commas && cr_may_be_numbers(f->table, column))
    f->meant = "number";
}

/*
 * The inputs whose training values differ stay, in their order; the others are named. After a
 * failure the rest stay as they are: the encoder remains whole.
 */
static cr_status fit_inputs(fitting *f, const size_t *places) {
  cr_encoder *encoder = f->encoder;
  size_t kept = 0;
  cr_status status = CR_OK;
  encoder->width = 0;
  for (size_t i = 0; i < encoder->input_count; i++) {
    cr_input input = encoder->inputs[i];
    cr_column_use use = CR_USE_NUMBER;
    if (status == CR_OK) status = fit_input(f, places[i], &input, &use);
    cr_table_rest(f->table);
    if (use == CR_USE_TEXT || use == CR_USE_CONSTANT) {
      if (use == CR_USE_TEXT) note_text(f, places[i], &input);
      if (use == CR_USE_CONSTANT) cr_name_list_add(&f->constant, input.name);
      if (encoder->uses) encoder->uses[input.column] = use;
      cr_input_free(&input);
      continue;
    }
    input.wishes.marks = false;
    encoder->inputs[kept++] = input;
    encoder->width += input.width;
  }
  encoder->input_count = kept;
  return status;
}

static cr_status tell_left_out(fitting *f, cr_strlist *warnings) {
  cr_name_list *constant = &f->constant, *texts = &f->texts, *others = &f->others;
  if (f->encoder->input_count == 0 && texts->count > 0) {
    cr_fail(CR_ERR_SHAPE,
            "no inputs are left: texts are learnt from as categories, which have few "
            "different values (%s has too many)",
            cr_name_list_text(texts));
    cr_fix("add a column of numbers, or of texts that many rows share");
    if (f->commas) return cr_table_fix_commas(f->table, f->meant_column, f->commas, "reads it so");
    if (!f->meant) return CR_ERR_SHAPE;
    return cr_told_fix("--type", f->table->columns[f->meant_column].info.name, f->meant);
  }
  if (f->encoder->input_count == 0) {
    cr_fail(CR_ERR_SHAPE, "no inputs are left: every one is the same in all training rows (%s)",
            cr_name_list_text(constant));
    return cr_fix("add a column whose values differ");
  }
  if (warnings == NULL) return CR_OK;
  if (f->told.count > 0)
    CR_TRY(cr_strlist_format(warnings, "left out as texts: %s", cr_name_list_text(&f->told)));
  if (others->count > 0)
    CR_TRY(cr_strlist_format(warnings,
                             "left out column%s of texts with too many different values for a "
                             "category: %s (--type NAME=category takes %s in)",
                             others->count == 1 ? "" : "s", cr_name_list_text(others),
                             others->count == 1 ? "it" : "one"));
  if (constant->count == 0) return CR_OK;
  return cr_strlist_format(warnings, "left out column%s with one value only: %s",
                           constant->count == 1 ? "" : "s", cr_name_list_text(constant));
}

/* Standardised whatever the inputs are, except if nothing is scaled at all. */
static cr_status fit_number(const fitting *f, size_t target, cr_scale *out) {
  const cr_stored_column *stored = &f->table->columns[target];
  const cr_scaling how = f->how == CR_SCALE_NONE ? CR_SCALE_NONE : CR_SCALE_STANDARD;
  CR_TRY(cr_encoder_check_varies(f->table, target, f->rows, f->count));
  cr_spread s;
  cr_spread_start(&s, false);
  for (size_t i = 0; i < f->count; i++) {
    const double value = cr_column_number(stored, f->rows[i]);
    CR_TRY(cr_spread_add(&s, &value, NULL, 1));
  }
  CR_TRY(cr_spread_finish(&s));
  return cr_scale_fit(how, &s, stored->info.name, out);
}

/* targets: their columns. */
static cr_status fit_targets(const fitting *f, const size_t *targets) {
  cr_encoder *encoder = f->encoder;
  const size_t several = encoder->numbers.count;
  cr_scale scale;
  if (encoder->classes || encoder->multilabel) return CR_OK;
  if (several == 0) {
    CR_TRY(fit_number(f, targets[0], &scale));
    encoder->target_shift = scale.shift;
    encoder->target_scale = scale.scale;
    return CR_OK;
  }
  for (size_t t = 0; t < several; t++) {
    CR_TRY(fit_number(f, targets[t], &scale));
    encoder->target_scaling[t] = scale.shift;
    encoder->target_scaling[several + t] = scale.scale;
  }
  return CR_OK;
}

cr_status cr_encoder_fit(cr_encoder *encoder, const cr_table *table, const size_t *rows,
                         size_t count, const char *scale, cr_strlist *warnings) {
  cr_scaling how = CR_SCALE_STANDARD;
  CR_TRY(cr_scaling_find(scale, &how));
  if (count == 0) return cr_fail(CR_ERR_EMPTY, "there are no training rows");
  void *block = NULL;
  const size_t inputs = encoder->input_count;
  CR_TRY(cr_alloc(inputs + cr_encoder_target_count(encoder), sizeof(size_t), &block));
  size_t *places = block, *targets = places + inputs;
  fitting f = {.encoder = encoder, .table = table, .rows = rows, .count = count, .how = how};
  cr_status status = cr_encoder_match(encoder, table, places, targets, NULL);
  if (status == CR_OK && table->sparse)
    status = cr_sparse_by_column(table->sparse, rows, count, table->sparse_columns, &f.sparse);
  if (status == CR_OK) status = fit_targets(&f, targets);
  if (status == CR_OK) status = fit_inputs(&f, places);
  if (status == CR_OK) status = tell_left_out(&f, warnings);
  cr_sparse_columns_free(&f.sparse);
  cr_name_list_free(&f.constant);
  cr_name_list_free(&f.texts);
  cr_name_list_free(&f.others);
  cr_name_list_free(&f.told);
  cr_free(block);
  return status;
}
