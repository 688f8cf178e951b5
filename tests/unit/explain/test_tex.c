/* Formulas and texts as LaTeX. */
#include "explain/tex.h"

#include "support.h"

static void formulas_come_out(void **state) {
  (void)state;
  static const char *const pairs[][2] = {
      {"dW_1 = a_0^T dz_1", "dW_{1} = a_{0}^{\\top} \\, dz_{1}"},
      {"{1}/{4} Σ_r L_r", "\\frac{1}{4} \\, \\sum _{r} \\, L_{r}"},
      {"4.2e−08", "4.2\\cdot 10^{-8}"},
      {"1 if z > 0", "1 \\text{ if } z > 0"},
      {"[x 1]", "[x \\;\\; 1]"}, /* no product */
      {"sigmoid(z_1)", "\\operatorname{sigmoid}(z_{1})"},
  };
  const cr_page page = {.width = 80, .digits = 6};
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    cr_strbuf out = {0};
    assert_int_equal(cr_tex_math(pairs[i][0], NULL, &page, false, &out), CR_OK);
    char *at = out.text; /* how many blanks there are makes no difference to LaTeX */
    for (char *from = out.text; (*at = *from) != '\0'; from++)
      at += !(from[0] == ' ' && from[1] == ' ');
    assert_string_equal(out.text, pairs[i][1]);
    cr_strbuf_free(&out);
  }
}

static void nothing_in_a_text_is_a_command(void **state) {
  (void)state;
  static const char *const pairs[][2] = {
      {"\\input{x}", "\\textbackslash{}input\\{x\\}"},
      {"50% & $5_a^b~#", "50\\% \\& \\$5\\_a\\textasciicircum{}b\\textasciitilde{}\\#"},
      {"größe", "größe"},
      {"中", "[U+4E2D]"},
      {"1×2", "1$\\times$2"},
  };
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    cr_strbuf out = {0};
    cr_tex_text(pairs[i][0], &out);
    assert_string_equal(out.text, pairs[i][1]);
    cr_strbuf_free(&out);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(formulas_come_out),
      cmocka_unit_test(nothing_in_a_text_is_a_command),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
