#include "parts/activation.h"

#include <float.h>

#include "base/level.h"
#include "support.h"

enum { ROWS = 6, COLS = 7, SIZE = ROWS * COLS };

/*
 * Float against double at the same point: a few roundings each, 2 ulp for expf and tanhf, and for
 * softmax a sum of 7 terms and an argument of up to 16 that is rounded before it is raised.
 */
#define FLOAT_TOLERANCE (32 * (double)FLT_EPSILON)

/*
 * One by one, where the argument is the same number in both: the few roundings of the formula, each
 * half an epsilon of a number near 1 or near the value. 1.3 epsilon is the most that was seen, 2.6
 * for the slope of tanh, which is 1 - a a of an `a` that is itself rounded.
 */
#define ENTRY_TOLERANCE (3 * (double)FLT_EPSILON)

/* Central differences with step 1e-5: 1e-10 of truncation, 1e-11 of rounding, times 7 outputs. */
#define STEP 1e-5
#define DIFFERENCE_TOLERANCE 1e-8

/* Uneven numbers within 8 of 0, with a 0 at place 10. */
static void fill(double *z, float *z_float) {
  for (size_t i = 0; i < SIZE; ++i) {
    z_float[i] = i == 10 ? 0.0f : (float)uneven(i, 8.0);
    z[i] = (double)z_float[i];
  }
}

static void float_agrees_with_reference(void **state) {
  (void)state;
  const cr_activation *f;
  for (size_t k = 0; (f = cr_activation_at(k)); ++k) {
    double z[SIZE], a[SIZE], da[SIZE], dz[SIZE];
    float z_f[SIZE], a_f[SIZE], d_f[SIZE];
    fill(z, z_f);
    for (size_t i = 0; i < SIZE; ++i) da[i] = (double)(d_f[i] = (float)uneven(i + 50, 1.3));
    f->forward(a_f, z_f, ROWS, COLS, COLS);
    f->forward_ref(a, z, ROWS, COLS);
    for (size_t i = 0; i < SIZE; ++i) assert_close(a_f[i], a[i], FLOAT_TOLERANCE * 8.0);
    assert_true(!f->backward == !f->backward_ref);
    if (!f->backward) continue;
    f->backward(d_f, z_f, a_f, ROWS, COLS, COLS);
    f->backward_ref(dz, da, z, a, ROWS, COLS);
    for (size_t i = 0; i < SIZE; ++i) assert_close(d_f[i], dz[i], FLOAT_TOLERANCE * 2.0);
  }
}

/* Rows of a single number: softmax is 1 there, and the others are what they are in any row. */
static void single_numbers_agree_to_the_last_digits(void **state) {
  (void)state;
  const cr_activation *f;
  for (size_t k = 0; (f = cr_activation_at(k)); ++k) {
    for (int i = -12000; i <= 12000; ++i) {
      const float z_f = (float)i / 400.0f;
      const double z = (double)z_f, one = 1.0;
      float a_f, slope_f = 1.0f;
      double a, slope;
      f->forward(&a_f, &z_f, 1, 1, 1);
      f->forward_ref(&a, &z, 1, 1);
      assert_close(a_f, a, ENTRY_TOLERANCE * fmax(1.0, fabs(a)));
      if (!f->backward) continue;
      f->backward(&slope_f, &z_f, &a_f, 1, 1, 1);
      f->backward_ref(&slope, &one, &z, &a, 1, 1);
      assert_close(slope_f, slope, ENTRY_TOLERANCE);
    }
  }
}

/* J = sum_k da_k a_k of one row as z_i is moved by `step`. */
static double moved(const cr_activation *f, const double *z, const double *da, size_t i,
                    double step) {
  double there[COLS], a[COLS], sum = 0.0;
  memcpy(there, z, sizeof there);
  there[i] += step;
  f->forward_ref(a, there, 1, COLS);
  for (size_t k = 0; k < COLS; ++k) sum += da[k] * a[k];
  return sum;
}

static void reference_agrees_with_differences(void **state) {
  (void)state;
  const cr_activation *f;
  for (size_t k = 0; (f = cr_activation_at(k)); ++k) {
    double z[SIZE], a[SIZE], da[SIZE], dz[SIZE];
    float unused[SIZE];
    size_t kinks = 0;
    if (!f->backward) continue;
    fill(z, unused);
    for (size_t i = 0; i < SIZE; ++i) da[i] = uneven(i + 50, 1.3);
    f->forward_ref(a, z, ROWS, COLS);
    f->backward_ref(dz, da, z, a, ROWS, COLS);
    for (size_t i = 0; i < SIZE; ++i) {
      if (fabs(z[i]) <= STEP) {
        kinks++;
        continue;
      }
      const double *row = z + i / COLS * COLS, *da_row = da + i / COLS * COLS;
      const double slope =
          moved(f, row, da_row, i % COLS, STEP) - moved(f, row, da_row, i % COLS, -STEP);
      assert_close(dz[i], slope / (2.0 * STEP), DIFFERENCE_TOLERANCE);
    }
    assert_int_equal(kinks, 1);
  }
}

static const cr_activation *find(const char *name) {
  const cr_activation *f = NULL;
  assert_int_equal(cr_activation_find(name, &f), CR_OK);
  assert_string_equal(f->part.name, name);
  return f;
}

/* (eq A1) handed through as it is, both ways */
static void linear_changes_nothing(void **state) {
  (void)state;
  const float z[3] = {-2.5f, 0.0f, 1e30f}, da[3] = {0.3f, -7.0f, 1.0f};
  float a[3], dz[3] = {0.3f, -7.0f, 1.0f};
  find("linear")->forward(a, z, 1, 3, 3);
  find("linear")->backward(dz, z, a, 1, 3, 3);
  assert_memory_equal(a, z, sizeof z);
  assert_memory_equal(dz, da, sizeof da);
}

/* (eq A2) the sigmoid neuron of CS231n: dot 1, f 0.73, f' 0.20 */
static void sigmoid_has_the_published_values(void **state) {
  (void)state;
  const double z[2] = {1.0, -1.0}, da[2] = {1.0, 1.0};
  double a[2], dz[2];
  find("sigmoid")->forward_ref(a, z, 1, 2);
  find("sigmoid")->backward_ref(dz, da, z, a, 1, 2);
  assert_close(a[0], 0.7310585786300049, 1e-15);
  assert_close(a[1], 1.0 - 0.7310585786300049, 1e-15);
  assert_close(dz[0], 0.19661193324148185, 1e-15);
  assert_close(dz[1], 0.19661193324148185, 1e-15);
}

/* (eq A3) the tanh neuron of micrograd: n 0.8813735870195432, o 1/sqrt(2), do/dn 0.5 */
static void tanh_has_the_published_values(void **state) {
  (void)state;
  const double z[1] = {0.8813735870195432}, da[1] = {1.0};
  double a[1], dz[1];
  find("tanh")->forward_ref(a, z, 1, 1);
  find("tanh")->backward_ref(dz, da, z, a, 1, 1);
  assert_close(a[0], 0.7071067811865476, 1e-15);
  assert_close(dz[0], 0.5, 1e-15);
}

/* (eq A4) and 0 at the kink, where some would have 1 */
static void relu_has_slope_zero_at_zero(void **state) {
  (void)state;
  const float z[4] = {-1.5f, 0.0f, 2.5f, -0.0f};
  float a[4], dz[4] = {3.0f, 3.0f, 3.0f, 3.0f};
  find("relu")->forward(a, z, 1, 4, 4);
  find("relu")->backward(dz, z, a, 1, 4, 4);
  const float expected_a[4] = {0.0f, 0.0f, 2.5f, 0.0f}, expected_dz[4] = {0.0f, 0.0f, 3.0f, 0.0f};
  for (size_t i = 0; i < 4; ++i) {
    assert_true(a[i] == expected_a[i]);
    assert_true(dz[i] == expected_dz[i]);
  }
}

/* (eq A5) Wikipedia, "Softmax function" */
static void softmax_has_the_published_values(void **state) {
  (void)state;
  const float z[7] = {1, 2, 3, 4, 1, 2, 3};
  const double published[7] = {0.02364054302159139, 0.06426165851049616, 0.17468129859572226,
                               0.47483299974438037, 0.02364054302159139, 0.06426165851049616,
                               0.17468129859572226};
  float a[7];
  double z_ref[7], a_ref[7];
  for (size_t i = 0; i < 7; ++i) z_ref[i] = (double)z[i];
  find("softmax")->forward(a, z, 1, 7, 7);
  find("softmax")->forward_ref(a_ref, z_ref, 1, 7);
  for (size_t i = 0; i < 7; ++i) {
    assert_close(a[i], published[i], FLOAT_TOLERANCE);
    assert_close(a_ref[i], published[i], 1e-15);
  }
}

/* A few places of an activation that works entry by entry: where, value, slope. */
enum { PLACES = 7 };
static const double places[PLACES] = {-20, -3.25, -0.5, 0, 0.75, 2.5, 20};

static void has_values(const char *name, const double *values, const double *slopes) {
  double a[PLACES], da[PLACES], dz[PLACES];
  for (size_t i = 0; i < PLACES; ++i) da[i] = 1.0;
  find(name)->forward_ref(a, places, 1, PLACES);
  find(name)->backward_ref(dz, da, places, a, 1, PLACES);
  for (size_t i = 0; i < PLACES; ++i) {
    assert_close(a[i], values[i], 1e-15 * fmax(1.0, fabs(values[i])));
    assert_close(dz[i], slopes[i], 1e-15);
  }
}

/*
 * (eq A6, A7, A8, A9, A10) PyTorch 2.13 in double, slopes by its automatic differentiation (but the
 * last one of silu, whose last two digits it rounds away: that is mpmath with 30 digits); at 0,
 * where leaky_relu and selu have none, that from below. 1e-15: a few roundings of a double.
 */
static void values_are_those_of_another_library(void **state) {
  (void)state;
  has_values("leaky_relu", (const double[]){-0.2, -0.0325, -0.005, 0, 0.75, 2.5, 20},
             (const double[]){0.01, 0.01, 0.01, 0.01, 1, 1, 1});
  has_values(
      "elu",
      (const double[]){-0.9999999979388464, -0.961225792168278, -0.3934693402873666, 0, 0.75, 2.5,
                       20},
      (const double[]){2.061153622438558e-09, 0.03877420783172201, 0.6065306597126334, 1, 1, 1, 1});
  has_values("selu",
             (const double[]){-1.758099337223664, -1.6899304316165469, -0.6917581878028713, 0,
                              0.7880257405166103, 2.626752468388701, 21.014019747109607},
             (const double[]){3.6237128249944113e-09, 0.06816890923082965, 1.0663411530445053,
                              1.7580993408473766, 1.0507009873554805, 1.0507009873554805,
                              1.0507009873554805});
  has_values("gelu",
             (const double[]){0, -0.0018753313877699906, -0.15426876936299344, 0,
                              0.5800294857173489, 2.4844758366855597, 20},
             (const double[]){0, -0.00601738114383348, 0.13250487534383712, 0.5, 0.9992257217392352,
                              1.037611085908145, 1});
  has_values("silu",
             (const double[]){-4.122307236380407e-08, -0.12131238386842075, -0.1887703343990727, 0,
                              0.5093840243815447, 2.3103545499468914, 19.999999958776925},
             (const double[]){-3.9161918660646786e-08, -0.07945728283818695, 0.2600388126973482,
                              0.5, 0.8425999444967536, 1.0994011113415267, 1.0000000391619187});
}

/* (eq A12) mpmath with 30 digits */
static void softplus_has_the_values_of_another_program(void **state) {
  (void)state;
  has_values("softplus",
             (const double[]){2.0611536203143807e-09, 0.038041371687783126, 0.4740769841801067,
                              0.6931471805599453, 1.1368710061148999, 2.5788897342925496,
                              20.000000002061154},
             (const double[]){2.0611536181902037e-09, 0.037326887344129464, 0.37754066879814546,
                              0.5, 0.679178699175393, 0.9241418199787564, 0.9999999979388464});
  const float z = -15.0f;
  float a;
  find("softplus")->forward(&a, &z, 1, 1, 1);
  assert_close(a, 3.059022737137205e-07, 4.0 * (double)FLT_EPSILON * 3.1e-07);
}

/* (eq A11) 1 from 0 on, and nothing to learn by */
static void step_is_a_threshold(void **state) {
  (void)state;
  const float z[5] = {-1e-30f, -0.0f, 0.0f, 1e-30f, -FLT_MAX}, expected[5] = {0, 1, 1, 1, 0};
  float a[5];
  find("step")->forward(a, z, 1, 5, 5);
  assert_memory_equal(a, expected, sizeof a);
  assert_true(!find("step")->backward && !find("step")->backward_ref);
}

/* Digits far below 0, where a formula that subtracts from 1 has none left. */
static void small_values_keep_their_digits(void **state) {
  (void)state;
  const float z[2] = {-12.0f, -1e-6f};
  float a[2];
  find("silu")->forward(a, z, 1, 2, 2);
  assert_close(a[0], -7.373010216481902e-05, 4.0 * (double)FLT_EPSILON * 7.4e-05);
  find("gelu")->forward(a, z, 1, 2, 2);
  /* a power of e^-72, whose argument is rounded by half an epsilon of 72 */
  assert_close(a[0], -2.131778534493215e-32, 72.0 * (double)FLT_EPSILON * 2.2e-32);
  find("elu")->forward(a, z, 1, 2, 2);
  assert_close(a[1], -9.999995e-07, 2.0 * (double)FLT_EPSILON * 1e-06);
}

/*
 * Gelu's fit of the normal distribution, relative to the value: two roundings, that of the
 * exponent z^2/2 before it is raised, and 3e-8 of the fit.
 */
static void gelu_is_as_near_as_its_fit(void **state) {
  (void)state;
  for (int i = -800; i <= 800; ++i) {
    const float z = 0.01f * (float)i;
    const double exact = (double)z;
    const double tolerance = (3.0 + 0.5 * exact * exact) * (double)FLT_EPSILON;
    float a;
    double expected;
    find("gelu")->forward(&a, &z, 1, 1, 1);
    find("gelu")->forward_ref(&expected, &exact, 1, 1);
    assert_close(a, expected, tolerance * fabs(expected));
  }
}

static void logits_of_a_thousand_are_finite(void **state) {
  (void)state;
  const float z[4] = {1000.0f, -1000.0f, 0.0f, 999.0f};
  const float extreme[4] = {FLT_MAX, -FLT_MAX, 1e20f, -1e20f};
  const cr_activation *f;
  for (size_t k = 0; (f = cr_activation_at(k)); ++k) {
    float a[4], dz[4] = {1.0f, -1.0f, 1.0f, 1.0f};
    f->forward(a, z, 1, 4, 4);
    if (f->backward) f->backward(dz, z, a, 1, 4, 4);
    for (size_t i = 0; i < 4; ++i) assert_true(isfinite(a[i]) && isfinite(dz[i]));
    if (strcmp(f->part.name, "selu") == 0) continue; /* 1.05 times the largest number is infinite */
    f->forward(a, extreme, 1, 4, 4);
    if (f->backward) f->backward(dz, extreme, a, 1, 4, 4);
    for (size_t i = 0; i < 4; ++i) assert_true(isfinite(a[i]) && isfinite(dz[i]));
  }
  float a[4];
  find("sigmoid")->forward(a, z, 1, 4, 4);
  assert_true(a[0] == 1.0f && a[1] == 0.0f && a[2] == 0.5f);
  find("softmax")->forward(a, z, 1, 4, 4);
  assert_close(a[0], 0.7310585786300049, FLOAT_TOLERANCE); /* 999 is 1 below 1000 */
  assert_true(a[1] == 0.0f && a[2] == 0.0f);
}

/* (eq A5) Wherever in a row the largest stands, e to the power of 100 is not asked for. */
static void softmax_finds_the_largest_in_any_place(void **state) {
  (void)state;
  enum { MOST = 40 };
  for (size_t cols = 2; cols <= MOST; ++cols) {
    for (size_t place = 0; place < cols; ++place) {
      float z[MOST] = {0}, a[MOST];
      z[place] = 100.0f;
      find("softmax")->forward(a, z, 1, cols, cols);
      for (size_t c = 0; c < cols; ++c) {
        assert_close(a[c], c == place ? 1.0 : 0.0, (double)FLT_EPSILON);
      }
    }
  }
}

/* A cost that is not a number must be seen, so no activation may swallow one. */
static void what_is_no_number_stays_none(void **state) {
  (void)state;
  const float z[2] = {NAN, 1.0f};
  const cr_activation *f;
  for (size_t k = 0; (f = cr_activation_at(k)); ++k) {
    float a[2];
    f->forward(a, z, 1, 2, 2);
    assert_true(isnan(a[0]));
  }
}

static void an_unknown_name_is_explained(void **state) {
  (void)state;
  const cr_activation *f = NULL;
  assert_int_equal(cr_activation_find("rleu", &f), CR_ERR_ARGUMENT);
  assert_null(f);
  assert_non_null(strstr(cr_last_error()->message, "\"rleu\""));
  assert_non_null(strstr(cr_last_error()->message, "there are linear, sigmoid, "));
  assert_non_null(strstr(cr_last_error()->fix, "relu"));
  assert_int_equal(cr_activation_find(NULL, &f), CR_ERR_ARGUMENT);
  assert_null(cr_activation_at(SIZE_MAX));
}

/* A derivative that jumps at 0 gives values that rise otherwise on either side of it. */
static void kinks_are_declared(void **state) {
  (void)state;
  const double small = 1e-6, around[3] = {-1e-6, 0.0, 1e-6};
  const cr_activation *f;
  for (size_t k = 0; (f = cr_activation_at(k)); ++k) {
    double a[3];
    f->forward_ref(a, around, 3, 1);
    const double before = (a[1] - a[0]) / small, after = (a[2] - a[1]) / small;
    assert_int_equal(f->kink, fabs(after - before) > 1e-3);
  }
}

/* Room for the largest block below, and what lies behind it. */
enum { ROOM = 1200 };

/* z of all sizes there are, with zeros, infinities and what is no number among them. */
static void fill_anything(float *z, float *d) {
  const float odd[] = {0.0f,    -0.0f,    INFINITY, -INFINITY, NAN,
                       FLT_MIN, -FLT_MAX, 1e-42f,   -87.4f,    88.8f};
  for (size_t i = 0; i < ROOM; ++i) {
    z[i] = (float)uneven(i, i % 3 == 0 ? 100.0 : 4.0);
    d[i] = (float)uneven(i + 31, 2.0);
  }
  for (size_t i = 0; i < sizeof odd / sizeof odd[0]; ++i) z[100 + 7 * i] = odd[i];
}

static bool same(float a, float b) {
  return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

static const size_t blocks[][3] = {{1, 1, 1},   {4, 1, 1},    {3, 7, 7},    {64, 10, 10},
                                   {5, 33, 40}, {16, 64, 64}, {17, 10, 70}, {2, 131, 131}};

/* A level gives the bits of the plain one, and touches nothing beside the block. */
static void levels_agree_to_the_last_bit(void **state) {
  (void)state;
  const cr_activation *plain;
  float z[ROOM], d[ROOM], a[2][ROOM], dz[2][ROOM];
  fill_anything(z, d);
  for (size_t level = 0; level < CR_LEVEL_COUNT; ++level) {
    for (size_t k = 0; cr_level_supported(level) && (plain = cr_activation_at(k)); ++k) {
      const cr_activation *f = cr_activation_for(plain, level);
      assert_string_equal(f->part.name, plain->part.name);
      for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; ++b) {
        const size_t rows = blocks[b][0], cols = blocks[b][1], stride = blocks[b][2];
        memset(a, 0x55, sizeof a);
        memcpy(dz[0], d, sizeof d);
        memcpy(dz[1], d, sizeof d);
        plain->forward(a[0], z, rows, cols, stride);
        f->forward(a[1], z, rows, cols, stride);
        if (f->backward) plain->backward(dz[0], z, a[0], rows, cols, stride);
        if (f->backward) f->backward(dz[1], z, a[1], rows, cols, stride);
        for (size_t i = 0; i < ROOM; ++i) {
          const bool inside = i / stride < rows && i % stride < cols;
          assert_true(same(a[0][i], a[1][i]) && same(dz[0][i], dz[1][i]));
          assert_true(inside || dz[1][i] == d[i]);
        }
      }
    }
  }
}

/* Blocks side by side give what the whole gives: all but the rowwise ones, whose rows are whole. */
static void blocks_give_what_the_whole_gives(void **state) {
  (void)state;
  enum { HIGH = 13, WIDE = 41 };
  const cr_activation *f;
  float z[ROOM], d[ROOM], a[2][ROOM], dz[2][ROOM];
  fill_anything(z, d);
  for (size_t k = 0; (f = cr_activation_at(k)); ++k) {
    const size_t width = f->rowwise ? WIDE : 17;
    memcpy(dz[0], d, sizeof d);
    memcpy(dz[1], d, sizeof d);
    f->forward(a[0], z, HIGH, WIDE, WIDE);
    if (f->backward) f->backward(dz[0], z, a[0], HIGH, WIDE, WIDE);
    for (size_t row = 0; row < HIGH; row += 4) {
      for (size_t col = 0; col < WIDE; col += width) {
        const size_t rows = HIGH - row < 4 ? HIGH - row : 4, at = row * WIDE + col;
        const size_t cols = WIDE - col < width ? WIDE - col : width;
        f->forward(a[1] + at, z + at, rows, cols, WIDE);
        if (f->backward) f->backward(dz[1] + at, z + at, a[1] + at, rows, cols, WIDE);
      }
    }
    for (size_t i = 0; i < HIGH * WIDE; ++i) {
      assert_true(same(a[0][i], a[1][i]) && same(dz[0][i], dz[1][i]));
    }
    assert_int_equal(f->rowwise, strcmp(f->part.name, "softmax") == 0);
  }
}

static void a_stranger_is_handed_back(void **state) {
  (void)state;
  const cr_activation stranger = *cr_activation_at(0);
  assert_ptr_equal(cr_activation_for(&stranger, 0), &stranger);
  assert_ptr_equal(cr_activation_for(cr_activation_at(3), CR_LEVEL_plain), cr_activation_at(3));
}

/* Each level has its own: one of another might not run here. */
static void levels_have_their_own(void **state) {
  (void)state;
  const cr_activation *part;
  for (size_t i = 0; (part = cr_activation_at(i)); ++i) {
    for (size_t level = 0; level < CR_LEVEL_COUNT; ++level) {
      const cr_activation *own = cr_activation_for(part, level);
      assert_string_equal(own->part.name, part->part.name);
      for (size_t other = 0; other < level; ++other) {
        assert_ptr_not_equal(cr_activation_for(part, other), own);
      }
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(levels_have_their_own),
      cmocka_unit_test(float_agrees_with_reference),
      cmocka_unit_test(single_numbers_agree_to_the_last_digits),
      cmocka_unit_test(reference_agrees_with_differences),
      cmocka_unit_test(linear_changes_nothing),
      cmocka_unit_test(sigmoid_has_the_published_values),
      cmocka_unit_test(tanh_has_the_published_values),
      cmocka_unit_test(relu_has_slope_zero_at_zero),
      cmocka_unit_test(kinks_are_declared),
      cmocka_unit_test(levels_agree_to_the_last_bit),
      cmocka_unit_test(blocks_give_what_the_whole_gives),
      cmocka_unit_test(a_stranger_is_handed_back),
      cmocka_unit_test(softmax_has_the_published_values),
      cmocka_unit_test(softmax_finds_the_largest_in_any_place),
      cmocka_unit_test(values_are_those_of_another_library),
      cmocka_unit_test(softplus_has_the_values_of_another_program),
      cmocka_unit_test(step_is_a_threshold),
      cmocka_unit_test(small_values_keep_their_digits),
      cmocka_unit_test(gelu_is_as_near_as_its_fit),
      cmocka_unit_test(logits_of_a_thousand_are_finite),
      cmocka_unit_test(what_is_no_number_stays_none),
      cmocka_unit_test(an_unknown_name_is_explained),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
