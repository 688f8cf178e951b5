#include "tune/space.h"

#include "base/alloc.h"
#include "support.h"

static const cr_settings chosen = {.given_layers = "64,64",
                                   .activation = "relu",
                                   .rate = 0.02,
                                   .batch = 32,
                                   .l2 = 0,
                                   .dropout = 0};

static cr_train_options open_options(uint64_t seed) {
  cr_train_options options;
  cr_train_options_init(&options);
  options.seed = seed;
  return options;
}

static cr_space make(const cr_train_options *options, const char *search, size_t rows) {
  cr_space space;
  if (cr_space_create(&chosen, options, search, rows, &space) != CR_OK)
    fail_msg("%s", cr_last_error()->message);
  return space;
}

static size_t depth_of(const char *layers) {
  size_t depth = 1;
  for (; *layers; layers++) depth += *layers == ',';
  return depth;
}

/* What is written with two digits reads back as the same number. */
static bool is_short(double value, int digits) {
  char text[32];
  snprintf(text, sizeof text, "%.*e", digits - 1, value);
  return strtod(text, NULL) == value;
}

static void check_ranges(const cr_settings *s) {
  const size_t width = strtoul(s->drawn_layers, NULL, 10);
  assert_null(s->given_layers);
  assert_true(width >= 8 && width <= 256 && (width & (width - 1)) == 0);
  assert_true(depth_of(s->drawn_layers) <= 3);
  assert_true(s->rate >= 0.001 && s->rate <= 0.08 && is_short(s->rate, 2));
  assert_true(s->batch >= 8 && s->batch <= 128 && (s->batch & (s->batch - 1)) == 0);
  assert_true(s->l2 == 0 || (s->l2 >= 1e-6 && s->l2 <= 1e-2 && is_short(s->l2, 1)));
  assert_true(s->dropout >= 0 && s->dropout <= 0.5 && is_short(s->dropout, 1));
}

/* Shares of 4,000 draws are off by less than four standard deviations, 4 sqrt(p (1-p) / 4000). */
static void test_draws(void **state) {
  (void)state;
  enum { DRAWS = 4000 };
  const cr_train_options options = open_options(1);
  const cr_space space = make(&options, NULL, 1000);
  double shallow = 0, no_l2 = 0, no_dropout = 0, low = 0;
  for (size_t i = 0; i < DRAWS; i++) {
    cr_settings s;
    cr_space_draw(&space, i, 0, &s);
    check_ranges(&s);
    shallow += depth_of(s.drawn_layers) == 1;
    no_l2 += s.l2 == 0;
    no_dropout += s.dropout == 0;
    low += s.rate < 0.008944; /* the geometric middle of 0.001 and 0.08 */
  }
  assert_close(shallow / DRAWS, 0.4, 0.031);
  assert_close(no_l2 / DRAWS, 1.0 / 3, 0.030);
  assert_close(no_dropout / DRAWS, 0.5, 0.032);
  assert_close(low / DRAWS, 0.5, 0.034); /* rounding moves some over the middle */
}

/* The same seed and trial, the same settings; another of either, others. */
static void test_draws_depend_on_seed_and_trial(void **state) {
  (void)state;
  cr_train_options options = open_options(1);
  const cr_space space = make(&options, NULL, 1000);
  options.seed = 2;
  const cr_space other = make(&options, NULL, 1000);
  cr_settings a, b;
  cr_space_draw(&space, 7, 0, &a);
  cr_space_draw(&space, 7, 0, &b);
  assert_true(cr_settings_equal(&a, &b));
  cr_space_draw(&space, 8, 0, &b);
  assert_false(cr_settings_equal(&a, &b));
  cr_space_draw(&space, 7, 1, &b);
  assert_false(cr_settings_equal(&a, &b));
  cr_space_draw(&other, 7, 0, &b);
  assert_false(cr_settings_equal(&a, &b));
}

/* What is not searched stays, and changes nothing of the rest. */
static void test_searched_alone(void **state) {
  (void)state;
  const cr_train_options options = open_options(1);
  const cr_space all = make(&options, NULL, 1000), some = make(&options, "dropout,lr", 1000);
  for (size_t i = 0; i < 20; i++) {
    cr_settings a, b;
    cr_space_draw(&all, i, 0, &a);
    cr_space_draw(&some, i, 0, &b);
    assert_true(a.rate == b.rate && a.dropout == b.dropout);
    assert_string_equal(cr_settings_layers(&b), "64,64");
    assert_true(b.batch == 32 && b.l2 == 0);
  }
}

static void names_are(const cr_train_options *options, const char *search, const char *expected) {
  const cr_space space = make(options, search, 1000);
  cr_strbuf names = {0};
  cr_space_names(&space, &names);
  assert_string_equal(names.text, expected);
  cr_strbuf_free(&names);
}

static void test_given_options_are_not_searched(void **state) {
  (void)state;
  cr_train_options options = open_options(1);
  names_are(&options, NULL, "layers,activation,lr,batch,l2,dropout");
  names_are(&options, "lr,layers", "layers,lr");
  options.layers = "";
  options.learning_rate = 0.1;
  options.l2 = 1e-3;
  names_are(&options, NULL, "activation,batch"); /* nor what there is nothing to leave out of */
  options.batch = SIZE_MAX;
  options.activation = "tanh";
  options.layers = "8";
  names_are(&options, NULL, "dropout");
}

static void refused(const cr_train_options *options, const char *search, cr_status status,
                    const char *part) {
  cr_space space;
  assert_int_equal(cr_space_create(&chosen, options, search, 1000, &space), status);
  assert_non_null(strstr(cr_last_error()->message, part));
  assert_true(cr_last_error()->fix[0] != '\0');
}

static void test_wrong_names(void **state) {
  (void)state;
  cr_train_options options = open_options(1);
  refused(&options, "lr,rate", CR_ERR_ARGUMENT, "'rate'");
  refused(&options, "", CR_ERR_ARGUMENT, "''");
  refused(&options, "lr,", CR_ERR_ARGUMENT, "''");
  options.activation = "relu,tanh";
  refused(&options, NULL, CR_ERR_COMBINATION, "relu,tanh");
  options.dropout = 0.5;
  refused(&options, "lr,dropout", CR_ERR_COMBINATION, "dropout");
  options.layers = "8";
  options.activation = "relu";
  options.learning_rate = 1;
  options.batch = 4;
  options.l2 = 1;
  refused(&options, NULL, CR_ERR_COMBINATION, "nothing is left");
}

/* Of few rows no more are in a batch than there are. */
static void test_few_rows(void **state) {
  (void)state;
  const cr_train_options options = open_options(1);
  const cr_space space = make(&options, "batch", 20);
  for (size_t i = 0; i < 50; i++) {
    cr_settings s;
    cr_space_draw(&space, i, 0, &s);
    assert_true(s.batch == 8 || s.batch == 16);
  }
}

static void test_writing(void **state) {
  (void)state;
  cr_settings settings = chosen;
  cr_strbuf text = {0};
  settings.rate = 0.013;
  settings.l2 = 5e-6;
  settings.dropout = 0.3;
  cr_settings_write(&settings, &text);
  assert_string_equal(text.text,
                      "{\"layers\":\"64,64\",\"activation\":\"relu\",\"lr\":0.013,\"batch\":32,"
                      "\"l2\":5e-06,\"dropout\":0.3}");
  cr_strbuf_free(&text);
  cr_train_options options = open_options(1);
  cr_settings_apply(&settings, &options);
  assert_string_equal(options.layers, "64,64");
  assert_true(options.learning_rate == 0.013 && options.batch == 32 && options.dropout == 0.3);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_draws),          cmocka_unit_test(test_draws_depend_on_seed_and_trial),
      cmocka_unit_test(test_searched_alone), cmocka_unit_test(test_given_options_are_not_searched),
      cmocka_unit_test(test_wrong_names),    cmocka_unit_test(test_few_rows),
      cmocka_unit_test(test_writing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
