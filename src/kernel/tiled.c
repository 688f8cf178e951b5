/*
 * One table of kernels. This file is compiled once for each instruction set (CMakeLists.txt), with
 * CR_KERNEL as its name; vector types leave the choice of the instructions to the compiler.
 *
 * The product is cut into tiles of c whose sums stay in registers. Whatever tile an entry falls
 * into, it sees the same operations: it starts from its bias, adds a[i,p] * b[p,j] for p from 0 up,
 * and every path adds with the same vector instruction. Narrow ends of rows are computed on whole
 * vectors in local memory, so they are no exception.
 */
#if defined(__AVX2__)
#  include <immintrin.h>
#endif
#include <string.h>

#include "base/size.h"
#include "kernel/normal.h"
#include "kernel/variants.h"

/*
 * MULTIPLY_ADD of a number and two vectors is spelt out, since a compiler that fuses where it likes
 * gives bits as it likes.
 */
#if defined(__AVX512F__)
enum { VECTOR_BYTES = 64, TILE_ROWS = 8 };
#  define MULTIPLY_ADD(a, b, c) _mm512_fmadd_ps(_mm512_set1_ps(a), b, c)
#elif defined(__AVX2__)
enum { VECTOR_BYTES = 32, TILE_ROWS = 6 };
#  define MULTIPLY_ADD(a, b, c) _mm256_fmadd_ps(_mm256_set1_ps(a), b, c)
#else
enum { VECTOR_BYTES = 16, TILE_ROWS = 4 };
#  define MULTIPLY_ADD(a, b, c) ((a) * (b) + (c))
#endif

enum {
  LANES = VECTOR_BYTES / sizeof(float),
  TILE_VECTORS = 2,
  TILE_COLS = TILE_VECTORS * LANES,
  BLOCK = 192, /* of p: such a piece of b and of a tile's rows of a fit in 32 KiB of cache */
  PACK_ROWS = 3 * TILE_ROWS, /* from so many rows on, packing b is worth its copy */
  SQUARE = 16,               /* side of the pieces that transpose moves */
};

/* A vector of floats that may lie anywhere in an array of floats. */
typedef float vector __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(float)), may_alias));

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* Before a loop of constant count, of which nothing may be left; clang needs no telling. */
#if defined(__clang__)
#  define UNROLL
#else
#  define UNROLL _Pragma("GCC unroll 8")
#endif

ALWAYS_INLINE vector load(const float *floats) {
  return *(const vector *)floats;
}

/*
 * c = from + a b for a column of tiles: a (rows,depth), b (depth,cols), no wider than a tile;
 * `from` is c itself to go on with a sum, or the bias with stride 0 to begin one.
 */
typedef struct strip {
  size_t depth;
  const float *a;
  size_t a_row, a_col;
  const float *b;
  size_t b_stride;
  const float *from;
  size_t from_stride;
  float *c;
  size_t c_stride;
} strip;

_Static_assert((TILE_COLS & (TILE_COLS - 1)) == 0, "copy_floats halves it down to 1");

/* Copies width <= TILE_COLS floats in pieces of constant size, which need no call. */
ALWAYS_INLINE void copy_floats(float *to, const float *from, size_t width) {
  for (size_t piece = TILE_COLS; piece > 0; piece /= 2) {
    if ((width & piece) == 0) continue;
    memcpy(to, from, piece * sizeof *to);
    to += piece;
    from += piece;
  }
}

/*
 * One tile: `rows` rows of the strip, `vectors` vectors wide. Both are constants where this is
 * inlined, so that `sum` lies in registers.
 */
ALWAYS_INLINE void compute_tile(const strip *s, size_t rows, size_t vectors) {
  vector sum[TILE_ROWS][TILE_VECTORS], b_p[TILE_VECTORS];
  const size_t from_stride = s->from_stride, c_stride = s->c_stride;
  const float *from = s->from;
  UNROLL for (size_t i = 0; i < rows; i++) {
    UNROLL for (size_t j = 0; j < vectors; j++) {
      sum[i][j] = load(from + i * from_stride + j * LANES);
    }
  }
  const size_t depth = s->depth, a_row = s->a_row, a_col = s->a_col, b_stride = s->b_stride;
  const float *a = s->a, *b = s->b;
  for (size_t p = 0; p < depth; p++) {
    UNROLL for (size_t j = 0; j < vectors; j++) b_p[j] = load(b + p * b_stride + j * LANES);
    UNROLL for (size_t i = 0; i < rows; i++) {
      const float a_ip = a[i * a_row + p * a_col];
      UNROLL for (size_t j = 0; j < vectors; j++) {
        sum[i][j] = MULTIPLY_ADD(a_ip, b_p[j], sum[i][j]);
      }
    }
  }
  float *c = s->c;
  UNROLL for (size_t i = 0; i < rows; i++) {
    UNROLL for (size_t j = 0; j < vectors; j++) {
      *(vector *)(c + i * c_stride + j * LANES) = sum[i][j];
    }
  }
}

/* Computes the tallest tile that `rows` leaves room for and returns its height. */
ALWAYS_INLINE size_t compute_tallest(const strip *s, size_t rows, size_t vectors) {
  if (rows >= TILE_ROWS) {
    compute_tile(s, TILE_ROWS, vectors);
    return TILE_ROWS;
  }
  if (rows >= 4) {
    compute_tile(s, 4, vectors);
    return 4;
  }
  if (rows >= 2) {
    compute_tile(s, 2, vectors);
    return 2;
  }
  compute_tile(s, 1, vectors);
  return 1;
}

static size_t compute_wide(const strip *s, size_t rows) {
  return compute_tallest(s, rows, TILE_VECTORS);
}

static size_t compute_narrow(const strip *s, size_t rows) {
  return compute_tallest(s, rows, 1);
}

/* The same where the last vector is not filled: whole vectors go to local memory instead of c. */
static size_t compute_edge(const strip *s, size_t rows, size_t width) {
  float edge[TILE_ROWS * TILE_COLS] = {0};
  const size_t height = cr_size_min(rows, TILE_ROWS);
  strip local = *s;
  local.c = edge;
  local.c_stride = TILE_COLS;
  if (s->from == s->c) {
    for (size_t i = 0; i < height; i++) {
      copy_floats(edge + i * TILE_COLS, s->c + i * s->c_stride, width);
    }
    local.from = edge;
    local.from_stride = TILE_COLS;
  }
  const size_t done = width > LANES ? compute_wide(&local, rows) : compute_narrow(&local, rows);
  for (size_t i = 0; i < done; i++) {
    copy_floats(s->c + i * s->c_stride, edge + i * TILE_COLS, width);
  }
  return done;
}

static void compute_strip(strip s, size_t rows, size_t width) {
  while (rows > 0) {
    size_t done;
    if (width == TILE_COLS) {
      done = compute_wide(&s, rows);
    } else if (width == LANES) {
      done = compute_narrow(&s, rows);
    } else {
      done = compute_edge(&s, rows, width);
    }
    rows -= done;
    s.a += done * s.a_row;
    s.from += done * s.from_stride;
    s.c += done * s.c_stride;
  }
}

/* packed (depth,TILE_COLS) = b (depth,width), entry (p,j) of which is at b[p * b_row + j * b_col]. */
static void pack_strided(float *packed, const float *b, size_t b_row, size_t b_col, size_t depth,
                         size_t width) {
  memset(packed, 0, depth * TILE_COLS * sizeof *packed);
  for (size_t j = 0; j < width; j++) {
    for (size_t p = 0; p < depth; p++) packed[p * TILE_COLS + j] = b[p * b_row + j * b_col];
  }
}

/*
 * packed (depth,TILE_COLS) = b (depth,width). What follows in memory fills the rest of a row, where
 * there is something: nothing is read from `end` on, where b ends.
 */
static void pack(float *packed, const float *b, size_t b_stride, size_t depth, size_t width,
                 const float *end) {
  for (size_t p = 0; p < depth; p++) {
    if ((size_t)(end - b) >= TILE_COLS) {
      memcpy(packed, b, TILE_COLS * sizeof *packed);
    } else {
      memset(packed, 0, TILE_COLS * sizeof *packed);
      copy_floats(packed, b, width);
    }
    packed += TILE_COLS;
    if (p + 1 < depth) b += b_stride; /* not to a place outside b */
  }
}

/* Columns [col, col + width) of the rows of c, width <= TILE_COLS. */
static void multiply_panel(const cr_product *x, size_t row_first, size_t row_count, size_t col,
                           size_t width) {
  float start[TILE_COLS] = {0}, packed[BLOCK * TILE_COLS];
  if (x->bias != NULL) copy_floats(start, x->bias + col, width);
  const bool whole = width == TILE_COLS || width == LANES;
  const bool packs = row_count >= PACK_ROWS || !whole || x->b_col != 1;
  const float *end = x->k > 0 ? x->b + (x->k - 1) * x->b_row + x->n : x->b;
  strip s = {.a = x->a + row_first * x->a_row,
             .a_row = x->a_row,
             .a_col = x->a_col,
             .from = start,
             .c = x->c + row_first * x->c_stride + col,
             .c_stride = x->c_stride};
  size_t p = 0;
  do {
    s.depth = cr_size_min(BLOCK, x->k - p);
    s.b = x->b + p * x->b_row + col * x->b_col;
    s.b_stride = x->b_row;
    if (packs) {
      if (x->b_col != 1) {
        pack_strided(packed, s.b, x->b_row, x->b_col, s.depth, width);
      } else {
        pack(packed, s.b, s.b_stride, s.depth, width, end);
      }
      s.b = packed;
      s.b_stride = TILE_COLS;
    }
    compute_strip(s, row_count, width);
    s.a += s.depth * x->a_col;
    s.from = s.c;
    s.from_stride = s.c_stride;
    p += s.depth;
  } while (p < x->k);
  if (x->finish != NULL && !x->whole_rows) x->finish(x->context, row_first, row_count, col, width);
}

static void multiply(const cr_product *product, size_t row_first, size_t row_count,
                     size_t col_first, size_t col_count) {
  for (size_t done = 0; done < col_count; done += TILE_COLS) {
    multiply_panel(product, row_first, row_count, col_first + done,
                   cr_size_min(TILE_COLS, col_count - done));
  }
  if (product->finish != NULL && product->whole_rows) {
    product->finish(product->context, row_first, row_count, 0, product->n);
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
    .tile_rows = TILE_ROWS,
    .tile_cols = TILE_COLS,
    .transpose = transpose,
    .column_sums = column_sums,
    .bytes_to_floats = bytes_to_floats,
    .random_words = random_words,
    .normals = normals,
    .mask = mask,
};
