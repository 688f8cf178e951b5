#include "nearest.h"

#include <stdint.h>
#include <string.h>

enum { LONGEST_WORD = 32 };

static size_t smaller(size_t a, size_t b) {
  return a < b ? a : b;
}

/*
 * Edits that turn a into b: insert, delete, change a letter or swap two neighbours (the optimal
 * string alignment distance). SIZE_MAX for words too long to be one of ours.
 */
static size_t distance(const char *a, const char *b) {
  size_t n = strlen(a), m = strlen(b);
  size_t d[LONGEST_WORD + 1][LONGEST_WORD + 1];
  if (n > LONGEST_WORD || m > LONGEST_WORD) return SIZE_MAX;
  for (size_t i = 0; i <= n; i++) d[i][0] = i;
  for (size_t j = 0; j <= m; j++) d[0][j] = j;
  for (size_t i = 1; i <= n; i++) {
    for (size_t j = 1; j <= m; j++) {
      size_t change = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
      d[i][j] = smaller(change, smaller(d[i - 1][j], d[i][j - 1]) + 1);
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = smaller(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[n][m];
}

void nearest_begin(struct nearest *nearest, const char *word) {
  /* one edit for three letters: beyond that it is another word */
  *nearest = (struct nearest){.word = word, .distance = (strlen(word) + 1) / 3 + 1};
}

void nearest_offer(struct nearest *nearest, const char *candidate) {
  size_t edits = distance(nearest->word, candidate);
  if (edits < nearest->distance) {
    nearest->distance = edits;
    nearest->found = candidate;
  }
}
