/* Inputs that only name their row, and classes of very unequal size. */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/size.h"
#include "data/name_list.h"
#include "train/audit.h"

/* --- identifiers ------------------------------------------------------------------------------ */

/* So many equal pairs must be missing before their absence is taken for a purpose: e^-20. */
static const double REPEATS_EXPECTED = 20.0;

/*
 * Equal pairs among n values drawn evenly from a range of r whole numbers: of n (n - 1) / 2 pairs
 * each is equal with 1 / r. Values that prefer some of the range have more.
 */
static double expected_repeats(double n, double r) {
  return n * (n - 1.0) / (2.0 * r);
}

/* All different? values (count) are sorted on the way. */
static bool all_differ(double *values, size_t count) {
  qsort(values, count, sizeof *values, cr_compare_numbers);
  for (size_t i = 1; i < count; i++)
    if (values[i] == values[i - 1]) return false;
  return true;
}

/* What may be an identifier by its figures. Those one after the other are told of elsewhere. */
static bool is_candidate(const cr_table *table, const cr_input *input, size_t drawn) {
  if (input->type != CR_COLUMN_NUMBER || input->declared) return false;
  const cr_column *column = &table->columns[input->column].info;
  const double range = column->maximum - column->minimum + 1.0;
  const size_t distinct = cr_size_min(table->rows, CR_DISTINCT_COUNTED);
  return column->type == CR_COLUMN_NUMBER && column->integer &&
         column->missing + column->bad == 0 && column->distinct == distinct &&
         range != (double)table->rows && expected_repeats((double)drawn, range) >= REPEATS_EXPECTED;
}

/* places (count) as drawn; values (count) is room. */
static void find_identifiers(const cr_audit *audit, const size_t *places, size_t count,
                             double *values, cr_name_list *names) {
  const cr_encoder *encoder = audit->encoder;
  const cr_table *table = audit->portions->tables[CR_PORTION_TRAIN];
  const size_t *rows = audit->portions->rows.rows[CR_PORTION_TRAIN];
  for (size_t i = 0; i < encoder->input_count; i++) {
    const cr_input *input = &encoder->inputs[i];
    if (!is_candidate(table, input, count)) continue;
    const cr_stored_column *column = &table->columns[input->column];
    for (size_t k = 0; k < count; k++) values[k] = cr_column_number(column, rows[places[k]]);
    if (all_differ(values, count)) cr_name_list_add(names, input->name);
  }
}

/* Most tables have none, and need no rows drawn. */
static bool has_candidates(const cr_audit *audit) {
  const cr_portions *portions = audit->portions;
  const size_t drawn = cr_size_min(portions->rows.count[CR_PORTION_TRAIN], CR_AUDIT_ROWS);
  bool found = false;
  for (size_t i = 0; i < audit->encoder->input_count && !found; i++)
    found = is_candidate(portions->tables[CR_PORTION_TRAIN], &audit->encoder->inputs[i], drawn);
  return found;
}

cr_status cr_audit_identifiers(const cr_audit *audit, cr_strlist *warnings) {
  size_t *places = NULL, count = 0;
  void *values = NULL;
  cr_name_list names = {0};
  if (audit->encoder->input_count < 2 || !has_candidates(audit)) return CR_OK;
  CR_TRY(cr_audit_draw(audit, &places, &count));
  cr_status status = cr_alloc(count, sizeof(double), &values);
  if (status == CR_OK) find_identifiers(audit, places, count, values, &names);
  if (names.count == 1)
    status = cr_strlist_format(warnings,
                               "column '%s' holds whole numbers that never repeat in %zu training "
                               "rows, though they lie close: it seems to name rows, and is better "
                               "left out (--drop)",
                               cr_name_list_text(&names), count);
  else if (names.count > 1)
    status = cr_strlist_format(warnings,
                               "columns of whole numbers that never repeat in %zu training rows, "
                               "though they lie close, seem to name rows and are better left out "
                               "(--drop): %s",
                               count, cr_name_list_text(&names));
  cr_name_list_free(&names);
  cr_free(values);
  cr_free(places);
  return status;
}

/* --- classes ---------------------------------------------------------------------------------- */

/* So many times the rows of the smallest class in the largest. */
static const double UNEQUAL = 10.0;

/* counts (labels): rows on disk, whose classes the table has. */
static cr_status count_on_disk(const cr_audit *audit, size_t part, size_t *counts) {
  enum { ROWS_AT_ONCE = 1 << 12, ROWS_TO_REST = 1 << 18 };
  const cr_table *table = audit->portions->tables[part];
  const size_t *rows = audit->portions->rows.rows[part];
  const size_t all = audit->portions->rows.count[part];
  uint32_t classes[ROWS_AT_ONCE];
  cr_status status = CR_OK;
  for (size_t first = 0; first < all && status == CR_OK; first += ROWS_AT_ONCE) {
    const size_t count = cr_size_min(all - first, ROWS_AT_ONCE);
    status = cr_encoder_classes(audit->encoder, table, rows + first, count, classes);
    for (size_t i = 0; i < count && status == CR_OK; i++) counts[classes[i]]++;
    if (first % ROWS_TO_REST == 0) cr_table_rest(table);
  }
  return status;
}

/* counts (labels): rows of the table trained on, of whatever part. */
static cr_status count_classes(const cr_audit *audit, size_t *counts) {
  const cr_portions *portions = audit->portions;
  for (size_t p = 0; p < CR_PORTION_COUNT; p++) {
    const cr_samples *samples = portions->samples[p];
    const bool shared = portions->same_rows && p != CR_PORTION_TRAIN;
    if (!samples || shared || portions->tables[p] != portions->tables[0]) continue;
    if (samples->store) CR_TRY(count_on_disk(audit, p, counts));
    for (size_t i = 0; samples->classes && i < samples->rows; i++) counts[samples->classes[i]]++;
  }
  return CR_OK;
}

static cr_status tell_unequal(const cr_strlist *labels, const size_t *counts,
                              cr_strlist *warnings) {
  size_t most = 0, least = 0;
  for (size_t k = 1; k < labels->count; k++) {
    if (counts[k] > counts[most]) most = k;
    if (counts[k] < counts[least]) least = k;
  }
  if (counts[least] == 0 || (double)counts[most] < UNEQUAL * (double)counts[least]) return CR_OK;
  return cr_strlist_format(
      warnings,
      "%s has %zu rows and %s only %zu: accuracy alone will flatter; --class-weight balanced "
      "counts all classes alike",
      labels->items[most], counts[most], labels->items[least], counts[least]);
}

cr_status cr_audit_classes(const cr_audit *audit, cr_strlist *warnings) {
  const cr_strlist *labels = &audit->encoder->labels;
  void *block = NULL;
  if (!audit->encoder->classes || audit->prepare->weight || audit->prepare->class_weights)
    return CR_OK;
  CR_TRY(cr_alloc(labels->count, sizeof(size_t), &block));
  cr_status status = count_classes(audit, block);
  if (status == CR_OK) status = tell_unequal(labels, block, warnings);
  cr_free(block);
  return status;
}
