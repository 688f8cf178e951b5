/* Case files as a whole: cr_check_case over the vectors, right and with a digit changed. */
#include <dirent.h>
#include <float.h>
#include <jansson.h>

#include "chainrule/check.h"
#include "counting_allocator.h"
#include "support.h"

#define VECTORS TEST_DIR "/vectors"
#define VECTOR_COUNT 19

/* Calls `visit` with the path of each vector; returns how many there were. */
static size_t each_vector(void (*visit)(const char *path)) {
  DIR *folder = opendir(VECTORS);
  assert_non_null(folder);
  size_t count = 0;
  for (const struct dirent *entry; (entry = readdir(folder));) {
    char path[1024];
    const size_t length = strlen(entry->d_name);
    if (length < 5 || strcmp(entry->d_name + length - 5, ".json") != 0) continue;
    snprintf(path, sizeof path, "%s/%s", VECTORS, entry->d_name);
    visit(path);
    count++;
  }
  closedir(folder);
  return count;
}

static cr_case_report *check_json(const json_t *root) {
  cr_case_report *report = NULL;
  char *text = json_dumps(root, JSON_REAL_PRECISION(17));
  assert_non_null(text);
  assert_int_equal(cr_check_case_text("case.json", text, strlen(text), NULL, &report), CR_OK);
  free(text);
  return report;
}

static bool find(const cr_case_report *report, const char *name, const char *engine,
                 const cr_quantity **out) {
  const cr_quantity *q;
  for (size_t i = 0; (q = cr_case_report_at(report, i)) != NULL; ++i) {
    if (strcmp(q->name, name) != 0 || strcmp(q->engine, engine) != 0) continue;
    *out = q;
    return true;
  }
  return false;
}

static void vector_passes(const char *path) {
  cr_case_report *report = NULL;
  const cr_quantity *q;
  size_t checked = 0;
  assert_int_equal(cr_check_case(path, NULL, &report), CR_OK);
  assert_true(cr_case_report_ok(report));
  for (size_t i = 0; (q = cr_case_report_at(report, i)) != NULL; ++i) {
    assert_string_equal(q->engine, i % 2 == 0 ? "float64" : "float32");
    assert_true(q->checked && q->ok && q->max_error <= q->tolerance);
    assert_true(q->tolerance <= (i % 2 == 0 ? 1e-12 : 2e-5));
    assert_string_equal(q->note, "");
    checked++;
  }
  /* of the notes' networks every quantity of the format; of others what was published */
  assert_true(checked >= (strstr(path, "notes-") ? 2 * 12 : 2));
  cr_case_report_destroy(report);
}

static void every_vector_passes_in_both_engines(void **state) {
  (void)state;
  assert_int_equal(each_vector(vector_passes), VECTOR_COUNT);
}

/* The value that a quantity's name stands for: "after_10.gd.W[2]" is after_10, gd, W, place 1. */
static json_t *locate(json_t *root, const char *name) {
  char key[64];
  json_t *at = root;
  if (strncmp(name, "after_1.", 8) == 0) {
    at = json_object_get(root, "after_1");
    name += 8;
  } else if (strncmp(name, "after_10.", 9) == 0) {
    const char *end = strrchr(name, '.');
    snprintf(key, sizeof key, "%.*s", (int)(end - name - 9), name + 9);
    at = json_object_get(json_object_get(root, "after_10"), key);
    name = end + 1;
  }
  snprintf(key, sizeof key, "%.*s", (int)strcspn(name, "["), name);
  at = json_object_get(at, key);
  const char *bracket = strchr(name, '[');
  return bracket ? json_array_get(at, strtoul(bracket + 1, NULL, 10) - 1) : at;
}

/* The largest number of a quantity: its list and place, or the object that holds the key. */
static json_t *largest(json_t *value) {
  json_t *found = value;
  for (size_t i = 0; i < json_array_size(value); ++i) {
    json_t *entry = largest(json_array_get(value, i));
    if (i == 0 || fabs(json_number_value(entry)) > fabs(json_number_value(found))) found = entry;
  }
  return found;
}

/* Adds one to the fourth digit that counts; a 0 becomes 0.001. */
static double with_a_digit_changed(double value) {
  if (value == 0.0) return 0.001;
  return value + pow(10.0, floor(log10(fabs(value))) - 3.0);
}

static void digits_of_vector_count(const char *path) {
  cr_case_report *right = NULL;
  const cr_quantity *other;
  const cr_quantity *q;
  json_t *root = json_load_file(path, 0, NULL);
  assert_non_null(root);
  assert_int_equal(cr_check_case(path, NULL, &right), CR_OK);
  for (size_t i = 0; (q = cr_case_report_at(right, i)) != NULL; i += 2) {
    if (!q->checked) continue;
    json_t *number = largest(locate(root, q->name));
    assert_true(json_is_real(number));
    const double value = json_real_value(number);
    json_real_set(number, with_a_digit_changed(value));
    cr_case_report *wrong = check_json(root);
    json_real_set(number, value);
    assert_false(cr_case_report_ok(wrong));
    for (size_t k = 0; (other = cr_case_report_at(wrong, k)) != NULL; ++k) {
      const bool changed = strcmp(other->name, q->name) == 0;
      if (other->ok == changed) fail_msg("%s: %s in %s", path, other->name, other->engine);
      if (changed) assert_non_null(strstr(other->note, "expected "));
    }
    cr_case_report_destroy(wrong);
  }
  cr_case_report_destroy(right);
  json_decref(root);
}

static void a_changed_digit_fails_exactly_its_quantity(void **state) {
  (void)state;
  assert_int_equal(each_vector(digits_of_vector_count), VECTOR_COUNT);
}

/* An optimiser that there is not, beside those of the vector, which are all checked. */
static void optimizers_are_checked_or_listed(void **state) {
  (void)state;
  static const char *const engines[] = {"float64", "float32"};
  const cr_quantity *q;
  json_t *root = json_load_file(VECTORS "/notes-001-2-4-3.json", 0, NULL), *methods, *method;
  assert_non_null(root);
  methods = json_object_get(root, "after_10");
  assert_int_equal(json_object_size(methods), 8);
  json_object_set(methods, "newton_0.5", json_object_get(methods, "gd"));
  json_object_set(methods, "gd_ewa", json_object_get(methods, "gd"));
  cr_case_report *report = check_json(root);
  assert_string_equal(cr_case_report_name(report), "notes-001-2-4-3");
  assert_true(cr_case_report_ok(report));
  for (size_t e = 0; e < 2; ++e) {
    const char *key;
    json_object_foreach(methods, key, method) {
      char name[128];
      const bool unknown = strcmp(key, "newton_0.5") == 0 || strcmp(key, "gd_ewa") == 0;
      snprintf(name, sizeof name, "after_10.%s%s", key, unknown ? "" : ".W[2]");
      assert_true(find(report, name, engines[e], &q));
      assert_int_equal(q->checked, !unknown);
      assert_true(q->ok && (!unknown || (strlen(q->note) > 0 && q->max_error == 0.0)));
    }
  }
  assert_true(find(report, "after_10.gd_ewa", "float32", &q));
  assert_string_equal(q->note, "this program's gd has no setting \"ewa\"");
  assert_true(find(report, "after_10.newton_0.5", "float32", &q));
  assert_string_equal(q->note, "this program has no optimizer \"newton\"");
  cr_case_report_destroy(report);
  json_decref(root);
}

/* By hand: z = 2 * 3 + 0.5 = 6.5, loss (6.5 - 1)^2 = 30.25, dz = 2 * 5.5 = 11, dw = 22 */
#define BY_HAND                                                                               \
  "\"layers\": [1, 1], \"activations\": [\"linear\"], \"loss\": \"squared\", \"reduction\": " \
  "\"mean\", \"X\": [[2]], \"Y\": [[1]], \"W\": [[[3]]], \"b\": [[0.5]], \"lr\": 0.25, "      \
  "\"note\": {\"who\": [\"me\", 3]}, \"Z\": [[[6.5]]], \"data_loss\": 30.25, \"dZ\": [[[11]]]"

static cr_case_report *check_text(const char *text) {
  cr_case_report *report = NULL;
  assert_int_equal(cr_check_case_text("hand.json", text, strlen(text), NULL, &report), CR_OK);
  return report;
}

static void a_case_by_hand_says_where_it_is_wrong(void **state) {
  (void)state;
  const cr_quantity *q;
  cr_case_report *report = check_text("{" BY_HAND ", \"dW\": [[[22]]]}");
  assert_true(cr_case_report_ok(report));
  assert_string_equal(cr_case_report_name(report), "hand.json");
  cr_case_report_destroy(report);
  report = check_text("{" BY_HAND ", \"dW\": [[[24]]], \"after_1\": {\"b\": [[-2.25]]}}");
  assert_false(cr_case_report_ok(report));
  assert_true(find(report, "dW[1]", "float64", &q));
  assert_false(q->ok);
  assert_close(q->max_error, 2.0 / 24.0, 1e-15);
  assert_string_equal(q->note, "entry 1: found 22, expected 24");
  assert_true(find(report, "after_1.b[1]", "float32", &q) && q->ok);
  assert_false(find(report, "after_1.W[1]", "float32", &q));
  cr_case_report_destroy(report);
}

/* The example of docs/reference/case-format.md: right to three digits, so with a tolerance. */
#define FEW_DIGITS                                                                       \
  "{\"layers\": [1, 1], \"activations\": [\"sigmoid\"], \"loss\": \"half_squared\","     \
  "\"reduction\": \"mean\", \"X\": [[1]], \"Y\": [[0]], \"W\": [[[0.1]]], \"b\": [[0]]," \
  "\"A\": [[[0.525]]], \"cost\": 0.138, \"dW\": [[[0.131]]]"

static void a_tolerance_for_few_digits(void **state) {
  (void)state;
  const cr_quantity *q;
  cr_case_report *report = check_text(FEW_DIGITS "}");
  assert_false(cr_case_report_ok(report));
  cr_case_report_destroy(report);
  report = check_text(FEW_DIGITS ", \"tolerance\": 0.0005}");
  assert_true(cr_case_report_ok(report));
  for (size_t i = 0; (q = cr_case_report_at(report, i)) != NULL; ++i)
    assert_true(q->tolerance == 0.0005);
  cr_case_report_destroy(report);
  report = check_text(FEW_DIGITS ", \"tolerance\": 1e-5}"); /* A is off by 2.1e-5 */
  assert_false(cr_case_report_ok(report));
  assert_true(find(report, "A[1]", "float64", &q));
  assert_close(q->max_error, 0.525 - 0.52497918747894, 1e-14);
  cr_case_report_destroy(report);
  report = check_text(FEW_DIGITS ", \"tolerance\": 1e-300}"); /* the engines' own are larger */
  assert_true(cr_case_report_at(report, 0)->tolerance == 1e-12);
  cr_case_report_destroy(report);
}

static void the_worst_entry_is_shown(void **state) {
  (void)state;
  const cr_quantity *q;
  cr_case_report *report = check_text(
      "{\"name\": \"two\", \"layers\": [1, 2], \"activations\": [\"linear\"], \"loss\": "
      "\"squared\","
      " \"reduction\": \"sum\", \"X\": [[1], [2], [3]], \"Y\": [[0, 0], [0, 0], [0, 0]],"
      " \"W\": [[[1, -1]]], \"b\": [[0, 0]], \"A\": [[[1.25, -1], [2, -2], [3, -3.5]]]}");
  assert_true(find(report, "A[1]", "float64", &q));
  assert_string_equal(q->note, "row 1, column 1: found 1, expected 1.25");
  assert_close(q->max_error, 0.25 / 1.25, 1e-15);
  assert_string_equal(cr_case_report_name(report), "two");
  cr_case_report_destroy(report);
}

/* 3e38 * 3 is a number in double and none in float: that is as wrong as can be, not right. */
static void what_overflows_in_float_fails_there(void **state) {
  (void)state;
  const cr_quantity *q;
  cr_case_report *report = check_text(
      "{\"layers\": [1, 1], \"activations\": [\"linear\"], \"loss\": \"squared\", \"reduction\": "
      "\"sum\", \"X\": [[3]], \"Y\": [[0]], \"W\": [[[3e38]]], \"b\": [[0]], \"Z\": [[[3e38]]]}");
  assert_true(find(report, "Z[1]", "float32", &q));
  assert_true(!q->ok && q->max_error == DBL_MAX);
  assert_true(find(report, "Z[1]", "float64", &q));
  assert_true(!q->ok && q->max_error < 3.0);
  cr_case_report_destroy(report);
}

static void a_case_of_unknown_optimizers_alone_is_not_ok(void **state) {
  (void)state;
  cr_case_report *report = check_text(
      "{\"layers\": [1, 1], \"activations\": [\"linear\"], \"loss\": \"squared\", \"reduction\": "
      "\"sum\", \"X\": [[4]], \"Y\": [[0]], \"W\": [[[1]]], \"b\": [[0]], \"after_10\": "
      "{\"lion_lr0.1\": {\"b\": [[3]]}}}");
  const cr_quantity *q;
  assert_false(cr_case_report_ok(report));
  assert_true(find(report, "after_10.lion_lr0.1", "float64", &q));
  assert_false(q->checked);
  cr_case_report_destroy(report);
}

static void files_that_cannot_be_read(void **state) {
  (void)state;
  cr_case_report *report = NULL;
  assert_int_equal(cr_check_case(VECTORS "/no-such-case.json", NULL, &report), CR_ERR_OPEN);
  assert_null(report);
  assert_int_not_equal(cr_check_case(VECTORS, NULL, &report), CR_OK);
  assert_null(report);
}

static void memory_running_out_leaves_nothing(void **state) {
  (void)state;
  static const char text[] = "{" BY_HAND ", \"after_1\": {\"b\": [[-2.25]]}}";
  size_t n = 1;
  counting_start_json();
  for (;; ++n) {
    cr_case_report *report = NULL;
    counting_fail_at(n, false);
    const cr_status status = cr_check_case_text("hand.json", text, strlen(text), NULL, &report);
    if (status == CR_OK && atomic_load(&counting.refused) == 0) {
      cr_case_report_destroy(report);
      break;
    }
    if (status != CR_OK) {
      assert_int_equal(status, CR_ERR_MEMORY);
      assert_null(report);
    }
    cr_case_report_destroy(report);
    assert_int_equal(atomic_load(&counting.live), 0);
  }
  assert_true(n > 30);
  assert_int_equal(atomic_load(&counting.live), 0);
  counting_stop_json();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_vector_passes_in_both_engines),
      cmocka_unit_test(a_changed_digit_fails_exactly_its_quantity),
      cmocka_unit_test(optimizers_are_checked_or_listed),
      cmocka_unit_test(a_case_by_hand_says_where_it_is_wrong),
      cmocka_unit_test(a_tolerance_for_few_digits),
      cmocka_unit_test(the_worst_entry_is_shown),
      cmocka_unit_test(what_overflows_in_float_fails_there),
      cmocka_unit_test(a_case_of_unknown_optimizers_alone_is_not_ok),
      cmocka_unit_test(files_that_cannot_be_read),
      cmocka_unit_test(memory_running_out_leaves_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
