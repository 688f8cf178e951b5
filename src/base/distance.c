#include <string.h>

#include "base/size.h"
#include "base/strbuf.h"

enum { LONGEST_COMPARED = 64 };

size_t cr_text_distance(const char *a, const char *b) {
  const size_t a_size = strlen(a);
  const size_t b_size = strlen(b);
  if (a_size > LONGEST_COMPARED || b_size > LONGEST_COMPARED) return SIZE_MAX;

  /* row[j]: the distance of a[0..i) to b[0..j), one row for each i (Wagner and Fischer 1974). */
  size_t row[LONGEST_COMPARED + 1];
  for (size_t j = 0; j <= b_size; j++) row[j] = j;
  for (size_t i = 1; i <= a_size; i++) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b_size; j++) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      const size_t inserted = cr_size_min(row[j], row[j - 1]) + 1;
      diagonal = row[j];
      row[j] = cr_size_min(replaced, inserted);
    }
  }
  return row[b_size];
}
