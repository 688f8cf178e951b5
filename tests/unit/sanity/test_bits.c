#include "setup.h"

static void bits_are_the_same(void **state) {
  (void)state;
  const char *const specs[] = {"2-5:relu-3:tanh-1:linear", "2-1:sigmoid", "2-70:sigmoid-1:linear"};
  for (size_t k = 0; k < 3; ++k) {
    setup s;
    setup_network(specs[k], NULL, &s);
    setup_subject(&s, 60);
    setup_run(&s, cr_sanity_same_seed, "ok");
    assert_non_null(strstr(setup_run(&s, cr_sanity_save_load, "ok").found, "the same answers"));
    setup_run(&s, cr_sanity_zero_init, k == 1 ? "skipped" : "ok");
    setup_free(&s);
  }
}

/* With dropout and noise as well: they are drawn by number, not by thread. */
static void what_is_drawn_is_the_same(void **state) {
  (void)state;
  setup s;
  setup_network("2-33:relu-1:linear", NULL, &s);
  setup_subject(&s, 60);
  s.subject.objective.dropout = 0.5;
  s.subject.objective.input_noise = 0.1;
  setup_run(&s, cr_sanity_same_seed, "ok");
  setup_free(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bits_are_the_same),
      cmocka_unit_test(what_is_drawn_is_the_same),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
