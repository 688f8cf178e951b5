#include "auditing.h"

/* Rows of a text, a number and a class, by turns of their spellings. */
static cr_table *spelt(const char *const *cities, const char *const *answers) {
  cr_strbuf text = {0};
  cr_strbuf_format(&text, "city,size,y\n");
  for (int i = 0; i < 60; i++)
    cr_strbuf_format(&text, "%s,%.3f,%s\n", cities[i % 4], audit_noise((size_t)i, 3),
                     answers[i / 4 % 3]);
  cr_table *table = csv_table(text.text);
  cr_strbuf_free(&text);
  return table;
}

static void test_spellings(void **state) {
  (void)state;
  static const char *const cities[] = {"Rome", "Oslo", "Bonn", "\"oslo \""};
  static const char *const others[] = {"Rome", "Oslo", "Bonn", "Os lo"};
  static const char *const answers[] = {"yes", "no", "YES"}, *const plain[] = {"yes", "no",
                                                                               "maybe"};
  static const char *const of_both[] = {
      "'YES' and 'yes' in column 'y' differ only in case or in blanks around them: write them "
      "alike if they are the same; so do values of all these: y, city"};
  static const char *const of_one[] = {
      "'Oslo' and 'oslo ' in column 'city' differ only in case or in blanks around them: write "
      "them alike if they are the same"};
  check_audit(spelt(cities, answers), of_both, 1);
  check_audit(spelt(cities, plain), of_one, 1);
  check_audit(spelt(others, plain), NULL, 0);
}

/* What is left out, or is a number, is not looked at. */
static void test_others(void **state) {
  (void)state;
  static const char *const cities[] = {"Rome", "Oslo", "Bonn", "oslo"};
  static const char *const numbers[] = {"1", "2", "5.5"}, *const drop[] = {"city"};
  cr_prepare_options prepare;
  cr_prepare_options_init(&prepare);
  prepare.drop = drop;
  prepare.drop_count = 1;
  check_audit_of(spelt(cities, numbers), NULL, NULL, &prepare, NULL, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_spellings),
      cmocka_unit_test(test_others),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
