/*
 * How fast are the matrix products, and what share of the processor's limit is that? The limit is
 * measured in the same run:
 * usage: bench_product [--json] [--whole-rows] [--kernel NAME] [--threads N]
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "fma_limit.h"
#include "kernel/kernels.h"
#include "timer.h"

static const fma_limit *const limits[] = {
#if defined(CR_KERNEL_X86)
    &fma_limit_avx512,
    &fma_limit_avx2,
#endif
    &fma_limit_plain,
};

/* A layer that takes `in` numbers a row and gives `out`, with so many rows in a batch. */
typedef struct shape {
  size_t rows, out, in;
} shape;

static const shape shapes[] = {
    {512, 512, 512}, {128, 800, 784}, {128, 128, 784},  {64, 64, 784},
    {64, 10, 64},    {32, 10, 784},   {256, 2500, 784}, {256, 2000, 2500},
    {1, 64, 784},    {4, 3, 2},       {4, 1, 3},
};

/* What a training step asks of a layer. */
enum { FORWARD, WEIGHTS, BELOW, USES };

static const char *const uses[USES] = {"forward", "dW", "dA"};

/* z (rows,out) = x w + bias, dw (in,out) = x^T dz, dx (rows,in) = dz w^T; w (in,out) */
static cr_product product_of(const shape *s, int use, const float *a, const float *b,
                             const float *bias, float *c) {
  cr_product p = {.a = a, .b = b, .bias = bias, .c = c};
  if (use == FORWARD) {
    p.m = s->rows, p.n = s->out, p.k = s->in;
    p.a_row = s->in, p.a_col = 1, p.b_row = s->out, p.b_col = 1;
  } else if (use == WEIGHTS) {
    p.m = s->in, p.n = s->out, p.k = s->rows;
    p.a_row = 1, p.a_col = s->in, p.b_row = s->out, p.b_col = 1;
  } else {
    p.m = s->rows, p.n = s->in, p.k = s->out;
    p.a_row = s->out, p.a_col = 1, p.b_row = 1, p.b_col = s->out;
  }
  p.c_stride = p.n;
  return p;
}

enum { SHAPES = sizeof shapes / sizeof shapes[0], LIMITS = sizeof limits / sizeof limits[0] };

typedef struct run {
  const cr_kernel *kernel;
  cr_pool *pool;
  cr_product product;
  bool whole_rows; /* for dW */
} run;

static void multiply(void *context) {
  const run *r = context;
  cr_multiply(r->kernel, r->pool, &r->product);
}

/* Uneven numbers in [-0.5, 0.5]. */
static float *random_floats(size_t size) {
  float *floats = malloc(size * sizeof *floats);
  if (floats == NULL) exit(EXIT_FAILURE);
  for (size_t i = 0; i < size; i++) floats[i] = (float)(i * 7919 % 10007) / 10007.0f - 0.5f;
  return floats;
}

/* A figure counts only if what was timed is right: every 17th entry, summed in double. */
static bool is_right(const cr_product *p) {
  for (size_t at = 0; at < p->m * p->n; at += 17) {
    const size_t i = at / p->n, j = at % p->n;
    double sum = p->bias ? (double)p->bias[j] : 0.0;
    for (size_t q = 0; q < p->k; q++) {
      sum += (double)p->a[i * p->a_row + q * p->a_col] * (double)p->b[q * p->b_row + j * p->b_col];
    }
    const double tolerance = (double)(p->k + 1) * (double)FLT_EPSILON * 0.25 * (double)p->k;
    if (!(fabs((double)p->c[at] - sum) <= tolerance)) return false;
  }
  return true;
}

static timing time_shape(run *r, const shape *s, int use, bool *right) {
  cr_product p = product_of(s, use, NULL, NULL, NULL, NULL);
  float *a = random_floats(p.m * p.k), *b = random_floats(p.k * p.n);
  float *bias = random_floats(p.n), *c = random_floats(p.m * p.n);
  r->product = product_of(s, use, a, b, use == FORWARD ? bias : NULL, c);
  r->product.whole_rows = use == WEIGHTS && r->whole_rows;
  const timing t = timer_measure(multiply, r);
  *right = is_right(&r->product);
  free(a);
  free(b);
  free(bias);
  free(c);
  return t;
}

static double measure_limit(const char *kernel) {
  for (size_t i = 0; i < LIMITS; i++) {
    if (strcmp(limits[i]->name, kernel) != 0) continue;
    float factor = 0.25f;
    return limits[i]->flops / timer_measure(limits[i]->work, &factor).min;
  }
  return (double)NAN;
}

static void print_row(const run *r, bool json, int use, double limit, const timing *t, bool right) {
  const cr_product *p = &r->product;
  const double speed = 2.0 * (double)(p->m * p->n * p->k) / t->min; /* as the limit: at best */
  if (json) {
    printf(
        "{\"schema\": \"chainrule.bench.product/1\", \"kernel\": \"%s\", \"threads\": %zu, "
        "\"limit\": %.4g, \"product\": \"%s\", \"m\": %zu, \"n\": %zu, \"k\": %zu, ",
        r->kernel->name, cr_pool_threads(r->pool), limit, uses[use], p->m, p->n, p->k);
    timer_print_json(stdout, t);
    printf(", \"flops\": %.4g, \"share\": %.3f, \"right\": %s}\n", speed, speed / limit,
           right ? "true" : "false");
  } else {
    printf("%-8s %5zu %5zu %5zu %10.3f %10.3f %10.3f %9.1f %5.1f %%%s\n", uses[use], p->m, p->n,
           p->k, t->min * 1e6, t->median * 1e6, t->iqr * 1e6, speed / 1e9, 100 * speed / limit,
           right ? "" : "  WRONG");
  }
}

static bool bench_kernel(run *r, bool json) {
  const double limit = measure_limit(r->kernel->name), giga = 1e9;
  if (!json) {
    printf("%s, threads %zu, limit of one %.1f GFLOP/s, compiled by %s\n", r->kernel->name,
           cr_pool_threads(r->pool), limit / giga, __VERSION__);
    printf("%-8s %5s %5s %5s %10s %10s %10s %9s %7s\n", "product", "m", "n", "k", "min us",
           "median us", "iqr us", "GFLOP/s", "share");
  }
  bool all_right = true;
  for (size_t i = 0; i < SHAPES; i++) {
    for (int use = 0; use < USES; use++) {
      bool right;
      const timing t = time_shape(r, &shapes[i], use, &right);
      print_row(r, json, use, limit, &t, right);
      all_right = all_right && right;
    }
  }
  return all_right;
}

int main(int argc, char **argv) {
  bool json = false, whole_rows = false, all_right = true;
  const char *name = NULL;
  size_t threads = 1;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--json") == 0) {
      json = true;
    } else if (strcmp(argv[i], "--whole-rows") == 0) {
      whole_rows = true;
    } else if (strcmp(argv[i], "--kernel") == 0 && i + 1 < argc) {
      name = argv[++i];
    } else if (strcmp(argv[i], "--threads") == 0 && i + 1 < argc) {
      threads = strtoul(argv[++i], NULL, 10);
    } else {
      fprintf(stderr,
              "usage: bench_product [--json] [--whole-rows] [--kernel NAME] [--threads N]\n");
      return 2;
    }
  }
  run r = {.whole_rows = whole_rows};
  if (cr_pool_create(threads, &r.pool) != CR_OK ||
      (name != NULL && cr_kernel_find(name, &r.kernel) != CR_OK)) {
    fprintf(stderr, "bench_product: %s\n", cr_last_error()->message);
    return EXIT_FAILURE;
  }
  for (size_t i = 0; (r.kernel = cr_kernel_at(i)) != NULL; i++) {
    if (!r.kernel->supported() || (name != NULL && strcmp(name, r.kernel->name) != 0)) continue;
    all_right = bench_kernel(&r, json) && all_right;
  }
  cr_pool_destroy(r.pool);
  return all_right ? EXIT_SUCCESS : EXIT_FAILURE;
}
