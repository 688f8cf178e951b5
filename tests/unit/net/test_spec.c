#include "net/spec.h"

#include "base/alloc.h"
#include "chainrule/net.h"
#include "support.h"

static void a_specification_is_read(void **state) {
  (void)state;
  cr_spec spec;
  assert_int_equal(cr_spec_parse("784-64:relu-10:softmax", &spec), CR_OK);
  assert_int_equal(spec.inputs, 784);
  assert_int_equal(spec.count, 2);
  assert_int_equal(spec.layers[0].inputs, 784);
  assert_int_equal(spec.layers[0].outputs, 64);
  assert_string_equal(spec.layers[0].activation->part.name, "relu");
  assert_int_equal(spec.layers[1].inputs, 64);
  assert_int_equal(spec.layers[1].outputs, 10);
  assert_string_equal(spec.layers[1].activation->part.name, "softmax");
  char *text = NULL;
  assert_int_equal(cr_spec_format(&spec, &text), CR_OK);
  assert_string_equal(text, "784-64:relu-10:softmax");
  cr_free(text);
  cr_spec_free(&spec);
  cr_spec_free(&spec);
}

static void the_written_form_is_canonical(void **state) {
  (void)state;
  cr_spec spec;
  char *text = NULL;
  assert_int_equal(cr_spec_parse("007-02:tanh", &spec), CR_OK);
  assert_int_equal(cr_spec_format(&spec, &text), CR_OK);
  assert_string_equal(text, "7-2:tanh");
  cr_free(text);
  cr_spec_free(&spec);
}

static void what_cannot_be_read_is_named(void **state) {
  (void)state;
  static const struct {
    const char *text;
    cr_status status;
    const char *says;
  } bad[] = {
      {NULL, CR_ERR_ARGUMENT, "no layer after the inputs"},
      {"", CR_ERR_ARGUMENT, "no layer after the inputs"},
      {"784", CR_ERR_ARGUMENT, "\"784\" has no layer"},
      {"-3:relu", CR_ERR_ARGUMENT, "\"\" (place 1)"},
      {"2-", CR_ERR_ARGUMENT, "\"\" (place 2)"},
      {"2--3:relu", CR_ERR_ARGUMENT, "\"\" (place 2)"},
      {"two-3:relu", CR_ERR_ARGUMENT, "\"two\" (place 1)"},
      {"2-x:relu", CR_ERR_ARGUMENT, "\"x:relu\" (place 2)"},
      {"2-3.5:relu", CR_ERR_ARGUMENT, "\"3.5:relu\""},
      {"2 -3:relu", CR_ERR_ARGUMENT, "\"2 \""},
      {"0-3:relu", CR_ERR_ARGUMENT, "number from 1"},
      {"2-0:relu", CR_ERR_ARGUMENT, "number from 1"},
      {"2-3", CR_ERR_ARGUMENT, "layer 1, \"3\", has no activation"},
      {"2-3:", CR_ERR_ARGUMENT, "unknown activation \"\""},
      {"2-3:rleu", CR_ERR_ARGUMENT, "there are linear, sigmoid, tanh, relu, softmax"},
      {"2-3:relu:relu", CR_ERR_ARGUMENT, "unknown activation \"relu:relu\""},
      {"2-3:relu,4:relu", CR_ERR_ARGUMENT, "unknown activation \"relu,4:relu\""},
      {"2-16777217:relu", CR_ERR_LIMIT, "16777217 units in layer 1"},
      {"16777217-2:relu", CR_ERR_LIMIT, "at most 16777216"},
      {"2-99999999999999999999:relu", CR_ERR_ARGUMENT, "99999999999999999999"},
      {"16777216-513:relu", CR_ERR_LIMIT, "8606711808 weights"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
    cr_spec spec;
    assert_int_equal(cr_spec_parse(bad[i].text, &spec), bad[i].status);
    if (!strstr(cr_last_error()->message, bad[i].says)) {
      fail_msg("%s: \"%s\" does not say \"%s\"", bad[i].text, cr_last_error()->message,
               bad[i].says);
    }
    assert_null(spec.layers);
  }
}

static void the_limits_themselves_are_possible(void **state) {
  (void)state;
  static char text[16 + 8 * CR_MAX_LAYERS] = "1";
  cr_spec spec;
  for (size_t i = 0; i < CR_MAX_LAYERS; ++i) memcpy(text + 1 + 7 * i, "-1:relu", 8);
  assert_int_equal(cr_spec_parse(text, &spec), CR_OK);
  assert_int_equal(spec.count, CR_MAX_LAYERS);
  cr_spec_free(&spec);
  memcpy(text + 1 + 7 * CR_MAX_LAYERS, "-1:relu", 8);
  assert_int_equal(cr_spec_parse(text, &spec), CR_ERR_LIMIT);
  assert_non_null(strstr(cr_last_error()->message, "1025 layers"));
  assert_int_equal(cr_spec_parse("16777216-512:relu", &spec), CR_OK); /* 2^33 weights */
  cr_spec_free(&spec);
}

/* What a machine of 32 bits would say, and where it begins to. */
static void weights_and_biases_must_have_an_address(void **state) {
  (void)state;
  cr_spec spec;
  assert_int_equal(cr_spec_parse("3-4:relu-2:softmax", &spec), CR_OK); /* 12 + 8 and 4 + 2 */
  assert_int_equal(cr_spec_check_size(&spec, 26), CR_OK);
  assert_int_equal(cr_spec_check_size(&spec, 25), CR_ERR_LIMIT);
  assert_non_null(strstr(cr_last_error()->message, "26 weights and biases, at most 25"));
  cr_spec_free(&spec);
  const uint64_t bits32 = UINT32_MAX / sizeof(double) / 4;
  assert_int_equal(cr_spec_parse("16777216-8:relu", &spec), CR_OK);
  assert_int_equal(cr_spec_check_size(&spec, bits32), CR_ERR_LIMIT);
  cr_spec_free(&spec);
  assert_int_equal(cr_spec_parse("16777216-7:relu", &spec), CR_OK);
  assert_int_equal(cr_spec_check_size(&spec, bits32), CR_OK);
  cr_spec_free(&spec);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_specification_is_read),
      cmocka_unit_test(the_written_form_is_canonical),
      cmocka_unit_test(what_cannot_be_read_is_named),
      cmocka_unit_test(the_limits_themselves_are_possible),
      cmocka_unit_test(weights_and_biases_must_have_an_address),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
