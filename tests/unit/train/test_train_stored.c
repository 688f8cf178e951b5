/*
 * Rows on disk against the same rows in memory: where one window holds them every bit is the same,
 * and what is measured is the same in any case.
 */
#include "base/alloc.h"
#include "data/row_cursor.h"
#include "kept_memory.h"
#include "support.h"
#include "train/fit.h"

#include <string.h>
#include <unistd.h>

/* A block of 256 KiB holds some 327 rows of floats, 1270 of bytes. */
enum { ROWS = 11003, DEV = 1700, INPUTS = 200, MOST_OUTPUTS = 3 };

/* All blocks; and so few that the rows come in many windows, those to measure in small ones. */
static const uint64_t everything = (uint64_t)1 << 30, little = 5 * 300000;

typedef enum task { CLASSES, NUMBERS, LABELS, IMAGES, TASKS } task;

static float x[ROWS * INPUTS], y[ROWS * MOST_OUTPUTS], weights[ROWS];
static uint8_t bytes[ROWS * INPUTS];
static uint32_t classes[ROWS];
static size_t byte_rows[ROWS];

static size_t outputs_of(task t) {
  return t == NUMBERS ? 1 : MOST_OUTPUTS;
}

/* Something to be learnt: targets that follow from the first inputs. */
static void make_rows(task t) {
  const size_t outputs = outputs_of(t);
  for (size_t i = 0; i < ROWS; i++) {
    for (size_t j = 0; j < INPUTS; j++) {
      x[i * INPUTS + j] = (float)uneven(i * 7 + j * 13, 1.0);
      bytes[i * INPUTS + j] = (uint8_t)((i * 31 + j * 17) % 251);
    }
    byte_rows[i] = i;
    weights[i] = 0.5F + (float)(i % 3) / 2;
    const float *row = x + i * INPUTS;
    classes[i] = t == IMAGES ? (uint32_t)(bytes[i * INPUTS] / 84) : row[0] > row[1] ? 1 : 2;
    if (t == CLASSES && row[2] > 0.5F) classes[i] = 0;
    for (size_t o = 0; o < outputs; o++)
      y[i * outputs + o] = t == LABELS ? (float)(row[o] > 0.1F) : row[0] - 0.5F * row[1];
  }
}

static cr_samples in_memory(task t, size_t rows) {
  const size_t outputs = outputs_of(t);
  cr_samples s = {.rows = rows, .inputs = INPUTS, .outputs = outputs};
  if (t == IMAGES) {
    s.bytes = bytes;
    s.byte_rows = byte_rows;
    s.byte_scale = 1 / 128.0F;
    s.byte_shift = -1;
  } else {
    s.x = (cr_const_matrix){x, rows, INPUTS, INPUTS};
  }
  if (t == CLASSES || t == IMAGES)
    s.classes = classes;
  else
    s.y = (cr_const_matrix){y, rows, outputs, outputs};
  if (t == CLASSES || t == NUMBERS) s.weights = weights;
  return s;
}

static cr_samples *on_disk(const cr_samples *from, uint64_t memory) {
  cr_row_store *store = NULL;
  cr_samples *samples = NULL;
  assert_int_equal(cr_row_store_create("/tmp", from->rows, &store), CR_OK);
  assert_int_equal(cr_row_store_append(store, from), CR_OK);
  assert_int_equal(cr_row_store_finish(&store, memory, &samples), CR_OK);
  return samples;
}

/* The encoder as far as figures need it. */
static cr_encoder encoder_of(task t) {
  return (cr_encoder){.classes = t == CLASSES || t == IMAGES,
                      .multilabel = t == LABELS,
                      .labels = {.count = t == NUMBERS ? 0 : MOST_OUTPUTS},
                      .target_scale = 1.5};
}

typedef struct outcome {
  float *parameters;
  size_t count;
  double start_loss, loss;
  cr_metrics train, dev;
} outcome;

static void measure(cr_trainer *trainer, const cr_samples *samples, task t, cr_metrics *out) {
  const cr_encoder encoder = encoder_of(t);
  assert_int_equal(cr_trainer_measure(trainer, samples, &encoder, NULL, out), CR_OK);
  assert_int_equal(cr_metrics_baseline(&encoder, samples, out), CR_OK);
}

static cr_trainer *create(task t, const cr_samples *train, const char *optimizer, cr_net **net) {
  static const char *const specs[TASKS] = {"200-9:tanh-3:softmax", "200-9:tanh-1:linear",
                                           "200-9:tanh-3:sigmoid", "200-9:tanh-3:softmax"};
  cr_train_options options;
  cr_objective objective;
  cr_trainer *trainer = NULL;
  cr_train_options_init(&options);
  cr_objective_init(&objective);
  options.epochs = 2;
  options.batch = 60;
  options.threads = 2;
  if (optimizer) {
    options.optimizer = optimizer;
    options.batch = SIZE_MAX;
  }
  assert_int_equal(cr_net_create(specs[t], net), CR_OK);
  assert_int_equal(cr_net_initialize(*net, NULL, 3), CR_OK);
  if (cr_trainer_create(*net, &objective, &options, train, &trainer) != CR_OK) {
    cr_net_destroy(*net);
    return NULL;
  }
  return trainer;
}

static outcome run(task t, const cr_samples *train, const cr_samples *dev, const char *optimizer) {
  cr_net *net = NULL;
  cr_trainer *trainer = create(t, train, optimizer, &net);
  outcome out = {.count = 0};
  void *block = NULL;
  assert_non_null(trainer);
  assert_int_equal(cr_trainer_start_loss(trainer, &out.start_loss), CR_OK);
  assert_int_equal(cr_fit(trainer, dev, NULL, 0), CR_OK);
  out.loss = cr_trainer_epoch_loss(trainer);
  measure(trainer, train, t, &out.train);
  measure(trainer, dev, t, &out.dev);
  out.count = net->parameter_count;
  assert_int_equal(cr_alloc(out.count, sizeof(float), &block), CR_OK);
  out.parameters = memcpy(block, net->parameters, out.count * sizeof(float));
  if (!train->store) assert_true(cr_trainer_waited(trainer) == 0);
  cr_trainer_destroy(trainer);
  cr_net_destroy(net);
  return out;
}

static void check_metrics(const cr_metrics *a, const cr_metrics *b) {
  assert_int_equal(a->n, b->n);
  assert_memory_equal(&a->loss, &b->loss, sizeof(double));
  assert_memory_equal(&a->accuracy, &b->accuracy, sizeof(double));
  assert_memory_equal(&a->balanced, &b->balanced, sizeof(double));
  assert_memory_equal(&a->baseline, &b->baseline, sizeof(double));
  assert_memory_equal(&a->rmse, &b->rmse, sizeof(double));
  assert_memory_equal(&a->r2, &b->r2, sizeof(double));
  assert_memory_equal(&a->f1, &b->f1, sizeof(double));
  assert_memory_equal(&a->label_accuracy, &b->label_accuracy, sizeof(double));
  assert_int_equal(a->majority, b->majority);
}

static void check_same(outcome *a, outcome *b) {
  assert_int_equal(a->count, b->count);
  assert_memory_equal(a->parameters, b->parameters, a->count * sizeof(float));
  assert_true(a->start_loss == b->start_loss && a->loss == b->loss);
  check_metrics(&a->train, &b->train);
  check_metrics(&a->dev, &b->dev);
  cr_free(a->parameters);
  cr_free(b->parameters);
}

/* With one window, for all tasks and for a step of all rows; the dev part in small ones. */
static void one_window_trains_the_same_bits(void **state) {
  (void)state;
  for (task t = 0; t < TASKS; t++)
    for (int whole = 0; whole < 2; whole++) {
      const char *optimizer = whole ? "rprop" : NULL;
      make_rows(t);
      const cr_samples train = in_memory(t, ROWS), dev = in_memory(t, DEV);
      cr_samples *train_disk = on_disk(&train, everything), *dev_disk = on_disk(&dev, little);
      outcome memory = run(t, &train, &dev, optimizer);
      outcome disk = run(t, train_disk, dev_disk, optimizer);
      check_same(&memory, &disk);
      cr_samples_destroy(train_disk);
      cr_samples_destroy(dev_disk);
    }
}

/* Many windows: another order, and yet a figure is the same as of those weights in memory. */
static void many_windows_learn_and_measure(void **state) {
  (void)state;
  for (task t = 0; t < TASKS; t++) {
    make_rows(t);
    const cr_samples train = in_memory(t, ROWS), dev = in_memory(t, DEV);
    cr_samples *train_disk = on_disk(&train, little), *dev_disk = on_disk(&dev, little);
    cr_net *net = NULL;
    cr_trainer *trainer = create(t, train_disk, NULL, &net);
    double loss = 0, start_memory = 0, start_disk = 0;
    assert_non_null(trainer);
    assert_int_equal(cr_trainer_start_loss(trainer, &start_disk), CR_OK);
    assert_int_equal(cr_trainer_epoch(trainer, &loss), CR_OK);
    assert_int_equal(cr_trainer_epoch(trainer, &loss), CR_OK);
    assert_true(loss < start_disk);
    cr_metrics of_memory, of_disk;
    measure(trainer, &train, t, &of_memory);
    measure(trainer, train_disk, t, &of_disk);
    check_metrics(&of_memory, &of_disk);
    assert_int_equal(of_disk.n, ROWS);
    measure(trainer, &dev, t, &of_memory);
    measure(trainer, dev_disk, t, &of_disk);
    check_metrics(&of_memory, &of_disk);
    cr_trainer_destroy(trainer);
    cr_net_destroy(net);

    trainer = create(t, &train, NULL, &net);
    assert_int_equal(cr_trainer_start_loss(trainer, &start_memory), CR_OK);
    assert_true(start_memory == start_disk);
    cr_trainer_destroy(trainer);
    cr_net_destroy(net);
    cr_samples_destroy(train_disk);
    cr_samples_destroy(dev_disk);
  }
}

/* Steps that must see all rows, where there is no room for them. */
static void whole_steps_need_room(void **state) {
  (void)state;
  make_rows(NUMBERS);
  const cr_samples train = in_memory(NUMBERS, ROWS);
  cr_samples *disk = on_disk(&train, little);
  cr_net *net = NULL;
  assert_null(create(NUMBERS, disk, "lbfgs", &net));
  assert_int_equal(cr_last_error()->status, CR_ERR_COMBINATION);
  assert_non_null(strstr(cr_last_error()->message, "batches of 11003 rows, which take 8.85 MB"));
  assert_non_null(strstr(cr_last_error()->fix, "--optimizer adam"));
  assert_null(create(NUMBERS, disk, "adam", &net));
  assert_string_equal(cr_last_error()->fix, "--batch 128, or more --memory");
  cr_samples_destroy(disk);
}

/* --- what may go wrong meanwhile --- */

/* The error of the thread that reads is that of the step, of a measurement, and of a fit. */
static void a_failed_read_ends_the_training(void **state) {
  (void)state;
  static const cr_io io = {.read_at = failing_read, .close = close};
  make_rows(CLASSES);
  const cr_samples train = in_memory(CLASSES, ROWS);
  cr_samples *disk = on_disk(&train, little);
  for (int good = 0; good < 400; good += 23) {
    cr_net *net = NULL;
    cr_io_set(&io);
    atomic_store(&reads_left, good);
    cr_trainer *trainer = create(CLASSES, disk, NULL, &net);
    double loss = 0;
    cr_status status = CR_OK;
    while (status == CR_OK) status = cr_trainer_epoch(trainer, &loss);
    assert_int_equal(status, CR_ERR_CACHE);
    assert_non_null(strstr(cr_last_error()->message, "input/output error"));
    cr_trainer_destroy(trainer);
    cr_net_destroy(net);
    trainer = create(CLASSES, disk, NULL, &net);
    atomic_store(&reads_left, good);
    assert_int_equal(cr_fit(trainer, NULL, NULL, 0), CR_ERR_CACHE);
    cr_trainer_destroy(trainer);
    cr_net_destroy(net);
    cr_io_set(NULL);
  }
  cr_samples_destroy(disk);
}

/* Stopped after some batches, with the thread at work: told as in memory, and nothing hangs. */
static void stopped_on_the_way(void **state) {
  (void)state;
  make_rows(CLASSES);
  const cr_samples train = in_memory(CLASSES, ROWS);
  cr_samples *disk = on_disk(&train, little);
  for (size_t steps = 0; steps < 50; steps += 7) {
    volatile sig_atomic_t stop = 0;
    cr_net *net = NULL;
    cr_trainer *trainer = create(CLASSES, disk, NULL, &net);
    trainer->options.stop = &stop;
    for (size_t i = 0; i < steps; i++) {
      double cost = 0;
      assert_int_equal(cr_trainer_step(trainer, &cost), CR_OK);
    }
    stop = 1;
    assert_int_equal(cr_fit(trainer, NULL, NULL, 0), CR_ERR_INTERRUPTED);
    cr_trainer_destroy(trainer);
    cr_net_destroy(net);
  }
  cr_samples_destroy(disk);
}

/* Rows copied in even steps are those of memory. */
static void even_rows_are_copied(void **state) {
  (void)state;
  static const size_t counts[] = {1, 7, 512, 10000, ROWS};
  for (task t = 0; t < TASKS; t++) {
    make_rows(t);
    const cr_samples train = in_memory(t, ROWS);
    cr_samples *disk = on_disk(&train, little);
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
      const size_t count = counts[c], width = outputs_of(t);
      cr_samples *copy = NULL;
      assert_int_equal(cr_row_store_even(disk, count, &copy), CR_OK);
      assert_int_equal(copy->rows, count);
      for (size_t i = 0; i < count; i++) {
        const size_t row = i * ROWS / count;
        if (t == IMAGES)
          assert_memory_equal(cr_samples_bytes(copy, i), bytes + row * INPUTS, INPUTS);
        else
          assert_memory_equal(copy->x.data + i * INPUTS, x + row * INPUTS, INPUTS * sizeof *x);
        if (t == IMAGES || t == CLASSES)
          assert_int_equal(copy->classes[i], classes[row]);
        else
          assert_memory_equal(copy->y.data + i * width, y + row * width, width * sizeof *y);
        if (copy->weights) assert_true(copy->weights[i] == weights[row]);
      }
      cr_samples_destroy(copy);
    }
    cr_samples_destroy(disk);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_window_trains_the_same_bits),
      cmocka_unit_test(many_windows_learn_and_measure),
      cmocka_unit_test(whole_steps_need_room),
      cmocka_unit_test(a_failed_read_ends_the_training),
      cmocka_unit_test(stopped_on_the_way),
      cmocka_unit_test(even_rows_are_copied),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
