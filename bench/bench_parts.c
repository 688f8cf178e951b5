/*
 * What do the parts of a training step cost beside its products? Each activation, loss and
 * optimiser for each instruction set, in ns for a thousand numbers: usage: bench_parts [--level N]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/level.h"
#include "bench/timer.h"
#include "parts/activation.h"
#include "parts/loss.h"
#include "parts/optimizer.h"

enum { MOST = 128 * 800, SHAPES = 3 };

static const size_t shapes[SHAPES][2] = {{64, 10}, {64, 64}, {128, 800}};

typedef struct bench {
  const cr_activation *activation;
  const cr_loss *loss;
  const cr_optimizer *optimizer;
  size_t rows, cols;
  float *z, *a, *y, *d; /* (MOST) */
  float *slots[CR_OPTIMIZER_MAX_SLOTS];
  double *losses; /* (MOST) */
  uint64_t t;
} bench;

static cr_status forward(void *context) {
  const bench *b = context;
  b->activation->forward(b->a, b->z, b->rows, b->cols, b->cols);
  return CR_OK;
}

/* In place, so from a fresh copy each time: else it would fade to subnormal numbers. */
static cr_status backward(void *context) {
  const bench *b = context;
  memcpy(b->d, b->y, b->rows * b->cols * sizeof *b->d);
  b->activation->backward(b->d, b->z, b->a, b->rows, b->cols, b->cols);
  return CR_OK;
}

static cr_status value(void *context) {
  const bench *b = context;
  if (b->loss->fused_value) {
    b->loss->fused_value(b->losses, b->z, b->a, b->y, b->rows, b->cols);
  } else {
    b->loss->value(b->losses, b->a, b->y, b->rows, b->cols);
  }
  return CR_OK;
}

static cr_status gradient(void *context) {
  const bench *b = context;
  if (b->loss->fused_gradient) {
    b->loss->fused_gradient(b->d, b->a, b->y, 0.015625f, b->rows, b->cols);
  } else {
    b->loss->gradient(b->d, b->a, b->y, 0.015625f, b->rows, b->cols);
  }
  return CR_OK;
}

/* Rates of 0, so that the weights stay among the usual numbers however often it is called. */
static cr_status step(void *context) {
  bench *b = context;
  cr_hyper hyper;
  cr_hyper_init(&hyper, b->optimizer);
  hyper.learning_rate = 0.0;
  b->optimizer->step(b->a, b->slots, b->y,
                     &(cr_step){.hyper = &hyper, .count = b->rows * b->cols, .t = ++b->t});
  return CR_OK;
}

static void refill(bench *b) {
  for (size_t i = 0; i < MOST; i++) {
    b->z[i] = (float)(i * 7919 % 10007) / 1250.0f - 4.0f;
    b->a[i] = 0.1f;
    b->d[i] = 0.5f;
    b->y[i] = i % 10 == i / 10 % 10 ? 1.0f : 0.0f;
  }
}

static void print_row(bench *b, const char *name, const char *what, cr_timed_work *work) {
  static const cr_timer timer = {.seconds = 0.1};
  cr_timing t = {0};
  printf("%-22s%-9s", name, what);
  for (size_t s = 0; s < SHAPES; s++) {
    b->rows = shapes[s][0];
    b->cols = shapes[s][1];
    refill(b);
    (void)cr_timer_measure(&timer, work, b, &t); /* none of them fails */
    printf("%12.0f", t.min * 1e12 / (double)(b->rows * b->cols));
    fflush(stdout);
  }
  printf("\n");
}

static void bench_level(bench *b, size_t level) {
  printf("level %zu: ns per 1000%15s%12s%12s\n", level, "64x10", "64x64", "128x800");
  for (size_t i = 0; (b->activation = cr_activation_at(i)) != NULL; i++) {
    b->activation = cr_activation_for(b->activation, level);
    print_row(b, b->activation->part.name, "forward", forward);
    if (b->activation->backward) print_row(b, b->activation->part.name, "backward", backward);
  }
  for (size_t i = 0; (b->loss = cr_loss_at(i)) != NULL; i++) {
    b->loss = cr_loss_for(b->loss, level);
    print_row(b, b->loss->part.name, "value", value);
    print_row(b, b->loss->part.name, "gradient", gradient);
  }
  for (size_t i = 0; (b->optimizer = cr_optimizer_at(i)) != NULL; i++) {
    b->optimizer = cr_optimizer_for(b->optimizer, level);
    if (b->optimizer->local) print_row(b, b->optimizer->part.name, "step", step);
  }
}

static float *floats(void) {
  float *block = calloc(MOST, sizeof *block);
  if (block == NULL) exit(EXIT_FAILURE);
  return block;
}

int main(int argc, char **argv) {
  static double losses[MOST];
  bench b = {.z = floats(), .a = floats(), .y = floats(), .d = floats(), .losses = losses};
  b.slots[0] = floats();
  b.slots[1] = floats();
  const size_t only =
      argc == 3 && strcmp(argv[1], "--level") == 0 ? strtoul(argv[2], NULL, 10) : CR_LEVEL_COUNT;
  for (size_t level = 0; level < CR_LEVEL_COUNT; level++) {
    if (only != CR_LEVEL_COUNT && only != level) continue;
    if (cr_level_supported(level)) bench_level(&b, level);
  }
  float *const blocks[] = {b.z, b.a, b.y, b.d, b.slots[0], b.slots[1]};
  for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) free(blocks[i]);
  return EXIT_SUCCESS;
}
