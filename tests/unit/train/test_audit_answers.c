#include <math.h>

#include "auditing.h"
#include "support.h"

/* Of noise a, b, c the first makes the class, with noise of its own. */
static double class_of(size_t row) {
  return audit_noise(row, 0) + audit_noise(row, 9) > 1.0 ? 1.0 : 0.0;
}

static double fine(size_t row, size_t column) {
  return column < 3 ? audit_noise(row, column) : class_of(row);
}

/* Column d is above 5 where the class is 1, with misfits in one row of so many. */
static size_t misfit_every;

static double threshold(size_t row, size_t column) {
  if (column < 3) return audit_noise(row, column);
  if (column == 4) return class_of(row);
  const bool misfit = misfit_every > 0 && row % misfit_every == 0;
  return audit_noise(row, 4) * 5.0 + ((class_of(row) > 0.0) != misfit ? 5.0 : 0.0);
}

static void test_threshold(void **state) {
  (void)state;
  static const char *const told[] = {
      "column 'd' alone tells the classes of 'y' apart, in 100 % of 1800 training rows: leave it "
      "out (--drop) if it is made from the answer or known only after it"};
  static const char *const nearly[] = {"column 'd' alone tells the classes of 'y' apart, in 99.9"};
  misfit_every = 0;
  check_audit(audit_table(0, 3000, 5, threshold), told, 1);
  check_audit(audit_table(0, 3000, 4, fine), NULL, 0);
  misfit_every = 1000;
  check_audit(audit_table(0, 3000, 5, threshold), nearly, 1);
  misfit_every = 50; /* 2 % of the rows */
  check_audit(audit_table(0, 3000, 5, threshold), NULL, 0);
}

/* Column d has a value where the class is 1, and none elsewhere: a gap is a value like others. */
static double gaps(size_t row, size_t column) {
  if (column < 3) return audit_noise(row, column);
  if (column == 4) return class_of(row);
  return class_of(row) > 0.0 ? audit_noise(row, 4) : (double)NAN;
}

static void test_gaps(void **state) {
  (void)state;
  static const char *const told[] = {"column 'd' alone tells the classes of 'y' apart, in 100 %"};
  check_audit(audit_table(0, 3000, 5, gaps), told, 1);
}

/* Few rows are told apart by many a measurement. */
static void test_few_rows(void **state) {
  (void)state;
  misfit_every = 0;
  check_audit(audit_table(0, 300, 5, threshold), NULL, 0);
}

/* Codes in no order: by their values, and also in few rows. */
static double codes(size_t row, size_t column) {
  static const double ones[] = {2.0, 7.0, 3.0}, zeros[] = {5.0, 1.0, 4.0};
  if (column < 3) return audit_noise(row, column);
  if (column == 4) return class_of(row);
  return class_of(row) > 0.0 ? ones[row % 3] : zeros[row % 3];
}

static double constant_but_few(size_t row, size_t column) {
  if (column < 4) return column == 3 ? (double)(row % 40 == 0) : audit_noise(row, column);
  return row % 40 == 0 ? 1.0 : 0.0;
}

static void test_codes(void **state) {
  (void)state;
  static const char *const told[] = {"column 'd' alone tells the classes of 'y' apart, in 100 %"};
  static const char *const rare[] = {"column 'd' alone tells", "0 has 1950 rows and 1 only 50"};
  check_audit(audit_table(0, 3000, 5, codes), told, 1);
  check_audit(audit_table(0, 200, 5, codes), told, 1);
  check_audit(audit_table(0, 60, 5, codes), NULL, 0); /* 36 rows prove nothing */
  check_audit(audit_table(0, 2000, 5, constant_but_few), rare, 2);
}

/* Texts, and a text that is there only where the answer is yes. */
static void test_texts(void **state) {
  (void)state;
  static const char *const told[] = {
      "columns that each tell the classes of 'y' apart alone, in nearly all of 180 training rows: "
      "boat, kind; leave them out (--drop)"};
  char *text = calloc(1, 64 * 1024);
  size_t used = (size_t)snprintf(text, 64, "boat,kind,a,b,c,y\n");
  for (size_t i = 0; i < 300; i++) {
    const bool yes = class_of(i) > 0.0;
    char boat[8] = "";
    if (yes) snprintf(boat, sizeof boat, "b%zu", i % 9);
    used += (size_t)snprintf(text + used, 128, "%s,%s,%.3f,%.3f,%.3f,%s\n", boat,
                             yes     ? "good"
                             : i % 2 ? "bad"
                                     : "worse",
                             audit_noise(i, 0), audit_noise(i, 1), audit_noise(i, 2),
                             yes ? "yes" : "no");
  }
  check_audit(csv_table(text), told, 1);
  free(text);
}

/*
 * Thirty texts tell the classes of 60 training rows apart, two rows or so each: for 56 bits of
 * order, so many ways to do it are chance. Eight have too few.
 */
static void check_groups(size_t groups, const char *const *told, size_t count) {
  char *text = calloc(1, 64 * 1024);
  size_t used = (size_t)snprintf(text, 64, "word,a,b,c,y\n");
  for (size_t i = 0; i < 100; i++) {
    const size_t group = i % groups;
    used += (size_t)snprintf(text + used, 128, "w%zu,%.3f,%.3f,%.3f,%s\n", group, audit_noise(i, 0),
                             audit_noise(i, 1), audit_noise(i, 2),
                             audit_noise(group, 7) > 0.5 ? "yes" : "no");
  }
  check_audit(csv_table(text), told, count);
  free(text);
}

static void test_chance(void **state) {
  (void)state;
  static const char *const told[] = {
      "column 'word' alone tells the classes of 'y' apart, in 100 %"};
  check_groups(30, NULL, 0);
  check_groups(8, told, 1);
}

/* One column that is all there is gives nothing away: it is the problem. */
static double single(size_t row, size_t column) {
  return threshold(row, column == 0 ? 3 : 4);
}

/* Where half of the columns tell the classes apart, the problem is easy. */
static double easy(size_t row, size_t column) {
  return column < 4 ? threshold(row + (column % 2 ? 0 : 7919), column % 2 ? 3 : 0) : class_of(row);
}

static void test_easy_problems(void **state) {
  (void)state;
  misfit_every = 0;
  check_audit(audit_table(0, 3000, 2, single), NULL, 0);
  check_audit(audit_table(0, 3000, 5, easy), NULL, 0);
}

/* A target of numbers. d = 3 y - 1 with a little noise; gaps do not hide it. */
static double noise_of_d, gap_every;

static double numbers(size_t row, size_t column) {
  const double y = audit_noise(row, 0) + 2.0 * audit_noise(row, 9);
  if (column < 3) return audit_noise(row, column);
  if (column == 4) return y;
  if (gap_every > 0.0 && row % (size_t)gap_every == 0) return cr_number_missing();
  return 3.0 * y - 1.0 + noise_of_d * (audit_noise(row, 5) - 0.5);
}

static void test_correlation(void **state) {
  (void)state;
  static const char *const told[] = {
      "column 'd' goes with 'y' nearly exactly (correlation 1 in 1800 training rows): leave it out "
      "(--drop) if it is made from the answer or known only after it"};
  static const char *const gaps[] = {"column 'd' goes with 'y' nearly exactly (correlation 0.99"};
  noise_of_d = 0.0;
  gap_every = 0.0;
  check_audit(audit_table(0, 3000, 5, numbers), told, 1);
  check_audit(audit_table(0, 30, 5, numbers), NULL, 0);
  /* deviations: 3 y has 3 sqrt(5/12) = 1.94, the noise 0.2/sqrt(12) = 0.058: r = 0.9996 */
  noise_of_d = 0.2;
  gap_every = 7.0;
  check_audit(audit_table(0, 3000, 5, numbers), gaps, 1);
  /* 0.5/sqrt(12) = 0.144: r = 0.9973 */
  noise_of_d = 0.5;
  check_audit(audit_table(0, 3000, 5, numbers), NULL, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_threshold),   cmocka_unit_test(test_gaps),
      cmocka_unit_test(test_few_rows),    cmocka_unit_test(test_codes),
      cmocka_unit_test(test_texts),       cmocka_unit_test(test_easy_problems),
      cmocka_unit_test(test_correlation), cmocka_unit_test(test_chance),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
