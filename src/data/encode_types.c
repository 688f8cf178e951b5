/* What the options say of single columns, and of values that are missing. */
#include <string.h>

#include "base/alloc.h"
#include "data/encode_parts.h"

typedef enum column_kind { KIND_NUMBER, KIND_CATEGORY, KIND_SKIP } column_kind;

/* "name=category": its column and kind. */
typedef struct declaration {
  char *name; /* owned */
  size_t column;
  column_kind kind;
} declaration;

static cr_status find_kind(const char *text, const char *word, column_kind *out) {
  static const char *const words[] = {"number", "category", "skip"};
  for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
    if (strcmp(word, words[k]) != 0) continue;
    *out = (column_kind)k;
    return CR_OK;
  }
  cr_fail(CR_ERR_ARGUMENT, "the type '%.200s' is not of the form NAME=number, category or skip",
          text);
  return cr_fix("--type NAME=category");
}

/* The name ends at the last '=', as it may have one itself. */
static cr_status read_declaration(const cr_table *table, const char *text, declaration *out) {
  const char *mark = strrchr(text, '=');
  cr_strbuf name = {0};
  CR_TRY(find_kind(text, mark ? mark + 1 : "", &out->kind));
  cr_strbuf_add(&name, text, (size_t)(mark - text));
  CR_TRY(cr_strbuf_take(&name, &out->name));
  if (cr_table_find(table, out->name, &out->column)) return CR_OK;
  const cr_status status = cr_table_fail_column(table, out->name);
  cr_free(out->name);
  return status;
}

cr_status cr_mark_skips(const cr_table *table, const cr_prepare_options *options, bool *dropped) {
  for (size_t i = 0; i < options->type_count; i++) {
    declaration d;
    CR_TRY(read_declaration(table, options->types[i], &d));
    cr_free(d.name);
    if (d.kind == KIND_SKIP) dropped[d.column] = true;
  }
  return CR_OK;
}

static cr_status fail_kind(const cr_table *table, const declaration *d) {
  cr_fail_at(CR_ERR_COLUMN, table->path, 0, d->column + 1, "column '%s' holds images", d->name);
  return cr_fix("leave out its --type");
}

static cr_status declare(cr_input *input, const cr_table *table, const declaration *d) {
  if (input->type == CR_COLUMN_IMAGE) return fail_kind(table, d);
  if (d->kind == KIND_CATEGORY) {
    input->type = CR_COLUMN_TEXT;
    input->declared = true;
    return CR_OK;
  }
  if (input->type == CR_COLUMN_NUMBER) return CR_OK;
  cr_fail_text(table, d->column, "most of its values are texts, which are no numbers");
  return cr_fix("--type with category or skip");
}

static cr_status fail_target(const declaration *d) {
  cr_fail(CR_ERR_COLUMN, "column '%s' is no input, so it can have no type", d->name);
  return cr_fix("leave out its --type; --task says what a target is");
}

/* A column that is left out has no input; so has the target, of which --task decides. */
static cr_status set_type(cr_encoder *encoder, const cr_table *table, const declaration *d) {
  if (d->kind == KIND_SKIP) return CR_OK;
  for (size_t i = 0; i < encoder->input_count; i++)
    if (encoder->inputs[i].column == d->column) return declare(&encoder->inputs[i], table, d);
  return fail_target(d);
}

cr_status cr_encoder_set_types(cr_encoder *encoder, const cr_table *table,
                               const cr_prepare_options *options) {
  for (size_t i = 0; i < options->type_count; i++) {
    declaration d;
    CR_TRY(read_declaration(table, options->types[i], &d));
    const cr_status status = set_type(encoder, table, &d);
    cr_free(d.name);
    CR_TRY(status);
  }
  return CR_OK;
}

/* Who leaves out rows with gaps, as --skip-bad-rows says, has none to mark. */
cr_status cr_encoder_choose_fill(cr_encoder *encoder, const cr_prepare_options *options,
                                 cr_gaps *gaps) {
  static const char *const fills[] = {
      [CR_FILL_MEDIAN] = "median", [CR_FILL_MEAN] = "mean", [CR_FILL_ZERO] = "zero"};
  const char *missing = options->missing ? options->missing : "auto";
  const bool automatic = strcmp(missing, "auto") == 0, refuses = strcmp(missing, "error") == 0;
  encoder->fill = CR_FILL_MEDIAN;
  encoder->marks = automatic ? !options->skip_bad_rows : !refuses;
  *gaps = refuses ? CR_GAPS_REFUSED : CR_GAPS_FILLED;
  if (automatic || refuses) return CR_OK;
  for (size_t i = 0; i < sizeof fills / sizeof *fills; i++) {
    if (strcmp(missing, fills[i]) != 0) continue;
    encoder->fill = (cr_fill)i;
    return CR_OK;
  }
  return cr_fail(CR_ERR_ARGUMENT, "missing is '%.200s'; expected auto, median, mean, zero or error",
                 missing);
}
