/* Formulas as MathML, texts as XML. (tests/interop/test_forms.py reads whole pages.) */
#include "explain/mathml.h"

#include "support.h"

static void formulas_come_out(void **state) {
  (void)state;
  static const char *const pairs[][2] = {
      {"dW_1", "<msub><mrow><mi>d</mi><mi>W</mi></mrow><mrow><mn>1</mn></mrow></msub>"},
      {"a^T", "<msup><mrow><mi>a</mi></mrow><mo>⊤</mo></msup>"},
      {"{1}/{4}", "<mfrac><mrow><mn>1</mn></mrow><mrow><mn>4</mn></mrow></mfrac>"},
      {"4.2e−08", "<mn>4.2</mn><mo>·</mo><msup><mn>10</mn><mn>−8</mn></msup>"},
      {"a_1 1",
       "<msub><mrow><mi>a</mi></mrow><mrow><mn>1</mn></mrow></msub>"
       "<mspace width=\"0.6em\"/><mn>1</mn>"}, /* no product: "[a1 1]" */
      {"a < b", "<mi>a</mi><mo>&lt;</mo><mi>b</mi>"},
  };
  const cr_page page = {.width = 80, .digits = 6};
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    char expected[512];
    cr_strbuf out = {0};
    assert_int_equal(cr_mathml_inline(pairs[i][0], &page, &out), CR_OK);
    snprintf(expected, sizeof expected, "<math displaystyle=\"true\"><mrow>%s</mrow></math>",
             pairs[i][1]);
    assert_string_equal(out.text, expected);
    cr_strbuf_free(&out);
  }
}

static void nothing_in_a_text_is_markup(void **state) {
  (void)state;
  cr_strbuf out = {0};
  cr_xml_text("<b a=\"1\">&amp;'", &out);
  assert_string_equal(out.text, "&lt;b a=&quot;1&quot;&gt;&amp;amp;'");
  cr_strbuf_free(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(formulas_come_out),
      cmocka_unit_test(nothing_in_a_text_is_markup),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
