/* Rows of the dev and test parts that are training rows, too: they measure memory, not learning. */
#include <string.h>

#include "base/alloc.h"
#include "base/secret.h"
#include "base/size.h"
#include "data/hashset.h"
#include "train/audit.h"

/* Worth a word from this share of a part on, and this number of rows. */
static const double SHARE_TOLD = 0.01;
enum { ROWS_TOLD = 3, FEW_COPIES = 3 };

/* Of an image so many words, spread over it, are hashed: what is found is compared as a whole. */
enum { WORDS_HASHED = 8 };

/* The samples of dev, then of test, of which each is there once. */
typedef struct search {
  const cr_samples *const *samples; /* of each part */
  size_t dev;                       /* samples of dev: those of test come after them */
  cr_hashset set;
  uint32_t *times;   /* (2, dev + test) how often the sample is there in dev, and in test */
  size_t copies[2];  /* in dev and in test, of a row before in the same part */
  size_t learned[2]; /* rows that are training rows, too */
  size_t compared, most;
} search;

/* A sample: its part, and its place there. */
typedef struct place {
  size_t part, row;
} place;

static place place_of(const search *s, size_t item) {
  return item < s->dev ? (place){CR_PORTION_DEV, item} : (place){CR_PORTION_TEST, item - s->dev};
}

static size_t input_size(const cr_samples *s) {
  return s->bytes ? s->inputs : s->inputs * sizeof(float);
}

static const unsigned char *input_bytes(const cr_samples *s, size_t row) {
  return s->bytes ? cr_samples_bytes(s, row)
                  : (const unsigned char *)(s->x.data + row * s->x.stride);
}

static uint64_t word_at(const unsigned char *bytes, size_t size) {
  uint64_t word = 0;
  memcpy(&word, bytes, cr_size_min(size, sizeof word));
  return word;
}

static void hash_entries(const cr_sparse_inputs *sparse, size_t row, cr_siphash_state *state) {
  for (size_t e = sparse->starts[row]; e < sparse->starts[row + 1]; e++)
    cr_siphash_add(state, (uint64_t)sparse->inputs[e] << 32 ^
                              word_at((const void *)(sparse->values + e), sizeof(float)));
}

static void hash_inputs(const cr_samples *s, size_t row, cr_siphash_state *state) {
  const size_t size = input_size(s);
  const unsigned char *bytes = input_bytes(s, row);
  const bool sparsely = s->bytes && size > WORDS_HASHED * sizeof(uint64_t);
  const size_t step = sparsely ? (size - sizeof(uint64_t)) / (WORDS_HASHED - 1) : sizeof(uint64_t);
  for (size_t at = 0; at < size; at += step) cr_siphash_add(state, word_at(bytes + at, size - at));
}

static uint64_t hash_sample(const cr_samples *s, size_t row) {
  cr_siphash_state state;
  cr_siphash_start(&state, cr_secret_key());
  if (s->sparse.zeros)
    hash_entries(&s->sparse, row, &state);
  else
    hash_inputs(s, row, &state);
  if (s->classes) return cr_siphash_end(&state, s->classes[row]);
  for (size_t t = 0; t < s->outputs; t++)
    cr_siphash_add(&state,
                   word_at((const void *)(s->y.data + row * s->y.stride + t), sizeof(float)));
  return cr_siphash_end(&state, 0);
}

static bool same_inputs(const cr_samples *a, size_t i, const cr_samples *b, size_t j) {
  const cr_sparse_inputs *x = &a->sparse, *z = &b->sparse;
  if (!x->zeros) return memcmp(input_bytes(a, i), input_bytes(b, j), input_size(a)) == 0;
  const size_t first = x->starts[i], other = z->starts[j], size = x->starts[i + 1] - first;
  if (size != z->starts[j + 1] - other) return false;
  for (size_t e = 0; e < size; e++)
    if (x->inputs[first + e] != z->inputs[other + e] ||
        x->values[first + e] != z->values[other + e])
      return false;
  return true;
}

static bool same_sample(const void *context, const void *key, size_t item) {
  search *s = *(search *const *)context;
  const place *a = key, b = place_of(s, item);
  const cr_samples *x = s->samples[a->part], *z = s->samples[b.part];
  s->compared++;
  if (!same_inputs(x, a->row, z, b.row)) return false;
  if (x->classes) return x->classes[a->row] == z->classes[b.row];
  return memcmp(x->y.data + a->row * x->y.stride, z->y.data + b.row * z->y.stride,
                x->outputs * sizeof(float)) == 0;
}

static size_t find(search *s, uint64_t hash, place at) {
  return cr_hashset_find(&s->set, hash, &at, same_sample, &s);
}

/* The samples of dev or test into the set. */
static cr_status collect(search *s, size_t part, size_t first) {
  const size_t column = part - CR_PORTION_DEV;
  for (size_t i = 0; s->samples[part] && i < s->samples[part]->rows; i++) {
    const uint64_t hash = hash_sample(s->samples[part], i);
    size_t item = find(s, hash, (place){part, i});
    if (s->compared > s->most) return CR_OK;
    if (item == SIZE_MAX) CR_TRY(cr_hashset_add(&s->set, hash, item = first + i));
    s->copies[column] += s->times[2 * item + column]++ > 0;
  }
  return CR_OK;
}

/* The training rows go past; what has been met once is not met again. */
static void pass_by(search *s) {
  const cr_samples *train = s->samples[CR_PORTION_TRAIN];
  for (size_t i = 0; i < train->rows && s->compared <= s->most; i++) {
    const size_t item = find(s, hash_sample(train, i), (place){CR_PORTION_TRAIN, i});
    if (item == SIZE_MAX) continue;
    for (size_t p = 0; p < 2; p++) {
      s->learned[p] += s->times[2 * item + p];
      s->times[2 * item + p] = 0;
    }
  }
}

/* Rows of few different values meet by chance. Is there a column, at least, that has many? */
static bool has_many_values(const cr_audit *audit) {
  const cr_table *table = audit->portions->tables[CR_PORTION_TRAIN];
  for (size_t i = 0; i < audit->encoder->input_count; i++) {
    const cr_input *input = &audit->encoder->inputs[i];
    if (input->type == CR_COLUMN_IMAGE) return true;
    if (table->columns[input->column].info.distinct > CR_MAX_CATEGORIES) return true;
  }
  return false;
}

/*
 * Are so many more than chance brings? By chance a row meets one of n training rows n / m times as
 * often as one of the m of its own part; twice that, as copies within a part count once a pair.
 * Where the part is small they may be few by chance, too.
 */
static bool is_worth_telling(const search *s, size_t part, bool many_values) {
  const size_t column = part - CR_PORTION_DEV;
  const double rows = (double)s->samples[part]->rows;
  const double train = (double)s->samples[CR_PORTION_TRAIN]->rows;
  const double copies = (double)s->copies[column] + FEW_COPIES;
  const double chance = many_values ? 0.0 : 2.0 * copies * train / rows;
  const double learned = (double)s->learned[column];
  return s->learned[column] >= ROWS_TOLD && learned >= chance + SHARE_TOLD * rows;
}

/* The very table trained on, given once more, is told of where the tables are named. */
static bool is_the_table(const cr_portions *portions, size_t part) {
  const cr_table *own = portions->tables[part], *table = portions->tables[CR_PORTION_TRAIN];
  return own != table && own->origin.fingerprint == table->origin.fingerprint;
}

static cr_status tell(const cr_audit *audit, const search *s, cr_strlist *warnings) {
  static const char *const names[] = {[CR_PORTION_DEV] = "dev", [CR_PORTION_TEST] = "test"};
  const cr_portions *portions = audit->portions;
  const bool many_values = has_many_values(audit);
  if (s->compared > s->most) return CR_OK;
  for (size_t p = CR_PORTION_DEV; p <= CR_PORTION_TEST; p++) {
    if (!s->samples[p] || is_the_table(portions, p)) continue;
    if (!is_worth_telling(s, p, many_values)) continue;
    const size_t rows = s->samples[p]->rows, learned = s->learned[p - CR_PORTION_DEV];
    const bool own = portions->tables[p] != portions->tables[CR_PORTION_TRAIN];
    CR_TRY(cr_strlist_format(warnings,
                             "%zu of %zu %s rows (%.1f %%) are training rows, too, and flatter its "
                             "figures: leave %s %s",
                             learned, rows, names[p], 100.0 * (double)learned / (double)rows,
                             own ? "them out of" : "copies out of", portions->tables[p]->path));
  }
  return CR_OK;
}

/* Some sparse and some not, which a file of another kind may be, are not compared. */
static bool are_alike(const cr_samples *const *samples) {
  bool alike = true;
  for (size_t p = CR_PORTION_DEV; p <= CR_PORTION_TEST; p++)
    if (samples[p]) alike = alike && !samples[p]->sparse.zeros == !samples[0]->sparse.zeros;
  return alike;
}

cr_status cr_audit_copies(const cr_audit *audit, cr_strlist *warnings) {
  const cr_portions *portions = audit->portions;
  const cr_samples *const samples[] = {portions->samples[0], portions->samples[1],
                                       portions->samples[2]};
  search s = {.samples = samples};
  const size_t dev = samples[1] ? samples[1]->rows : 0, test = samples[2] ? samples[2]->rows : 0;
  void *block = NULL;
  if (portions->same_rows || dev + test == 0 || !are_alike(samples)) return CR_OK;
  s.dev = dev;
  s.most = 4 * (dev + test + samples[0]->rows);
  CR_TRY(cr_alloc(2 * (dev + test), sizeof(uint32_t), &block));
  s.times = block;
  cr_status status = collect(&s, CR_PORTION_DEV, 0);
  if (status == CR_OK) status = collect(&s, CR_PORTION_TEST, dev);
  if (status == CR_OK) pass_by(&s);
  if (status == CR_OK) status = tell(audit, &s, warnings);
  cr_hashset_free(&s.set);
  cr_free(block);
  return status;
}
