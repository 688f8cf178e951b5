/*
 * How fast are the matrix products, and what share of the processor's limit is that? The limit is
 * measured in the same run: usage: bench_product [--json] [--kernel NAME] [--threads N]
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

typedef struct shape {
  const char *what;
  size_t m, n, k;
  bool transposed; /* a is stored by columns */
} shape;

static const shape shapes[] = {
    {"cube", 512, 512, 512, false},
    {"forward 784-800, batch 128", 128, 800, 784, false},
    {"dW 784-800, batch 128", 784, 800, 128, true},
    {"forward 784-64, batch 64", 64, 64, 784, false},
    {"dW 784-64, batch 64", 784, 64, 64, true},
    {"forward 64-10, batch 64", 64, 10, 64, false},
    {"dW 64-10, batch 64", 64, 10, 64, true},
    {"dA 64-10, batch 64", 64, 64, 10, false},
    {"forward 784-64, one row", 1, 64, 784, false},
};

enum { SHAPES = sizeof shapes / sizeof shapes[0], LIMITS = sizeof limits / sizeof limits[0] };

typedef struct run {
  const cr_kernel *kernel;
  cr_pool *pool;
  cr_product product;
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
    double sum = (double)p->bias[j];
    for (size_t q = 0; q < p->k; q++) {
      sum += (double)p->a[i * p->a_row + q * p->a_col] * (double)p->b[q * p->b_row + j * p->b_col];
    }
    const double tolerance = (double)(p->k + 1) * (double)FLT_EPSILON * 0.25 * (double)p->k;
    if (!(fabs((double)p->c[at] - sum) <= tolerance)) return false;
  }
  return true;
}

static timing time_shape(run *r, const shape *s, bool *right) {
  float *a = random_floats(s->m * s->k), *b = random_floats(s->k * s->n);
  float *bias = random_floats(s->n), *c = random_floats(s->m * s->n);
  r->product = (cr_product){.m = s->m,
                            .n = s->n,
                            .k = s->k,
                            .a = a,
                            .a_row = s->transposed ? 1 : s->k,
                            .a_col = s->transposed ? s->m : 1,
                            .b = b,
                            .b_row = s->n,
                            .b_col = 1,
                            .bias = bias,
                            .c = c,
                            .c_stride = s->n};
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

static bool bench_kernel(run *r, bool json) {
  const double limit = measure_limit(r->kernel->name), giga = 1e9;
  const size_t threads = cr_pool_threads(r->pool);
  if (!json) {
    printf("%s, threads %zu, limit of one %.1f GFLOP/s, compiled by %s\n", r->kernel->name, threads,
           limit / giga, __VERSION__);
    printf("%-28s %5s %5s %5s %10s %10s %10s %9s %7s\n", "product", "m", "n", "k", "min us",
           "median us", "iqr us", "GFLOP/s", "share");
  }
  bool all_right = true;
  for (size_t i = 0; i < SHAPES; i++) {
    const shape *s = &shapes[i];
    bool right;
    const timing t = time_shape(r, s, &right);
    const double speed = 2.0 * (double)(s->m * s->n * s->k) / t.min; /* as the limit: at best */
    all_right = all_right && right;
    if (json) {
      printf(
          "{\"schema\": \"chainrule.bench.product/1\", \"kernel\": \"%s\", \"threads\": %zu, "
          "\"limit\": %.4g, \"product\": \"%s\", \"m\": %zu, \"n\": %zu, \"k\": %zu, ",
          r->kernel->name, threads, limit, s->what, s->m, s->n, s->k);
      timer_print_json(stdout, &t);
      printf(", \"flops\": %.4g, \"share\": %.3f, \"right\": %s}\n", speed, speed / limit,
             right ? "true" : "false");
    } else {
      printf("%-28s %5zu %5zu %5zu %10.2f %10.2f %10.2f %9.1f %5.0f %%%s\n", s->what, s->m, s->n,
             s->k, t.min * 1e6, t.median * 1e6, t.iqr * 1e6, speed / giga, 100 * speed / limit,
             right ? "" : "  WRONG");
    }
  }
  return all_right;
}

int main(int argc, char **argv) {
  bool json = false, all_right = true;
  const char *name = NULL;
  size_t threads = 1;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--json") == 0) {
      json = true;
    } else if (strcmp(argv[i], "--kernel") == 0 && i + 1 < argc) {
      name = argv[++i];
    } else if (strcmp(argv[i], "--threads") == 0 && i + 1 < argc) {
      threads = strtoul(argv[++i], NULL, 10);
    } else {
      fprintf(stderr, "usage: bench_product [--json] [--kernel NAME] [--threads N]\n");
      return 2;
    }
  }
  run r = {0};
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
