#include "parts/optimizer.h"

#include <float.h>

#include "base/level.h"
#include "support.h"

enum { SIZE = 37, STEPS = 25 };

/* Two products and a sum a step, 25 steps, weights below 2; the root and quotient of adam. */
#define FLOAT_TOLERANCE (STEPS * 4 * (double)FLT_EPSILON)

static const cr_optimizer *find(const char *name) {
  const cr_optimizer *optimizer = NULL;
  assert_int_equal(cr_optimizer_find(name, &optimizer), CR_OK);
  return optimizer;
}

/* State for SIZE parameters, in both precisions; zero at the start. */
typedef struct memory {
  float slots_f[CR_OPTIMIZER_MAX_SLOTS][SIZE], *slot_f[CR_OPTIMIZER_MAX_SLOTS];
  double slots[CR_OPTIMIZER_MAX_SLOTS][SIZE], *slot[CR_OPTIMIZER_MAX_SLOTS];
  double scalars_f[CR_OPTIMIZER_MAX_SCALARS], scalars[CR_OPTIMIZER_MAX_SCALARS];
} memory;

static void clear(memory *m) {
  memset(m, 0, sizeof *m);
  for (size_t i = 0; i < CR_OPTIMIZER_MAX_SLOTS; ++i) {
    m->slot_f[i] = m->slots_f[i];
    m->slot[i] = m->slots[i];
  }
}

static cr_step step_of(const cr_hyper *hyper, size_t count, uint64_t t) {
  return (cr_step){.hyper = hyper, .count = count, .weights = count, .t = t};
}

/* A bowl, steeper in some directions, its lowest place nowhere in particular. */
static double bowl(const double *w, double *g) {
  double cost = 0.0;
  for (size_t i = 0; i < SIZE; ++i) {
    const double steepness = 1.25 + uneven(i + 7, 0.75), off = w[i] - uneven(i + 99, 1.0);
    cost += 0.5 * steepness * off * off;
    g[i] = steepness * off;
  }
  return cost;
}

/* Both are told the same gradients and costs: those where the reference is. */
static void walk_together(const cr_optimizer *optimizer, const cr_hyper *hyper) {
  memory m;
  float w_f[SIZE], g_f[SIZE];
  double w[SIZE], g[SIZE];
  clear(&m);
  for (size_t i = 0; i < SIZE; ++i) w[i] = (double)(w_f[i] = (float)uneven(i, 1.0));
  for (uint64_t t = 1; t <= STEPS; ++t) {
    cr_step step = step_of(hyper, SIZE, t);
    step.cost = bowl(w, g);
    for (size_t i = 0; i < SIZE; ++i) g[i] = (double)(g_f[i] = (float)g[i]);
    step.scalars = m.scalars_f;
    optimizer->step(w_f, m.slot_f, g_f, &step);
    step.scalars = m.scalars;
    optimizer->step_ref(w, m.slot, g, &step);
  }
  for (size_t i = 0; i < SIZE; ++i) assert_close(w_f[i], w[i], FLOAT_TOLERANCE);
}

static void float_agrees_with_reference(void **state) {
  (void)state;
  const cr_optimizer *optimizer;
  for (size_t k = 0; (optimizer = cr_optimizer_at(k)); ++k) {
    cr_hyper hyper;
    cr_hyper_init(&hyper, optimizer);
    if (!optimizer->full_batch) hyper.learning_rate = 0.01;
    walk_together(optimizer, &hyper);
    hyper.weight_decay = 0.25;
    hyper.dampening = 0.75;
    walk_together(optimizer, &hyper);
  }
}

/* (eq O1) by hand */
static void descent_by_hand(void **state) {
  (void)state;
  double w[2] = {0.5, -1.0};
  const double g[2] = {0.25, -2.0};
  cr_hyper hyper;
  cr_hyper_init(&hyper, find("gd"));
  hyper.learning_rate = 0.5;
  find("gd")->step_ref(w, NULL, g, &(cr_step){.hyper = &hyper, .count = 2, .t = 1});
  assert_true(w[0] == 0.375 && w[1] == 0.0);
}

/* linspace(first, last, 20)[i] */
static double spaced(double first, double last, size_t i) {
  return first + (last - first) * (double)i / 19.0;
}

/*
 * (eq O2) CS231n assignment 2: w, g, v linspace, momentum 0.9, lr 1e-3. Their v holds -lr times
 * ours: v' = 0.9 v' - lr g, w += v'. The first five and the last of 20 as printed.
 */
static void momentum_has_the_published_values(void **state) {
  (void)state;
  const size_t at[6] = {0, 1, 2, 3, 4, 19};
  const double w_printed[6] = {0.1406, 0.20738947, 0.27417895, 0.34096842, 0.40775789, 1.4096};
  const double v_printed[6] = {0.5406, 0.55475789, 0.56891579, 0.58307368, 0.59723158, 0.8096};
  double w[20], g[20], v[20], *slots[CR_OPTIMIZER_MAX_SLOTS] = {v, NULL};
  cr_hyper hyper;
  cr_hyper_init(&hyper, find("momentum"));
  assert_true(hyper.momentum == 0.9);
  hyper.learning_rate = 1e-3;
  for (size_t i = 0; i < 20; ++i) {
    w[i] = spaced(-0.4, 0.6, i);
    g[i] = spaced(-0.6, 0.4, i);
    v[i] = spaced(0.6, 0.9, i) / -1e-3;
  }
  find("momentum")->step_ref(w, slots, g, &(cr_step){.hyper = &hyper, .count = 20, .t = 1});
  for (size_t k = 0; k < 6; ++k) {
    assert_close(w[at[k]], w_printed[k], 5e-9);
    assert_close(v[at[k]] * -1e-3, v_printed[k], 5e-9);
  }
}

/* (eq O2) dampened by momentum, v is the average of the gradients that the notes have: by hand */
static void dampened_momentum_is_an_average(void **state) {
  (void)state;
  const double gradients[3] = {2.0, -1.0, 4.0}, expected[3] = {2.0, 1.25, 1.9375};
  double w[1] = {0.0}, v[1] = {0.0}, *slots[CR_OPTIMIZER_MAX_SLOTS] = {v}, sum = 0.0;
  cr_hyper hyper;
  cr_hyper_init(&hyper, find("momentum"));
  hyper.learning_rate = 0.5;
  hyper.momentum = hyper.dampening = 0.75;
  for (uint64_t t = 1; t <= 3; ++t) {
    const cr_step step = step_of(&hyper, 1, t);
    find("momentum")->step_ref(w, slots, &gradients[t - 1], &step);
    sum += expected[t - 1];
    assert_true(v[0] == expected[t - 1] && w[0] == -0.5 * sum);
  }
}

/* (eq O4) by hand: v 2, then -1 + 1.5; w takes the gradient and three quarters of v */
static void nesterov_by_hand(void **state) {
  (void)state;
  const double gradients[2] = {2.0, -1.0};
  double w[1] = {0.0}, v[1] = {0.0}, *slots[CR_OPTIMIZER_MAX_SLOTS] = {v};
  cr_hyper hyper;
  cr_hyper_init(&hyper, find("nesterov"));
  assert_true(hyper.momentum == 0.9);
  hyper.learning_rate = 0.5;
  hyper.momentum = 0.75;
  cr_step step = step_of(&hyper, 1, 1);
  find("nesterov")->step_ref(w, slots, &gradients[0], &step);
  assert_true(w[0] == -0.5 * (2.0 + 0.75 * 2.0));
  step.t = 2;
  find("nesterov")->step_ref(w, slots, &gradients[1], &step);
  assert_true(v[0] == 0.5 && w[0] == -1.75 - 0.5 * (-1.0 + 0.75 * 0.5));
}

/* (eq O5) CS231n assignment 2 again, with the settings that are the defaults here */
static void rmsprop_has_the_published_values(void **state) {
  (void)state;
  const size_t at[6] = {0, 1, 2, 3, 4, 19};
  const double w_printed[6] = {-0.39223849, -0.34037513, -0.28849239,
                               -0.23659121, -0.18467247, 0.59576619};
  const double v_printed[6] = {0.5976, 0.6126277, 0.6277108, 0.64284931, 0.65804321, 0.8926};
  double w[20], g[20], v[20], *slots[CR_OPTIMIZER_MAX_SLOTS] = {v};
  cr_hyper hyper;
  cr_hyper_init(&hyper, find("rmsprop"));
  assert_true(hyper.beta2 == 0.99 && hyper.epsilon == 1e-8);
  hyper.learning_rate = 1e-2;
  for (size_t i = 0; i < 20; ++i) {
    w[i] = spaced(-0.4, 0.6, i);
    g[i] = spaced(-0.6, 0.4, i);
    v[i] = spaced(0.6, 0.9, i);
  }
  const cr_step step = step_of(&hyper, 20, 1);
  find("rmsprop")->step_ref(w, slots, g, &step);
  for (size_t k = 0; k < 6; ++k) {
    assert_close(w[at[k]], w_printed[k], 5e-9);
    assert_close(v[at[k]], v_printed[k], 5e-9);
  }
}

/* The first gradient of the tests of Keras is 0.01, the later ones 0.1, 0.2, ... 1. */
static void keras_gradient(uint64_t t, double *g) {
  for (size_t i = 0; i < 10; ++i) g[i] = t == 1 ? 0.01 : 0.1 * (double)(i + 1);
}

/* (eq O6) the values that Keras expects after steps 1, 2 and 5 */
static void adagrad_has_the_published_values(void **state) {
  (void)state;
  const double second[10] = {0.9604, 0.9278, 0.9003, 0.8784, 0.8615,
                             0.8487, 0.8388, 0.8313, 0.8255, 0.8209};
  const double fifth[10] = {0.856,  0.7422, 0.6604, 0.6037, 0.5644,
                            0.5367, 0.5168, 0.5021, 0.491,  0.4825};
  double w[10], g[10], v[10], *slots[CR_OPTIMIZER_MAX_SLOTS] = {v};
  cr_hyper hyper;
  cr_hyper_init(&hyper, find("adagrad"));
  assert_true(hyper.epsilon == 1e-10);
  hyper.learning_rate = 0.2;
  hyper.epsilon = 1e-6;
  for (size_t i = 0; i < 10; ++i) {
    w[i] = 1.0;
    v[i] = 0.3; /* what Keras begins with; here it is 0 */
  }
  for (uint64_t t = 1; t <= 5; ++t) {
    const cr_step step = step_of(&hyper, 10, t);
    keras_gradient(t, g);
    find("adagrad")->step_ref(w, slots, g, &step);
    for (size_t i = 0; i < 10; ++i) {
      if (t == 1) assert_close(w[i], 0.9963, 5e-5);
      if (t == 2) assert_close(w[i], second[i], 5.1e-5);
      if (t == 5) assert_close(w[i], fifth[i], 5.1e-5);
    }
  }
}

/*
 * (eq O7) With an epsilon of 2 it shows where epsilon stands. Ours, as in the paper, in PyTorch and
 * in CS231n: after the correction. Keras adds it before: its values are those of that formula, and
 * ours must not be.
 */
static void adamw_is_that_of_the_paper_not_of_keras(void **state) {
  (void)state;
  const double keras_fifth[10] = {0.0263, 0.0215,  0.0167,  0.012,   0.0073,
                                  0.0026, -0.0021, -0.0067, -0.0113, -0.0159};
  const double fifth[10] = {-0.041646719612244254, -0.10659220773345056, -0.16654498924156125,
                            -0.22206054979811074,  -0.2736147725867697,  -0.3216177386967539,
                            -0.36642473642003565,  -0.40834512792295147, -0.44764954608713164,
                            -0.48457577776884575};
  double w[10], keras[10], g[10], m[10] = {0}, v[10] = {0}, *slots[CR_OPTIMIZER_MAX_SLOTS] = {m, v};
  cr_hyper hyper;
  cr_hyper_init(&hyper, find("adamw"));
  assert_true(hyper.weight_decay == 0.01 && hyper.beta1 == 0.9 && hyper.beta2 == 0.999);
  hyper.learning_rate = 1.0;
  hyper.weight_decay = 0.5;
  hyper.epsilon = 2.0;
  for (size_t i = 0; i < 10; ++i) w[i] = keras[i] = 1.0;
  for (uint64_t t = 1; t <= 5; ++t) {
    const cr_step step = step_of(&hyper, 10, t);
    const double ratio = sqrt(1.0 - pow(0.999, (double)t)) / (1.0 - pow(0.9, (double)t));
    keras_gradient(t, g);
    find("adamw")->step_ref(w, slots, g, &step);
    for (size_t i = 0; i < 10; ++i) {
      keras[i] = 0.5 * keras[i] - ratio * m[i] / (sqrt(v[i]) + 2.0);
      if (t == 1) assert_close(w[i], 0.5 - 0.01 / 2.01, 1e-14);
      if (t == 1) assert_close(keras[i], 0.4998, 5e-5);
    }
  }
  for (size_t i = 0; i < 10; ++i) {
    assert_close(w[i], fifth[i], 1e-14);
    assert_close(keras[i], keras_fifth[i], 5e-5);
    assert_true(fabs(w[i] - keras_fifth[i]) > 0.06);
  }
}

/* One step of each on w 1, 2, 3, 4 as Keras has it; its first v of adagrad is 0.1. */
static void single_steps_have_the_published_values(void **state) {
  (void)state;
  static const struct {
    const char *name;
    double beta2, decay, first, w[4];
  } cases[] = {
      {"gd", 0, 0, 0, {0.5, -1.0, -0.5, 3.0}},
      {"rmsprop", 0.9, 0, 0, {-0.5811, 0.4189, 1.4189, 2.4189}},
      {"adagrad", 0, 0, 0.1, {0.5233, 1.5007, 2.5005, 3.5061}},
      {"adam", 0.999, 0, 0, {0.5, 1.5, 2.5, 3.5}},
      {"adamw", 0.999, 0.004, 0, {0.4980, 1.4960, 2.4940, 3.4920}},
  };
  for (size_t k = 0; k < sizeof cases / sizeof *cases; ++k) {
    const cr_optimizer *optimizer = find(cases[k].name);
    double w[4] = {1, 2, 3, 4}, s0[4], s1[4] = {0}, *slots[CR_OPTIMIZER_MAX_SLOTS] = {s0, s1};
    const double g[4] = {1, 6, 7, 2};
    cr_hyper hyper;
    cr_hyper_init(&hyper, optimizer);
    hyper.learning_rate = 0.5;
    hyper.beta2 = cases[k].beta2;
    hyper.weight_decay = cases[k].decay;
    for (size_t i = 0; i < 4; ++i) s0[i] = cases[k].first;
    const cr_step step = step_of(&hyper, 4, 1);
    optimizer->step_ref(w, slots, g, &step);
    for (size_t i = 0; i < 4; ++i) assert_close(w[i], cases[k].w[i], 5.1e-5);
  }
}

/* (eq O10) A decay of 0.004 at a rate of 0.5 takes three times 0.2 % of 2: Keras has 1.9760959. */
static void decay_is_coupled_or_not(void **state) {
  (void)state;
  const double none[1] = {0.0}, some[1] = {3.0};
  double w[1] = {2.0}, m[1] = {0.0}, v[1] = {0.0}, *slots[CR_OPTIMIZER_MAX_SLOTS] = {m, v};
  cr_hyper hyper;
  cr_hyper_init(&hyper, find("adamw"));
  hyper.learning_rate = 1.0;
  hyper.weight_decay = 0.004;
  for (uint64_t t = 1; t <= 3; ++t) {
    const cr_step step = step_of(&hyper, 1, t);
    find("adamw")->step_ref(w, slots, none, &step);
  }
  assert_close(w[0], 1.9760959, 5e-8);
  /* adam divides it by the root of its own square: a whole rate, however small the decay */
  w[0] = 2.0, m[0] = v[0] = 0.0;
  hyper.epsilon = 0.0;
  const cr_step step = step_of(&hyper, 1, 1);
  find("adam")->step_ref(w, slots, none, &step);
  assert_close(w[0], 1.0, 1e-15);
  /* coupled to gd: 2 - 0.5 (3 + 0.25 * 2) */
  w[0] = 2.0;
  hyper.learning_rate = 0.5, hyper.weight_decay = 0.25;
  find("gd")->step_ref(w, slots, some, &step);
  assert_true(w[0] == 0.25);
}

/* (eq O3) the same source: t from 5 to 6, so that the corrections of the means matter */
static void adam_has_the_published_values(void **state) {
  (void)state;
  const size_t at[6] = {0, 1, 2, 3, 4, 19};
  const double w_printed[6] = {-0.40094747, -0.34836187, -0.29577703,
                               -0.24319299, -0.19060977, 0.59801459};
  double w[20], g[20], m[20], v[20], *slots[CR_OPTIMIZER_MAX_SLOTS] = {m, v};
  cr_hyper hyper;
  cr_hyper_init(&hyper, find("adam"));
  assert_true(hyper.beta1 == 0.9 && hyper.beta2 == 0.999 && hyper.epsilon == 1e-8);
  hyper.learning_rate = 1e-2;
  for (size_t i = 0; i < 20; ++i) {
    w[i] = spaced(-0.4, 0.6, i);
    g[i] = spaced(-0.6, 0.4, i);
    m[i] = spaced(0.6, 0.9, i);
    v[i] = spaced(0.7, 0.5, i);
  }
  find("adam")->step_ref(w, slots, g, &(cr_step){.hyper = &hyper, .count = 20, .t = 6});
  for (size_t k = 0; k < 6; ++k) assert_close(w[at[k]], w_printed[k], 5e-9);
  assert_close(m[0], 0.48, 5e-9);
  assert_close(m[1], 0.49947368, 5e-9);
  assert_close(v[0], 0.69966, 5e-9);
  assert_close(v[19], 0.49966, 5e-9);
}

/* Epsilon stands outside the root: with 2 in its place the first step of 1 is 1/(1 + 2). */
static void epsilon_is_outside_the_root(void **state) {
  (void)state;
  double w[1] = {0.0}, m[1] = {0.0}, v[1] = {0.0}, *slots[CR_OPTIMIZER_MAX_SLOTS] = {m, v};
  const double g[1] = {1.0};
  cr_hyper hyper;
  cr_hyper_init(&hyper, find("adam"));
  hyper.learning_rate = 1.0;
  hyper.epsilon = 2.0;
  find("adam")->step_ref(w, slots, g, &(cr_step){.hyper = &hyper, .count = 1, .t = 1});
  assert_close(w[0], -1.0 / 3.0, 1e-12);
}

/* After a million steps the corrections are 1 and nothing has overflowed. */
static void adam_goes_on_for_a_million_steps(void **state) {
  (void)state;
  float w[1] = {0.5f}, m[1] = {0.25f}, v[1] = {0.0625f}, *slots[CR_OPTIMIZER_MAX_SLOTS] = {m, v};
  const float g[1] = {0.25f};
  cr_hyper hyper;
  cr_hyper_init(&hyper, find("adam"));
  find("adam")->step(w, slots, g, &(cr_step){.hyper = &hyper, .count = 1, .t = 1000000});
  assert_close(w[0], 0.499, 1e-7);
}

/* A gradient that has died leaves a state of 0, not a subnormal one for ever. */
static void state_fades_to_zero(void **state) {
  (void)state;
  const char *const names[4] = {"momentum", "nesterov", "rmsprop", "adam"};
  for (size_t k = 0; k < 4; ++k) {
    float w[1] = {0.0f}, s0[1] = {1e-36f}, s1[1] = {0.0f};
    float *slots[CR_OPTIMIZER_MAX_SLOTS] = {s0, s1};
    const float g[1] = {0.0f};
    cr_hyper hyper;
    cr_hyper_init(&hyper, find(names[k]));
    for (size_t t = 1; t <= 1000; ++t)
      find(names[k])->step(w, slots, g, &(cr_step){.hyper = &hyper, .count = 1, .t = t});
    assert_true(s0[0] == 0.0f);
  }
}

static void names_and_rates(void **state) {
  (void)state;
  const cr_optimizer *optimizer;
  for (size_t k = 0; (optimizer = cr_optimizer_at(k)); ++k) {
    cr_hyper hyper;
    cr_hyper_init(&hyper, optimizer);
    assert_true(hyper.learning_rate > 0.0 && hyper.learning_rate == optimizer->learning_rate);
    assert_true(optimizer->slots <= CR_OPTIMIZER_MAX_SLOTS);
    assert_true(optimizer->scalars <= CR_OPTIMIZER_MAX_SCALARS);
  }
  optimizer = NULL;
  assert_int_equal(cr_optimizer_find("adan", &optimizer), CR_ERR_ARGUMENT);
  assert_non_null(strstr(cr_last_error()->fix, "adam"));
}

/* Uneven weights and gradients, some of them 0 and some very small, and STEPS steps over them. */
static void walk(const cr_optimizer *optimizer, size_t range, bool prepared, memory *m, float *w) {
  float g[SIZE];
  cr_hyper hyper;
  cr_hyper_init(&hyper, optimizer);
  hyper.weight_decay = 0.01;
  clear(m);
  for (size_t i = 0; i < SIZE; ++i) w[i] = (float)uneven(i, 1.0);
  for (uint64_t t = 1; t <= STEPS; ++t) {
    for (size_t i = 0; i < SIZE; ++i)
      g[i] = i % 7 == 0 ? 0.0f : (float)uneven(i + t, i % 5 ? 1 : 1e-30);
    for (size_t first = 0; first < SIZE; first += range) {
      float *slots[CR_OPTIMIZER_MAX_SLOTS];
      cr_step step = step_of(&hyper, SIZE - first < range ? SIZE - first : range, t);
      step.cost = uneven((size_t)t, 1.0);
      step.scalars = m->scalars_f;
      if (prepared) cr_step_prepare(&step);
      for (size_t i = 0; i < CR_OPTIMIZER_MAX_SLOTS; ++i) slots[i] = m->slot_f[i] + first;
      optimizer->step(w + first, slots, g + first, &step);
    }
  }
}

static void assert_same(const cr_optimizer *optimizer, size_t range, bool prepared) {
  static memory one, other;
  float w[SIZE], v[SIZE];
  const cr_optimizer *plain = NULL;
  assert_int_equal(cr_optimizer_find(optimizer->part.name, &plain), CR_OK);
  walk(plain, SIZE, false, &one, w);
  walk(optimizer, range, prepared, &other, v);
  assert_memory_equal(w, v, sizeof w);
  assert_memory_equal(one.slots_f, other.slots_f, sizeof one.slots_f);
  assert_memory_equal(one.scalars_f, other.scalars_f, sizeof one.scalars_f);
}

/* A level gives the bits of the plain one. */
static void levels_agree_to_the_last_bit(void **state) {
  (void)state;
  const cr_optimizer *plain;
  for (size_t level = 0; level < CR_LEVEL_COUNT; ++level) {
    for (size_t k = 0; cr_level_supported(level) && (plain = cr_optimizer_at(k)); ++k) {
      assert_same(cr_optimizer_for(plain, level), SIZE, false);
    }
  }
  const cr_optimizer stranger = *cr_optimizer_at(0);
  assert_ptr_equal(cr_optimizer_for(&stranger, 0), &stranger);
}

/* Ranges one after another make the step of the whole, where an optimiser says so. */
static void local_steps_may_be_made_in_ranges(void **state) {
  (void)state;
  const cr_optimizer *optimizer;
  size_t others = 0;
  for (size_t k = 0; (optimizer = cr_optimizer_at(k)); ++k) {
    others += !optimizer->local;
    if (optimizer->local) assert_true(optimizer->scalars == 0 && !optimizer->full_batch);
    if (!optimizer->local) continue;
    assert_same(optimizer, 10, false);
    assert_same(optimizer, 16, true);
  }
  assert_int_equal(others, 2); /* rprop and lbfgs, which compare costs of the whole */
}

/* Each level has its own: one of another might not run here. */
static void levels_have_their_own(void **state) {
  (void)state;
  const cr_optimizer *part;
  for (size_t i = 0; (part = cr_optimizer_at(i)); ++i) {
    for (size_t level = 0; level < CR_LEVEL_COUNT; ++level) {
      const cr_optimizer *own = cr_optimizer_for(part, level);
      assert_string_equal(own->part.name, part->part.name);
      for (size_t other = 0; other < level; ++other) {
        assert_ptr_not_equal(cr_optimizer_for(part, other), own);
      }
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(levels_have_their_own),
      cmocka_unit_test(float_agrees_with_reference),
      cmocka_unit_test(descent_by_hand),
      cmocka_unit_test(momentum_has_the_published_values),
      cmocka_unit_test(dampened_momentum_is_an_average),
      cmocka_unit_test(nesterov_by_hand),
      cmocka_unit_test(rmsprop_has_the_published_values),
      cmocka_unit_test(adagrad_has_the_published_values),
      cmocka_unit_test(adamw_is_that_of_the_paper_not_of_keras),
      cmocka_unit_test(single_steps_have_the_published_values),
      cmocka_unit_test(decay_is_coupled_or_not),
      cmocka_unit_test(adam_has_the_published_values),
      cmocka_unit_test(epsilon_is_outside_the_root),
      cmocka_unit_test(adam_goes_on_for_a_million_steps),
      cmocka_unit_test(state_fades_to_zero),
      cmocka_unit_test(names_and_rates),
      cmocka_unit_test(levels_agree_to_the_last_bit),
      cmocka_unit_test(local_steps_may_be_made_in_ranges),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
