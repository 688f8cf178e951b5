/* The engine that trains against the reference, on shapes that fit no tile. */
#include <float.h>

#include "net/norm.h"
#include "ref/reference.h"
#include "support.h"

/*
 * A quantity of either engine comes from sums of at most 100 terms in a row (inputs, layers and
 * rows together), each rounded once to half an FLT_EPSILON of what it sums.
 */
#define TERMS 100
#define TOLERANCE (TERMS * (double)FLT_EPSILON / 2.0)

typedef struct shape {
  const char *spec, *loss, *reduction;
  double l1, l2;
  size_t rows;
  double smoothing, dropout, input_dropout, noise; /* what is done while learning only */
  bool weighted;
} shape;

static const shape shapes[] = {
    {"5-7:sigmoid-3:sigmoid", "squared", "mean", 0, 0, .rows = 1},
    {"5-7:sigmoid-3:sigmoid", "squared", "sum", 0, 0, .rows = 7},
    {"13-1:tanh-9:relu-2:linear", "half_squared", "mean", 0.3, 0, .rows = 33},
    {"1-17:relu-5:tanh-11:sigmoid-1:sigmoid", "binary_cross_entropy", "mean", 0, 0.5, .rows = 7},
    {"33-19:relu-10:softmax", "cross_entropy", "mean", 0.1, 0.2, .rows = 33},
    {"33-19:relu-10:softmax", "cross_entropy", "sum", 0, 0.2, .rows = 1},
    {"6-4:softmax-4:softmax", "half_squared", "mean", 0, 0, .rows = 7},
    {"3-2:linear", "squared", "sum", 1.0, 0, .rows = 33},
    /* (eq L7, L8, R3, R4) one by one, then together */
    {"33-19:relu-10:softmax", "cross_entropy", "mean", 0, 0, 33, .smoothing = 0.1},
    {"1-17:relu-5:tanh-1:sigmoid", "binary_cross_entropy", "sum", 0, 0, 7, .smoothing = 0.3},
    {"5-7:sigmoid-3:sigmoid", "squared", "mean", 0, 0, 7, .weighted = true},
    {"5-71:sigmoid-67:relu-3:sigmoid", "squared", "mean", 0, 0, 7, .dropout = 0.5},
    {"71-9:tanh-2:linear", "half_squared", "sum", 0, 0, 5, .input_dropout = 0.2},
    {"71-9:tanh-2:linear", "half_squared", "mean", 0, 0, 5, .noise = 0.7},
    {"13-33:tanh-1:softmax-9:relu-10:softmax", "cross_entropy", "mean", 0.1, 0.2, 11, 0.1, 0.3, 0.2,
     0.1, true},
    {"13-33:tanh-9:relu-1:sigmoid", "binary_cross_entropy", "sum", 0, 0.2, 3, 0.2, 0.4, 0.1, 0.1,
     true},
};

typedef struct run {
  cr_net *net;
  cr_workspace *work;
  cr_target_function target;
  cr_reference *reference;
  float *x, *y;
  double *x_ref, *y_ref;
  float row_weights[33];
} run;

static float *floats(size_t count, double shift, double scale, size_t first, double **same) {
  float *values = calloc(count, sizeof *values);
  *same = calloc(count, sizeof **same);
  assert_true(values && *same);
  for (size_t i = 0; i < count; ++i) {
    values[i] = (float)(shift + uneven(first + i, scale));
    (*same)[i] = (double)values[i];
  }
  return values;
}

static run start(const shape *s, const char *kernel) {
  run r;
  cr_workspace_options options;
  const cr_objective objective = {.struct_size = sizeof objective,
                                  .loss = s->loss,
                                  .reduction = s->reduction,
                                  .l1 = s->l1,
                                  .l2 = s->l2,
                                  .label_smoothing = s->smoothing,
                                  .dropout = s->dropout,
                                  .input_dropout = s->input_dropout,
                                  .input_noise = s->noise,
                                  .seed = 17,
                                  .draw = 5};
  cr_workspace_options_init(&options);
  options.max_rows = s->rows;
  options.kernel = kernel;
  options.draws = true;
  assert_int_equal(cr_net_create(s->spec, &r.net), CR_OK);
  assert_int_equal(cr_net_initialize(r.net, "xavier", 9), CR_OK);
  for (size_t i = r.net->weight_count; i < r.net->parameter_count; ++i) {
    r.net->parameters[i] = (float)uneven(i, 0.3);
  }
  assert_int_equal(cr_workspace_create(r.net, &options, &r.work), CR_OK);
  assert_int_equal(cr_objective_resolve(r.net, &objective, &r.target), CR_OK);
  assert_int_equal(cr_reference_create(r.net, &r.target, s->rows, &r.reference), CR_OK);
  r.x = floats(s->rows * cr_net_inputs(r.net), 0.0, 1.0, 0, &r.x_ref);
  r.y = floats(s->rows * cr_net_outputs(r.net), 0.5, 0.5, 77, &r.y_ref);
  for (size_t i = 0; i < 33; ++i) r.row_weights[i] = (float)(1.0 + uneven(i, 0.9));
  return r;
}

static void finish(run *r) {
  cr_reference_destroy(r->reference);
  cr_workspace_destroy(r->work);
  cr_net_destroy(r->net);
  free(r->x);
  free(r->y);
  free(r->x_ref);
  free(r->y_ref);
}

static double compare(run *r, const shape *s) {
  const size_t in = cr_net_inputs(r->net), out = cr_net_outputs(r->net);
  const cr_const_matrix x = {r->x, s->rows, in, in}, y = {r->y, s->rows, out, out};
  r->target.row_weights = r->reference->target.row_weights = s->weighted ? r->row_weights : NULL;
  const cr_pass_cost pass = cr_backward_pass(r->net, r->work, &r->target, x, y);
  cr_reference_forward(r->reference, r->x_ref);
  cr_reference_backward(r->reference, r->x_ref, r->y_ref);
  const double expected = cr_reference_cost(r->reference, r->y_ref);
  assert_close(pass.cost, expected, TOLERANCE * fmax(1.0, expected));
  for (size_t l = 0; l < r->net->spec.count; ++l) {
    for (size_t i = 0; i < s->rows * r->net->spec.layers[l].outputs; ++i) {
      assert_close(r->work->z[l][i], r->reference->z[l][i], TOLERANCE * 4.0);
      assert_close(r->work->a[l][i], r->reference->a[l][i], TOLERANCE * 4.0);
      assert_close(r->work->dz[l][i], r->reference->dz[l][i], TOLERANCE * 4.0);
    }
  }
  double largest = 1.0;
  for (size_t i = 0; i < r->net->parameter_count; ++i) {
    largest = fmax(largest, fabs(r->reference->gradient[i]));
  }
  for (size_t i = 0; i < r->net->parameter_count; ++i) {
    assert_close(r->work->gradient[i], r->reference->gradient[i], TOLERANCE * largest);
  }
  return pass.loss;
}

static void engine_agrees_with_reference(void **state) {
  (void)state;
  const cr_kernel *kernel;
  for (size_t k = 0; (kernel = cr_kernel_at(k)); ++k) {
    if (!kernel->supported()) continue;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; ++i) {
      run r = start(&shapes[i], kernel->name);
      const double sum = compare(&r, &shapes[i]);
      const double loss = cr_reference_data_loss(r.reference, r.y_ref);
      const double n = r.target.mean ? (double)shapes[i].rows : 1.0;
      assert_close(sum / n, loss, TOLERANCE * fmax(1.0, loss));
      finish(&r);
    }
  }
}

/* Each activation and loss there is, hidden and, where the loss takes any, as the output too. */
static void every_activation_and_loss_agrees(void **state) {
  (void)state;
  const cr_activation *hidden;
  const cr_loss *loss;
  for (size_t k = 0; (hidden = cr_activation_at(k)); ++k) {
    for (size_t i = 0; (loss = cr_loss_at(i)) && hidden->backward; ++i) {
      const bool any = cr_loss_fits(loss, hidden->part.name);
      char spec[128];
      snprintf(spec, sizeof spec, "5-7:%s-3:%s", hidden->part.name,
               any ? hidden->part.name : loss->outputs);
      const shape s = {spec, loss->part.name, i % 2 == 0 ? "mean" : "sum", 0.1, 0.2, .rows = 9};
      run r = start(&s, NULL);
      compare(&r, &s);
      finish(&r);
    }
  }
}

/* Ten steps of each optimiser: the two stay together, up to ten times the error of one. */
static void engines_stay_together_for_ten_steps(void **state) {
  (void)state;
  const cr_optimizer *optimizer;
  for (size_t k = 0; (optimizer = cr_optimizer_at(k)); ++k) {
    const shape *s = &shapes[2];
    run r = start(s, NULL);
    float *slots[CR_OPTIMIZER_MAX_SLOTS] = {NULL};
    double scalars[CR_OPTIMIZER_MAX_SCALARS] = {0};
    cr_hyper hyper;
    cr_hyper_init(&hyper, optimizer);
    hyper.learning_rate = 0.01;
    assert_int_equal(cr_reference_prepare(r.reference, optimizer), CR_OK);
    for (size_t i = 0; i < optimizer->slots; ++i) {
      slots[i] = calloc(r.net->parameter_count, sizeof **slots);
      assert_non_null(slots[i]);
    }
    for (uint64_t t = 1; t <= 10; ++t) {
      compare(&r, s);
      const cr_step step = {.hyper = &hyper,
                            .count = r.net->parameter_count,
                            .weights = r.net->weight_count,
                            .t = t,
                            .cost = r.reference->cost,
                            .scalars = scalars};
      optimizer->step(r.net->parameters, slots, r.work->gradient, &step);
      cr_reference_step(r.reference, optimizer, &hyper, t);
    }
    for (size_t i = 0; i < r.net->parameter_count; ++i) {
      assert_close(r.net->parameters[i], r.reference->parameters[i], 10.0 * TOLERANCE);
    }
    for (size_t i = 0; i < optimizer->slots; ++i) free(slots[i]);
    finish(&r);
  }
}

/* (eq U2, R5) Ten steps, each with a gradient cut short and weights scaled back. */
static void clipped_steps_stay_together(void **state) {
  (void)state;
  const shape s = {"13-33:tanh-9:relu-2:linear", "half_squared", "sum", .rows = 7, .dropout = 0.3};
  const cr_optimizer *gd = NULL;
  run r = start(&s, NULL);
  double room[33];
  assert_int_equal(cr_optimizer_find("gd", &gd), CR_OK);
  const cr_hyper hyper = {.learning_rate = 0.1};
  for (uint64_t t = 1; t <= 10; ++t) {
    compare(&r, &s);
    assert_true(cr_square_sum(r.work->gradient, r.net->parameter_count) > 0.5 * 0.5);
    cr_clip(r.work->gradient, r.net->parameter_count, 0.5);
    cr_reference_clip(r.reference, 0.5);
    const cr_step step = {.hyper = &hyper, .count = r.net->parameter_count, .t = t};
    gd->step(r.net->parameters, NULL, r.work->gradient, &step);
    cr_reference_step(r.reference, gd, &hyper, t);
    cr_max_norm(r.net, 0.8, room);
    cr_reference_max_norm(r.reference, 0.8);
    for (size_t i = 0; i < r.net->parameter_count; ++i) {
      assert_close(r.net->parameters[i], r.reference->parameters[i], 10.0 * TOLERANCE);
    }
  }
  finish(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(engine_agrees_with_reference),
      cmocka_unit_test(every_activation_and_loss_agrees),
      cmocka_unit_test(engines_stay_together_for_ten_steps),
      cmocka_unit_test(clipped_steps_stay_together),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
