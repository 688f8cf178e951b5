/* What the options say of gaps, scales and values that are new, for all inputs and for one. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "data/encode_parts.h"

/* --- gaps ------------------------------------------------------------------------------------- */

static bool find_fill(const char *word, cr_fill *out) {
  static const char *const fills[] = {[CR_FILL_MEDIAN] = "median",
                                      [CR_FILL_MEAN] = "mean",
                                      [CR_FILL_ZERO] = "zero",
                                      [CR_FILL_MODE] = "mode"};
  for (size_t i = 0; i < sizeof fills / sizeof *fills; i++) {
    if (strcmp(word, fills[i]) != 0) continue;
    *out = (cr_fill)i;
    return true;
  }
  return false;
}

/* Told or not, what fills the gaps of a number; of a category they are a value of their own. */
static void set_fill(cr_input *input, cr_fill fill, bool told) {
  const bool category = input->type == CR_COLUMN_TEXT;
  input->gaps = CR_GAPS_FILLED;
  input->wishes.fill = fill;
  input->wishes.marks = true;
  input->wishes.keeps_fill =
      told && (!category || fill == CR_FILL_MODE || fill == CR_FILL_CONSTANT);
}

static void refuse_gaps(cr_input *input) {
  input->gaps = CR_GAPS_REFUSED;
  input->wishes.marks = input->wishes.keeps_fill = false;
}

/* Who leaves out rows with gaps, as --skip-bad-rows says, has none to mark. */
static cr_status set_gaps_of_all(cr_encoder *encoder, const cr_prepare_options *options) {
  const char *missing = options->missing ? options->missing : "auto";
  const bool automatic = strcmp(missing, "auto") == 0, refuses = strcmp(missing, "error") == 0;
  cr_fill fill = CR_FILL_MEDIAN;
  if (!automatic && !refuses && !find_fill(missing, &fill))
    return cr_fail(CR_ERR_ARGUMENT,
                   "missing is '%.200s'; expected auto, median, mean, mode, zero or error",
                   missing);
  for (size_t i = 0; i < encoder->input_count; i++) {
    cr_input *input = &encoder->inputs[i];
    if (input->type == CR_COLUMN_IMAGE) continue;
    if (refuses)
      refuse_gaps(input);
    else
      set_fill(input, fill, !automatic);
    if (automatic) input->wishes.marks = !options->skip_bad_rows;
  }
  return CR_OK;
}

static cr_status set_constant(cr_input *input, const char *word) {
  if (input->type == CR_COLUMN_TEXT) {
    CR_TRY(cr_copy_text(word, &input->fill_text));
    set_fill(input, CR_FILL_CONSTANT, true);
    return CR_OK;
  }
  if (cr_input_value(input, word, &input->fill) == CR_OK) {
    set_fill(input, CR_FILL_CONSTANT, true);
    return CR_OK;
  }
  cr_fail(CR_ERR_ARGUMENT,
          "'%.200s' for the gaps of column '%s'; expected median, mean, mode, zero, error or a %s",
          word, input->name, input->type == CR_COLUMN_DATE ? "date" : "number");
  return cr_told_fix("--missing", input->name, "median");
}

static cr_status set_gaps(cr_input *input, const char *word) {
  cr_fill fill = CR_FILL_MEDIAN;
  const bool category = input->type == CR_COLUMN_TEXT;
  cr_free(input->fill_text);
  input->fill_text = NULL;
  if (strcmp(word, "error") == 0) {
    refuse_gaps(input);
  } else if (category && strcmp(word, "own") == 0) {
    set_fill(input, CR_FILL_MEDIAN, false);
  } else if (find_fill(word, &fill) && (!category || fill == CR_FILL_MODE)) {
    set_fill(input, fill, true);
  } else {
    return set_constant(input, word);
  }
  return CR_OK;
}

/* --- scales and values that are new ----------------------------------------------------------- */

static cr_status set_scale(cr_input *input, const char *word) {
  if (input->type != CR_COLUMN_TEXT) return cr_scaling_find(word, &input->wishes.scaling);
  cr_fail(CR_ERR_COLUMN, "column '%s' is a category, which has no scale", input->name);
  return cr_fix("leave out its --scale");
}

static cr_status set_unseen(cr_encoder *encoder, const char *unseen) {
  const bool refused = unseen != NULL && strcmp(unseen, "error") == 0;
  if (unseen != NULL && !refused && strcmp(unseen, "none") != 0)
    return cr_fail(CR_ERR_ARGUMENT, "unseen is '%.200s'; expected none or error", unseen);
  for (size_t i = 0; i < encoder->input_count; i++)
    encoder->inputs[i].unseen_refused = refused && encoder->inputs[i].type == CR_COLUMN_TEXT;
  return CR_OK;
}

/* --- single columns --------------------------------------------------------------------------- */

typedef cr_status setter(cr_input *input, const char *word);

static cr_status set_one(cr_encoder *encoder, const cr_told *told, setter *set) {
  for (size_t i = 0; i < encoder->input_count; i++) {
    cr_input *input = &encoder->inputs[i];
    if (input->column != told->column) continue;
    if (input->type != CR_COLUMN_IMAGE || set == set_scale) return set(input, told->word);
    cr_fail(CR_ERR_COLUMN, "column '%s' holds images, which have no gaps", told->name);
    return cr_fix("leave out its --missing");
  }
  cr_fail(CR_ERR_COLUMN, "column '%s' is no input", told->name);
  return cr_fix(set == set_scale ? "leave out its --scale" : "leave out its --missing");
}

/* texts (count): "name=word" each. */
static cr_status set_each(cr_encoder *encoder, const cr_table *table, const char *const *texts,
                          size_t count, setter *set) {
  for (size_t i = 0; i < count; i++) {
    cr_told told = {0};
    CR_TRY(cr_told_read(table, texts[i], &told));
    const cr_status status = set_one(encoder, &told, set);
    cr_free(told.name);
    CR_TRY(status);
  }
  return CR_OK;
}

cr_status cr_encoder_set_policies(cr_encoder *encoder, const cr_table *table,
                                  const cr_prepare_options *options) {
  CR_TRY(set_gaps_of_all(encoder, options));
  CR_TRY(set_unseen(encoder, options->unseen));
  CR_TRY(set_each(encoder, table, options->gaps, options->gap_count, set_gaps));
  return set_each(encoder, table, options->scales, options->scale_count, set_scale);
}
