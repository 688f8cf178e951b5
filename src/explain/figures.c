#include "explain/figures.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

/* From here on digits before the point crowd out those after it. */
static const double LARGEST_FIXED = 1e7;

/* Of the last decimal: what rounds to nothing but zeros is written with a power. */
static const double SMALLEST_FIXED = 0.5;

/* Rounding in the last places of a double does not make a short number long. */
static const double EXACT = 1e-15;

cr_figures cr_figures_for(double largest, size_t digits) {
  const double smallest = SMALLEST_FIXED * pow(10.0, -(double)digits);
  const bool fixed = largest == 0.0 || (largest > smallest && largest < LARGEST_FIXED);
  return (cr_figures){.decimals = 0, .scientific = !fixed};
}

void cr_figures_extend(cr_figures *figures, double value, size_t digits) {
  if (figures->scientific) {
    figures->decimals = digits > 0 ? digits - 1 : 0;
    return;
  }
  const double tolerance = EXACT * fmax(1.0, fabs(value));
  while (figures->decimals < digits) {
    const double unit = pow(10.0, (double)figures->decimals);
    if (fabs(value - nearbyint(value * unit) / unit) <= tolerance) return;
    figures->decimals++;
  }
}

cr_figures cr_figures_of(const double *values, size_t count, size_t digits) {
  double largest = 0.0;
  for (size_t i = 0; i < count; i++) largest = fmax(largest, fabs(values[i]));
  cr_figures figures = cr_figures_for(largest, digits);
  for (size_t i = 0; i < count; i++) cr_figures_extend(&figures, values[i], digits);
  return figures;
}

cr_figure cr_figure_of(double value, cr_figures figures) {
  cr_figure out = {{0}};
  char raw[48];
  if (!isfinite(value)) {
    snprintf(out.s, sizeof out.s, "%s", isnan(value) ? "nan" : value > 0 ? "∞" : "−∞");
    return out;
  }
  const int decimals = (int)figures.decimals;
  if (figures.scientific && value != 0.0)
    snprintf(raw, sizeof raw, "%.*e", decimals, value);
  else
    snprintf(raw, sizeof raw, "%.*f", figures.scientific ? 0 : decimals, value);
  cr_put_point(raw);
  /* −0.000000 is 0 */
  const char *from = raw[0] == '-' && strspn(raw + 1, "0.") == strlen(raw + 1) ? raw + 1 : raw;
  size_t at = 0;
  for (; *from != '\0'; from++) {
    if (*from == '+') continue;
    if (*from != '-') {
      out.s[at++] = *from;
      continue;
    }
    memcpy(out.s + at, "−", strlen("−"));
    at += strlen("−");
  }
  return out;
}

cr_figure cr_figure_alone(double value, size_t digits) {
  return cr_figure_of(value, cr_figures_of(&value, 1, digits));
}
