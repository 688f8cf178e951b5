#include "support.h"
#include "train/defaults.h"

static void test_everything_open(void **state) {
  (void)state;
  cr_train_options o;
  assert_int_equal(cr_options_resolve(NULL, 90, 4, &o), CR_OK);
  assert_string_equal(o.optimizer, cr_default_optimizer());
  assert_string_equal(o.schedule, "one_cycle");
  assert_string_equal(o.keep, "best");
  assert_int_equal(o.batch, 8);
  assert_int_equal(o.epochs, 333);
  assert_int_equal(o.restarts, 1);
  assert_int_equal(o.seed, 1);
  assert_true(o.learning_rate > 0);
}

/* What is given stays, names as the tables' own; a batch is never more than all rows. */
static void test_given(void **state) {
  (void)state;
  char optimizer[] = "momentum", schedule[] = "constant", keep[] = "last";
  cr_train_options given, o;
  cr_train_options_init(&given);
  given.optimizer = optimizer;
  given.schedule = schedule;
  given.keep = keep;
  given.learning_rate = 0.37;
  given.l1 = 0.1;
  given.l2 = 0.2;
  given.batch = SIZE_MAX;
  given.epochs = 7;
  given.patience = 3;
  given.restarts = 5;
  given.seed = 42;
  assert_int_equal(cr_options_resolve(&given, 90, 4, &o), CR_OK);
  memset(optimizer, 'x', 3);
  memset(keep, 'x', 3);
  assert_string_equal(o.optimizer, "momentum");
  assert_string_equal(o.schedule, "constant");
  assert_string_equal(o.keep, "last");
  assert_true(o.learning_rate == 0.37 && o.l1 == 0.1 && o.l2 == 0.2);
  assert_int_equal(o.batch, 90);
  assert_int_equal(o.epochs, 7);
  assert_int_equal(o.patience, 3);
  assert_int_equal(o.restarts, 5);
  assert_int_equal(o.seed, 42);
}

/* Settings left open are the optimiser's and the schedule's own; one it has not is refused. */
static void test_settings(void **state) {
  (void)state;
  cr_train_options given, o;
  cr_train_options_init(&given);
  assert_int_equal(cr_options_resolve(&given, 90, 4, &o), CR_OK);
  assert_true(o.beta1 == 0.9 && o.beta2 == 0.999 && o.epsilon == 1e-8 && o.momentum <= 0);
  given.beta1 = 0.5;
  given.epsilon = 0.25;
  given.weight_decay = 0.125;
  given.clip = 2;
  given.warm_up = 0.1;
  given.max_norm = 3;
  assert_int_equal(cr_options_resolve(&given, 90, 4, &o), CR_OK);
  assert_true(o.beta1 == 0.5 && o.beta2 == 0.999 && o.epsilon == 0.25 && o.weight_decay == 0.125);
  assert_true(o.clip == 2 && o.warm_up == 0.1 && o.max_norm == 3 && o.gamma <= 0);
  given.optimizer = "momentum";
  assert_int_equal(cr_options_resolve(&given, 90, 4, &o), CR_ERR_COMBINATION);
  assert_string_equal(cr_last_error()->message,
                      "--beta1 0.5 with momentum, which has no such setting");
  given.beta1 = given.epsilon = 0;
  given.dampening = 0.75;
  given.schedule = "step";
  assert_int_equal(cr_options_resolve(&given, 90, 4, &o), CR_OK);
  assert_true(o.momentum == 0.9 && o.dampening == 0.75 && o.gamma == 0.1);
  given.optimizer = "gd";
  assert_int_equal(cr_options_resolve(&given, 90, 4, &o), CR_ERR_COMBINATION);
  given.dampening = 0;
  given.schedule = "constant";
  given.gamma = 0.5;
  assert_int_equal(cr_options_resolve(&given, 90, 4, &o), CR_ERR_COMBINATION);
  assert_string_equal(cr_last_error()->fix, "leave out --gamma");
}

/* Who finds the length of steps by itself takes nothing that says how long they are. */
static void test_own_lengths(void **state) {
  (void)state;
  static const struct {
    const char *optimizer, *schedule;
    double clip, warm_up;
    const char *option; /* what is refused; NULL: nothing */
  } cases[] = {{"rprop", NULL, 1, 0, "--clip"},      {"lbfgs", NULL, 1, 0, "--clip"},
               {"adam", NULL, 1, 0, NULL},           {"rprop", "cosine", 0, 0, "--schedule"},
               {"rprop", "constant", 0, 0, NULL},    {"lbfgs", "cosine", 0, 0, NULL},
               {"rprop", NULL, 0, 0.1, "--warm-up"}, {"lbfgs", NULL, 0, 0.1, NULL}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    cr_train_options given, o;
    cr_train_options_init(&given);
    given.optimizer = cases[i].optimizer;
    given.schedule = cases[i].schedule;
    given.clip = cases[i].clip;
    given.warm_up = cases[i].warm_up;
    const char *option = cases[i].option;
    const cr_status expected = option ? CR_ERR_COMBINATION : CR_OK;
    assert_int_equal(cr_options_resolve(&given, 90, 4, &o), expected);
    if (option) assert_non_null(strstr(cr_last_error()->message, option));
  }
}

static void refuses(const cr_train_options *options, const char *word) {
  cr_train_options o;
  assert_int_equal(cr_options_resolve(options, 90, 4, &o), CR_ERR_ARGUMENT);
  if (!strstr(cr_last_error()->message, word)) fail_msg("%s", cr_last_error()->message);
}

static void test_refused(void **state) {
  (void)state;
  cr_train_options fresh, o;
  cr_train_options_init(&fresh);
  o = fresh, o.learning_rate = -0.1;
  refuses(&o, "--lr -0.1");
  o = fresh, o.learning_rate = (double)NAN;
  refuses(&o, "--lr");
  o = fresh, o.l1 = (double)INFINITY;
  refuses(&o, "--l1");
  o = fresh, o.l2 = -1;
  refuses(&o, "--l2");
  o = fresh, o.momentum = 1;
  refuses(&o, "--momentum 1: expected a number from 0 to below 1");
  o = fresh, o.dropout = (double)NAN;
  refuses(&o, "--dropout nan");
  o = fresh, o.clip = -1;
  refuses(&o, "--clip -1: expected a number from 0 up");
  o = fresh, o.keep = "bset";
  refuses(&o, "bset");
  o = fresh, o.optimizer = "adm";
  refuses(&o, "adm");
  o = fresh, o.schedule = "cosin";
  refuses(&o, "cosin");
  const size_t most = (size_t)1 << 53;
  o = fresh, o.epochs = most + 1;
  refuses(&o, "--epochs 9007199254740993: expected at most 9007199254740992");
  o = fresh, o.patience = SIZE_MAX;
  refuses(&o, "--patience 18446744073709551615");
  o = fresh, o.restarts = most + 1;
  refuses(&o, "--restarts");
  o = fresh, o.batch = SIZE_MAX - 1;
  refuses(&o, "--batch");
  o = fresh, o.epochs = most, o.batch = 45;
  refuses(&o, "of 2 batches");
  o = fresh, o.epochs = o.patience = o.restarts = most, o.batch = SIZE_MAX;
  cr_train_options accepted;
  assert_int_equal(cr_options_resolve(&o, 90, 4, &accepted), CR_OK);
  memset(&o, 0, sizeof o); /* never initialised */
  refuses(&o, "bytes");
  assert_non_null(strstr(cr_last_error()->fix, "cr_train_options_init"));
  o = fresh, o.struct_size = 12; /* no header has such a size */
  refuses(&o, "bytes");
  assert_int_equal(cr_options_resolve(NULL, 0, 4, &o), CR_ERR_EMPTY);
}

/* A caller compiled with a header that knew fewer members. */
static void test_older_header(void **state) {
  (void)state;
  const size_t size = offsetof(cr_train_options, stop);
  cr_train_options given, o;
  memset(&given, 0xee, sizeof given);
  const cr_train_options untouched = given;
  cr_train_options_init_sized(&given, size);
  assert_memory_equal(&given.stop, &untouched.stop, sizeof given.stop);
  assert_int_equal(given.struct_size, size);
  assert_int_equal(given.seed, 1);
  given.epochs = 9;
  assert_int_equal(cr_options_resolve(&given, 90, 4, &o), CR_OK);
  assert_int_equal(o.epochs, 9);
  assert_null(o.stop);
}

/* A dev part is asked for where a run may end early or several starts are compared. */
static void test_need_dev(void **state) {
  (void)state;
  static const struct {
    const char *optimizer, *schedule;
    size_t patience, restarts;
    bool needed;
  } cases[] = {{NULL, NULL, 0, 0, false},       {NULL, "cosine", 0, 1, false},
               {NULL, "constant", 0, 0, true},  {"lbfgs", NULL, 0, 0, true},
               {NULL, "one_cycle", 5, 0, true}, {NULL, NULL, 0, 2, true}};
  cr_train_options o;
  bool needed;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    cr_train_options_init(&o);
    o.optimizer = cases[i].optimizer;
    o.schedule = cases[i].schedule;
    o.patience = cases[i].patience;
    o.restarts = cases[i].restarts;
    assert_int_equal(cr_options_need_dev(&o, &needed), CR_OK);
    assert_int_equal(needed, cases[i].needed);
  }
  o.schedule = "sawtooth";
  assert_int_equal(cr_options_need_dev(&o, &needed), CR_ERR_ARGUMENT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_everything_open), cmocka_unit_test(test_given),
      cmocka_unit_test(test_settings),        cmocka_unit_test(test_own_lengths),
      cmocka_unit_test(test_refused),         cmocka_unit_test(test_older_header),
      cmocka_unit_test(test_need_dev),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
