/*
 * A vector of floats as wide as the instruction set has it, and what products need of it. The only
 * place that knows instruction sets; whoever includes it is compiled once for each of them.
 *
 * A part of a vector is its first lanes: what lies beyond is neither read nor written, and is 0 in
 * a vector that was loaded in part.
 */
#ifndef KERNEL_VECTOR_H
#define KERNEL_VECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__AVX512F__) || defined(__AVX2__)
#  include <immintrin.h>
#elif defined(CR_NEON)
#  include <arm_neon.h>
#endif

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* Before a loop of constant count, of which nothing may be left; clang needs no telling. */
#if defined(__clang__)
#  define UNROLL
#else
#  define UNROLL _Pragma("GCC unroll 16")
#endif

#if defined(__AVX512F__)
enum { VECTOR_BYTES = 64 };
#elif defined(__AVX2__)
enum { VECTOR_BYTES = 32 };
#else
enum { VECTOR_BYTES = 16 };
#endif

enum { LANES = VECTOR_BYTES / sizeof(float), QUADS = LANES / 4 };

/* It may lie anywhere in an array of floats. */
typedef float vector __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(float)), may_alias));

ALWAYS_INLINE vector vector_load(const float *from) {
  return *(const vector *)from;
}

ALWAYS_INLINE void vector_store(float *to, vector v) {
  *(vector *)to = v;
}

/*
 * Each instruction set has:
 *   TALLEST_OF_4, _2, _1          rows of a tile so many vectors wide whose sums, with a row of b
 *                                 and an entry of a, lie in registers; 0: none is so wide
 *   PARTS_ARE_FREE                loading part of a vector takes no longer than a whole one
 *   part                          which lanes a part has
 *   part_of_lanes(count)          the first `count` lanes, all if there are fewer
 *   vector_load_part(from, part)
 *   vector_store_part(to, part, v)
 *   vector_multiply_add(a, b, c)  a * b + c, a number and two vectors. It is spelt out, since a
 *                                 compiler that fuses where it likes gives bits as it likes
 *   vector_load_quads(from, stride)  four floats each from rows 0, 4, 8.. into quads 0, 1, 2..
 *   vector_transpose_quads(v)     4 vectors: in quad q of all of them, a 4 x 4 matrix transposed
 */
#if defined(__AVX512F__)

enum { TALLEST_OF_4 = 6, TALLEST_OF_2 = 12, TALLEST_OF_1 = 12, PARTS_ARE_FREE = true };

typedef __mmask16 part;

ALWAYS_INLINE part part_of_lanes(size_t count) {
  return count >= LANES ? (part)0xffff : (part)((1u << count) - 1);
}

ALWAYS_INLINE vector vector_load_part(const float *from, part lanes) {
  return _mm512_maskz_loadu_ps(lanes, from);
}

ALWAYS_INLINE void vector_store_part(float *to, part lanes, vector v) {
  _mm512_mask_storeu_ps(to, lanes, v);
}

ALWAYS_INLINE vector vector_multiply_add(float a, vector b, vector c) {
  return _mm512_fmadd_ps(_mm512_set1_ps(a), b, c);
}

ALWAYS_INLINE vector vector_load_quads(const float *from, size_t stride) {
  __m512 v = _mm512_castps128_ps512(_mm_loadu_ps(from));
  v = _mm512_insertf32x4(v, _mm_loadu_ps(from + 4 * stride), 1);
  v = _mm512_insertf32x4(v, _mm_loadu_ps(from + 8 * stride), 2);
  return _mm512_insertf32x4(v, _mm_loadu_ps(from + 12 * stride), 3);
}

ALWAYS_INLINE void vector_transpose_quads(vector v[4]) {
  const __m512d low_01 = _mm512_castps_pd(_mm512_unpacklo_ps(v[0], v[1]));
  const __m512d low_23 = _mm512_castps_pd(_mm512_unpacklo_ps(v[2], v[3]));
  const __m512d high_01 = _mm512_castps_pd(_mm512_unpackhi_ps(v[0], v[1]));
  const __m512d high_23 = _mm512_castps_pd(_mm512_unpackhi_ps(v[2], v[3]));
  v[0] = _mm512_castpd_ps(_mm512_unpacklo_pd(low_01, low_23));
  v[1] = _mm512_castpd_ps(_mm512_unpackhi_pd(low_01, low_23));
  v[2] = _mm512_castpd_ps(_mm512_unpacklo_pd(high_01, high_23));
  v[3] = _mm512_castpd_ps(_mm512_unpackhi_pd(high_01, high_23));
}

#elif defined(__AVX2__)

enum { TALLEST_OF_4 = 0, TALLEST_OF_2 = 6, TALLEST_OF_1 = 12, PARTS_ARE_FREE = false };

typedef __m256i part;

ALWAYS_INLINE part part_of_lanes(size_t count) {
  const int lanes = count >= LANES ? LANES : (int)count;
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(lanes), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

ALWAYS_INLINE vector vector_load_part(const float *from, part lanes) {
  return _mm256_maskload_ps(from, lanes);
}

ALWAYS_INLINE void vector_store_part(float *to, part lanes, vector v) {
  _mm256_maskstore_ps(to, lanes, v);
}

ALWAYS_INLINE vector vector_multiply_add(float a, vector b, vector c) {
  return _mm256_fmadd_ps(_mm256_set1_ps(a), b, c);
}

ALWAYS_INLINE vector vector_load_quads(const float *from, size_t stride) {
  const __m256 v = _mm256_castps128_ps256(_mm_loadu_ps(from));
  return _mm256_insertf128_ps(v, _mm_loadu_ps(from + 4 * stride), 1);
}

ALWAYS_INLINE void vector_transpose_quads(vector v[4]) {
  const __m256d low_01 = _mm256_castps_pd(_mm256_unpacklo_ps(v[0], v[1]));
  const __m256d low_23 = _mm256_castps_pd(_mm256_unpacklo_ps(v[2], v[3]));
  const __m256d high_01 = _mm256_castps_pd(_mm256_unpackhi_ps(v[0], v[1]));
  const __m256d high_23 = _mm256_castps_pd(_mm256_unpackhi_ps(v[2], v[3]));
  v[0] = _mm256_castpd_ps(_mm256_unpacklo_pd(low_01, low_23));
  v[1] = _mm256_castpd_ps(_mm256_unpackhi_pd(low_01, low_23));
  v[2] = _mm256_castpd_ps(_mm256_unpacklo_pd(high_01, high_23));
  v[3] = _mm256_castpd_ps(_mm256_unpackhi_pd(high_01, high_23));
}

#else /* four lanes: NEON, and plain, which whoever can multiply and add runs */

enum { PARTS_ARE_FREE = false };

typedef size_t part;

ALWAYS_INLINE part part_of_lanes(size_t count) {
  return count >= LANES ? LANES : count;
}

ALWAYS_INLINE vector vector_load_part(const float *from, part lanes) {
  if (lanes == LANES) return vector_load(from);
  return (vector){from[0], lanes > 1 ? from[1] : 0.0f, lanes > 2 ? from[2] : 0.0f, 0.0f};
}

ALWAYS_INLINE void vector_store_part(float *to, part lanes, vector v) {
  if (lanes == LANES) {
    vector_store(to, v);
    return;
  }
  to[0] = v[0];
  if (lanes > 1) to[1] = v[1];
  if (lanes > 2) to[2] = v[2];
}

ALWAYS_INLINE vector vector_load_quads(const float *from, size_t stride) {
  (void)stride;
  return vector_load(from);
}

#  if defined(CR_NEON)

enum { TALLEST_OF_4 = 6, TALLEST_OF_2 = 12, TALLEST_OF_1 = 12 };

ALWAYS_INLINE vector vector_multiply_add(float a, vector b, vector c) {
  return vfmaq_n_f32(c, b, a);
}

ALWAYS_INLINE void vector_transpose_quads(vector v[4]) {
  const float32x4_t low_02 = vzip1q_f32(v[0], v[2]), high_02 = vzip2q_f32(v[0], v[2]);
  const float32x4_t low_13 = vzip1q_f32(v[1], v[3]), high_13 = vzip2q_f32(v[1], v[3]);
  v[0] = vzip1q_f32(low_02, low_13);
  v[1] = vzip2q_f32(low_02, low_13);
  v[2] = vzip1q_f32(high_02, high_13);
  v[3] = vzip2q_f32(high_02, high_13);
}

#  else

enum { TALLEST_OF_4 = 2, TALLEST_OF_2 = 4, TALLEST_OF_1 = 8 };

ALWAYS_INLINE vector vector_multiply_add(float a, vector b, vector c) {
  return a * b + c;
}

ALWAYS_INLINE void vector_transpose_quads(vector v[4]) {
  const vector a = v[0], b = v[1], c = v[2], d = v[3];
  v[0] = (vector){a[0], b[0], c[0], d[0]};
  v[1] = (vector){a[1], b[1], c[1], d[1]};
  v[2] = (vector){a[2], b[2], c[2], d[2]};
  v[3] = (vector){a[3], b[3], c[3], d[3]};
}

#  endif
#endif

#endif
