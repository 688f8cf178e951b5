#include "parts/loss.h"

#include <float.h>

#include "base/level.h"
#include "parts/activation.h"
#include "support.h"

enum { ROWS = 5, COLS = 4, SIZE = ROWS * COLS };

/* Float against double: 20 terms of a size up to 8, each a few roundings off. */
#define FLOAT_TOLERANCE (64 * (double)FLT_EPSILON)

/* Central differences with step 1e-5, see test_activation.c; squares of 8 add a digit. */
#define STEP 1e-5
#define DIFFERENCE_TOLERANCE 1e-7

static const cr_loss *find(const char *name) {
  const cr_loss *loss = NULL;
  assert_int_equal(cr_loss_find(name, &loss), CR_OK);
  return loss;
}

static const cr_activation *output_of(const cr_loss *loss) {
  const cr_activation *f = NULL;
  assert_int_equal(cr_activation_find(loss->fused_with ? loss->fused_with : "tanh", &f), CR_OK);
  return f;
}

/* The loss of rows, added up in order. */
static double value_of(const cr_loss *loss, const float *a, const float *y, size_t rows,
                       size_t cols) {
  double losses[ROWS], sum = 0.0;
  loss->value(losses, a, y, rows, cols);
  for (size_t r = 0; r < rows; ++r) sum += losses[r];
  return sum;
}

/* The same from logits, by what is fused with the output's activation. */
static double fused_value_of(const cr_loss *loss, const float *z, const float *y, size_t rows,
                             size_t cols) {
  float a[SIZE];
  double losses[ROWS], sum = 0.0;
  output_of(loss)->forward(a, z, rows, cols, cols);
  loss->fused_value(losses, z, a, y, rows, cols);
  for (size_t r = 0; r < rows; ++r) sum += losses[r];
  return sum;
}

typedef struct sample {
  double z[SIZE], a[SIZE], y[SIZE];
  float z_f[SIZE], a_f[SIZE], y_f[SIZE];
} sample;

/* Logits within 4 of 0, the outputs they give, and targets that are no labels: rows sum to 0.8. */
static void fill(const cr_loss *loss, sample *s) {
  const double shares[COLS] = {0.25, 0.125, 0.3125, 0.1125};
  for (size_t i = 0; i < SIZE; ++i) {
    s->z[i] = (double)(s->z_f[i] = (float)uneven(i, 4.0));
    s->y_f[i] = (float)shares[(i + i / COLS) % COLS];
    s->y[i] = (double)s->y_f[i];
  }
  output_of(loss)->forward_ref(s->a, s->z, ROWS, COLS);
  output_of(loss)->forward(s->a_f, s->z_f, ROWS, COLS, COLS);
}

static void float_agrees_with_reference(void **state) {
  (void)state;
  const cr_loss *loss;
  for (size_t k = 0; (loss = cr_loss_at(k)); ++k) {
    sample s;
    float da_f[SIZE];
    double da[SIZE];
    fill(loss, &s);
    const double value = loss->value_ref(s.a, s.y, ROWS, COLS);
    assert_close(value_of(loss, s.a_f, s.y_f, ROWS, COLS), value, FLOAT_TOLERANCE * value);
    loss->gradient(da_f, s.a_f, s.y_f, 0.37f, ROWS, COLS);
    loss->gradient_ref(da, s.a, s.y, (double)0.37f, ROWS, COLS);
    for (size_t i = 0; i < SIZE; ++i) {
      assert_close(da_f[i], da[i], FLOAT_TOLERANCE * fmax(1.0, fabs(da[i])));
    }
    if (!loss->fused_with) continue;
    assert_close(fused_value_of(loss, s.z_f, s.y_f, ROWS, COLS), value, FLOAT_TOLERANCE * value);
    assert_close(loss->fused_value_ref(s.z, s.y, ROWS, COLS), value, 1e-13 * value);
    loss->fused_gradient(da_f, s.a_f, s.y_f, 0.37f, ROWS, COLS);
    loss->fused_gradient_ref(da, s.a, s.y, (double)0.37f, ROWS, COLS);
    for (size_t i = 0; i < SIZE; ++i) assert_close(da_f[i], da[i], FLOAT_TOLERANCE);
  }
}

static void gradient_agrees_with_differences(void **state) {
  (void)state;
  const cr_loss *loss;
  for (size_t k = 0; (loss = cr_loss_at(k)); ++k) {
    sample s;
    double da[SIZE];
    fill(loss, &s);
    loss->gradient_ref(da, s.a, s.y, 0.37, ROWS, COLS);
    for (size_t i = 0; i < SIZE; ++i) {
      const double at = s.a[i], step = STEP * fabs(at); /* stays among the probabilities */
      s.a[i] = at + step;
      double slope = loss->value_ref(s.a, s.y, ROWS, COLS);
      s.a[i] = at - step;
      slope -= loss->value_ref(s.a, s.y, ROWS, COLS);
      s.a[i] = at;
      slope *= 0.37 / (2.0 * step);
      assert_close(da[i], slope, DIFFERENCE_TOLERANCE * fmax(1.0, fabs(slope)));
    }
  }
}

/* (eq L3, L4) also where the targets of a row do not sum to 1, as here */
static void fused_gradient_agrees_with_differences(void **state) {
  (void)state;
  const cr_loss *loss;
  size_t fused = 0;
  for (size_t k = 0; (loss = cr_loss_at(k)); ++k) {
    if (!loss->fused_with) continue;
    sample s;
    double dz[SIZE];
    fill(loss, &s);
    loss->fused_gradient_ref(dz, s.a, s.y, 0.37, ROWS, COLS);
    for (size_t i = 0; i < SIZE; ++i) {
      const double at = s.z[i];
      s.z[i] = at + STEP;
      double slope = loss->fused_value_ref(s.z, s.y, ROWS, COLS);
      s.z[i] = at - STEP;
      slope -= loss->fused_value_ref(s.z, s.y, ROWS, COLS);
      s.z[i] = at;
      assert_close(dz[i], slope * 0.37 / (2.0 * STEP), DIFFERENCE_TOLERANCE);
    }
    fused++;
  }
  assert_int_equal(fused, 2);
}

/* Through the Jacobian of the activation it must come out the same. */
static void fused_gradient_is_that_of_the_chain(void **state) {
  (void)state;
  const cr_loss *loss;
  for (size_t k = 0; (loss = cr_loss_at(k)); ++k) {
    if (!loss->fused_with) continue;
    sample s;
    double da[SIZE], chain[SIZE], fused[SIZE];
    fill(loss, &s);
    loss->gradient_ref(da, s.a, s.y, 0.37, ROWS, COLS);
    output_of(loss)->backward_ref(chain, da, s.z, s.a, ROWS, COLS);
    loss->fused_gradient_ref(fused, s.a, s.y, 0.37, ROWS, COLS);
    for (size_t i = 0; i < SIZE; ++i) assert_close(fused[i], chain[i], 1e-14);
  }
}

/* (eq L1, L2) by hand: (0.5)^2 + (-2)^2 + 3^2 = 13.25 */
static void squares_by_hand(void **state) {
  (void)state;
  const float a[3] = {1.5f, -1.0f, 4.0f}, y[3] = {1.0f, 1.0f, 1.0f};
  float da[3];
  assert_true(value_of(find("squared"), a, y, 1, 3) == 13.25);
  assert_true(value_of(find("half_squared"), a, y, 3, 1) == 6.625);
  find("squared")->gradient(da, a, y, 0.5f, 1, 3);
  assert_true(da[0] == 0.5f && da[1] == -2.0f && da[2] == 3.0f);
  find("half_squared")->gradient(da, a, y, 0.5f, 1, 3);
  assert_true(da[0] == 0.25f && da[1] == -1.0f && da[2] == 1.5f);
}

/* Published values of others: d2l, CS231n and the tests of Keras. */
static void cross_entropy_has_the_published_values(void **state) {
  (void)state;
  const cr_loss *loss = find("cross_entropy");
  const double p[6] = {0.1, 0.3, 0.6, 0.3, 0.2, 0.5}, label[6] = {1, 0, 0, 0, 0, 1};
  assert_close(loss->value_ref(p, label, 1, 3), 2.3026, 5e-5);
  assert_close(loss->value_ref(p + 3, label + 3, 1, 3), 0.6931, 5e-5);
  const double scores[3] = {-2.85, 0.86, 0.28}, third[3] = {0, 0, 1};
  assert_close(loss->fused_value_ref(scores, third, 1, 3), 1.0401905694301083, 1e-14);
  const float logits[9] = {8, 1, 1, 0, 9, 1, 2, 3, 5}, eye[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  const double published[3] = {0.001822, 0.000459, 0.169846};
  for (size_t r = 0; r < 3; ++r) {
    assert_close(fused_value_of(loss, logits + 3 * r, eye + 3 * r, 1, 3), published[r], 5e-7);
  }
  const double q[3] = {0.2, 0.3, 0.5}, second[3] = {0, 1, 0}, published_dz[3] = {0.2, -0.7, 0.5};
  double dz[3];
  loss->fused_gradient_ref(dz, q, second, 1.0, 1, 3);
  for (size_t i = 0; i < 3; ++i) assert_close(dz[i], published_dz[i], 1e-15);
}

/* Keras prints 0.20046903: it adds 1e-7 to each probability before the logarithm, we do not. */
static void binary_cross_entropy_has_the_published_value(void **state) {
  (void)state;
  const double p[9] = {0.9, 0.1, 0.2, 0.3, 0.8, 0.1, 0.1, 0.2, 0.7};
  const double eye[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  const double sum = find("binary_cross_entropy")->value_ref(p, eye, 3, 3);
  assert_close(sum, -(4.0 * log(0.9) + 3.0 * log(0.8) + 2.0 * log(0.7)), 1e-14);
  assert_close(sum / 9.0, 0.20046903, 2e-7);
}

/* (eq L5) the example of Keras, and both sides of the seam by hand */
static void huber_has_the_published_value(void **state) {
  (void)state;
  const cr_loss *huber = find("huber");
  const double y[6] = {1, 0, 1, 1, 0, 0}, a[6] = {0.9, 0.2, 0.2, 0.8, 0.4, 0.6};
  assert_close(huber->value_ref(a, y, 2, 3) / 6.0, 0.10416666666666667, 1e-16);
  const float far[5] = {3.0f, -1.5f, 1.0f, -1.0f, 0.5f}, zero[5] = {0};
  const float expected[5] = {0.25f, -0.25f, 0.25f, -0.25f, 0.125f};
  float da[5];
  assert_true(value_of(huber, far, zero, 1, 5) == 2.5 + 1.0 + 0.5 + 0.5 + 0.125);
  huber->gradient(da, far, zero, 0.25f, 1, 5);
  assert_memory_equal(da, expected, sizeof da);
}

/* (eq L6) CS231n, three scores of which the last is the right one's: 1.58 */
static void hinge_has_the_published_value(void **state) {
  (void)state;
  const cr_loss *hinge = find("hinge");
  const double scores[3] = {-2.85, 0.86, 0.28}, third[3] = {0, 0, 1};
  const double expected[3] = {0.0, 0.5, -0.5}; /* the first stays more than 1 below */
  double da[3];
  assert_close(hinge->value_ref(scores, third, 1, 3), 1.58, 1e-15);
  hinge->gradient_ref(da, scores, third, 0.5, 1, 3);
  assert_memory_equal(da, expected, sizeof da);
  /* two rows: both others too near, then none */
  const float a[6] = {0.5f, 0.25f, 1.0f, 3.0f, 1.0f, -1.0f}, y[6] = {1, 0, 0, 1, 0, 0};
  const float expected_f[6] = {-2.0f, 1.0f, 1.0f, 0.0f, 0.0f, 0.0f};
  float da_f[6];
  assert_true(value_of(hinge, a, y, 2, 3) == 0.75 + 1.5);
  hinge->gradient(da_f, a, y, 1.0f, 2, 3);
  assert_memory_equal(da_f, expected_f, sizeof da_f);
}

/* (eq L6) of one score, the second class on the side of 1: max(0, 1 - a) and max(0, 1 + a) */
static void hinge_of_one_score_by_hand(void **state) {
  (void)state;
  const cr_loss *hinge = find("hinge");
  const float a[4] = {0.25f, 1.5f, 0.25f, -1.5f}, y[4] = {1, 1, 0, 0};
  const float expected[4] = {-0.5f, 0.0f, 0.5f, 0.0f};
  const double a_ref[4] = {0.25, 1.5, 0.25, -1.5}, y_ref[4] = {1, 1, 0, 0};
  float da[4];
  double da_ref[4];
  assert_true(value_of(hinge, a, y, 4, 1) == 0.75 + 1.25);
  assert_true(hinge->value_ref(a_ref, y_ref, 4, 1) == 2.0);
  hinge->gradient(da, a, y, 0.5f, 4, 1);
  hinge->gradient_ref(da_ref, a_ref, y_ref, 0.5, 4, 1);
  for (size_t i = 0; i < 4; ++i) {
    assert_true(da[i] == expected[i] && da_ref[i] == (double)expected[i]);
  }
}

/* Half way between the two targets, which for hinge are -1 and 1. */
static void a_single_output_has_a_boundary(void **state) {
  (void)state;
  const cr_loss *loss;
  for (size_t k = 0; (loss = cr_loss_at(k)); ++k) {
    assert_true(loss->boundary == (strcmp(loss->part.name, "hinge") == 0 ? 0.0 : 0.5));
    assert_true(!loss->needs == cr_loss_fits(loss, "tanh"));
  }
}

static void logits_of_a_thousand_are_exact(void **state) {
  (void)state;
  const float z[2] = {1000.0f, -1000.0f}, wrong[2] = {0.0f, 1.0f}, right[2] = {1.0f, 0.0f};
  float a[2], dz[2];
  const cr_loss *cross = find("cross_entropy"), *binary = find("binary_cross_entropy");
  assert_true(fused_value_of(cross, z, wrong, 1, 2) == 2000.0);
  assert_true(fused_value_of(cross, z, right, 1, 2) == 0.0);
  assert_true(fused_value_of(binary, z, wrong, 1, 2) == 2000.0);
  assert_true(fused_value_of(binary, z, right, 1, 2) == 0.0);
  output_of(cross)->forward(a, z, 1, 2, 2);
  cross->fused_gradient(dz, a, wrong, 1.0f, 1, 2);
  assert_true(dz[0] == 1.0f && dz[1] == -1.0f);
  output_of(binary)->forward(a, z, 1, 2, 2);
  binary->fused_gradient(dz, a, wrong, 1.0f, 1, 2);
  assert_true(dz[0] == 1.0f && dz[1] == -1.0f);
}

/* From probabilities of exactly 0 and 1 the unfused forms stay finite, and right stays 0. */
static void probabilities_of_zero_and_one_are_finite(void **state) {
  (void)state;
  const float a[2] = {1.0f, 0.0f}, wrong[2] = {0.0f, 1.0f}, right[2] = {1.0f, 0.0f};
  const double least = -log((double)FLT_MIN);
  const cr_loss *loss;
  for (size_t k = 0; (loss = cr_loss_at(k)); ++k) {
    if (!loss->fused_with)
      continue; /* the two with a logarithm; each output of the first has one */
    float da[2];
    const double logarithms = strcmp(loss->part.name, "binary_cross_entropy") == 0 ? 2.0 : 1.0;
    assert_close(value_of(loss, a, wrong, 1, 2), logarithms * least, 1e-9);
    assert_true(value_of(loss, a, right, 1, 2) == 0.0);
    loss->gradient(da, a, wrong, 1.0f, 1, 2);
    assert_true(isfinite(da[0]) && isfinite(da[1]) && da[1] < -1e37f);
    output_of(loss)->backward(da, a, a, 1, 2, 2);
    assert_true(isfinite(da[0]) && isfinite(da[1]));
  }
}

static void what_is_no_number_stays_none(void **state) {
  (void)state;
  const float a[2] = {NAN, 0.5f}, y[2] = {1.0f, 0.0f};
  const cr_loss *loss;
  for (size_t k = 0; (loss = cr_loss_at(k)); ++k) {
    assert_true(isnan(value_of(loss, a, y, 1, 2)));
    if (loss->fused_value) assert_true(isnan(fused_value_of(loss, a, y, 1, 2)));
  }
}

/* Rows one by one add up to the same bits as all at once. */
static void rows_one_by_one_are_the_same(void **state) {
  (void)state;
  const cr_loss *loss;
  for (size_t k = 0; (loss = cr_loss_at(k)); ++k) {
    sample s;
    double sum = 0.0, fused_sum = 0.0;
    fill(loss, &s);
    for (size_t r = 0; r < ROWS; ++r) {
      sum += value_of(loss, s.a_f + r * COLS, s.y_f + r * COLS, 1, COLS);
      if (loss->fused_with)
        fused_sum += fused_value_of(loss, s.z_f + r * COLS, s.y_f + r * COLS, 1, COLS);
    }
    assert_true(sum == value_of(loss, s.a_f, s.y_f, ROWS, COLS));
    if (loss->fused_with) assert_true(fused_sum == fused_value_of(loss, s.z_f, s.y_f, ROWS, COLS));
  }
}

static void a_loss_fits_its_outputs(void **state) {
  (void)state;
  assert_true(cr_loss_fits(find("squared"), "relu"));
  assert_true(cr_loss_fits(find("huber"), "linear"));
  assert_true(cr_loss_fits(find("hinge"), "linear"));
  assert_false(cr_loss_fits(find("hinge"), "sigmoid"));
  assert_true(cr_loss_fits(find("half_squared"), "softmax"));
  assert_true(cr_loss_fits(find("binary_cross_entropy"), "sigmoid"));
  assert_false(cr_loss_fits(find("binary_cross_entropy"), "softmax"));
  assert_true(cr_loss_fits(find("cross_entropy"), "softmax"));
  assert_false(cr_loss_fits(find("cross_entropy"), "sigmoid"));
  const cr_loss *loss = NULL;
  assert_int_equal(cr_loss_find("mse", &loss), CR_ERR_ARGUMENT);
}

static bool same(float a, float b) {
  return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

/* A level gives the bits of the plain one, for rows of any length. */
static void levels_agree_to_the_last_bit(void **state) {
  (void)state;
  enum { ROOM = 660 };
  const size_t shapes[][2] = {{1, 1}, {5, 1}, {4, 2}, {64, 10}, {7, 3}, {9, 33}, {2, 130}};
  const cr_loss *plain;
  float z[ROOM], a[ROOM], y[ROOM], da[2][ROOM];
  double losses[2][ROOM];
  for (size_t i = 0; i < ROOM; ++i) z[i] = (float)uneven(i, i % 5 == 0 ? 90.0 : 4.0);
  for (size_t i = 0; i < ROOM; ++i) y[i] = i % 3 == 0 ? 1.0f : (float)(i % 2) * 0.3f;
  z[11] = NAN;
  for (size_t level = 0; level < CR_LEVEL_COUNT; ++level) {
    for (size_t k = 0; cr_level_supported(level) && (plain = cr_loss_at(k)); ++k) {
      const cr_loss *of[2] = {plain, cr_loss_for(plain, level)};
      assert_string_equal(of[1]->part.name, plain->part.name);
      for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; ++s) {
        const size_t rows = shapes[s][0], cols = shapes[s][1];
        output_of(plain)->forward(a, z, rows, cols, cols);
        for (size_t fused = 0; fused <= (plain->fused_with != NULL); ++fused) {
          for (size_t i = 0; i < 2; ++i) {
            if (fused) of[i]->fused_value(losses[i], z, a, y, rows, cols);
            if (fused) of[i]->fused_gradient(da[i], a, y, 0.37f, rows, cols);
            if (!fused) of[i]->value(losses[i], a, y, rows, cols);
            if (!fused) of[i]->gradient(da[i], a, y, 0.37f, rows, cols);
          }
          for (size_t i = 0; i < rows * cols; ++i) assert_true(same(da[0][i], da[1][i]));
          for (size_t r = 0; r < rows; ++r) {
            assert_true(losses[0][r] == losses[1][r] || isnan(losses[0][r] + losses[1][r]));
            assert_int_equal(isnan(losses[0][r]), isnan(losses[1][r]));
          }
        }
      }
    }
  }
  const cr_loss stranger = *cr_loss_at(0);
  assert_ptr_equal(cr_loss_for(&stranger, 0), &stranger);
}

/* A sure row keeps its digits: ln(1 + e^-15), where the probability itself is 1 - 3e-7. */
static void losses_near_0_keep_their_digits(void **state) {
  (void)state;
  const float z[2] = {15.0f, 0.0f}, first[2] = {1.0f, 0.0f}, logit[1] = {15.0f}, one[1] = {1.0f};
  const double expected = 3.059022737137205e-07; /* mpmath with 30 digits */
  const double tolerance = 4.0 * (double)FLT_EPSILON * expected;
  assert_close(fused_value_of(find("cross_entropy"), z, first, 1, 2), expected, tolerance);
  assert_close(fused_value_of(find("binary_cross_entropy"), logit, one, 1, 1), expected, tolerance);
}

/* Each level has its own: one of another might not run here. */
static void levels_have_their_own(void **state) {
  (void)state;
  const cr_loss *part;
  for (size_t i = 0; (part = cr_loss_at(i)); ++i) {
    for (size_t level = 0; level < CR_LEVEL_COUNT; ++level) {
      const cr_loss *own = cr_loss_for(part, level);
      assert_string_equal(own->part.name, part->part.name);
      for (size_t other = 0; other < level; ++other) {
        assert_ptr_not_equal(cr_loss_for(part, other), own);
      }
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(levels_have_their_own),
      cmocka_unit_test(float_agrees_with_reference),
      cmocka_unit_test(gradient_agrees_with_differences),
      cmocka_unit_test(fused_gradient_agrees_with_differences),
      cmocka_unit_test(fused_gradient_is_that_of_the_chain),
      cmocka_unit_test(squares_by_hand),
      cmocka_unit_test(cross_entropy_has_the_published_values),
      cmocka_unit_test(binary_cross_entropy_has_the_published_value),
      cmocka_unit_test(huber_has_the_published_value),
      cmocka_unit_test(hinge_has_the_published_value),
      cmocka_unit_test(hinge_of_one_score_by_hand),
      cmocka_unit_test(a_single_output_has_a_boundary),
      cmocka_unit_test(logits_of_a_thousand_are_exact),
      cmocka_unit_test(probabilities_of_zero_and_one_are_finite),
      cmocka_unit_test(what_is_no_number_stays_none),
      cmocka_unit_test(rows_one_by_one_are_the_same),
      cmocka_unit_test(a_loss_fits_its_outputs),
      cmocka_unit_test(losses_near_0_keep_their_digits),
      cmocka_unit_test(levels_agree_to_the_last_bit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
