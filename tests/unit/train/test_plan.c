#include "train/plan.h"

#include "support.h"

/* An encoder as far as a plan looks at it: 4 inputs, and classes or a number. */
typedef struct fake {
  cr_encoder encoder;
  char *labels[3];
} fake;

static fake classes(size_t count) {
  static char a[] = "cat", b[] = "dog", c[] = "owl", target[] = "animal";
  fake f = {.labels = {a, b, c}};
  f.encoder = (cr_encoder){.classes = true, .width = 4, .target = target};
  f.encoder.labels.count = count;
  return f;
}

static fake numbers(void) {
  static char target[] = "price";
  return (fake){.encoder = {.width = 4, .target = target}};
}

static cr_status plan_for(fake f, const cr_train_options *options, cr_plan *plan) {
  f.encoder.labels.items = f.labels;
  return cr_plan_create(&f.encoder, 90, options, plan);
}

static cr_train_options with(const char *output, const char *loss) {
  cr_train_options options;
  cr_train_options_init(&options);
  options.layers = "5,3";
  options.output = output;
  options.loss = loss;
  return options;
}

static void gives(fake f, cr_train_options options, const char *spec, const char *loss) {
  cr_plan plan;
  if (plan_for(f, &options, &plan) != CR_OK) fail_msg("%s", cr_last_error()->message);
  assert_string_equal(plan.spec, spec);
  assert_string_equal(plan.loss, loss);
  cr_plan_free(&plan);
}

static void refuses(fake f, cr_train_options options, cr_status status, const char *message,
                    const char *fix) {
  cr_plan plan;
  assert_int_equal(plan_for(f, &options, &plan), status);
  const cr_error *error = cr_last_error();
  if (!strstr(error->message, message) || !strstr(error->fix, fix))
    fail_msg("%s\n%s", error->message, error->fix);
}

/* Several targets: two labels that are no classes. */
static fake labels(void) {
  fake f = classes(2);
  f.encoder.classes = false;
  f.encoder.multilabel = true;
  return f;
}

static void test_several_targets(void **state) {
  (void)state;
  const cr_status status = CR_ERR_COMBINATION;
  gives(labels(), with(NULL, NULL), "4-5:relu-3:relu-2:sigmoid", "binary_cross_entropy");
  gives(labels(), with("sigmoid", "binary_cross_entropy"), "4-5:relu-3:relu-2:sigmoid",
        "binary_cross_entropy");
  refuses(labels(), with("softmax", NULL), status, "2 targets of 0 and 1 with output softmax",
          "leave out");
  refuses(labels(), with(NULL, "squared"), status, "and loss squared", "leave out");
  cr_train_options smooth = with(NULL, NULL);
  smooth.label_smoothing = 0.1;
  refuses(labels(), smooth, status, "several targets with label smoothing",
          "leave out --label-smoothing");
}

/* A loss made for one output brings it along; two classes share a score as a probability. */
static void test_scores(void **state) {
  (void)state;
  const cr_status status = CR_ERR_COMBINATION;
  gives(classes(2), with(NULL, "hinge"), "4-5:relu-3:relu-1:linear", "hinge");
  gives(classes(3), with(NULL, "hinge"), "4-5:relu-3:relu-3:linear", "hinge");
  gives(classes(3), with("linear", "hinge"), "4-5:relu-3:relu-3:linear", "hinge");
  gives(numbers(), with(NULL, "huber"), "4-5:relu-3:relu-1:linear", "huber");
  refuses(numbers(), with(NULL, "hinge"), status, "with loss hinge", "leave out --loss");
  refuses(classes(2), with(NULL, "huber"), status, "with loss huber", "leave out --loss");
  refuses(classes(2), with("linear", NULL), status, "with output linear", "--loss hinge");
  cr_train_options smooth = with(NULL, "hinge");
  smooth.label_smoothing = 0.1;
  refuses(classes(2), smooth, status, "hinge with label smoothing", "leave out --label-smoothing");
}

static void test_classes(void **state) {
  (void)state;
  const fake two = classes(2), three = classes(3);
  gives(two, with(NULL, NULL), "4-5:relu-3:relu-1:sigmoid", "binary_cross_entropy");
  gives(three, with(NULL, NULL), "4-5:relu-3:relu-3:softmax", "cross_entropy");
  gives(two, with("softmax", NULL), "4-5:relu-3:relu-2:softmax", "cross_entropy");
  gives(three, with("sigmoid", NULL), "4-5:relu-3:relu-3:sigmoid", "binary_cross_entropy");
  gives(three, with(NULL, "binary_cross_entropy"), "4-5:relu-3:relu-3:sigmoid",
        "binary_cross_entropy");
  gives(three, with("sigmoid", "half_squared"), "4-5:relu-3:relu-3:sigmoid", "half_squared");
  gives(two, with("sigmoid", "squared"), "4-5:relu-3:relu-1:sigmoid", "squared");
  gives(two, with(NULL, "cross_entropy"), "4-5:relu-3:relu-2:softmax", "cross_entropy");
}

static void test_numbers(void **state) {
  (void)state;
  gives(numbers(), with(NULL, NULL), "4-5:relu-3:relu-1:linear", "half_squared");
  gives(numbers(), with("tanh", "squared"), "4-5:relu-3:relu-1:tanh", "squared");
}

static void test_combinations(void **state) {
  (void)state;
  const cr_status status = CR_ERR_COMBINATION;
  cr_train_options smoothed = with(NULL, NULL);
  smoothed.label_smoothing = 0.1;
  gives(classes(2), smoothed, "4-5:relu-3:relu-1:sigmoid", "binary_cross_entropy");
  refuses(numbers(), smoothed, status, "with label smoothing", "leave out --label-smoothing");
  refuses(classes(2), with(NULL, "half_squared"), status,
          "labels 'cat' and 'dog' with loss half_squared", "leave out --loss");
  refuses(classes(3), with("linear", "squared"), status, "with output linear", "--output softmax");
  refuses(classes(3), with("tanh", NULL), status, "with output tanh", "leave out --output");
  refuses(numbers(), with(NULL, "cross_entropy"), status, "'price' with loss cross_entropy",
          "leave out --loss");
  refuses(numbers(), with("softmax", NULL), status, "output softmax", "leave out --output");
  refuses(classes(2), with("step", NULL), status, "--output step cannot", "--output sigmoid");
  cr_train_options options = with(NULL, NULL);
  options.activation = "relu,step";
  refuses(classes(2), options, status, "--activation step cannot", "--activation sigmoid");
}

static void test_lists(void **state) {
  (void)state;
  static const char *const bad[] = {"64,,32", "64,", ",64", "sixty", "64 32", "-4", "1e3", ","};
  cr_train_options options = with(NULL, NULL);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    options.layers = bad[i];
    refuses(numbers(), options, CR_ERR_ARGUMENT, bad[i], "--layers 64,32");
  }
  options.layers = "0";
  refuses(numbers(), options, CR_ERR_ARGUMENT, "from 1 to", "");
  options.layers = "99999999999";
  refuses(numbers(), options, CR_ERR_ARGUMENT, "from 1 to", "");
  options.layers = "";
  gives(numbers(), options, "4-1:linear", "half_squared");
  options.layers = "7";
  options.activation = "tanh";
  gives(numbers(), options, "4-7:tanh-1:linear", "half_squared");
  options.layers = "7,6";
  options.activation = "tanh,sigmoid";
  gives(numbers(), options, "4-7:tanh-6:sigmoid-1:linear", "half_squared");
  options.activation = "tanh,sigmoid,relu";
  refuses(numbers(), options, CR_ERR_ARGUMENT, "3 activations for 2", "--activation");
  options.activation = "tanh,sigmiod";
  refuses(numbers(), options, CR_ERR_ARGUMENT, "sigmiod", "");
  options.activation = "";
  refuses(numbers(), options, CR_ERR_ARGUMENT, "0 activations", "--activation");
}

static void test_unknown_names(void **state) {
  (void)state;
  refuses(numbers(), with("linaer", NULL), CR_ERR_ARGUMENT, "linaer", "");
  refuses(numbers(), with(NULL, "mse"), CR_ERR_ARGUMENT, "mse", "");
  cr_train_options options = with(NULL, NULL);
  options.initializer = "hee";
  refuses(numbers(), options, CR_ERR_ARGUMENT, "hee", "");
}

/* What a network that says "as likely as not" pays. */
static void test_start_loss(void **state) {
  (void)state;
  const double tolerance = 1e-15;
  cr_plan plan = {.output = "softmax", .loss = "cross_entropy", .outputs = 3};
  assert_close(cr_plan_start_loss(&plan), 1.0986122886681098, tolerance);
  plan = (cr_plan){.output = "sigmoid", .loss = "binary_cross_entropy", .outputs = 1};
  assert_close(cr_plan_start_loss(&plan), 0.6931471805599453, tolerance);
  plan = (cr_plan){.output = "sigmoid", .loss = "half_squared", .outputs = 10};
  assert_close(cr_plan_start_loss(&plan), 1.25, tolerance);
  plan.loss = "squared";
  assert_close(cr_plan_start_loss(&plan), 2.5, tolerance);
  plan = (cr_plan){.output = "linear", .loss = "hinge", .outputs = 3}; /* two are 1 short */
  assert_close(cr_plan_start_loss(&plan), 2, tolerance);
  plan.outputs = 1;
  assert_close(cr_plan_start_loss(&plan), 1, tolerance);
  plan = (cr_plan){.output = "linear", .loss = "half_squared", .outputs = 1};
  assert_true(isnan(cr_plan_start_loss(&plan)));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_several_targets), cmocka_unit_test(test_scores),
      cmocka_unit_test(test_classes),         cmocka_unit_test(test_numbers),
      cmocka_unit_test(test_combinations),    cmocka_unit_test(test_lists),
      cmocka_unit_test(test_unknown_names),   cmocka_unit_test(test_start_loss),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
