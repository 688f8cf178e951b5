/* What the options say columns are. */
#include <string.h>

#include "base/alloc.h"
#include "base/quote.h"
#include "data/encode_parts.h"

/* What a word says of a column. */
typedef struct kind {
  const char *word;
  cr_column_use use;
  cr_date_order order; /* dates: CR_DATE_CLEAR: their values say it */
} kind;

static const kind kinds[] = {
    {"number", CR_USE_NUMBER, CR_DATE_CLEAR}, {"category", CR_USE_CATEGORY, CR_DATE_CLEAR},
    {"date", CR_USE_DATE, CR_DATE_CLEAR},     {"dmy", CR_USE_DATE, CR_DATE_DMY},
    {"mdy", CR_USE_DATE, CR_DATE_MDY},        {"text", CR_USE_TEXT, CR_DATE_CLEAR},
    {"id", CR_USE_ID, CR_DATE_CLEAR},         {"skip", CR_USE_DROPPED, CR_DATE_CLEAR},
};

/* "name=category": its column and kind. */
typedef struct declaration {
  char *name; /* owned */
  size_t column;
  const kind *kind;
} declaration;

cr_status cr_told_fix(const char *option, const char *name, const char *word) {
  cr_strbuf fix = {0};
  cr_strbuf_format(&fix, "%s ", option);
  cr_quote_shell(&fix, name);
  cr_strbuf_format(&fix, "=%s", word);
  return cr_fix_command(&fix);
}

/* What others call a kind: "int". */
static const char *usual_word(const char *word) {
  static const char *const words[][2] = {
      {"int", "number"},     {"integer", "number"},   {"float", "number"}, {"double", "number"},
      {"numeric", "number"}, {"numerical", "number"}, {"num", "number"},   {"datetime", "date"},
      {"time", "date"},      {"timestamp", "date"},   {"string", "text"},  {"str", "text"},
      {"index", "id"},       {"ignore", "skip"},      {"drop", "skip"},
  };
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strcmp(word, words[i][0]) == 0) return words[i][1];
  return "category";
}

static cr_status find_kind(const char *text, const kind **out) {
  const char *mark = strrchr(text, '=');
  const char *word = mark ? mark + 1 : "";
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
    if (strcmp(word, kinds[k].word) != 0) continue;
    *out = &kinds[k];
    return CR_OK;
  }
  cr_fail(CR_ERR_ARGUMENT,
          "the type '%.200s' is not of the form NAME=number, category, date, dmy, mdy, text, id or "
          "skip",
          text);
  cr_strbuf name = {0};
  cr_strbuf_add(&name, text, mark ? (size_t)(mark - text) : strlen(text));
  const cr_status status = cr_told_fix("--type", name.text ? name.text : "NAME", usual_word(word));
  cr_strbuf_free(&name);
  return status;
}

static bool is_left_out(const kind *k) {
  return k->use == CR_USE_TEXT || k->use == CR_USE_ID || k->use == CR_USE_DROPPED;
}

cr_status cr_told_read(const cr_table *table, const char *text, cr_told *out) {
  const char *mark = strrchr(text, '=');
  const size_t length = mark ? (size_t)(mark - text) : strlen(text);
  cr_strbuf name = {0};
  out->word = mark ? mark + 1 : "";
  cr_strbuf_add(&name, text, length);
  CR_TRY(cr_strbuf_take(&name, &out->name));
  if (cr_table_find(table, out->name, &out->column)) return CR_OK;
  const cr_status status = cr_table_fail_column(table, out->name);
  cr_free(out->name);
  return status;
}

static cr_status read_declaration(const cr_table *table, const char *text, declaration *out) {
  cr_told told = {0};
  CR_TRY(find_kind(text, &out->kind));
  CR_TRY(cr_told_read(table, text, &told));
  out->name = told.name;
  out->column = told.column;
  return CR_OK;
}

/* known (columns): what was said of each before. */
static cr_status mark_skip(const cr_table *table, const char *text, const kind **known,
                           bool *dropped, cr_column_use *uses) {
  declaration d = {0};
  CR_TRY(read_declaration(table, text, &d));
  cr_free(d.name);
  const kind *before = known[d.column];
  known[d.column] = d.kind;
  if (before && before != d.kind)
    return cr_fail(CR_ERR_ARGUMENT, "the type of column '%s' is said to be %s, and %s",
                   table->columns[d.column].info.name, before->word, d.kind->word);
  if (!is_left_out(d.kind)) return CR_OK;
  dropped[d.column] = true;
  uses[d.column] = d.kind->use;
  return CR_OK;
}

cr_status cr_mark_skips(const cr_table *table, const cr_prepare_options *options, bool *dropped,
                        cr_column_use *uses) {
  void *known = NULL;
  cr_status status = cr_alloc(table->column_count, sizeof(const kind *), &known);
  for (size_t i = 0; i < options->type_count && status == CR_OK; i++)
    status = mark_skip(table, options->types[i], known, dropped, uses);
  cr_free(known);
  return status;
}

static cr_status fail_kind(const cr_table *table, const declaration *d) {
  cr_fail_at(CR_ERR_COLUMN, table->path, 0, d->column + 1, "column '%s' holds images", d->name);
  return cr_fix("leave out its --type");
}

static cr_status fail_numbers(const cr_table *table, const declaration *d) {
  cr_fail_at(CR_ERR_COLUMN, table->path, 0, d->column + 1, "column '%s' holds numbers, not dates",
             d->name);
  cr_why("dates are texts such as 2026-03-04, 4.3.2026 or 2026-03-04 09:05");
  return cr_fix("leave out its --type, or write its values so");
}

static cr_status declare_date(cr_input *input, const cr_table *table, const declaration *d) {
  if (input->type == CR_COLUMN_NUMBER) return fail_numbers(table, d);
  input->type = CR_COLUMN_DATE;
  input->order = d->kind->order;
  return d->kind->order == CR_DATE_CLEAR ? cr_input_find_order(input, table, d->column) : CR_OK;
}

static cr_status declare(cr_input *input, const cr_table *table, const declaration *d) {
  if (input->type == CR_COLUMN_IMAGE) return fail_kind(table, d);
  input->declared = true;
  if (d->kind->use == CR_USE_DATE) return declare_date(input, table, d);
  if (d->kind->use == CR_USE_CATEGORY) {
    input->type = CR_COLUMN_TEXT;
    return CR_OK;
  }
  if (input->type == CR_COLUMN_NUMBER) return CR_OK;
  cr_fail_text(table, d->column, "most of its values are texts, which are no numbers");
  return cr_fix("--type with category or skip");
}

static bool is_target(const cr_encoder *encoder, size_t column) {
  return encoder->uses[column] == CR_USE_TARGET;
}

static cr_status fail_target(const cr_encoder *encoder, const declaration *d) {
  if (is_target(encoder, d->column)) {
    cr_fail(CR_ERR_COLUMN, "column '%s' is the target, which cannot be a %s", d->name,
            d->kind->word);
    return cr_fix("leave out its --type, or give it number or category");
  }
  cr_fail(CR_ERR_COLUMN, "column '%s' is no input, so it can have no type", d->name);
  return cr_fix("leave out its --type");
}

/* A column that is left out has no input; what was said of the target is in its task. */
static cr_status set_type(cr_encoder *encoder, const cr_table *table, const declaration *d) {
  const bool of_target = d->kind->use == CR_USE_NUMBER || d->kind->use == CR_USE_CATEGORY;
  if (is_left_out(d->kind) || (of_target && is_target(encoder, d->column))) return CR_OK;
  for (size_t i = 0; i < encoder->input_count; i++)
    if (encoder->inputs[i].column == d->column) return declare(&encoder->inputs[i], table, d);
  return fail_target(encoder, d);
}

cr_column_use cr_told_use(const cr_table *table, const cr_prepare_options *options, size_t column) {
  cr_column_use use = CR_USE_DROPPED;
  for (size_t i = 0; i < options->type_count; i++) {
    declaration d = {0};
    if (read_declaration(table, options->types[i], &d) != CR_OK) continue;
    if (d.column == column) use = d.kind->use;
    cr_free(d.name);
  }
  return use;
}

cr_status cr_encoder_set_types(cr_encoder *encoder, const cr_table *table,
                               const cr_prepare_options *options) {
  for (size_t i = 0; i < options->type_count; i++) {
    declaration d = {0};
    CR_TRY(read_declaration(table, options->types[i], &d));
    const cr_status status = set_type(encoder, table, &d);
    cr_free(d.name);
    CR_TRY(status);
  }
  return CR_OK;
}
