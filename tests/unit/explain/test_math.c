/* The notation of formulas: the tree it stands for, what is replaced in it, its plain text. */
#include "explain/math.h"

#include "base/alloc.h"
#include "parts/activation.h"
#include "parts/loss.h"
#include "support.h"

/* The tree as text: "(row …)", so that its shape can be seen. */
static void write_node(const cr_math *m, size_t index, char *out, size_t size) {
  static const char *const kinds[] = {"row",      "name",   "word",     "number", "operator",
                                      "relation", "script", "fraction", "matrix"};
  const cr_math_node *node = &m->nodes[index];
  size_t used = strlen(out);
  snprintf(out + used, size - used, "(%s", kinds[node->kind]);
  if (node->length > 0) {
    used = strlen(out);
    snprintf(out + used, size - used, " %.*s", (int)node->length, node->text);
  }
  for (size_t i = node->child; i != 0; i = m->nodes[i].next) write_node(m, i, out, size);
  if (node->sub != 0) write_node(m, node->sub, strcat(out, "_"), size);
  if (node->sup != 0) write_node(m, node->sup, strcat(out, "^"), size);
  strcat(out, ")");
}

static void expect_tree(const char *notation, const char *tree) {
  cr_math math;
  char found[1024] = "";
  assert_int_equal(cr_math_parse(notation, &math), CR_OK);
  write_node(&math, 0, found, sizeof found);
  assert_string_equal(found, tree);
  cr_math_free(&math);
}

static void trees_come_out(void **state) {
  (void)state;
  expect_tree("dW_1", "(row(script(name dW)_(number 1)))");
  expect_tree("a_i = e^z_i",
              "(row(script(name a)_(name i))(relation =)"
              "(script(name e)^(script(name z)_(name i))))");
  expect_tree("e^−z", "(row(script(name e)^(row(operator −)(name z))))");
  expect_tree("e^(−z²/2)/k",
              "(row(script(name e)^(row(operator ()(row(operator −)"
              "(script(name z)^(operator ²))(operator /)(number 2))(operator ))))"
              "(operator /)(name k))");
  expect_tree("{1}/{4} x", "(row(fraction(row(number 1))(row(number 4)))(name x))");
  expect_tree("#12^T", "(row(script(matrix #12)^(name T)))");
  expect_tree("4.2e−08 if", "(row(number 4.2e−08)(word if))");
  expect_tree("", "(row)");
}

static void what_is_unfinished_is_refused(void **state) {
  (void)state;
  static const char *const wrong[] = {"{1", "{1}/{2", "e^(z", "{{{{{{{{{{{{{{{{{{{{x}"};
  cr_math math;
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
    assert_int_equal(cr_math_parse(wrong[i], &math), CR_ERR_INTERNAL);
}

/* Whoever adds a part writes its formula so. */
static void formulas_of_all_parts_can_be_read(void **state) {
  (void)state;
  cr_math math;
  const cr_activation *activation;
  const cr_loss *loss;
  for (size_t i = 0; (activation = cr_activation_at(i)); i++) {
    assert_int_equal(cr_math_parse(activation->part.formula, &math), CR_OK);
    cr_math_free(&math);
    assert_int_equal(cr_math_parse(activation->part.derivative, &math), CR_OK);
    cr_math_free(&math);
  }
  for (size_t i = 0; (loss = cr_loss_at(i)); i++) {
    assert_int_equal(cr_math_parse(loss->part.formula, &math), CR_OK);
    cr_math_free(&math);
    assert_int_equal(cr_math_parse(loss->part.derivative, &math), CR_OK);
    cr_math_free(&math);
  }
}

static void quantities_are_named(void **state) {
  (void)state;
  static const char *const pairs[][2] = {
      {"2 (a − y)", "2 (A_2 − Y)"},
      {"1 if z > 0, else 0", "1 if Z_2 > 0, else 0"},
      {"a_i ((i = j) − a_j)", "a_i ((i = j) − a_j)"},
      {"max(0, z)", "max(0, Z_2)"},
      {"tanh z", "tanh Z_2"},
  };
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    char *out = NULL;
    assert_int_equal(cr_math_substitute(pairs[i][0], "A_2", "Y", "Z_2", &out), CR_OK);
    assert_string_equal(out, pairs[i][1]);
    cr_free(out);
  }
}

static void plain_text_drops_the_signs(void **state) {
  (void)state;
  static const char *const pairs[][2] = {
      {"dW_1 = a_0^T dz_1", "dW1 = a0ᵀ dz1"}, {"{∂L}/{∂a_2[1]}", "∂L/∂a2[1]"}, {"a_i", "a_i"}};
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    char *out = NULL;
    assert_int_equal(cr_math_plain(pairs[i][0], &out), CR_OK);
    assert_string_equal(out, pairs[i][1]);
    cr_free(out);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(trees_come_out),
      cmocka_unit_test(what_is_unfinished_is_refused),
      cmocka_unit_test(formulas_of_all_parts_can_be_read),
      cmocka_unit_test(quantities_are_named),
      cmocka_unit_test(plain_text_drops_the_signs),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
