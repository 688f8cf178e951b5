#include <math.h>
#include <stdio.h>

#include "check/gradient.h"

/* Two numbers whose quotient is this close to a factor differ by that factor. */
#define FACTOR_TOLERANCE 0.01

static bool is_near(double ratio, double factor) {
  return fabs(ratio - factor) <= FACTOR_TOLERANCE * fabs(factor);
}

/* What numbers with this quotient usually come from; n: rows of the batch. */
static void write_hint(double exact, double found, double n, char *out, size_t size) {
  if (!isfinite(exact) || !isfinite(found)) {
    snprintf(out, size, "not a number: an overflow, or a logarithm or quotient of 0");
    return;
  }
  if (exact == 0.0 || found == 0.0) {
    snprintf(out, size, "one of them is 0: a term is left out, or added up in part only");
    return;
  }
  double ratio = found / exact;
  if (fabs(ratio) < 1.0) ratio = 1.0 / ratio;
  if (is_near(ratio, -1.0)) {
    snprintf(out, size, "ratio -1: a wrong sign");
  } else if (n > 2.0 && is_near(ratio, n)) {
    snprintf(out, size, "ratio %.2f, the number of rows: the 1/n of the mean is missing or doubled",
             ratio);
  } else if (is_near(ratio, 1.0)) {
    snprintf(out, size, "ratio %.7f: nearly right: a number of too few digits, or a small term",
             fabs(ratio));
  } else if (is_near(ratio, 2.0)) {
    snprintf(out, size, "ratio 2.00: a missing or doubled factor");
  } else {
    snprintf(out, size, "ratio %.3g, no plain factor: a wrong derivative, order or transpose",
             ratio);
  }
}

void cr_gradient_explain(cr_gradient_finding *finding, const cr_gradient_entry *entry,
                         const char *exact_by, const char *found_by, size_t rows) {
  const bool is_bias = finding->name[0] == 'b';
  char place[64];
  const int name = (int)(sizeof finding->name - 1);
  if (is_bias) {
    snprintf(place, sizeof place, "%.*s[%zu]", name, finding->name, entry->column + 1);
  } else {
    snprintf(place, sizeof place, "%.*s[%zu,%zu]", name, finding->name, entry->row + 1,
             entry->column + 1);
  }
  snprintf(finding->note, sizeof finding->note, "%s %s %.6g, %s %.6g", place, exact_by,
           entry->exact, found_by, entry->found);
  write_hint(entry->exact, entry->found, (double)rows, finding->hint, sizeof finding->hint);
}
