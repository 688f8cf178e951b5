#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "counting_allocator.h"
#include "data/label_set.h"

static cr_strlist list_of(const char *const *texts, size_t count) {
  cr_strlist list = {0};
  for (size_t i = 0; i < count; i++) assert_int_equal(cr_strlist_add(&list, texts[i]), CR_OK);
  return list;
}

static void labels_are_found_by_text_and_by_number(void **state) {
  (void)state;
  static const char *const texts[] = {"oak", "10", "9", "ash", "9.0", "", "-1"};
  cr_strlist labels = list_of(texts, 7);
  cr_label_set set;
  assert_int_equal(cr_label_set_create(&labels, &set), CR_OK);
  for (uint32_t k = 0; k < 7; k++) assert_int_equal(cr_label_set_text(&set, texts[k]), k);
  assert_int_equal(cr_label_set_text(&set, "1e1"), 1);
  assert_int_equal(cr_label_set_text(&set, "9.00"), 2); /* the first that reads so */
  assert_int_equal(cr_label_set_number(&set, 9.0), 2);
  assert_int_equal(cr_label_set_number(&set, -1.0), 6);
  assert_int_equal(cr_label_set_number(&set, 11.0), UINT32_MAX);
  assert_int_equal(cr_label_set_text(&set, "oa"), UINT32_MAX);
  assert_int_equal(cr_label_set_text(&set, "oakum"), UINT32_MAX);
  assert_int_equal(cr_label_set_text(&set, "8"), UINT32_MAX);
  cr_label_set_free(&set);
  cr_strlist_free(&labels);
}

/* Against a search from the front. */
static void many_labels_are_found(void **state) {
  (void)state;
  cr_strlist labels = {0};
  cr_label_set set;
  for (int i = 0; i < CR_MAX_CLASSES; i++)
    assert_int_equal(cr_strlist_format(&labels, i % 2 ? "%d" : "t%d", i * 37 % 1009), CR_OK);
  assert_int_equal(cr_label_set_create(&labels, &set), CR_OK);
  for (uint32_t k = 0; k < CR_MAX_CLASSES; k++)
    assert_int_equal(cr_label_set_text(&set, labels.items[k]), k);
  cr_label_set_free(&set);
  cr_strlist_free(&labels);
}

static void same_numbers_are_found(void **state) {
  (void)state;
  static const struct {
    const char *texts[3];
    bool same;
  } cases[] = {
      {{"1", "2", "1.0"}, true}, {{"01", "2", "1"}, true},   {{"0", "2", "-0"}, true},
      {{"1", "2", "10"}, false}, {{"1", "a", "1.0"}, false}, /* a word: these are texts */
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    cr_strlist labels = list_of(cases[i].texts, 3);
    cr_label_set set;
    const char *first = NULL, *second = NULL;
    assert_int_equal(cr_label_set_create(&labels, &set), CR_OK);
    assert_int_equal(cr_label_set_same(&set, &first, &second), cases[i].same);
    if (cases[i].same) {
      assert_string_equal(first, cases[i].texts[0]);
      assert_string_equal(second, cases[i].texts[2]);
    }
    cr_label_set_free(&set);
    cr_strlist_free(&labels);
  }
}

static void memory_runs_out(void **state) {
  (void)state;
  static const char *const texts[] = {"a", "1"};
  counting_start();
  cr_strlist labels = list_of(texts, 2);
  cr_label_set set;
  const size_t before = counting.live;
  for (size_t n = 1; n <= 3; n++) {
    counting_fail_at(n, false);
    assert_int_equal(cr_label_set_create(&labels, &set), CR_ERR_MEMORY);
    assert_int_equal(counting.live, before);
  }
  cr_strlist_free(&labels);
  counting_stop();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(labels_are_found_by_text_and_by_number),
      cmocka_unit_test(many_labels_are_found),
      cmocka_unit_test(same_numbers_are_found),
      cmocka_unit_test(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
