#include "parts/registry.h"

#include "base/strbuf.h"
#include "support.h"

/* Names are promised to users: files, options and this library use them. */
static void every_part_is_listed(void **state) {
  (void)state;
  static const char *const names[][6] = {
      [CR_PART_ACTIVATION] = {"linear", "sigmoid", "tanh", "relu", "softmax"},
      [CR_PART_LOSS] = {"squared", "half_squared", "binary_cross_entropy", "cross_entropy"},
      [CR_PART_OPTIMIZER] = {"gd", "momentum", "adam"},
      [CR_PART_SCHEDULE] = {"constant", "one_cycle"},
      [CR_PART_INITIALIZER] = {"zero", "small", "xavier", "he"},
  };
  for (size_t kind = 0; kind <= CR_PART_INITIALIZER; ++kind) {
    const cr_part *part;
    size_t i = 0;
    for (; (part = cr_part_at((cr_part_kind)kind, i)) != NULL; ++i) {
      size_t offset = 0;
      assert_string_equal(part->name, names[kind][i]);
      assert_true(strlen(part->formula) > 0);
      assert_true(cr_text_is_utf8(part->formula, strlen(part->formula), &offset));
      assert_null(strchr(part->formula, '\n'));
      assert_non_null(part->derivative);
      assert_true(kind > CR_PART_LOSS || strlen(part->derivative) > 0);
    }
    assert_null(names[kind][i]);
  }
}

static void what_is_not_there_is_null(void **state) {
  (void)state;
  assert_null(cr_part_at((cr_part_kind)5, 0));
  assert_null(cr_part_at((cr_part_kind)-1, 0));
  assert_null(cr_part_at(CR_PART_LOSS, SIZE_MAX));
}

static void unknown_names_point_to_the_nearest_if_there_is_one(void **state) {
  (void)state;
  assert_int_equal(cr_part_unknown(CR_PART_LOSS, "squarred"), CR_ERR_ARGUMENT);
  assert_string_equal(cr_last_error()->fix, "use \"squared\"");
  assert_int_equal(cr_part_unknown(CR_PART_LOSS, "hyperbolic_cosine"), CR_ERR_ARGUMENT);
  assert_string_equal(cr_last_error()->fix, "");
  assert_int_equal(cr_part_unknown(CR_PART_LOSS, NULL), CR_ERR_ARGUMENT);
  assert_string_equal(cr_last_error()->message,
                      "no loss is given: there are squared, half_squared, binary_cross_entropy, "
                      "cross_entropy");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_part_is_listed),
      cmocka_unit_test(what_is_not_there_is_null),
      cmocka_unit_test(unknown_names_point_to_the_nearest_if_there_is_one),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
