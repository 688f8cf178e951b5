/* A product shared out over threads. Where it is cut changes no bit of it: see kernels.h. */
#include "base/size.h"
#include "kernel/kernels.h"

/* Less work than this, some 4 µs and more, is not worth handing over. */
static const double FLOPS_PER_PART = 1e6;

typedef struct cut {
  const cr_kernel *kernel;
  const cr_product *product;
  size_t row_parts, col_parts;
} cut;

typedef struct range {
  size_t first, count;
} range;

/* Part `part` of `parts` nearly equal ones of 0..size-1, all but the last in whole tiles. */
static range part_of(size_t size, size_t tile, size_t part, size_t parts) {
  const size_t tiles = (size + tile - 1) / tile;
  const size_t first = cr_size_min(size, tiles * part / parts * tile);
  const size_t end = cr_size_min(size, tiles * (part + 1) / parts * tile);
  return (range){first, end - first};
}

static void run_part(void *context, size_t part) {
  const cut *c = context;
  const cr_kernel *kernel = c->kernel;
  const range rows = part_of(c->product->m, kernel->tile_rows, part / c->col_parts, c->row_parts);
  const range cols = part_of(c->product->n, kernel->tile_cols, part % c->col_parts, c->col_parts);
  kernel->multiply(c->product, rows.first, rows.count, cols.first, cols.count);
}

/* The most that a part has: the last one has most tiles, but its last tile may be cut short. */
static size_t most_of(size_t size, size_t tile, size_t parts) {
  const size_t tiles = (size + tile - 1) / tile, others = (tiles + parts - 2) / parts * tile;
  return cr_size_max(part_of(size, tile, parts - 1, parts).count, others);
}

/* Entries of the largest part. */
static size_t largest_part(const cut *c) {
  return most_of(c->product->m, c->kernel->tile_rows, c->row_parts) *
         most_of(c->product->n, c->kernel->tile_cols, c->col_parts);
}

/*
 * Columns first, so that a part reads only its own columns of b, unless fewer cuts through columns
 * make the largest part smaller by a tenth.
 */
static cut choose_cut(const cr_kernel *kernel, const cr_product *product, size_t parts) {
  const size_t row_tiles = (product->m + kernel->tile_rows - 1) / kernel->tile_rows;
  const size_t col_tiles = (product->n + kernel->tile_cols - 1) / kernel->tile_cols;
  cut best = {.kernel = kernel, .product = product};
  size_t least = SIZE_MAX;
  for (size_t cols = product->whole_rows ? 1 : cr_size_min(parts, col_tiles); cols > 0; cols--) {
    cut c = best;
    c.col_parts = cols;
    c.row_parts = cr_size_min(parts / cols, row_tiles);
    const size_t largest = largest_part(&c);
    if (largest >= least - least / 10) continue;
    least = largest;
    best = c;
  }
  return best;
}

static size_t parts_worth(const cr_product *product, size_t threads) {
  const double flops = 2.0 * (double)product->m * (double)product->n * (double)product->k;
  const double parts = flops / FLOPS_PER_PART;
  return parts < (double)threads ? (size_t)parts : threads;
}

void cr_multiply(const cr_kernel *kernel, cr_pool *pool, const cr_product *product) {
  const size_t parts = parts_worth(product, cr_pool_threads(pool));
  if (parts < 2) {
    kernel->multiply(product, 0, product->m, 0, product->n);
    return;
  }
  cut c = choose_cut(kernel, product, parts);
  cr_pool_run(pool, c.row_parts * c.col_parts, run_part, &c);
}
