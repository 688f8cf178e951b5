/*
 * Inputs that give the target away: a number that goes with the target, or a single column that
 * tells the classes apart. Such a column is mostly made from the answer, or known only after it.
 * All of it on rows drawn from the training part, a few of them first.
 */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/size.h"
#include "data/name_list.h"
#include "train/audit.h"

/* A number is an answer from this correlation with the target on, in so many rows at least. */
static const double CORRELATION = 0.999, CORRELATION_OF_FEW = 0.99;
enum { LEAST_PAIRS = 20 };

/* A column that tells classes apart may be wrong in this share of the rows out of the majority. */
static const double WRONG_SHARE = 0.005;

/* It must be less likely than 2^-40 by chance. */
static const double BITS_OF_PROOF = 40.0;

/* Few rows are looked at first: most columns are done with then. */
enum { FEW_ROWS = 256 };
static const double WRONG_SHARE_OF_FEW = 0.05;

/* A measurement often tells the classes of few rows apart: a number is judged from here on. */
enum { LEAST_ROWS = 200 };

/* A value of a column, and the class of its row. */
typedef struct entry {
  double value;
  uint32_t class_index;
} entry;

typedef struct look {
  const cr_audit *audit;
  const size_t *places; /* (count) in the training part */
  size_t count;
  cr_const_matrix y; /* of the training part: its targets, or */
  uint32_t *classes; /* (count) those of the places */
  entry *entries;    /* (count) */
  size_t *counts;    /* (labels) room, all 0 */
  size_t majority;   /* rows of the commonest class */
  double chance;     /* bits that the order of the classes is worth */
  double strongest;  /* correlation, or share of rows right, of the last column found */
} look;

/* --- classes ---------------------------------------------------------------------------------- */

/* By value, then by class: what is found depends on no qsort. */
static int compare_entries(const void *a, const void *b) {
  const entry *x = a, *y = b;
  if (x->value < y->value || x->value > y->value) return x->value < y->value ? -1 : 1;
  return (x->class_index > y->class_index) - (x->class_index < y->class_index);
}

/* A gap is a value like others, beyond them. */
static double value_of(const cr_stored_column *column, size_t row) {
  if (column->info.type == CR_COLUMN_TEXT) return (double)column->codes[row];
  const double number = cr_column_number(column, row);
  return isnan(number) ? (double)INFINITY : number;
}

/* What a column says of classes whose rows stand in the order of its values. */
typedef struct tally {
  size_t groups;  /* different values */
  size_t wrong;   /* rows that are not of the commonest class of their value */
  size_t changes; /* from one value to the next, of that class */
} tally;

/* The commonest class of entries (count) of one value; counts (classes) is 0 before and after. */
static size_t best_class(const entry *entries, size_t count, size_t *counts, size_t *wrong) {
  size_t best = entries[0].class_index;
  for (size_t i = 0; i < count; i++) {
    const size_t k = entries[i].class_index;
    if (++counts[k] > counts[best]) best = k;
  }
  *wrong += count - counts[best];
  for (size_t i = 0; i < count; i++) counts[entries[i].class_index] = 0;
  return best;
}

static tally count_groups(entry *entries, size_t count, size_t *counts) {
  tally t = {0};
  size_t last = SIZE_MAX;
  qsort(entries, count, sizeof *entries, compare_entries);
  for (size_t i = 0, end = 0; i < count; i = end) {
    while (end < count && entries[end].value == entries[i].value) end++;
    const size_t best = best_class(entries + i, end - i, counts, &t.wrong);
    t.changes += last != SIZE_MAX && last != best;
    last = best;
    t.groups++;
  }
  return t;
}

/* How a column tells the classes apart: by its values one by one, or by ranges of them. */
typedef struct verdict {
  size_t wrong; /* rows */
  double bits;  /* that say how */
} verdict;

/*
 * A row of another class among equals of its own makes two changes. Each bound of a range may be
 * anywhere, each value may stand for any class.
 */
static verdict judge(const look *l, const cr_stored_column *column, size_t count) {
  const size_t classes = l->audit->encoder->labels.count;
  const tally t = count_groups(l->entries, count, l->counts);
  const bool by_values = column->info.type == CR_COLUMN_TEXT ||
                         (t.groups <= CR_MAX_CATEGORIES && count >= 10 * t.groups);
  const double place = log2((double)count * (double)classes);
  verdict v = {t.wrong, (double)t.groups * log2((double)classes)};
  if (!by_values) {
    v.wrong += t.changes > classes - 1 ? (t.changes - classes + 2) / 2 : 0;
    v.bits = (double)classes * place;
    if (count < LEAST_ROWS) v.wrong = count;
  }
  v.bits += (double)v.wrong * place;
  return v;
}

static verdict judge_rows(const look *l, const cr_stored_column *column, size_t count) {
  const size_t *rows = l->audit->portions->rows.rows[CR_PORTION_TRAIN];
  for (size_t i = 0; i < count; i++)
    l->entries[i] = (entry){value_of(column, rows[l->places[i]]), l->classes[i]};
  return judge(l, column, count);
}

static bool tells_classes(look *l, const cr_stored_column *column) {
  const double minority = (double)(l->count - l->majority);
  const size_t few = cr_size_min(l->count, FEW_ROWS);
  const verdict first = judge_rows(l, column, few);
  const double share = few < l->count ? WRONG_SHARE_OF_FEW : WRONG_SHARE;
  if ((double)first.wrong > share * minority * (double)few / (double)l->count) return false;
  const verdict all = few < l->count ? judge_rows(l, column, l->count) : first;
  const double columns = (double)l->audit->encoder->input_count;
  l->strongest = 1.0 - (double)all.wrong / (double)l->count;
  return (double)all.wrong <= WRONG_SHARE * minority &&
         l->chance >= all.bits + log2(columns) + BITS_OF_PROOF;
}

/* log2 (n! / prod n_k!): how many orders of the classes there are. */
static double bits_of_order(const size_t *counts, size_t classes) {
  double bits = 0.0;
  size_t n = 0;
  for (size_t k = 0; k < classes; k++)
    for (size_t i = 1; i <= counts[k]; i++) bits += log2((double)++n / (double)i);
  return bits;
}

static cr_status prepare_classes(look *l, const cr_samples *samples) {
  const size_t classes = l->audit->encoder->labels.count;
  void *block = NULL;
  CR_TRY(cr_alloc(l->count, sizeof(uint32_t), &block));
  l->classes = block;
  CR_TRY(cr_alloc(l->count, sizeof(entry), &block));
  l->entries = block;
  CR_TRY(cr_alloc(classes, sizeof(size_t), &block));
  l->counts = block;
  for (size_t i = 0; i < l->count; i++) {
    l->classes[i] = samples->classes[l->places[i]];
    l->counts[l->classes[i]]++;
  }
  l->chance = bits_of_order(l->counts, classes);
  for (size_t k = 0; k < classes; k++) {
    l->majority = cr_size_max(l->majority, l->counts[k]);
    l->counts[k] = 0;
  }
  return CR_OK;
}

/* --- numbers ---------------------------------------------------------------------------------- */

/* Pearson's correlation with the target over the first rows that have a value. */
static double correlation(const look *l, const cr_stored_column *column, size_t count) {
  const size_t *rows = l->audit->portions->rows.rows[CR_PORTION_TRAIN];
  double n = 0, mean_x = 0, mean_y = 0, xx = 0, yy = 0, xy = 0;
  for (size_t i = 0; i < count; i++) {
    const double x = cr_column_number(column, rows[l->places[i]]),
                 y = (double)l->y.data[l->places[i] * l->y.stride];
    if (isnan(x)) continue;
    const double dx = x - mean_x, dy = y - mean_y;
    n += 1.0;
    mean_x += dx / n;
    mean_y += dy / n;
    xx += dx * (x - mean_x);
    yy += dy * (y - mean_y);
    xy += dx * (y - mean_y);
  }
  return 2.0 * n >= (double)count && xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : 0.0;
}

static bool goes_with_target(look *l, const cr_stored_column *column) {
  const size_t few = cr_size_min(l->count, FEW_ROWS);
  if (column->info.type != CR_COLUMN_NUMBER || l->count < LEAST_PAIRS) return false;
  if (fabs(correlation(l, column, few)) < CORRELATION_OF_FEW) return false;
  l->strongest = correlation(l, column, l->count);
  return fabs(l->strongest) >= CORRELATION;
}

/* --- all columns ------------------------------------------------------------------------------ */

static cr_status tell(const look *l, cr_name_list *names, cr_strlist *warnings) {
  const cr_encoder *encoder = l->audit->encoder;
  static const char advice[] = "made from the answer or known only after it";
  const char *list = cr_name_list_text(names);
  if (encoder->classes && names->count == 1)
    return cr_strlist_format(warnings,
                             "column '%s' alone tells the classes of '%s' apart, in %.4g %% of %zu "
                             "training rows: leave it out (--drop) if it is %s",
                             list, encoder->target, 100.0 * l->strongest, l->count, advice);
  if (encoder->classes)
    return cr_strlist_format(
        warnings,
        "columns that each tell the classes of '%s' apart alone, in nearly all "
        "of %zu training rows: %s; leave them out (--drop) if they are %s",
        encoder->target, l->count, list, advice);
  if (names->count == 1)
    return cr_strlist_format(warnings,
                             "column '%s' goes with '%s' nearly exactly (correlation %.4g in %zu "
                             "training rows): leave it out (--drop) if it is %s",
                             list, encoder->target, l->strongest, l->count, advice);
  return cr_strlist_format(warnings,
                           "columns that each go with '%s' nearly exactly (correlation above %g in "
                           "%zu training rows): %s; leave them out (--drop) if they are %s",
                           encoder->target, CORRELATION, l->count, list, advice);
}

/* Where half of the columns do it the problem is an easy one, and where there is one, it is all. */
static bool is_easy(const cr_encoder *encoder, size_t found) {
  return found > 1 && 2 * found >= encoder->input_count;
}

/*
 * A column whose value is mostly 0 tells classes apart only if it is something else in nearly all
 * rows of all classes but one; and goes with no number.
 */
static bool says_too_little(const look *l, const cr_stored_column *column) {
  const double rows = (double)l->audit->portions->tables[CR_PORTION_TRAIN]->rows;
  const double minority = (double)(l->count - l->majority) / (double)l->count;
  return column->sparse && (double)column->filled < rows * 0.5 * minority;
}

static cr_status search(look *l, cr_strlist *warnings) {
  const cr_encoder *encoder = l->audit->encoder;
  const cr_table *table = l->audit->portions->tables[CR_PORTION_TRAIN];
  cr_name_list names = {0};
  double strongest = 0.0;
  for (size_t i = 0; i < encoder->input_count; i++) {
    const cr_input *input = &encoder->inputs[i];
    const cr_stored_column *column = &table->columns[input->column];
    if (input->type == CR_COLUMN_IMAGE || says_too_little(l, column)) continue;
    if (!(encoder->classes ? tells_classes(l, column) : goes_with_target(l, column))) continue;
    strongest = l->strongest;
    cr_name_list_add(&names, input->name);
  }
  l->strongest = strongest;
  const bool tells = names.count > 0 && !is_easy(encoder, names.count);
  const cr_status status = tells ? tell(l, &names, warnings) : CR_OK;
  cr_name_list_free(&names);
  return status;
}

cr_status cr_audit_answers(const cr_audit *audit, cr_strlist *warnings) {
  const cr_samples *samples = audit->portions->samples[CR_PORTION_TRAIN];
  const bool classes = audit->encoder->classes && samples->classes;
  size_t *places = NULL;
  look l = {.audit = audit, .y = samples->y};
  if (audit->encoder->input_count < 2 || !(classes || (samples->y.data && samples->outputs == 1)))
    return CR_OK;
  CR_TRY(cr_audit_draw(audit, &places, &l.count));
  l.places = places;
  cr_status status = classes ? prepare_classes(&l, samples) : CR_OK;
  if (status == CR_OK) status = search(&l, warnings);
  cr_free(l.classes);
  cr_free(l.entries);
  cr_free(l.counts);
  cr_free(places);
  return status;
}
