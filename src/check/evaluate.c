#include "check/evaluate.h"

#include <math.h>
#include <string.h>

#include "base/size.h"

/* Two-sided 95 % of the normal distribution. */
static const double z95 = 1.959963984540054;

void cr_wilson_interval(size_t right, size_t n, double *low, double *high) {
  if (n == 0) {
    *low = 0.0;
    *high = 1.0;
    return;
  }
  const double count = (double)n, share = (double)right / count;
  const double widened = 1.0 + z95 * z95 / count;
  const double middle = share + z95 * z95 / (2.0 * count);
  const double reach =
      z95 * sqrt(share * (1.0 - share) / count + z95 * z95 / (4.0 * count * count));
  /* At the ends the formula gives 0 and 1 but for rounding. */
  *low = right == 0 ? 0.0 : (middle - reach) / widened;
  *high = right == n ? 1.0 : (middle + reach) / widened;
}

size_t cr_predicted_class(const float *output, size_t outputs) {
  if (outputs == 1) return output[0] >= 0.5f;
  size_t best = 0;
  for (size_t k = 1; k < outputs; k++)
    if (output[k] > output[best]) best = k;
  return best;
}

/* What adds up over the rows. */
typedef struct sums {
  double loss;
  size_t right;          /* classes */
  double squared_errors; /* numbers, in the scale of the training */
} sums;

static void gather_block(const cr_samples *samples, cr_bytes_to_floats *convert, size_t first,
                         cr_matrix x, cr_matrix y) {
  enum { AT_ONCE = 64 };
  size_t order[AT_ONCE];
  for (size_t done = 0; done < x.rows;) {
    const size_t count = cr_size_min(AT_ONCE, x.rows - done);
    for (size_t i = 0; i < count; i++) order[i] = first + done + i;
    cr_matrix x_part = {x.data + done * x.stride, count, x.cols, x.stride};
    cr_matrix y_part = {y.data + done * y.stride, count, y.cols, y.stride};
    cr_samples_gather(samples, convert, order, count, x_part, y_part);
    done += count;
  }
}

/* a, y: (rows, outputs) of the samples from `first` on. */
static void add_block(sums *s, const cr_encoder *encoder, const cr_samples *samples, size_t first,
                      const float *a, cr_matrix y) {
  const size_t outputs = samples->outputs;
  for (size_t i = 0; i < y.rows; i++) {
    if (encoder->classes) {
      const size_t actual = samples->classes[first + i];
      s->right += cr_predicted_class(a + i * outputs, outputs) == actual;
    } else {
      const double error = (double)a[i * outputs] - (double)y.data[i * y.stride];
      s->squared_errors += error * error;
    }
  }
}

/* The share of the most frequent class. Takes no memory: some classes at a time. */
static double majority_share(const cr_samples *samples, size_t classes) {
  enum { AT_ONCE = 256 };
  size_t most = 0;
  for (size_t first = 0; first < classes; first += AT_ONCE) {
    size_t counts[AT_ONCE] = {0};
    for (size_t i = 0; i < samples->rows; i++) {
      const size_t k = samples->classes[i] - first; /* wraps below `first`, and so is too large */
      if (k < AT_ONCE) most = cr_size_max(most, ++counts[k]);
    }
  }
  return (double)most / (double)samples->rows;
}

/* sum (y - mean y)^2 over the targets of the rows, in the scale of the training. */
static double squares_about_mean(const cr_samples *samples) {
  const cr_const_matrix y = samples->y;
  double sum = 0.0, squares = 0.0;
  for (size_t i = 0; i < y.rows; i++) sum += (double)y.data[i * y.stride];
  const double mean = sum / (double)y.rows;
  for (size_t i = 0; i < y.rows; i++) {
    const double apart = (double)y.data[i * y.stride] - mean;
    squares += apart * apart;
  }
  return squares;
}

static void fill_class_metrics(const sums *s, const cr_encoder *encoder, const cr_samples *samples,
                               cr_metrics *out) {
  out->accuracy = (double)s->right / (double)out->n;
  cr_wilson_interval(s->right, out->n, &out->accuracy_low, &out->accuracy_high);
  out->baseline = majority_share(samples, encoder->labels.count);
}

static void fill_number_metrics(const sums *s, const cr_encoder *encoder, const cr_samples *samples,
                                cr_metrics *out) {
  const double n = (double)out->n, unit = fabs(encoder->target_scale);
  const double about_mean = squares_about_mean(samples);
  out->rmse = sqrt(s->squared_errors / n) * unit;
  out->baseline = sqrt(about_mean / n) * unit;
  if (about_mean > 0.0) out->r2 = 1.0 - s->squared_errors / about_mean;
}

static void clear_metrics(cr_metrics *out) {
  *out = (cr_metrics){.accuracy = (double)NAN,
                      .accuracy_low = (double)NAN,
                      .accuracy_high = (double)NAN,
                      .baseline = (double)NAN,
                      .rmse = (double)NAN,
                      .r2 = (double)NAN,
                      .loss = (double)NAN};
}

static cr_status check_samples(const cr_net *net, const cr_encoder *encoder,
                               const cr_samples *samples) {
  if (samples->rows == 0) return cr_fail(CR_ERR_EMPTY, "there are no samples to evaluate");
  if (samples->inputs != cr_net_inputs(net) || samples->outputs != cr_net_outputs(net))
    return cr_fail(CR_ERR_SHAPE, "the network is %zu to %zu, the samples are %zu to %zu",
                   cr_net_inputs(net), cr_net_outputs(net), samples->inputs, samples->outputs);
  const bool has_classes = samples->classes != NULL, has_numbers = samples->y.data != NULL;
  if (encoder == NULL    ? !has_classes && !has_numbers
      : encoder->classes ? !has_classes
                         : !has_numbers)
    return cr_fail(CR_ERR_TARGET, "the samples have no targets to compare with");
  return CR_OK;
}

cr_status cr_evaluate_samples(const cr_net *net, cr_workspace *work,
                              const cr_target_function *target, const cr_encoder *encoder,
                              const cr_samples *samples, cr_matrix x, cr_matrix y, float *outputs,
                              cr_metrics *out) {
  clear_metrics(out);
  CR_TRY(check_samples(net, encoder, samples));
  const size_t width = samples->outputs;
  const float *a = work->a[work->layers - 1];
  sums s = {0};
  for (size_t first = 0; first < samples->rows; first += x.rows) {
    x.rows = y.rows = cr_size_min(work->max_rows, samples->rows - first);
    gather_block(samples, work->kernel->bytes_to_floats, first, x, y);
    cr_forward_pass(net, work, (cr_const_matrix){x.data, x.rows, x.cols, x.stride});
    s.loss += cr_loss_sum(net, work, target, (cr_const_matrix){y.data, y.rows, y.cols, y.stride});
    if (outputs != NULL) memcpy(outputs + first * width, a, x.rows * width * sizeof *a);
    if (encoder != NULL) add_block(&s, encoder, samples, first, a, y);
  }
  out->n = samples->rows;
  out->loss = s.loss / (double)out->n;
  if (encoder == NULL) return CR_OK;
  if (encoder->classes)
    fill_class_metrics(&s, encoder, samples, out);
  else
    fill_number_metrics(&s, encoder, samples, out);
  return CR_OK;
}
