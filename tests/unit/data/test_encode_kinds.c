#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "data/encode.h"
#include "tables.h"

enum { ROWS = 30 };

/* A table whose column `name` holds the whole numbers of `numbers`, beside x and y. */
static cr_table *numbered(const char *name, const int *numbers) {
  cr_strbuf csv = {0};
  char *text = NULL;
  cr_strbuf_format(&csv, "\"%s\",x,y\n", name);
  for (int i = 0; i < ROWS; i++)
    cr_strbuf_format(&csv, "%d,%d,%d.5\n", numbers[i], i * 7 % 5, i * 3 % 11);
  assert_int_equal(cr_strbuf_take(&csv, &text), CR_OK);
  cr_table *table = csv_table(text);
  free(text);
  return table;
}

/* What becomes of the first column; the first warning, or "", goes to warning. */
static cr_column_use use_of(const cr_table *table, const char *type, char warning[300]) {
  cr_prepare_options options;
  cr_prepare_options_init(&options);
  options.types = &type;
  options.type_count = type != NULL;
  cr_strlist warnings = {0};
  cr_encoder *encoder = NULL;
  assert_int_equal(cr_encoder_create(table, &options, &warnings, &encoder), CR_OK);
  snprintf(warning, 300, "%s", warnings.count > 0 ? warnings.items[0] : "");
  const cr_column_use use = encoder->uses[0];
  assert_int_equal(encoder->uses[table->column_count - 1], CR_USE_TARGET);
  assert_int_equal(encoder->input_count, use == CR_USE_ID || use == CR_USE_DROPPED ? 1 : 2);
  cr_encoder_destroy(encoder);
  cr_strlist_free(&warnings);
  return use;
}

static void identifiers_are_left_out(void **state) {
  (void)state;
  int apart[ROWS], again[ROWS], running[ROWS];
  for (int i = 0; i < ROWS; i++) {
    apart[i] = 1000 + i * 577 % 1009;
    again[i] = i == 17 ? apart[3] : apart[i];
    running[i] = i + 1;
  }
  static const char left[] = "left out column";
  const struct {
    const char *name, *type;
    const int *numbers;
    cr_column_use use;
    const char *warning; /* how the first one begins; "": none */
  } cases[] = {
      {"id", NULL, apart, CR_USE_ID, left},
      {"customer_id", NULL, apart, CR_USE_ID, left},
      {"customerId", NULL, apart, CR_USE_ID, left},
      {"UUID", NULL, running, CR_USE_ID, left},
      {"id", "id=number", apart, CR_USE_NUMBER, ""},
      {"id", "id=category", again, CR_USE_CATEGORY, ""},
      {"id", "id=id", apart, CR_USE_ID, ""},
      {"id", NULL, again, CR_USE_NUMBER, ""},
      {"", NULL, again, CR_USE_ID, "left out the first column, which has no name"},
      {"", "x1=number", running, CR_USE_NUMBER, ""},
      {"paid", NULL, apart, CR_USE_NUMBER, ""},
      {"area", NULL, apart, CR_USE_NUMBER, ""},
      {"t", NULL, running, CR_USE_NUMBER, "column 't' seems only to number the rows"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char warning[300];
    cr_table *table = numbered(cases[i].name, cases[i].numbers);
    assert_int_equal(use_of(table, cases[i].type, warning), cases[i].use);
    const size_t length = strlen(cases[i].warning);
    if (strncmp(warning, cases[i].warning, length) != 0 || (length == 0 && warning[0] != '\0'))
      fail_msg("case %zu warns '%s'", i, warning);
    cr_table_destroy(table);
  }
}

static void dates_are_found(void **state) {
  (void)state;
  static const struct {
    const char *values[4], *type;
    cr_column_use use;
    const char *warning;
  } cases[] = {
      {{"2026-03-04", "4.3.2026", "1999/1/2", ""}, NULL, CR_USE_DATE, ""},
      {{"13/3/2026", "4/3/2026", "", ""}, NULL, CR_USE_DATE, ""},
      {{"3/4/2026", "4/3/2026", "", ""}, NULL, CR_USE_CATEGORY, "taken as texts, since its dates"},
      {{"3/4/2026", "4/3/2026", "", ""}, "d=mdy", CR_USE_DATE, ""},
      {{"3/4/2026", "4/3/2026", "", ""}, "d=category", CR_USE_CATEGORY, ""},
      {{"soon", "4.3.2026", "", ""}, NULL, CR_USE_CATEGORY, ""},
      {{"soon", "4.3.2026", "", ""}, "d=text", CR_USE_TEXT, ""},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[200], warning[300];
    const char *const *v = cases[i].values;
    snprintf(text, sizeof text, "d,x,z,y\n%s,1,0,0.5\n%s,2,4,1.5\n%s,3,0,2\n%s,4,1,3\n", v[0], v[1],
             v[2], v[3]);
    cr_table *table = csv_table(text);
    cr_prepare_options options;
    cr_prepare_options_init(&options);
    options.types = &cases[i].type;
    options.type_count = cases[i].type != NULL;
    cr_strlist warnings = {0};
    cr_encoder *encoder = NULL;
    const cr_status status = cr_encoder_create(table, &options, &warnings, &encoder);
    if (cases[i].use == CR_USE_DATE && strcmp(v[0], "soon") == 0) {
      assert_int_equal(status, CR_ERR_NUMBER);
    } else {
      assert_int_equal(status, CR_OK);
      snprintf(warning, sizeof warning, "%s", warnings.count > 0 ? warnings.items[0] : "");
      assert_int_equal(encoder->uses[0], cases[i].use);
      assert_int_equal(strncmp(warning, cases[i].warning, strlen(cases[i].warning)), 0);
    }
    cr_encoder_destroy(encoder);
    cr_strlist_free(&warnings);
    cr_table_destroy(table);
  }
}

/* Of many different texts a few may be no dates, which is said. */
static void dates_among_words_are_told(void **state) {
  (void)state;
  cr_strbuf csv = {0};
  char *text = NULL;
  cr_strbuf_format(&csv, "d,x,y\n");
  for (int i = 1; i <= 25; i++) cr_strbuf_format(&csv, "%d.3.2026,%d,%d.5\n", i, i % 3, i % 7);
  cr_strbuf_format(&csv, "soon,1,1.5\n");
  assert_int_equal(cr_strbuf_take(&csv, &text), CR_OK);
  cr_table *table = csv_table(text);
  free(text);
  char warning[300];
  assert_int_equal(use_of(table, NULL, warning), CR_USE_CATEGORY);
  assert_non_null(strstr(warning, "since some of its values are no dates: d"));
  cr_table_destroy(table);
}

static void only_some_columns_are_inputs(void **state) {
  (void)state;
  static const char *const names[] = {"c", "a"};
  static const char *const wrong[] = {"y"}, *const unknown[] = {"q"};
  cr_table *table = csv_table("a,b,c,y\n1,5,2,0.5\n2,4,1,1.5\n3,4,7,2.5\n");
  cr_prepare_options options;
  cr_prepare_options_init(&options);
  options.only = names;
  options.only_count = 2;
  cr_encoder *encoder = NULL;
  assert_int_equal(cr_encoder_create(table, &options, NULL, &encoder), CR_OK);
  assert_int_equal(encoder->input_count, 2);
  assert_string_equal(encoder->inputs[0].name, "a"); /* in the order of the table */
  assert_string_equal(encoder->inputs[1].name, "c");
  assert_string_equal(encoder->target, "y");
  assert_int_equal(encoder->uses[1], CR_USE_DROPPED);
  cr_encoder_destroy(encoder);
  options.drop = names;
  options.drop_count = 1;
  assert_int_equal(cr_encoder_create(table, &options, NULL, &encoder), CR_OK);
  assert_int_equal(encoder->input_count, 1);
  cr_encoder_destroy(encoder);
  options.only = wrong;
  options.only_count = 1;
  assert_int_equal(cr_encoder_create(table, &options, NULL, &encoder), CR_ERR_COLUMN);
  check_failure(CR_ERR_COLUMN, "column 'y' is the target and cannot be an input", 0, NULL);
  options.only = unknown;
  assert_int_equal(cr_encoder_create(table, &options, NULL, &encoder), CR_ERR_COLUMN);
  check_failure(CR_ERR_COLUMN, "no column 'q'", 0, NULL);
  cr_table_destroy(table);
}

/* What looks like something else to people is named, with what helps. */
static void texts_that_look_like_something_else(void **state) {
  (void)state;
  static const struct {
    const char *first, *second, *warning; /* "": none */
  } cases[] = {
      {"03/14/23", "12/31/24 9:05 AM", "years of two digits: t"},
      {"14:30", "9:05 PM", "times without a date: t"},
      {"$5",
       "\xe2\x82\xac"
       "7",
       "all of them may be numbers: t (--type NAME=number"},
      {"1 234", "12", "all of them may be numbers: t (--type NAME=number"},
      {"14:30", "03/14/23", ""},
      {"$5", "free", ""},
      {"a", "b", ""},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char warning[300];
    cr_strbuf csv = {0};
    cr_strbuf_format(&csv, "t,x,y\n");
    for (int r = 0; r < 6; r++)
      cr_strbuf_format(&csv, "%s,%d,%d\n", r % 2 ? cases[i].first : cases[i].second, r * r, r % 4);
    cr_table *table = csv_table(csv.text);
    assert_int_equal(use_of(table, NULL, warning), CR_USE_CATEGORY);
    if (cases[i].warning[0] == '\0')
      assert_string_equal(warning, "");
    else if (!strstr(warning, cases[i].warning))
      fail_msg("'%s' lacks '%s'", warning, cases[i].warning);
    cr_table_destroy(table);
    cr_strbuf_free(&csv);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(texts_that_look_like_something_else),
      cmocka_unit_test(identifiers_are_left_out),
      cmocka_unit_test(dates_are_found),
      cmocka_unit_test(dates_among_words_are_told),
      cmocka_unit_test(only_some_columns_are_inputs),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
