/* Case files that are wrong: each is refused with CR_ERR_CASE and the key it is about. */
#include <jansson.h>

#include "check/case.h"
#include "support.h"

#define BASE                                                                                  \
  "{\"layers\": [2, 3, 1], \"activations\": [\"tanh\", \"linear\"], \"loss\": \"squared\","   \
  "\"reduction\": \"mean\", \"X\": [[1, 2], [3, 4]], \"Y\": [[1], [2]], \"lr\": 0.5,"         \
  "\"W\": [[[1, 2, 3], [4, 5, 6]], [[1], [2], [3]]], \"b\": [[1, 2, 3], [4]], \"cost\": 1.5," \
  "\"Z\": [[[1, 2, 3], [4, 5, 6]], [[7], [8]]]}"

/* The base with one key set to a JSON text, or taken out if that is NULL. */
static char *with(const char *key, const char *value) {
  json_t *root = json_loads(BASE, 0, NULL);
  assert_non_null(root);
  if (value) {
    json_t *new_value = json_loads(value, JSON_DECODE_ANY, NULL);
    assert_non_null(new_value);
    assert_int_equal(json_object_set_new(root, key, new_value), 0);
  } else {
    assert_int_equal(json_object_del(root, key), 0);
  }
  char *text = json_dumps(root, 0);
  json_decref(root);
  assert_non_null(text);
  return text;
}

static void expect_refusal(const char *text, const char *says) {
  cr_case c;
  assert_int_equal(cr_case_parse("bad.json", text, strlen(text), &c), CR_ERR_CASE);
  assert_string_equal(cr_last_error()->file, "bad.json");
  if (strstr(cr_last_error()->message, says)) return;
  fail_msg("\"%s\" does not say \"%s\"", cr_last_error()->message, says);
}

/* Rows of one input and one output through a hidden layer of 1000 units. */
static char *wide_case(size_t rows) {
  enum { UNITS = 1000 };
  char *text = malloc(rows * 10 + UNITS * 20 + 1000);
  assert_non_null(text);
  size_t n = (size_t)sprintf(text, "%s",
                             "{\"layers\":[1,1000,1],\"activations\":[\"relu\",\"linear\"],"
                             "\"loss\":\"squared\",\"reduction\":\"mean\",\"cost\":0,\"W\":[[[0");
  for (size_t i = 1; i < UNITS; i++) n += (size_t)sprintf(text + n, ",0");
  n += (size_t)sprintf(text + n, "]],[[0]");
  for (size_t i = 1; i < UNITS; i++) n += (size_t)sprintf(text + n, ",[0]");
  n += (size_t)sprintf(text + n, "]],\"b\":[[0");
  for (size_t i = 1; i < UNITS; i++) n += (size_t)sprintf(text + n, ",0");
  n += (size_t)sprintf(text + n, "],[0]],\"X\":[[0]");
  for (size_t i = 1; i < rows; i++) n += (size_t)sprintf(text + n, ",[0]");
  n += (size_t)sprintf(text + n, "],\"Y\":[[0]");
  for (size_t i = 1; i < rows; i++) n += (size_t)sprintf(text + n, ",[0]");
  sprintf(text + n, "]}");
  return text;
}

/* 1002 values a row and 3001 parameters: 16740 rows fit into 2^24 numbers, one more does not. */
static void what_is_computed_is_limited(void **state) {
  (void)state;
  cr_case c;
  char *text = wide_case(16740);
  assert_int_equal(cr_case_parse("wide.json", text, strlen(text), &c), CR_OK);
  cr_case_free(&c);
  free(text);
  text = wide_case(16741);
  assert_int_equal(cr_case_parse("wide.json", text, strlen(text), &c), CR_ERR_LIMIT);
  assert_string_equal(cr_last_error()->file, "wide.json");
  assert_non_null(strstr(cr_last_error()->message, "16741 rows through layers of 1002 values"));
  assert_non_null(strstr(cr_last_error()->message, "16777216"));
  free(text);
}

static void what_is_right_is_read(void **state) {
  (void)state;
  static const double weights[13] = {1, 2, 3, 4, 5, 6, 1, 2, 3, 1, 2, 3, 4};
  cr_case c;
  char *text = with("l2", "0.25");
  assert_int_equal(cr_case_parse("good.json", text, strlen(text), &c), CR_OK);
  assert_string_equal(cr_net_spec(c.net), "2-3:tanh-1:linear");
  assert_string_equal(c.name, "good.json");
  assert_int_equal(c.rows, 2);
  assert_int_equal(c.parameters.count, 13);
  assert_memory_equal(c.parameters.values, weights, sizeof weights);
  assert_true(c.target.mean && c.target.l2 == 0.25 && c.target.l1 == 0.0);
  assert_true(c.learning_rate == 0.5);
  assert_int_equal(c.expected_count, 3);
  assert_string_equal(c.expected[1].name, "Z[2]");
  assert_int_equal(c.expected[1].offset, 6);
  assert_int_equal(c.expected[1].count, 2);
  assert_true(c.values.values[c.expected[1].offset + 1] == 8.0);
  assert_string_equal(c.expected[2].name, "cost");
  cr_case_free(&c);
  cr_case_free(&c);
  free(text);
}

/* The key, what it is set to, and what the message says. */
static const struct {
  const char *key, *value, *says;
} wrong[] = {
    {"layers", NULL, "layers: expected a list of at least 2 sizes"},
    {"layers", "[2]", "layers: expected a list of at least 2 sizes"},
    {"layers", "[2, 0, 1]", "layers: number 2 is not a size from 1"},
    {"layers", "[2, 3.5, 1]", "layers: number 2"},
    {"layers", "[2, \"3\", 1]", "layers: number 2"},
    {"layers", "[2, 16777217, 1]", "layers: number 2"},
    {"layers", "[2, 4, 1]", "W[1], row 1: found 3 numbers, expected 4"},
    {"layers", "[2, 3, 1, 1]", "W: expected a list of 3, one for each layer"},
    {"layers", "[16777216, 16777216, 1]", "W[1]: found 2 rows, expected 16777216"},
    {"activations", NULL, "activations: expected a list of 2 names"},
    {"activations", "[\"tanh\"]", "activations: expected a list of 2 names"},
    {"activations", "[\"tanh\", \"lineer\"]", "activations[2]: unknown activation \"lineer\""},
    {"activations", "[\"tanh\", 3]", "activations[2]: no activation is given"},
    {"loss", NULL, "\"loss\": found nothing, expected a string"},
    {"loss", "\"mse\"", "unknown loss \"mse\""},
    {"loss", "\"cross_entropy\"", "cross_entropy does not go with output linear"},
    {"reduction", NULL, "\"reduction\": found nothing"},
    {"reduction", "\"average\"", "unknown reduction \"average\""},
    {"l2", "-1", "l2: expected a number from 0"},
    {"l1", "\"1\"", "l1: expected a number from 0"},
    {"lr", "0", "lr: expected a number above 0"},
    {"tolerance", "0", "tolerance: expected a number above 0"},
    {"tolerance", "\"1e-3\"", "tolerance: expected a number above 0"},
    {"n", "3", "n: it is not the number of rows of X, 2"},
    {"X", NULL, "X: expected a list of rows"},
    {"X", "[]", "X: expected a list of rows"},
    {"X", "[[1, 2], [3]]", "X, row 2: found 1 number, expected 2"},
    {"X", "[[1, 2], [3, \"4\"]]", "X, row 2, number 2: found a string, expected a number"},
    {"X", "[[1, 2], [3, null]]", "X, row 2, number 2: found null"},
    {"X", "[[1, 2], [3, 1e39]]", "X, row 2, number 2: 1e+39 is too large for a float"},
    {"X", "[1, 2]", "X, row 1: found an integer, expected a list of 2 numbers"},
    {"Y", NULL, "Y: found nothing, expected a list of 2 rows"},
    {"Y", "[[1]]", "Y: found 1 row, expected 2"},
    {"Y", "[[1], [2, 3]]", "Y, row 2: found 2 numbers, expected 1"},
    {"W", NULL, "W: the key is missing"},
    {"W", "[[[1, 2, 3], [4, 5, 6]]]", "W: expected a list of 2"},
    {"W", "[[[1, 2, 3], [4, 5]], [[1], [2], [3]]]", "W[1], row 2: found 2 numbers, expected 3"},
    {"W", "[[[1, 2, 3], [4, 5, 6]], [1, 2, 3]]", "W[2], row 1: found an integer"},
    {"W", "[7, [[1], [2], [3]]]", "W[1]: found an integer, expected a list of 2 rows"},
    {"b", NULL, "b: the key is missing"},
    {"b", "[[1, 2, 3], 4]", "b[2]: found an integer, expected a list of 1 number"},
    {"b", "[[1, 2], [4]]", "b[1]: found 2 numbers, expected 3"},
    {"Z", "[[[1, 2, 3], [4, 5, 6]]]", "Z: expected a list of 2, one for each layer"},
    {"Z", "[[[1, 2, 3]], [[7], [8]]]", "Z[1]: found 1 row, expected 2"},
    {"A", "{}", "A: expected a list of 2"},
    {"cost", "[1]", "cost: found an array, expected a number"},
    {"data_loss", "true", "data_loss: found true or false, expected a number"},
    {"dW", "[[[1, 2, 3], [4, 5, 6]], [[1], [2]]]", "dW[2]: found 2 rows, expected 3"},
    {"db", "[[1, 2, 3], [4, 5]]", "db[2]: found 2 numbers, expected 1"},
    {"after_1", "[]", "after_1: found an array, expected an object"},
    {"after_1", "{\"w\": []}", "after_1: unknown key \"w\""},
    {"after_1", "{\"b\": [[1], [2]]}", "after_1.b[1]: found 1 number, expected 3"},
    {"after_10", "7", "after_10: found an integer, expected an object"},
    {"after_10", "{\"gd\": 7}", "after_10.gd: found an integer, expected an object"},
    {"after_10", "{\"gd\": {\"cost\": 7}}", "after_10.gd: unknown key \"cost\""},
    {"after_10", "{\"gd\": {\"costs\": [1, 2]}}",
     "after_10.gd.costs: found 2 numbers, expected 11"},
    {"after_10", "{\"lion\": {\"b\": [[1, 2, 3], []]}}",
     "after_10.lion.b[2]: found 0 numbers, expected 1"},
    {"after_2", "{}", "unknown key \"after_2\""},
    {"dw", "[]", "unknown key \"dw\""},
};

static void wrong_values_are_named(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; ++i) {
    char *text = with(wrong[i].key, wrong[i].value);
    expect_refusal(text, wrong[i].says);
    free(text);
  }
}

static void texts_that_are_no_case(void **state) {
  (void)state;
  static const struct {
    const char *text, *says;
  } bad[] = {
      {"", "not valid JSON"},
      {"{", "not valid JSON"},
      {BASE "x", "not valid JSON"},
      {"[1, 2]", "found an array, expected an object"},
      {"{}", "layers"},
      {"{\"layers\": [1, 1], \"layers\": [1, 2]}", "duplicate"},
      {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "nested more than 32 levels"},
      {"{\"X\": [[1, NaN]]}", "not valid JSON"},
      {"{\"X\": [[1e999]]}", "not valid JSON"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) expect_refusal(bad[i].text, bad[i].says);
}

static void the_nearest_key_is_pointed_to(void **state) {
  (void)state;
  char *text = with("activation", "[]");
  expect_refusal(text, "unknown key \"activation\"");
  assert_string_equal(cr_last_error()->fix, "use \"activations\"");
  free(text);
  static const char *const in_case[][2] = {{"dw", "dW"}, {"a", "A"},   {"Cost", "cost"},
                                           {"LR", "lr"}, {"dz", "dZ"}, {"AFTER_10", "after_10"}};
  for (size_t i = 0; i < sizeof in_case / sizeof *in_case; ++i) {
    char fix[32];
    text = with(in_case[i][0], "[]");
    expect_refusal(text, "unknown key");
    snprintf(fix, sizeof fix, "use \"%s\"", in_case[i][1]);
    assert_string_equal(cr_last_error()->fix, fix);
    free(text);
  }
  text = with("temperature_of_the_room", "20");
  expect_refusal(text, "unknown key \"temperature_of_the_room\"");
  assert_non_null(strstr(cr_last_error()->fix, "note"));
  free(text);
}

static void steps_need_a_learning_rate(void **state) {
  (void)state;
  static const char start[] =
      "{\"layers\": [1, 1], \"activations\": [\"linear\"], \"loss\": \"squared\", \"reduction\": "
      "\"sum\", \"X\": [[4]], \"Y\": [[0]], \"W\": [[[1]]], \"b\": [[0]]";
  char text[512];
  cr_case c;
  snprintf(text, sizeof text, "%s}", start);
  assert_int_equal(cr_case_parse("bare.json", text, strlen(text), &c), CR_OK);
  assert_int_equal(c.expected_count, 0); /* enough to explain; cr_check_case refuses it */
  cr_case_free(&c);
  snprintf(text, sizeof text, "%s, \"after_1\": {\"b\": [[3]]}}", start);
  expect_refusal(text, "lr: the key is missing, and after_1 needs it");
  snprintf(text, sizeof text, "%s, \"after_10\": {\"gd\": {\"b\": [[3]]}}}", start);
  expect_refusal(text, "lr: the key is missing, and after_10.gd needs it");
  snprintf(text, sizeof text, "%s, \"after_10\": {\"adam_lr0.1\": {\"b\": [[3]]}}}", start);
  assert_int_equal(cr_case_parse("good.json", text, strlen(text), &c), CR_OK);
  cr_case_free(&c);
}

/* Every text cut short is refused, without a leak or a read past its end (ASan watches). */
static void cut_anywhere_it_is_refused(void **state) {
  (void)state;
  const size_t size = strlen(BASE);
  for (size_t n = 0; n < size; ++n) {
    char *text = malloc(n + 1);
    cr_case c;
    assert_non_null(text);
    memcpy(text, BASE, n);
    assert_int_equal(cr_case_parse("cut.json", text, n, &c), CR_ERR_CASE);
    free(text);
  }
}

static void too_many_optimizers(void **state) {
  (void)state;
  char methods[4096] = "{";
  for (size_t i = 0; i <= CR_CASE_MAX_METHODS; ++i) {
    const size_t used = strlen(methods);
    snprintf(methods + used, sizeof methods - used, "%s\"m%zu\": {}", i > 0 ? ", " : "", i);
  }
  strcat(methods, "}");
  char *text = with("after_10", methods);
  expect_refusal(text, "more than 32 optimisers");
  free(text);
}

static void method(const char *key, const char *optimizer, const char *note, cr_hyper *hyper) {
  cr_case_method out;
  cr_case_read_method(key, 0.5, &out);
  assert_string_equal(out.key, key);
  if (optimizer) {
    assert_non_null(out.optimizer);
    assert_string_equal(out.optimizer->part.name, optimizer);
  } else {
    assert_null(out.optimizer);
  }
  assert_string_equal(out.note, note);
  *hyper = out.hyper;
}

static void keys_of_optimizers_are_read(void **state) {
  (void)state;
  cr_hyper h;
  method("gd", "gd", "", &h);
  assert_true(h.learning_rate == 0.5);
  method("gd_lr0.125", "gd", "", &h);
  assert_true(h.learning_rate == 0.125);
  method("momentum", "momentum", "", &h);
  assert_true(h.momentum == 0.9);
  method("momentum_0.75_lr2e-3", "momentum", "", &h);
  assert_true(h.momentum == 0.75 && h.learning_rate == 2e-3);
  method("adam_lr0.01_b0.8_0.99_eps1e-4", "adam", "", &h);
  assert_true(h.learning_rate == 0.01 && h.beta1 == 0.8 && h.beta2 == 0.99 && h.epsilon == 1e-4);
  assert_true(h.weight_decay == 0.0);
  method("momentum_0.75_ewa", "momentum", "", &h);
  assert_true(h.momentum == 0.75 && h.dampening == 0.75);
  method("nesterov_0.8_damp0.25_wd0.5", "nesterov", "", &h);
  assert_true(h.momentum == 0.8 && h.dampening == 0.25 && h.weight_decay == 0.5);
  method("rmsprop_lr0.01_alpha0.9_eps1e-6", "rmsprop", "", &h);
  assert_true(h.learning_rate == 0.01 && h.beta2 == 0.9 && h.epsilon == 1e-6);
  method("rmsprop", "rmsprop", "", &h);
  assert_true(h.beta2 == 0.99 && h.epsilon == 1e-8);
  method("adagrad_lr0.01", "adagrad", "", &h);
  assert_true(h.epsilon == 1e-10);
  method("adamw_lr0.01", "adamw", "", &h);
  assert_true(h.weight_decay == 0.01);
  method("adamw_lr0.01_wd0.02", "adamw", "", &h);
  assert_true(h.weight_decay == 0.02 && h.beta1 == 0.9 && h.beta2 == 0.999);
  method("gd_ewa", NULL, "this program's gd has no setting \"ewa\"", &h);
  method("adam_damp0.5", NULL, "this program's adam has no setting \"damp0.5\"", &h);
  method("momentum_1.5", NULL, "this program's momentum has no setting \"1.5\"", &h);
  method("gd_0.9", NULL, "this program's gd has no setting \"0.9\"", &h);
  method("adam_lr-1", NULL, "this program's adam has no setting \"lr-1\"", &h);
  method("adam_", NULL, "this program's adam has no setting \"\"", &h);
  method("nadam_lr0.01", NULL, "this program has no optimizer \"nadam\"", &h);
  method("", NULL, "this program has no optimizer \"\"", &h);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_right_is_read),         cmocka_unit_test(wrong_values_are_named),
      cmocka_unit_test(what_is_computed_is_limited),   cmocka_unit_test(texts_that_are_no_case),
      cmocka_unit_test(the_nearest_key_is_pointed_to), cmocka_unit_test(steps_need_a_learning_rate),
      cmocka_unit_test(cut_anywhere_it_is_refused),    cmocka_unit_test(too_many_optimizers),
      cmocka_unit_test(keys_of_optimizers_are_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
