#include "data/weighting.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "data/label_set.h"
#include "data/name_list.h"

/* The column of weights; NULL if the table has none of this name. */
static cr_status find_numbers(const char *name, const cr_table *table, const cr_stored_column **out,
                              size_t *column) {
  *out = NULL;
  if (name == NULL || !cr_table_find(table, name, column)) return CR_OK;
  const cr_stored_column *found = &table->columns[*column];
  if (found->info.type != CR_COLUMN_NUMBER)
    return cr_fail_at(CR_ERR_NUMBER, table->path, 0, *column + 1,
                      "column '%s' holds %s, a weight is a number", name,
                      found->info.type == CR_COLUMN_IMAGE ? "images" : "texts");
  *out = found;
  return CR_OK;
}

static bool is_weight(double value) {
  return isfinite(value) && value >= 0.0;
}

static cr_status fail_weight(const cr_table *table, size_t column, size_t row) {
  const double value = cr_column_number(&table->columns[column], row);
  if (isnan(value) && cr_number_is_bad(value)) return cr_table_fail_bad(table, column);
  if (isnan(value)) return cr_table_fail_missing(table, column);
  char text[32];
  cr_format_number(value, text);
  cr_fail_at(CR_ERR_NUMBER, table->path, 0, column + 1,
             "the weight %s in column '%s', row %zu, is below 0", text,
             table->columns[column].info.name, cr_table_row_number(table, row) + 1);
  cr_why("a weight says how often a row counts: 0 for not at all, 2 for twice");
  return cr_fix("--skip-bad-rows leaves such rows out");
}

cr_status cr_weighting_usable(const char *column, const cr_table *table, bool skip_bad_rows,
                              size_t *rows, size_t *count) {
  const cr_stored_column *weights = NULL;
  size_t place = 0, kept = 0;
  CR_TRY(find_numbers(column, table, &weights, &place));
  if (weights == NULL) return CR_OK;
  for (size_t i = 0; i < *count; i++) {
    if (is_weight(cr_column_number(weights, rows[i])))
      rows[kept++] = rows[i];
    else if (!skip_bad_rows)
      return fail_weight(table, place, rows[i]);
  }
  *count = kept;
  return CR_OK;
}

static cr_status fail_not_classes(const cr_encoder *encoder) {
  if (encoder->multilabel)
    cr_fail(CR_ERR_COMBINATION, "weights of classes with several targets");
  else
    cr_fail(CR_ERR_COMBINATION, "weights of classes with numbers in column '%s'", encoder->target);
  cr_why("every row of a class counts so often: there are no classes here");
  return cr_fix("leave out --class-weight; --weight NAME weighs single rows");
}

/* (eq N4) n / (K n_k): all classes together count alike. */
static void balance(const cr_samples *samples, double *weights, size_t classes) {
  for (size_t i = 0; i < samples->rows; i++) weights[samples->classes[i]] += 1.0;
  for (size_t k = 0; k < classes; k++)
    if (weights[k] > 0.0) weights[k] = (double)samples->rows / ((double)classes * weights[k]);
}

static cr_status fail_list(const char *text) {
  cr_fail(CR_ERR_ARGUMENT, "--class-weight '%s' is not balanced or a list such as 'a:1,b:5'", text);
  return cr_fix("--class-weight balanced");
}

static cr_status fail_label(const cr_strlist *labels, const char *text, size_t size) {
  cr_name_list known = {0};
  for (size_t k = 0; k < labels->count; k++) cr_name_list_add(&known, labels->items[k]);
  cr_fail(CR_ERR_ARGUMENT, "--class-weight has the label '%.*s'; there are %s",
          (int)(size < 80 ? size : 80), text, cr_name_list_text(&known));
  cr_name_list_free(&known);
  return cr_fix("--class-weight balanced");
}

/* "label:number", split at its last colon. */
typedef struct entry {
  const char *label;
  size_t label_size;
  double weight;
} entry;

static bool read_entry(const char *text, size_t size, entry *out) {
  size_t colon = size;
  while (colon > 0 && text[colon - 1] != ':') colon--;
  if (colon < 2) return false;
  *out = (entry){.label = text, .label_size = colon - 1};
  return cr_parse_number(text + colon, size - colon, &out->weight) && is_weight(out->weight);
}

/* The class of an entry's label; UINT32_MAX if there is none. `scratch` holds any piece. */
static uint32_t class_of(const cr_label_set *labels, const entry *e, char *scratch) {
  memcpy(scratch, e->label, e->label_size);
  scratch[e->label_size] = '\0';
  return cr_label_set_text(labels, scratch);
}

/*
 * Reads the entry at the start of `text`: up to the first comma that makes it one of a known label,
 * since labels may hold commas. *size is its length, *index its class.
 */
static cr_status next_entry(const cr_label_set *labels, const char *text, char *scratch, entry *out,
                            size_t *size, uint32_t *index) {
  entry unknown = {0};
  for (size_t end = strcspn(text, ",");; end += 1 + strcspn(text + end + 1, ",")) {
    if (read_entry(text, end, out)) {
      *index = class_of(labels, out, scratch);
      *size = end;
      if (*index != UINT32_MAX) return CR_OK;
      if (unknown.label == NULL) unknown = *out;
    }
    if (text[end] == '\0') break;
  }
  if (unknown.label == NULL) return fail_list(text);
  return fail_label(labels->labels, unknown.label, unknown.label_size);
}

/* weights (labels), 1 each at first; scratch as long as `text`. */
static cr_status read_list(const cr_label_set *labels, const char *text, char *scratch, bool *named,
                           double *weights) {
  for (const char *at = text;; at++) {
    entry found;
    size_t size = 0;
    uint32_t index = 0;
    CR_TRY(next_entry(labels, at, scratch, &found, &size, &index));
    if (named[index])
      return cr_fail(CR_ERR_ARGUMENT, "--class-weight has the label '%s' twice",
                     labels->labels->items[index]);
    named[index] = true;
    weights[index] = found.weight;
    at += size;
    if (*at == '\0') return CR_OK;
  }
}

static cr_status parse_list(const cr_strlist *labels, const char *text, double *weights) {
  cr_label_set set;
  void *scratch = NULL, *named = NULL;
  for (size_t k = 0; k < labels->count; k++) weights[k] = 1.0;
  CR_TRY(cr_label_set_create(labels, &set));
  cr_status status = cr_alloc(strlen(text) + 1, 1, &scratch);
  if (status == CR_OK) status = cr_alloc(labels->count, sizeof(bool), &named);
  if (status == CR_OK) status = read_list(&set, text, scratch, named, weights);
  cr_label_set_free(&set);
  cr_free(scratch);
  cr_free(named);
  return status;
}

static cr_status fail_all_zero(const char *what) {
  cr_fail(CR_ERR_NUMBER, "%s is 0 for every training row", what);
  return cr_why("a row of weight 0 does not count, so that nothing is left to learn from");
}

/* The column's weights become 1 on average of the training rows. */
static cr_status fit_rows(cr_weighting *w, const cr_table *table, const size_t *rows,
                          size_t count) {
  const cr_stored_column *weights = NULL;
  size_t place = 0;
  double sum = 0.0;
  CR_TRY(find_numbers(w->column, table, &weights, &place));
  if (weights == NULL) return CR_OK;
  for (size_t i = 0; i < count; i++) {
    if (!is_weight(cr_column_number(weights, rows[i]))) return fail_weight(table, place, rows[i]);
    sum += cr_column_number(weights, rows[i]);
  }
  if (!(sum > 0.0)) return fail_all_zero("the weight");
  w->row_scale = (double)count / sum;
  if (isnormal(w->row_scale)) return CR_OK;
  return cr_fail_at(CR_ERR_NUMBER, table->path, 0, place + 1,
                    "the weights in column '%s' cannot be scaled: their sum is %g", w->column, sum);
}

/* What the column alone makes of row `row`; weights NULL: every row counts once. */
static double row_weight(const cr_weighting *w, const cr_stored_column *weights, size_t row) {
  return weights != NULL ? cr_column_number(weights, row) * w->row_scale : 1.0;
}

/* The classes' weights, times the rows', become 1 on average, too. */
static cr_status fit_classes(cr_weighting *w, const cr_table *table, const size_t *rows,
                             const cr_samples *samples, size_t classes) {
  const cr_stored_column *weights = NULL;
  size_t place = 0;
  double sum = 0.0;
  CR_TRY(find_numbers(w->column, table, &weights, &place));
  for (size_t i = 0; i < samples->rows; i++)
    sum += row_weight(w, weights, rows[i]) * w->classes[samples->classes[i]];
  if (!(sum > 0.0)) return fail_all_zero("the weight of rows and classes");
  const double scale = (double)samples->rows / sum;
  if (!isnormal(scale))
    return cr_fail(CR_ERR_NUMBER, "the weights of the classes cannot be scaled: their sum is %g",
                   sum);
  for (size_t k = 0; k < classes; k++) w->classes[k] *= scale;
  return CR_OK;
}

static cr_status fit(const char *text, const cr_encoder *encoder, const cr_table *table,
                     const size_t *rows, const cr_samples *samples, cr_weighting *w) {
  const size_t classes = encoder->labels.count;
  void *block = NULL;
  CR_TRY(fit_rows(w, table, rows, samples->rows));
  if (text == NULL) return CR_OK;
  if (!encoder->classes) return fail_not_classes(encoder);
  CR_TRY(cr_alloc(classes, sizeof(double), &block));
  w->classes = block;
  if (strcmp(text, "balanced") == 0)
    balance(samples, w->classes, classes);
  else
    CR_TRY(parse_list(&encoder->labels, text, w->classes));
  return fit_classes(w, table, rows, samples, classes);
}

cr_status cr_weighting_fit(const cr_prepare_options *options, const cr_encoder *encoder,
                           const cr_table *table, const size_t *rows, const cr_samples *samples,
                           cr_weighting *out) {
  *out = (cr_weighting){.column = options->weight, .row_scale = 1.0};
  const cr_status status = fit(options->class_weights, encoder, table, rows, samples, out);
  if (status != CR_OK) cr_weighting_free(out);
  return status;
}

void cr_weighting_free(cr_weighting *weighting) {
  cr_free(weighting->classes);
  *weighting = (cr_weighting){0};
}

cr_status cr_weighting_apply(const cr_weighting *w, const cr_table *table, const size_t *rows,
                             cr_samples *samples) {
  const cr_stored_column *weights = NULL;
  size_t place = 0;
  void *block = NULL;
  CR_TRY(find_numbers(w->column, table, &weights, &place));
  if (weights == NULL && w->classes == NULL) return CR_OK;
  CR_TRY(cr_alloc(samples->rows, sizeof(float), &block));
  samples->weights = block;
  for (size_t i = 0; i < samples->rows; i++) {
    if (weights != NULL && !is_weight(cr_column_number(weights, rows[i])))
      return fail_weight(table, place, rows[i]);
    const double of_class = w->classes != NULL ? w->classes[samples->classes[i]] : 1.0;
    const double weight = row_weight(w, weights, rows[i]) * of_class;
    samples->weights[i] = (float)weight;
    if (!isfinite(samples->weights[i]))
      return cr_fail(CR_ERR_NUMBER, "the weight of row %zu is too large",
                     cr_table_row_number(table, rows[i]) + 1);
  }
  return CR_OK;
}
