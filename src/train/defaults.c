#include "train/defaults.h"

#include <string.h>

#include "base/number.h"
#include "base/size.h"
#include "parts/loss.h"

/*
 * Wide inputs (images) learn most in one layer. Of a table with many rows two layers take more than
 * one does; with few rows one is enough, and a second only fits noise.
 */
const char *cr_default_layers(size_t inputs, size_t rows) {
  if (inputs >= 256) return "128";
  return rows >= 10000 ? "128,64" : rows >= 5000 ? "64,64" : "64";
}

/* Does not saturate, so that two layers learn as fast as one. */
const char *cr_default_activation(void) {
  return "relu";
}

/* What the outputs mean: the probability of one class, of each class, or a number. */
const char *cr_default_output(bool classes, size_t class_count) {
  if (!classes) return "linear";
  return class_count == 2 ? "sigmoid" : "softmax";
}

/* The loss that is fused with the output: its gradient is a - y, whatever the output. */
const char *cr_default_loss(const char *output) {
  return cr_loss_of_output(output)->part.name;
}

/* Its rate depends least on the data: one figure serves from 4 rows to 60,000. */
const char *cr_default_optimizer(void) {
  return "adam";
}

/*
 * Reaches in a few epochs what a constant rate needs many for, since it ends with small steps.
 * Where each step sees all rows, there is no noise for small steps to average out.
 */
const char *cr_default_schedule(const cr_optimizer *optimizer) {
  return optimizer->full_batch ? "constant" : "one_cycle";
}

/*
 * A power of two near a 64th of the rows: some 64 steps an epoch. Below 8 rows the gradient is
 * mostly noise and the product too small for the kernels; above 128 a step learns hardly more.
 */
size_t cr_default_batch(const cr_optimizer *optimizer, size_t rows) {
  size_t batch = 8;
  if (optimizer->full_batch) return rows;
  while (batch < 128 && batch < rows / 64) batch *= 2;
  return batch;
}

/*
 * (eq R1) As if a tenth of the inputs, at most four, were the precision of a normal prior on each
 * weight: its square then counts over all rows together as much as the loss of as many rows. Many
 * rows outweigh it; of few it leaves weights small that would only fit noise. With few inputs a
 * curved border needs large weights, with many each weight tells less. Not for the cases of a truth
 * table, nor for the pixels of images; nor where the optimiser itself pulls the weights to 0.
 */
double cr_default_l2(const cr_optimizer *optimizer, size_t rows, size_t inputs, size_t batch) {
  const double precision = (double)cr_size_min(inputs, 40) / 10;
  if (rows < 32 || inputs >= 256 || optimizer->defaults.weight_decay > 0) return 0;
  return cr_rounded(precision * (double)batch / (double)rows, 1);
}

/* Some 4,000 steps in all, in 5 to 1,000 epochs. */
size_t cr_default_epochs(size_t rows, size_t batch) {
  const size_t batches = (rows - 1) / batch + 1;
  return cr_size_max(5, cr_size_min(1000, 4000 / batches));
}

/* Does the rate end lower than it began, whatever the loss does? */
static bool comes_down(const cr_schedule *schedule) {
  const cr_schedule_state last = {.t = 999, .steps = 1000, .gamma = schedule->gamma};
  return schedule->factor(&last) < 1;
}

/*
 * A rate that stays: the optimiser's own. The highest of one that comes down is passed in a moment
 * and may be higher: twice that, and for adam, whose steps do not grow with the gradient, much
 * more, though less where many inputs add up in a unit.
 */
double cr_default_rate(const cr_optimizer *optimizer, const cr_schedule *schedule, size_t inputs) {
  if (!comes_down(schedule)) return optimizer->learning_rate;
  if (strcmp(optimizer->part.name, "adam") != 0) return 2 * optimizer->learning_rate;
  if (inputs < 64) return 0.02;
  return inputs < 256 ? 0.01 : 0.005;
}

/*
 * A rate that comes down learns much in its last epochs, and would lose them to a stop on the way:
 * the best epoch is kept, but the run goes to its end. With one that stays it may end at any time.
 */
size_t cr_default_patience(const cr_schedule *schedule) {
  return comes_down(schedule) ? 0 : 20;
}
