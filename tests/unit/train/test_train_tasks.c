/* Trainings with weights, with several targets, with scores; checked by what else must come out. */
#include "base/strbuf.h"
#include "chainrule/train.h"
#include "net/network.h"
#include "support.h"
#include "tables.h"

/* Two ways to the same sums in float, over some steps: roundings of 6e-8 that add up. */
#define SAME_SUMS 2e-5

typedef struct plan {
  cr_prepare_options prepare;
  cr_train_options train;
} plan;

/* Every row in each step of plain descent, from zero: nothing depends on the order of the rows. */
static plan every_row(void) {
  plan p;
  cr_prepare_options_init(&p.prepare);
  cr_train_options_init(&p.train);
  p.prepare.scale = "none";
  p.prepare.split[0] = 1;
  p.train.layers = "";
  p.train.initializer = "zero";
  p.train.optimizer = "gd";
  p.train.schedule = "constant";
  p.train.learning_rate = 0.1;
  p.train.batch = SIZE_MAX;
  p.train.epochs = 40;
  p.train.keep = "last";
  p.train.threads = 1;
  return p;
}

static cr_training *train(const cr_table *table, const plan *p) {
  cr_training *training = NULL;
  if (cr_train_table(table, NULL, NULL, &p->prepare, &p->train, NULL, 0, &training) != CR_OK)
    fail_msg("%s", cr_last_error()->message);
  return training;
}

/* Trains both; the same parameters, and the same loss over the weights. */
static void same_training(const char *weighted, const plan *with, const char *repeated,
                          const plan *without) {
  cr_table *a = csv_table(weighted), *b = csv_table(repeated);
  cr_training *first = train(a, with), *second = train(b, without);
  const cr_net *x = cr_model_net(cr_training_model(first));
  const cr_net *y = cr_model_net(cr_training_model(second));
  assert_int_equal(x->parameter_count, y->parameter_count);
  for (size_t i = 0; i < x->parameter_count; i++) {
    assert_close(x->parameters[i], y->parameters[i], SAME_SUMS);
    assert_true(fabsf(y->parameters[i]) > 1000 * (float)SAME_SUMS);
  }
  assert_close(cr_training_metrics(first, 0)->loss, cr_training_metrics(second, 0)->loss,
               SAME_SUMS);
  cr_training_destroy(first);
  cr_training_destroy(second);
  cr_table_destroy(a);
  cr_table_destroy(b);
}

static const char THRICE[] = "x,z,y\n1,0.5,2.5\n2,-1,1\n2,-1,1\n2,-1,1\n-1,1,0.5\n-1,1,0.5\n";

/* (eq L8) A row of weight 3 is one that is there three times; one of weight 0 is not there. */
static void weights_repeat_rows(void **state) {
  (void)state;
  plan with = every_row(), without = every_row();
  with.prepare.weight = "w";
  same_training("x,z,w,y\n1,0.5,1,2.5\n2,-1,3,1\n-1,1,2,0.5\n9,9,0,9\n", &with, THRICE, &without);
}

static void weights_of_classes_repeat_rows(void **state) {
  (void)state;
  plan with = every_row(), without = every_row();
  with.prepare.class_weights = "b:3,a:1";
  same_training("x,z,y\n1,0.5,a\n2,-1,b\n-2,1.5,a\n", &with,
                "x,z,y\n1,0.5,a\n2,-1,b\n2,-1,b\n2,-1,b\n-2,1.5,a\n", &without);
  with.prepare.class_weights = "balanced";
  same_training("x,z,y\n1,0.5,a\n2,-1,b\n-2,1.5,a\n", &with,
                "x,z,y\n1,0.5,a\n2,-1,b\n2,-1,b\n-2,1.5,a\n", &without);
}

/* Accuracy and RMSE count rows once: the weights move the loss alone. */
static void figures_count_rows_once(void **state) {
  (void)state;
  plan p = every_row();
  p.train.epochs = 1;
  p.prepare.weight = "w";
  cr_table *table = csv_table("x,w,y\n0,1,0\n1,97,1\n2,1,4\n3,1,5\n");
  cr_training *training = train(table, &p);
  const cr_metrics *m = cr_training_metrics(training, 0);
  cr_evaluation *evaluation = NULL;
  assert_int_equal(cr_evaluate(cr_training_model(training), table, NULL, &evaluation), CR_OK);
  const cr_metrics *plain = cr_evaluation_metrics(evaluation);
  assert_close(m->rmse, plain->rmse, SAME_SUMS);
  assert_close(m->baseline, plain->baseline, SAME_SUMS);
  assert_close(plain->loss, plain->rmse * plain->rmse / 2, SAME_SUMS); /* the model knows none */
  assert_true(fabs(m->loss - plain->loss) > 0.1);
  cr_evaluation_destroy(evaluation);
  cr_training_destroy(training);
  cr_table_destroy(table);
}

/* Rows of x1 and x2 with a = x1 > 0 and b = x1 x2 > 0, and the class of both. */
static cr_table *quadrants(size_t rows) {
  cr_strbuf csv = {0};
  cr_strbuf_format(&csv, "a,x1,x2,b,kind\n");
  for (size_t i = 0; i < rows; i++) {
    const double x1 = uneven(i, 1), x2 = uneven(i * i + 3 * i, 1);
    cr_strbuf_format(&csv, "%d,%.5f,%.5f,%d,k%d\n", x1 > 0, x1, x2, x1 * x2 > 0,
                     2 * (x1 > 0) + (x2 > 0));
  }
  assert_false(csv.failed);
  cr_table *table = csv_table(csv.text);
  cr_strbuf_free(&csv);
  return table;
}

static void several_targets_are_learnt(void **state) {
  (void)state;
  static const char *const targets[] = {"a", "b"}, *const drop[] = {"kind"};
  plan p;
  cr_prepare_options_init(&p.prepare);
  cr_train_options_init(&p.train);
  p.prepare.targets = targets;
  p.prepare.target_count = 2;
  p.prepare.drop = drop;
  p.prepare.drop_count = 1;
  p.train.epochs = 60;
  cr_table *table = quadrants(500);
  cr_training *training = train(table, &p);
  cr_model *model = cr_training_model(training);
  const cr_metrics *m = cr_training_metrics(training, CR_PORTION_TEST);
  assert_string_equal(cr_model_get_info(model)->network, "2-64:relu-2:sigmoid");
  assert_int_equal(m->n, 100);
  /* a line and a saddle: what is left lies along the axes; a guess gets a quarter right */
  assert_true(m->accuracy > 0.9 && m->label_accuracy > 0.95 && m->f1 > 0.95);
  assert_true(m->accuracy <= m->label_accuracy && m->accuracy_low < m->accuracy);
  assert_true(m->baseline < 0.5);
  assert_true(isnan(m->rmse) && isnan(m->r2));

  cr_evaluation *evaluation = NULL;
  assert_int_equal(cr_evaluate(model, table, NULL, &evaluation), CR_OK);
  double f1 = 0;
  size_t wrong = 0;
  for (size_t k = 0; k < 2; k++) f1 += cr_evaluation_label(evaluation, k)->f1 / 2;
  for (size_t i = 0; i < 500; i++) wrong += cr_evaluation_outcome(evaluation, i)->wrong_labels;
  assert_close(cr_evaluation_metrics(evaluation)->f1, f1, 1e-12);
  assert_close(cr_evaluation_metrics(evaluation)->label_accuracy, 1 - (double)wrong / 1000, 1e-12);
  assert_null(cr_evaluation_label(evaluation, 2));
  assert_int_equal(cr_evaluation_confusion(evaluation, 0, 0), 0);
  cr_evaluation_destroy(evaluation);
  cr_training_destroy(training);
  cr_table_destroy(table);
}

static void hinge_learns_classes(void **state) {
  (void)state;
  static const char *const drop[] = {"a", "b"};
  plan p;
  cr_prepare_options_init(&p.prepare);
  cr_train_options_init(&p.train);
  p.prepare.drop = drop;
  p.prepare.drop_count = 2;
  p.train.loss = "hinge";
  p.train.epochs = 60;
  cr_table *table = quadrants(500);
  cr_training *training = train(table, &p);
  cr_model *model = cr_training_model(training);
  const cr_metrics *m = cr_training_metrics(training, CR_PORTION_TEST);
  assert_string_equal(cr_model_get_info(model)->network, "2-64:relu-4:linear");
  assert_true(m->accuracy > 0.9);

  cr_evaluation *evaluation = NULL;
  assert_int_equal(cr_evaluate(model, table, NULL, &evaluation), CR_OK);
  size_t right = 0;
  for (size_t i = 0; i < 500; i++) {
    const cr_outcome *o = cr_evaluation_outcome(evaluation, i);
    assert_true(isnan(o->probability) && o->predicted_value >= o->actual_value);
    right += o->actual == o->predicted;
  }
  assert_close(cr_evaluation_metrics(evaluation)->accuracy, (double)right / 500, 1e-12);
  cr_evaluation_destroy(evaluation);
  cr_training_destroy(training);
  cr_table_destroy(table);
}

static void refuses(const char *csv, const plan *p, cr_status status, const char *message) {
  cr_training *training = NULL;
  cr_table *table = csv_table(csv);
  assert_int_equal(cr_train_table(table, NULL, NULL, &p->prepare, &p->train, NULL, 0, &training),
                   status);
  check_failure(status, message, 0, NULL);
  assert_null(training);
  cr_table_destroy(table);
}

static void bad_weights_are_refused(void **state) {
  (void)state;
  plan p = every_row();
  p.prepare.weight = "w";
  refuses("x,w,y\n1,1,1\n2,-0.5,2\n3,1,4\n", &p, CR_ERR_NUMBER, "row 2, is below 0");
  refuses("x,w,y\n1,1,1\n2,,2\n3,1,4\n", &p, CR_ERR_MISSING, "row 2");
  refuses("x,w,y\n1,0,1\n2,0,2\n3,0,4\n", &p, CR_ERR_NUMBER, "0 for every training row");
  p.prepare.weight = NULL;
  p.prepare.class_weights = "balanced";
  refuses("x,y\n1,1.5\n2,2\n3,4\n", &p, CR_ERR_COMBINATION, "weights of classes with numbers");

  p = every_row();
  p.prepare.weight = "w";
  p.prepare.skip_bad_rows = true;
  cr_table *table = csv_table("x,w,y\n1,1,1\n2,-0.5,2\n3,,4\n4,2,2\n");
  cr_training *training = train(table, &p);
  assert_int_equal(cr_training_metrics(training, 0)->n, 2);
  assert_int_equal(cr_training_get_summary(training)->skipped_rows, 2);
  cr_training_destroy(training);
  cr_table_destroy(table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(weights_repeat_rows),     cmocka_unit_test(weights_of_classes_repeat_rows),
      cmocka_unit_test(figures_count_rows_once), cmocka_unit_test(several_targets_are_learnt),
      cmocka_unit_test(hinge_learns_classes),    cmocka_unit_test(bad_weights_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
