#include "parts/registry.h"

#include "base/strbuf.h"
#include "support.h"

/* Names are promised to users: files, options and this library use them, so none may go. */
static void promised_names_are_there(void **state) {
  (void)state;
  static const char *const names[][8] = {
      [CR_PART_ACTIVATION] = {"linear", "sigmoid", "tanh", "relu", "softmax"},
      [CR_PART_LOSS] = {"squared", "half_squared", "binary_cross_entropy", "cross_entropy"},
      [CR_PART_OPTIMIZER] = {"gd", "momentum", "adam"},
      [CR_PART_SCHEDULE] = {"constant", "one_cycle", "step", "exponential", "cosine", "plateau"},
      [CR_PART_INITIALIZER] = {"zero", "small", "xavier", "he", "glorot", "lecun"},
  };
  for (size_t kind = 0; kind <= CR_PART_INITIALIZER; ++kind) {
    for (size_t i = 0; names[kind][i]; ++i) {
      const cr_part *part;
      size_t k = 0;
      while ((part = cr_part_at((cr_part_kind)kind, k)) && strcmp(part->name, names[kind][i]) != 0)
        k++;
      assert_non_null(part);
    }
  }
}

/* Help, messages and options show these texts as they are. */
static void every_part_has_its_texts(void **state) {
  (void)state;
  for (size_t kind = 0; kind <= CR_PART_INITIALIZER; ++kind) {
    const cr_part *part;
    for (size_t i = 0; (part = cr_part_at((cr_part_kind)kind, i)) != NULL; ++i) {
      size_t offset = 0;
      assert_true(strlen(part->name) > 0);
      assert_int_equal(strspn(part->name, "abcdefghijklmnopqrstuvwxyz_"), strlen(part->name));
      for (size_t k = 0; k < i; ++k)
        assert_string_not_equal(part->name, cr_part_at((cr_part_kind)kind, k)->name);
      assert_true(strlen(part->formula) > 0);
      assert_true(cr_text_is_utf8(part->formula, strlen(part->formula), &offset));
      assert_null(strchr(part->formula, '\n'));
      assert_non_null(part->derivative);
      assert_true(kind > CR_PART_LOSS || strlen(part->derivative) > 0);
    }
  }
}

/* A message about an unknown name lists all of a kind: to the last one. */
static void the_list_of_names_is_whole(void **state) {
  (void)state;
  for (size_t kind = 0; kind <= CR_PART_INITIALIZER; ++kind) {
    const cr_part *part;
    assert_int_equal(cr_part_unknown((cr_part_kind)kind, "?"), CR_ERR_ARGUMENT);
    for (size_t i = 0; (part = cr_part_at((cr_part_kind)kind, i)) != NULL; ++i)
      assert_non_null(strstr(cr_last_error()->message, part->name));
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
  const char *const start = "no loss is given: there are squared, half_squared, ";
  assert_memory_equal(cr_last_error()->message, start, strlen(start));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(promised_names_are_there),
      cmocka_unit_test(every_part_has_its_texts),
      cmocka_unit_test(the_list_of_names_is_whole),
      cmocka_unit_test(what_is_not_there_is_null),
      cmocka_unit_test(unknown_names_point_to_the_nearest_if_there_is_one),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
