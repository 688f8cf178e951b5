#include "data/spread.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/number.h"
#include "base/size.h"
#include "data/hashset.h"

/* Sums that do not wait for each other. */
enum { LANES = 4 };

void cr_spread_start(cr_spread *spread, bool sample) {
  *spread = (cr_spread){.minimum = (double)INFINITY,
                        .maximum = -(double)INFINITY,
                        .whole = true,
                        .sample.wanted = sample};
}

void cr_spread_free(cr_spread *spread) {
  cr_free(spread->sample.values);
  cr_free(spread->sample.levels);
  spread->sample = (cr_spread_sample){0};
}

/* sum += value, and what is rounded off adds up in rest (Neumaier 1974). */
static void add_to(double value, double *sum, double *rest) {
  const double total = *sum + value;
  *rest += fabs(*sum) >= fabs(value) ? (*sum - total) + value : (value - total) + *sum;
  *sum = total;
}

/* Past the range of numbers the rest is none. */
static double whole_sum(double sum, double rest) {
  return isfinite(sum) ? sum + rest : sum;
}

static double add_lanes(const double lanes[LANES]) {
  return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

/* Their least and largest, and whether they are whole; what is left of each is value - first. */
static void look_at_block(cr_spread *s) {
  double low = s->minimum, high = s->maximum;
  for (size_t i = 0; i < s->waiting; i++) {
    low = s->block[i] < low ? s->block[i] : low;
    high = s->block[i] > high ? s->block[i] : high;
  }
  s->minimum = low;
  s->maximum = high;
  for (size_t i = 0; i < s->waiting && s->whole; i++) s->whole = s->block[i] == floor(s->block[i]);
  for (size_t i = 0; i < s->waiting; i++) s->block[i] -= s->first;
}

static double block_sum(const double *block, size_t count) {
  double lanes[LANES] = {0};
  for (size_t i = 0; i < count; i++) lanes[i % LANES] += block[i];
  return add_lanes(lanes);
}

static double block_squares(const double *block, size_t count, double mean) {
  double lanes[LANES] = {0};
  for (size_t i = 0; i < count; i++) {
    const double apart = block[i] - mean;
    lanes[i % LANES] += apart * apart;
  }
  return add_lanes(lanes);
}

/* (eq N5) The values of the block, whose number is `count`, join those before it. */
static void merge_block(cr_spread *s, size_t count) {
  const double before = (double)s->values, block = (double)count;
  const double sum = block_sum(s->block, count), mean = sum / block;
  double squares = block_squares(s->block, count, mean);
  if (s->values > 0) {
    const double apart = mean - whole_sum(s->sum, s->sum_rest) / before;
    squares += apart * apart * (before * block / (before + block));
  }
  add_to(sum, &s->sum, &s->sum_rest);
  add_to(squares, &s->squares, &s->squares_rest);
  s->values += count;
}

/* --- the sample ------------------------------------------------------------------------------- */

/* Half of the places have level 0, a quarter 1, and so on. */
static uint8_t level_of(size_t place) {
  return (uint8_t)__builtin_clzll(cr_hash_word(place, 0) | 1);
}

/* Leaves out the lowest levels until some values are gone. */
static void thin_out(cr_spread_sample *sample) {
  const size_t before = sample->count;
  while (sample->count == before) {
    size_t kept = 0;
    sample->level++;
    for (size_t i = 0; i < before; i++) {
      if (sample->levels[i] < sample->level) continue;
      sample->values[kept] = sample->values[i];
      sample->levels[kept++] = sample->levels[i];
    }
    sample->count = kept;
  }
}

static cr_status make_room(cr_spread_sample *sample) {
  enum { FIRST_ROOM = 64 };
  if (sample->count < sample->capacity) return CR_OK;
  const size_t wanted = cr_size_max(2 * sample->capacity, FIRST_ROOM);
  void *values = sample->values, *levels = sample->levels;
  size_t room = sample->capacity;
  const cr_status status = cr_grow(&values, sample->count, wanted, sizeof(double), &room);
  sample->values = values;
  CR_TRY(status);
  room = sample->capacity;
  CR_TRY(cr_grow(&levels, sample->count, wanted, sizeof(uint8_t), &room));
  sample->levels = levels;
  sample->capacity = wanted;
  return CR_OK;
}

/* Value number `place`. */
static cr_status add_to_sample(cr_spread_sample *sample, size_t place, double value) {
  const uint8_t level = level_of(place);
  if (level < sample->level) return CR_OK;
  if (sample->count == CR_SPREAD_SAMPLE) thin_out(sample);
  if (level < sample->level) return CR_OK;
  CR_TRY(make_room(sample));
  sample->values[sample->count] = value;
  sample->levels[sample->count++] = level;
  sample->sorted = false;
  return CR_OK;
}

static void sort_sample(cr_spread_sample *sample) {
  if (!sample->sorted && sample->count > 0)
    qsort(sample->values, sample->count, sizeof(double), cr_compare_numbers);
  sample->sorted = true;
}

double cr_spread_mode(cr_spread *s) {
  const double *values = s->sample.values;
  double mode = (double)NAN;
  size_t longest = 0;
  sort_sample(&s->sample);
  for (size_t i = 0, end = 0; i < s->sample.count; i = end) {
    while (end < s->sample.count && values[end] == values[i]) end++;
    if (end - i > longest) mode = values[i];
    longest = end - i > longest ? end - i : longest;
  }
  return mode;
}

double cr_spread_quantile(cr_spread *s, double share) {
  cr_spread_sample *sample = &s->sample;
  if (sample->count == 0) return (double)NAN;
  sort_sample(sample);
  const double place = share * (double)(sample->count - 1), below = floor(place);
  const size_t i = (size_t)below;
  const double low = sample->values[i],
               high = sample->values[cr_size_min(i + 1, sample->count - 1)];
  const double past = place - below;
  return low == high ? low : low * (1.0 - past) + high * past;
}

/* --- values ----------------------------------------------------------------------------------- */

static cr_status close_block(cr_spread *s) {
  const size_t count = s->waiting;
  cr_status status = CR_OK;
  if (count == 0) return CR_OK;
  if (s->values == 0) s->first = s->block[0];
  for (size_t i = 0; i < count && s->sample.wanted && status == CR_OK; i++)
    status = add_to_sample(&s->sample, s->values + i, s->block[i]);
  look_at_block(s);
  merge_block(s, count);
  s->waiting = 0;
  return status;
}

cr_status cr_spread_add(cr_spread *s, const double *numbers, const size_t *rows, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const double value = numbers[rows ? rows[i] : i];
    s->block[s->waiting] = value;
    s->waiting += isnan(value) ? 0 : 1;
    if (s->waiting == CR_SPREAD_BLOCK) CR_TRY(close_block(s));
  }
  return CR_OK;
}

/* (eq N1) */
cr_status cr_spread_finish(cr_spread *s) {
  CR_TRY(close_block(s));
  const double count = (double)s->values;
  if (s->values == 0) {
    s->minimum = s->maximum = s->mean = s->deviation = (double)NAN;
    s->whole = false;
    return CR_OK;
  }
  s->mean = (count * s->first + whole_sum(s->sum, s->sum_rest)) / count;
  s->deviation = sqrt(whole_sum(s->squares, s->squares_rest) / count);
  return CR_OK;
}

/* (eq N5) with a block of zeros, of which mean and squares are 0. */
void cr_spread_add_zeros(cr_spread *s, size_t zeros) {
  const double n = (double)s->values, z = (double)zeros;
  if (zeros == 0) return;
  if (s->values == 0) {
    s->minimum = s->maximum = s->mean = s->deviation = 0.0;
    s->whole = true;
  } else {
    const double squares = n * (s->deviation * s->deviation + s->mean * s->mean * (z / (n + z)));
    if (s->minimum > 0.0) s->minimum = 0.0;
    if (s->maximum < 0.0) s->maximum = 0.0;
    s->mean *= n / (n + z);
    s->deviation = sqrt(squares / (n + z));
  }
  s->values += zeros;
}
