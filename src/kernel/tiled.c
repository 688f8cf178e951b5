/*
 * One table of kernels. This file is compiled once for each instruction set (CMakeLists.txt), with
 * CR_KERNEL as its name.
 */
#include <string.h>

#include "base/size.h"
#include "kernel/normal.h"
#include "kernel/tile.h"
#include "kernel/variants.h"

enum {
  PANEL_COLS = PANEL_VECTORS * LANES,
  DEPTH = 128, /* of p: such a piece of a panel of b fits in the cache nearest to the processor */
  PACK_ROWS = 16, /* from so many rows on, packing b is worth its copy */
  ROW_BLOCK = 48, /* of whole rows */
  SQUARE = 16,    /* side of the pieces that transpose moves */
};

/* packed (depth,vectors * LANES) = b (depth,width) whose columns lie apart, rows being b_row = 1. */
static void pack_columns(float *packed, const float *b, size_t b_col, size_t depth, size_t width,
                         size_t vectors) {
  const size_t cols = vectors * LANES;
  for (size_t j = 0; j < width; j += LANES) {
    size_t p = 0;
    if (width - j >= LANES) {
      for (; p + 4 <= depth; p += 4) {
        vector v[4];
        UNROLL for (size_t i = 0; i < 4; i++) {
          v[i] = vector_load_quads(b + p + (j + i) * b_col, b_col);
        }
        vector_transpose_quads(v);
        UNROLL for (size_t i = 0; i < 4; i++) vector_store(packed + (p + i) * cols + j, v[i]);
      }
    }
    const size_t lanes = cr_size_min(LANES, width - j);
    for (; p < depth; p++) {
      float row[LANES] = {0};
      for (size_t i = 0; i < lanes; i++) row[i] = b[p + (j + i) * b_col];
      memcpy(packed + p * cols + j, row, sizeof row);
    }
  }
}

static void pack_rows(float *packed, const float *b, size_t b_row, size_t depth, size_t vectors,
                      part last) {
  const size_t cols = vectors * LANES;
  for (size_t p = 0; p < depth; p++) {
    for (size_t j = 0; j < vectors; j++) {
      vector_store(packed + p * cols + j * LANES,
                   load_column(b + p * b_row, j, vectors, false, last));
    }
  }
}

static size_t tallest(size_t vectors) {
  return vectors == 4 ? TALLEST_OF_4 : vectors == 2 ? TALLEST_OF_2 : TALLEST_OF_1;
}

/* All rows of a panel, in tiles of nearly the same height. */
static void compute_rows(tile t, size_t rows, size_t vectors) {
  if (vectors == ROW_VECTORS) {
    compute_row(&t);
    return;
  }
  size_t tiles = (rows + tallest(vectors) - 1) / tallest(vectors);
  for (; tiles > 0; tiles--) {
    const size_t height = rows / tiles;
    if (vectors == 4) {
      compute_4(&t, height);
    } else if (vectors == 2) {
      compute_2(&t, height);
    } else {
      compute_1(&t, height);
    }
    rows -= height;
    t.a += height * t.a_row;
    t.c += height * t.c_row;
    if (t.from) t.from += height * t.from_row;
  }
}

static void multiply_panel(const cr_product *x, size_t row, size_t rows, size_t col, size_t cols,
                           size_t vectors) {
  float packed[DEPTH * PANEL_COLS];
  const size_t width = vectors * LANES;
  tile t = {.a = x->a + row * x->a_row,
            .a_row = x->a_row,
            .a_col = x->a_col,
            .from = x->bias ? x->bias + col : NULL,
            .from_row = 0,
            .c = x->c + row * x->c_stride + col,
            .c_row = x->c_stride,
            .last = part_of_lanes(cols - (vectors - 1) * LANES),
            .whole = cols == width};
  const bool packs = x->b_col != 1 || (rows >= PACK_ROWS && x->b_row > width);
  size_t p = 0;
  do {
    t.depth = cr_size_min(DEPTH, x->k - p);
    t.b = x->b + p * x->b_row + col * x->b_col;
    t.b_row = x->b_row;
    if (packs) {
      if (x->b_col != 1) {
        pack_columns(packed, t.b, x->b_col, t.depth, cols, vectors);
      } else {
        pack_rows(packed, t.b, x->b_row, t.depth, vectors, t.last);
      }
      t.b = packed;
      t.b_row = width;
    }
    compute_rows(t, rows, vectors);
    t.a += t.depth * x->a_col;
    t.from = t.c;
    t.from_row = t.c_row;
    p += t.depth;
  } while (p < x->k);
}

static size_t panel_vectors(const cr_product *x, size_t rows, size_t cols) {
  const size_t vectors = (cols + LANES - 1) / LANES;
  if (rows == 1 && x->b_col == 1 && vectors >= ROW_VECTORS) return ROW_VECTORS;
  if (vectors >= PANEL_VECTORS) return PANEL_VECTORS;
  return vectors >= 2 ? 2 : 1;
}

static void multiply_panels(const cr_product *x, size_t row, size_t rows, size_t col, size_t cols) {
  while (cols > 0) {
    const size_t vectors = panel_vectors(x, rows, cols), width = cr_size_min(vectors * LANES, cols);
    multiply_panel(x, row, rows, col, width, vectors);
    if (x->finish && !x->whole_rows) x->finish(x->context, row, rows, col, width);
    col += width;
    cols -= width;
  }
}

static void multiply(const cr_product *x, size_t row_first, size_t row_count, size_t col_first,
                     size_t col_count) {
  if (!x->whole_rows) {
    if (row_count > 0) multiply_panels(x, row_first, row_count, col_first, col_count);
    return;
  }
  for (size_t done = 0; done < row_count; done += ROW_BLOCK) {
    const size_t rows = cr_size_min(ROW_BLOCK, row_count - done);
    multiply_panels(x, row_first + done, rows, col_first, col_count);
    if (x->finish) x->finish(x->context, row_first + done, rows, 0, x->n);
  }
}

/* In small squares, so that what is read and what is written both stay in the cache. */
static void transpose(float *restrict out, const float *restrict in, size_t rows, size_t cols) {
  for (size_t row = 0; row < rows; row += SQUARE) {
    const size_t row_end = cr_size_min(row + SQUARE, rows);
    for (size_t col = 0; col < cols; col += SQUARE) {
      const size_t col_end = cr_size_min(col + SQUARE, cols);
      for (size_t j = col; j < col_end; j++) {
        for (size_t i = row; i < row_end; i++) out[j * rows + i] = in[i * cols + j];
      }
    }
  }
}

static void column_sums(float *restrict out, const float *restrict in, size_t rows, size_t cols) {
  for (size_t j = 0; j < cols; j++) out[j] = 0;
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < cols; j++) out[j] += in[i * cols + j];
  }
}

static void bytes_to_floats(float *restrict out, const uint8_t *restrict bytes, size_t n,
                            float scale, float shift) {
  for (size_t i = 0; i < n; i++) out[i] = (float)bytes[i] * scale + shift;
}

/* A round of Philox4x32: see base/rng.c, which has it for a single block. */
ALWAYS_INLINE void philox_round(uint32_t x[4], uint32_t key_0, uint32_t key_1) {
  const uint64_t left = (uint64_t)UINT32_C(0xd2511f53) * x[0];
  const uint64_t right = (uint64_t)UINT32_C(0xcd9e8d57) * x[2];
  x[0] = (uint32_t)(right >> 32) ^ x[1] ^ key_0;
  x[1] = (uint32_t)right;
  x[2] = (uint32_t)(left >> 32) ^ x[3] ^ key_1;
  x[3] = (uint32_t)left;
}

/* One group: the rounds are unrolled, so that the loop over the blocks becomes one over vectors. */
static void random_group(uint32_t *restrict words, uint32_t first, const uint32_t counter[4],
                         const uint32_t key[2]) {
  const uint32_t lane = counter[1], layer = counter[2], stream = counter[3];
  const uint32_t key_0 = key[0], key_1 = key[1];
  for (uint32_t block = 0; block < CR_GROUP_BLOCKS; block++) {
    uint32_t x[4] = {first + block, lane, layer, stream};
#pragma GCC unroll 10
    for (uint32_t round = 0; round < 10; round++) {
      philox_round(x, key_0 + round * UINT32_C(0x9e3779b9), key_1 + round * UINT32_C(0xbb67ae85));
    }
    words[block] = x[0];
    words[CR_GROUP_BLOCKS + block] = x[1];
    words[2 * CR_GROUP_BLOCKS + block] = x[2];
    words[3 * CR_GROUP_BLOCKS + block] = x[3];
  }
}

static void random_words(uint32_t *words, size_t groups, const uint32_t counter[4],
                         const uint32_t key[2]) {
  for (size_t group = 0; group < groups; group++) {
    random_group(words + group * CR_GROUP_WORDS, counter[0] + (uint32_t)group * CR_GROUP_BLOCKS,
                 counter, key);
  }
}

static void normals(float *restrict out, const uint32_t *restrict words, size_t n,
                    float deviation) {
  for (size_t i = 0; i < n; i++) out[i] = deviation * cr_normal_of_word(words[i]);
}

static void mask(float *restrict out, const uint32_t *restrict words, size_t n, uint32_t least,
                 float kept) {
  for (size_t i = 0; i < n; i++) out[i] = words[i] < least ? 0.0f : kept;
}

#define JOIN_NAMES(a, b) a##b
#define JOIN(a, b) JOIN_NAMES(a, b)
#define QUOTE_NAME(a) #a
#define QUOTE(a) QUOTE_NAME(a)

const cr_kernel JOIN(cr_kernel_, CR_KERNEL) = {
    .name = QUOTE(CR_KERNEL),
    .level = CR_VARIANT(CR_LEVEL),
    .supported = CR_VARIANT(cr_level_supported),
    .multiply = multiply,
    .tile_rows = TALLEST_OF_2,
    .tile_cols = PANEL_COLS,
    .transpose = transpose,
    .column_sums = column_sums,
    .bytes_to_floats = bytes_to_floats,
    .random_words = random_words,
    .normals = normals,
    .mask = mask,
};
