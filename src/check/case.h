/* A case file in memory: a network, samples, and what somebody says comes out. */
#ifndef CHECK_CASE_H
#define CHECK_CASE_H

#include "net/network.h"
#include "parts/optimizer.h"

#define CR_CASE_MAX_BYTES ((uint64_t)64 << 20)
#define CR_CASE_MAX_VALUES ((size_t)1 << 22)
#define CR_CASE_MAX_COMPUTED \
  ((size_t)1 << 24)            /* numbers of all rows in all layers, and parameters */
#define CR_CASE_MAX_METHODS 32 /* optimisers in after_10 */
#define CR_CASE_STEPS 10       /* of after_10 */
#define CR_CASE_NAME 128

/* What can be expected. */
typedef enum cr_case_kind {
  CR_CASE_Z,
  CR_CASE_A,
  CR_CASE_DZ,
  CR_CASE_DW,
  CR_CASE_DB,
  CR_CASE_W,
  CR_CASE_B,
  CR_CASE_DATA_LOSS,
  CR_CASE_COST,
  CR_CASE_COSTS, /* of after_10: before each step and after the last */
} cr_case_kind;

/* When it is looked at: after the first pass, after one step, and after ten of method 0, 1, … */
enum { CR_CASE_FIRST = 0, CR_CASE_AFTER_1 = 1, CR_CASE_AFTER_10 = 2 };

typedef struct cr_case_numbers {
  double *values;
  size_t count, capacity;
} cr_case_numbers;

/* A quantity that the file expects; its numbers are values[offset .. offset + count). */
typedef struct cr_case_expected {
  char name[CR_CASE_NAME]; /* layers counted from 1 */
  cr_case_kind kind;
  size_t phase, layer;
  size_t offset, count, cols; /* cols: 0 for a single number */
} cr_case_expected;

/* An optimiser of after_10. */
typedef struct cr_case_method {
  char key[CR_CASE_NAME];        /* its name in the file */
  const cr_optimizer *optimizer; /* NULL: not one of this program's; see note */
  cr_hyper hyper;
  char note[CR_CASE_NAME];
} cr_case_method;

typedef struct cr_case {
  const char *file; /* borrowed, for messages */
  char *name;
  cr_net *net;
  cr_target_function target;
  size_t rows;
  double learning_rate; /* 0: not given */
  double tolerance;     /* what the file asks for, in both engines at least; 0: nothing */
  cr_case_numbers x, y; /* (rows, inputs), (rows, outputs) */
  cr_case_numbers parameters;
  cr_case_method methods[CR_CASE_MAX_METHODS];
  size_t method_count;
  cr_case_expected *expected;
  size_t expected_count, expected_capacity;
  cr_case_numbers values; /* of all expected quantities */
} cr_case;

/* Reads and checks a whole case, which may expect nothing. On failure there is nothing to free. */
cr_status cr_case_parse(const char *file, const char *text, size_t size, cr_case *out);
void cr_case_free(cr_case *c);

/* Reads a key of after_10, "adam_lr0.01_b0.9_0.999_eps1e-8", into a method. */
void cr_case_read_method(const char *key, double learning_rate, cr_case_method *out);

#endif
