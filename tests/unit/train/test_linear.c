#include "train/linear.h"

#include "chainrule/train.h"
#include "data/reader.h"
#include "support.h"
#include "tables.h"

/*
 * Fifty steps of L-BFGS in single precision against a solver that ends at the minimum: the loss is
 * flat there, so its error is far below that of the weights.
 */
static const double NEAR_MINIMUM = 1e-5;

typedef struct question {
  const char *set, *target, *output;
  const char *drop[2];
  size_t drop_count;
  bool all_rows; /* to train on */
} question;

/* One epoch of a small network, with its baseline; `change` may be NULL. */
static cr_training *train(const question *q, void (*change)(cr_train_options *)) {
  cr_table *table = NULL;
  cr_training *training = NULL;
  cr_train_options options;
  cr_prepare_options prepare;
  cr_train_options_init(&options);
  cr_prepare_options_init(&prepare);
  options.layers = "3";
  options.epochs = 1;
  options.linear_baseline = true;
  options.output = q->output;
  prepare.target = q->target;
  prepare.drop = q->drop;
  prepare.drop_count = q->drop_count;
  if (q->all_rows) prepare.split[0] = 1;
  if (change) change(&options);
  assert_int_equal(cr_table_read(q->set, NULL, &table), CR_OK);
  if (cr_train_table(table, NULL, NULL, &prepare, &options, NULL, 0, &training) != CR_OK)
    fail_msg("%s", cr_last_error()->message);
  cr_table_destroy(table);
  return training;
}

/* scikit-learn 1.x, LogisticRegression(C=1) on the standardised columns: loss, and rows right. */
static void test_classes(void **state) {
  (void)state;
  cr_training *training = train(&(question){.set = "@iris", .all_rows = true}, NULL);
  const cr_metrics *m = cr_training_linear(training, CR_PORTION_TRAIN);
  assert_int_equal(m->n, 150);
  assert_close(m->loss, 0.1295422688662026, NEAR_MINIMUM);
  assert_close(m->accuracy, 146.0 / 150, 1e-12);
  assert_int_equal(cr_training_linear(training, CR_PORTION_TEST)->n, 0);
  assert_null(cr_training_linear(training, 3));
  cr_training_destroy(training);
}

/* Ridge(alpha=1) there, of the other numbers on petal_width; in its own unit. */
static void test_numbers(void **state) {
  (void)state;
  cr_training *training = train(&(question){.set = "@iris",
                                            .target = "petal_width",
                                            .drop = {"species"},
                                            .drop_count = 1,
                                            .all_rows = true},
                                NULL);
  const cr_metrics *m = cr_training_linear(training, CR_PORTION_TRAIN);
  assert_close(m->rmse, 0.19028527259424696, NEAR_MINIMUM);
  assert_close(m->baseline, cr_training_metrics(training, CR_PORTION_TRAIN)->baseline, 0);
  cr_training_destroy(training);
}

/* Two outputs for two classes, where a linear model left to itself would have one. */
static void test_outputs_of_the_network(void **state) {
  (void)state;
  cr_training *training = train(&(question){.set = "@xor", .output = "softmax"}, NULL);
  const cr_metrics *m = cr_training_linear(training, CR_PORTION_TEST);
  assert_int_equal(m->n, 4);
  assert_close(m->loss, log(2), NEAR_MINIMUM); /* no line is better than saying a half */
  cr_training_destroy(training);
}

static void leave_open(cr_train_options *options) {
  options->linear_baseline = false;
}

static void make_linear(cr_train_options *options) {
  options->layers = "";
}

/*
 * Five rows of a against three of b that count four times, and an input that tells them hardly
 * apart: b is said of all, which is right for three; unweighted it would be a.
 */
static void test_weights(void **state) {
  (void)state;
  cr_table *table = csv_table("x,w,y\n1,1,a\n2,1,a\n1,1,a\n1,4,b\n2,4,b\n1,4,b\n1,1,a\n2,1,a\n");
  cr_training *training = NULL;
  cr_train_options options;
  cr_prepare_options prepare;
  cr_train_options_init(&options);
  cr_prepare_options_init(&prepare);
  options.epochs = 1;
  options.linear_baseline = true;
  prepare.weight = "w";
  assert_int_equal(cr_train_table(table, NULL, NULL, &prepare, &options, NULL, 0, &training),
                   CR_OK);
  assert_close(cr_training_linear(training, CR_PORTION_TEST)->accuracy, 3.0 / 8, 1e-12);
  cr_training_destroy(training);
  cr_table_destroy(table);
}

/*
 * More rows than are used, sorted by class: those used are from all over the table. The first three
 * quarters alone would say a of all.
 */
static void test_many_rows(void **state) {
  (void)state;
  enum { ROWS = 13400, OF_A = 10050, LINE = 6 };
  char *text = malloc(ROWS * LINE + LINE), *end = text;
  assert_non_null(text);
  end += sprintf(end, "x,y\n");
  for (size_t i = 0; i < ROWS; i++)
    end += sprintf(end, "%zu,%c\n", i < OF_A ? i % 4 : 5 + i % 4, i < OF_A ? 'a' : 'b');
  cr_table *table = csv_table(text);
  cr_training *training = NULL;
  cr_train_options options;
  cr_prepare_options prepare;
  cr_train_options_init(&options);
  cr_prepare_options_init(&prepare);
  options.layers = "1";
  options.epochs = 1;
  options.linear_baseline = true;
  prepare.split[0] = 1;
  assert_int_equal(cr_train_table(table, NULL, NULL, &prepare, &options, NULL, 0, &training),
                   CR_OK);
  assert_close(cr_training_linear(training, CR_PORTION_TRAIN)->accuracy, 1.0, 1e-12);
  cr_training_destroy(training);
  cr_table_destroy(table);
  free(text);
}

/*
 * Of 20,000 rows every second one is used, and its weight with it: 3 for those of b, which are a
 * third, so that with an input that tells nothing b is said of all. Weights of other rows are 0.
 */
static void test_weights_of_many_rows(void **state) {
  (void)state;
  enum { ROWS = 20000, LINE = 8 };
  char *text = malloc(ROWS * LINE + LINE), *end = text;
  assert_non_null(text);
  end += sprintf(end, "x,w,y\n");
  for (size_t i = 0; i < ROWS; i++) {
    const bool is_b = i / 2 % 3 == 0;
    end += sprintf(end, "%zu,%d,%c\n", i / 6 % 2, i % 2 ? 0 : is_b ? 3 : 1, is_b ? 'b' : 'a');
  }
  cr_table *table = csv_table(text);
  cr_training *training = NULL;
  cr_train_options options;
  cr_prepare_options prepare;
  cr_train_options_init(&options);
  cr_prepare_options_init(&prepare);
  options.layers = "1";
  options.epochs = 1;
  options.linear_baseline = true;
  prepare.weight = "w";
  prepare.split[0] = 1;
  assert_int_equal(cr_train_table(table, NULL, NULL, &prepare, &options, NULL, 0, &training),
                   CR_OK);
  assert_close(cr_training_linear(training, CR_PORTION_TRAIN)->accuracy, 1.0 / 3, 1e-3);
  cr_training_destroy(training);
  cr_table_destroy(table);
  free(text);
}

/*
 * Images of two bars, sorted by which of three columns is bright: too many products for full
 * batches. More of them are used than of rows of numbers, from all over the table.
 */
static void test_many_images(void **state) {
  (void)state;
  enum { ROWS = 13000, SIDE = 20, PIXELS = SIDE * SIDE, HEAD = 16 };
  static const char head[HEAD] = {0, 0, 8, 3, 0, 0, 0x32, (char)0xc8, 0, 0, 0, SIDE, 0, 0, 0, SIDE};
  static const char label_head[8] = {0, 0, 8, 1, 0, 0, 0x32, (char)0xc8};
  char *images = calloc(HEAD + (size_t)ROWS * PIXELS, 1), *labels = calloc(8 + ROWS, 1);
  assert_true(images && labels);
  memcpy(images, head, HEAD);
  memcpy(labels, label_head, 8);
  for (size_t r = 0; r < ROWS; r++) {
    const size_t label = r * 3 / ROWS;
    labels[8 + r] = (char)label;
    for (size_t i = 0; i < SIDE; i++)
      images[HEAD + r * PIXELS + i * SIDE + 3 * label] = (char)(100 + (r + i) % 20);
  }
  const cr_source image_source = {.path = "bars", .bytes = images, .size = HEAD + ROWS * PIXELS};
  const cr_source label_source = {.path = "labels", .bytes = labels, .size = 8 + ROWS};
  cr_table *table = NULL;
  cr_training *training = NULL;
  cr_train_options options;
  cr_prepare_options prepare;
  cr_source source = image_source;
  assert_int_equal(cr_idx_table(&source, &label_source, NULL, &table), CR_OK);
  cr_train_options_init(&options);
  cr_prepare_options_init(&prepare);
  options.layers = "2";
  options.epochs = 1;
  options.linear_baseline = true;
  prepare.split[0] = 1;
  assert_int_equal(cr_train_table(table, NULL, NULL, &prepare, &options, NULL, 0, &training),
                   CR_OK);
  const cr_metrics *m = cr_training_linear(training, CR_PORTION_TRAIN);
  assert_int_equal(m->n, ROWS);
  assert_close(m->accuracy, 1.0, 1e-12);
  cr_training_destroy(training);
  cr_table_destroy(table);
  free(images);
  free(labels);
}

/* Not asked for, or the network is the same itself. */
static void test_left_out(void **state) {
  (void)state;
  static void (*const changes[])(cr_train_options *) = {leave_open, make_linear};
  for (size_t i = 0; i < 2; i++) {
    cr_training *training = train(&(question){.set = "@iris"}, changes[i]);
    for (size_t p = 0; p < CR_PORTION_COUNT; p++)
      assert_int_equal(cr_training_linear(training, p)->n, 0);
    cr_training_destroy(training);
  }
}

static void on_one_thread(cr_train_options *options) {
  options->threads = 1;
}

static void on_three_threads(cr_train_options *options) {
  options->threads = 3;
}

static void test_threads_do_not_matter(void **state) {
  (void)state;
  cr_training *one = train(&(question){.set = "@digits"}, on_one_thread);
  cr_training *three = train(&(question){.set = "@digits"}, on_three_threads);
  for (size_t p = 0; p < CR_PORTION_COUNT; p++) {
    const cr_metrics *a = cr_training_linear(one, p), *b = cr_training_linear(three, p);
    assert_true(a->n > 0 && a->n == b->n);
    assert_true(memcmp(&a->loss, &b->loss, sizeof a->loss) == 0);
  }
  cr_training_destroy(one);
  cr_training_destroy(three);
}

/* Stopped during the last epoch of the network: its figures stand, and no others. */
static volatile sig_atomic_t stop;

static void stop_at_the_end(void *user, const cr_event *event) {
  (void)user;
  if (event->kind == CR_EVENT_STOP) stop = 1;
}

static void test_stopped(void **state) {
  (void)state;
  cr_table *table = NULL;
  cr_training *training = NULL;
  cr_train_options options;
  const cr_listener listener = {.on_event = stop_at_the_end};
  cr_train_options_init(&options);
  options.epochs = 1;
  options.linear_baseline = true;
  options.stop = &stop;
  assert_int_equal(cr_table_read("@iris", NULL, &table), CR_OK);
  assert_int_equal(cr_train_table(table, NULL, NULL, NULL, &options, &listener, 1, &training),
                   CR_OK);
  assert_int_equal(cr_training_linear(training, CR_PORTION_TEST)->n, 0);
  assert_int_equal(cr_training_metrics(training, CR_PORTION_TEST)->n, 30);
  cr_training_destroy(training);
  cr_table_destroy(table);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_classes),
                                     cmocka_unit_test(test_numbers),
                                     cmocka_unit_test(test_outputs_of_the_network),
                                     cmocka_unit_test(test_weights),
                                     cmocka_unit_test(test_many_rows),
                                     cmocka_unit_test(test_weights_of_many_rows),
                                     cmocka_unit_test(test_many_images),
                                     cmocka_unit_test(test_left_out),
                                     cmocka_unit_test(test_threads_do_not_matter),
                                     cmocka_unit_test(test_stopped)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
