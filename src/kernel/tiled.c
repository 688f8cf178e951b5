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
  DEPTH = 112, /* of p: such a piece of a panel of b stays in the nearest cache, with some of a */
  MANY_ROWS = 192,       /* from so many rows on, a copy of b pays; */
  CROWDED = 512,         /* for a b whose rows are a multiple of this apart, */
  CROWDED_ROWS = 48,     /* from so many rows on */
  ROWS_AT_ONCE = 1024,   /* of c, whose panel stays in the next cache */
  WHOLE_FLOATS = 98304,  /* of c in a block of whole rows, so that it is still there for finish, */
  LEAST_WHOLE_ROWS = 48, /* but not fewer rows than make reading b worth it, */
  MOST_WHOLE_ROWS = 192, /* nor more than that takes */
  LINE_FLOATS = 16,      /* of the memory */
  CUT_ROWS = 4, /* threads share out rows by so many; tiles of any height are near the limit */
};

/* LANES columns of b, or the `lanes` there are: packed row p at packed + p * width. */
static void pack_columns(float *packed, size_t width, const float *b, size_t b_col, size_t depth,
                         size_t lanes) {
  size_t p = 0;
  for (; lanes == LANES && p + 4 <= depth; p += 4) {
    vector v[4];
    UNROLL for (size_t i = 0; i < 4; i++) v[i] = vector_load_quads(b + p + i * b_col, b_col);
    vector_transpose_quads(v);
    UNROLL for (size_t i = 0; i < 4; i++) vector_store(packed + (p + i) * width, v[i]);
  }
  for (; p < depth; p++) {
    for (size_t j = 0; j < LANES; j++) packed[p * width + j] = j < lanes ? b[p + j * b_col] : 0.0f;
  }
}

/* packed (t->depth, vectors * LANES) = the piece of b at t->b (t->depth, cols), and 0 beyond. */
static void pack(float *packed, const tile *t, const cr_product *x, size_t cols, size_t vectors) {
  const size_t width = vectors * LANES;
  if (x->b_col != 1) {
    for (size_t j = 0; j < cols; j += LANES) {
      pack_columns(packed + j, width, t->b + j * x->b_col, x->b_col, t->depth,
                   cr_size_min(LANES, cols - j));
    }
    return;
  }
  for (size_t p = 0; p < t->depth; p++) {
    for (size_t j = 0; j < vectors; j++) {
      vector_store(packed + p * width + j * LANES,
                   load_column(t->b + p * x->b_row, j, vectors, t->whole, t->last));
    }
  }
}

static size_t tallest(size_t vectors) {
  return vectors == 4 ? TALLEST_OF_4 : vectors == 2 ? TALLEST_OF_2 : TALLEST_OF_1;
}

/* Asks the memory for rows of floats that are wanted soon. */
ALWAYS_INLINE void ask_for(const float *from, size_t rows, size_t cols, size_t stride) {
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < cols; j += LINE_FLOATS) __builtin_prefetch(from + i * stride + j);
  }
}

/* All rows of a panel, in tiles of nearly the same height; each asks for the next if a is far. */
static void compute_rows(tile t, size_t rows, size_t vectors, bool a_far) {
  if (vectors == ROW_VECTORS) {
    compute_row(&t);
    return;
  }
  size_t tiles = (rows + tallest(vectors) - 1) / tallest(vectors);
  for (; tiles > 0; tiles--) {
    const size_t height = rows / tiles;
    if (a_far && tiles > 1) {
      ask_for(t.a + height * t.a_row, (rows - height) / (tiles - 1), t.depth, t.a_row);
    }
    if (vectors == 4) {
      compute_4(&t, height);
    } else if (vectors == 2) {
      compute_2(&t, height);
    } else {
      compute_1(&t, height);
    }
    if (tiles == 1) break; /* of a single row the stride may be any number */
    rows -= height;
    t.a += height * t.a_row;
    t.c += height * t.c_row;
    if (t.from) t.from += height * t.from_row;
  }
}

/*
 * Is a copy of a piece of b worth its time? For many rows; and sooner where rows of b lie so that
 * the nearest cache would put them into a few of its places.
 */
static bool is_packed(const cr_product *x, size_t rows, size_t width) {
  if (x->b_col != 1) return true;
  return x->b_row > width && rows >= (x->b_row % CROWDED == 0 ? CROWDED_ROWS : MANY_ROWS);
}

/* Rows and columns of c that are as wide as a tile; b in pieces that stay in the nearest cache. */
static void multiply_panel(const cr_product *x, size_t row, size_t rows, size_t col, size_t cols,
                           size_t vectors) {
  float packed[DEPTH * PANEL_COLS];
  const size_t width = vectors * LANES;
  const bool packs = is_packed(x, rows, width);
  tile t = {.a_row = x->a_row,
            .a_col = x->a_col,
            .b_row = packs ? width : x->b_row,
            .from = x->bias ? x->bias + col : NULL,
            .c = x->c + row * x->c_stride + col,
            .c_row = x->c_stride,
            .last = part_of_lanes(cols - (vectors - 1) * LANES),
            .whole = cols == width};
  size_t p = 0, pieces = x->k > DEPTH ? (x->k + DEPTH - 1) / DEPTH : 1;
  for (; pieces > 0; pieces--) {
    t.depth = (x->k - p) / pieces;
    t.a = x->a + row * x->a_row + p * x->a_col;
    t.b = x->b + p * x->b_row + col * x->b_col;
    if (packs) {
      pack(packed, &t, x, cols, vectors);
      t.b = packed;
    }
    compute_rows(t, rows, vectors, x->a_far);
    t.from = t.c;
    t.from_row = t.c_row;
    p += t.depth;
  }
}

/* How wide the panel is that these columns begin with. */
static size_t panel_vectors(const cr_product *x, size_t rows, size_t cols) {
  const size_t vectors = (cols + LANES - 1) / LANES;
  if (rows == 1 && x->b_col == 1 && vectors >= ROW_VECTORS) return ROW_VECTORS;
  if (vectors >= PANEL_VECTORS) return PANEL_VECTORS;
  return vectors >= 2 ? 2 : 1;
}

static void multiply_rows(const cr_product *x, size_t row, size_t rows, size_t col, size_t end) {
  while (col < end) {
    const size_t vectors = panel_vectors(x, rows, end - col);
    const size_t cols = cr_size_min(vectors * LANES, end - col);
    multiply_panel(x, row, rows, col, cols, vectors);
    if (x->finish && !x->whole_rows) x->finish(x->context, row, rows, col, cols);
    col += cols;
  }
  if (x->finish && x->whole_rows) x->finish(x->context, row, rows, 0, x->n);
}

/* Blocks of whole rows are small enough for the cache; else panels are, and b is read once. */
static size_t rows_at_once(const cr_product *x) {
  if (!x->whole_rows) return ROWS_AT_ONCE;
  const size_t rows = WHOLE_FLOATS / cr_size_max(x->n, 1);
  return cr_size_max(LEAST_WHOLE_ROWS, cr_size_min(rows, MOST_WHOLE_ROWS));
}

static void multiply(const cr_product *x, size_t row_first, size_t row_count, size_t col_first,
                     size_t col_count) {
  const size_t most = rows_at_once(x), row_end = row_first + row_count;
  for (size_t row = row_first; row < row_end; row += most) {
    multiply_rows(x, row, cr_size_min(most, row_end - row), col_first, col_first + col_count);
  }
}

/* A row of ones times `in`: in order, and in as many sums at a time as keep the units busy. */
static void column_sums(float *restrict out, const float *restrict in, size_t rows, size_t cols) {
  const float one = 1.0f; /* every entry of the row, 0 apart */
  const cr_product sums = {
      .m = 1, .n = cols, .k = rows, .a = &one, .b = in, .b_row = cols, .b_col = 1, .c = out};
  multiply(&sums, 0, 1, 0, cols);
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
    .tile_rows = CUT_ROWS,
    .tile_cols = PANEL_COLS,
    .column_sums = column_sums,
    .bytes_to_floats = bytes_to_floats,
    .random_words = random_words,
    .normals = normals,
    .mask = mask,
};
