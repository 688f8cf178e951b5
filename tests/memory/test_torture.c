/*
 * Every allocation of a whole life fails in turn: read a table, train, save, load, predict,
 * evaluate. Each time the answer must be a clean CR_ERR_MEMORY, nothing may leak, and the model
 * file that was there before must be whole.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include <chainrule/chainrule.h>

#include "counting_allocator.h"

static const char rows[] =
    "height,width,kind\n1.5,0.2,a\n1.4,0.3,a\n1.6,0.1,a\n1.7,0.4,a\n1.3,0.2,a\n"
    "4.5,1.2,b\n4.4,1.3,b\n4.6,1.1,b\n4.7,1.4,b\n4.3,1.2,b\n";

/* Several targets, weights, and rows of their own for the dev part. */
static const char *const targets[] = {"old", "dry"};

static const char labelled[] =
    "height,times,dry,old\n1.5,1,0,0\n1.4,2,1,1\n1.6,1,1,0\n1.7,0,0,1\n1.3,1,1,1\n"
    "4.5,3,0,1\n4.4,1,1,0\n4.6,2,0,0\n4.7,1,1,1\n4.3,1,0,1\n";

static char folder[] = "/tmp/chainrule-torture-XXXXXX";
static char model_path[sizeof folder + 32];

static char *read_model(size_t *size) {
  FILE *file = fopen(model_path, "rb");
  if (!file) return NULL;
  static char bytes[1 << 16];
  *size = fread(bytes, 1, sizeof bytes, file);
  fclose(file);
  return bytes;
}

static cr_status learn_and_save(const cr_table *table, const cr_table *dev,
                                const cr_prepare_options *prepare, uint64_t seed) {
  cr_train_options options;
  cr_train_options_init(&options);
  options.layers = "3";
  options.epochs = 2;
  options.threads = 1;
  options.seed = seed;
  options.linear_baseline = true;
  cr_training *training = NULL;
  cr_status status = cr_train_table(table, dev, NULL, prepare, &options, NULL, 0, &training);
  if (status == CR_OK) status = cr_model_save(cr_training_model(training), model_path);
  cr_training_destroy(training);
  return status;
}

static cr_status load_and_use(const cr_table *table) {
  const cr_apply_options options = {
      .struct_size = sizeof options, .threads = 1, .skip_bad_rows = false};
  cr_model *model = NULL;
  cr_predictions *predictions = NULL;
  cr_evaluation *evaluation = NULL;
  cr_status status = cr_model_load(model_path, &model);
  if (status == CR_OK) status = cr_model_predict(model, table, &options, &predictions);
  if (status == CR_OK) status = cr_evaluate(model, table, &options, &evaluation);
  cr_evaluation_destroy(evaluation);
  cr_predictions_destroy(predictions);
  cr_model_destroy(model);
  return status;
}

static cr_status live(uint64_t seed) {
  cr_table *table = NULL;
  cr_status status = cr_table_parse("rows.csv", rows, sizeof rows - 1, NULL, &table);
  if (status == CR_OK) status = learn_and_save(table, NULL, NULL, seed);
  if (status == CR_OK) status = load_and_use(table);
  cr_table_destroy(table);
  return status;
}

static cr_status live_with_labels(uint64_t seed) {
  cr_table *table = NULL;
  cr_comparison *comparison = NULL;
  cr_prepare_options prepare;
  cr_prepare_options_init(&prepare);
  prepare.targets = targets;
  prepare.target_count = 2;
  prepare.weight = "times";
  cr_status status = cr_table_parse("labels.csv", labelled, sizeof labelled - 1, NULL, &table);
  if (status == CR_OK) status = cr_tables_compare(table, table, &comparison);
  if (status == CR_OK) status = learn_and_save(table, table, &prepare, seed);
  if (status == CR_OK) status = load_and_use(table);
  cr_comparison_destroy(comparison);
  cr_table_destroy(table);
  return status;
}

/* Fails allocation 1, 2, 3, … until a life passes without meeting its failure. */
static void torture(cr_status (*life)(uint64_t seed), bool for_ever) {
  counting_start_json();
  assert_int_equal(life(1), CR_OK);
  size_t old_size = 0;
  static char old[1 << 16];
  memcpy(old, read_model(&old_size), sizeof old);

  size_t n = 1;
  for (;; n++) {
    counting_fail_at(n, for_ever);
    const cr_status status = life(1);
    if (counting.refused == 0) break;
    if (status != CR_ERR_MEMORY)
      fail_msg("allocation %zu: %s (%s)", n, cr_status_name(status), cr_last_error()->message);
    if (counting.live != 0) fail_msg("allocation %zu: %zu blocks leak", n, (size_t)counting.live);
    size_t size = 0;
    const char *now = read_model(&size);
    assert_non_null(now);
    assert_int_equal(size, old_size);
    assert_memory_equal(now, old, size);
  }
  print_message("%zu allocations, each failed once\n", n - 1);
  assert_true(n > 50);
  counting_stop_json();
}

static void test_each_fails_once(void **state) {
  (void)state;
  torture(live, false);
  torture(live_with_labels, false);
}

static void test_all_fail_from_one_on(void **state) {
  (void)state;
  torture(live, true);
  torture(live_with_labels, true);
}

static int make_folder(void **state) {
  (void)state;
  if (!mkdtemp(folder)) return -1;
  snprintf(model_path, sizeof model_path, "%s/model.safetensors", folder);
  return 0;
}

static int remove_folder(void **state) {
  (void)state;
  char lock[sizeof model_path + 8];
  snprintf(lock, sizeof lock, "%s/.model.safetensors.lock", folder);
  unlink(lock);
  unlink(model_path);
  return rmdir(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_each_fails_once),
      cmocka_unit_test(test_all_fail_from_one_on),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
