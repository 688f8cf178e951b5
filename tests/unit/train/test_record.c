#include "train/record.h"

#include "base/alloc.h"
#include "support.h"
#include "tables.h"

/* A record of everything there is, as text that stands in model files. */
static void test_text(void **state) {
  (void)state;
  cr_table *table = csv_table("a,y\n1,2\n2,3.5\n");
  cr_table *test = csv_table("a,y\n1,2\n2,3.25\n");
  table->origin.fingerprint = 0xabcdef;
  test->origin.fingerprint = UINT64_MAX;
  const cr_train_options options = {.batch = 16,
                                    .epochs = 30,
                                    .keep = "best",
                                    .kernel = "avx2",
                                    .l2 = 0.1,
                                    .beta1 = 0.9,
                                    .dropout = 0.5,
                                    .input_noise = 0.25,
                                    .gamma = 0.125,
                                    .momentum = 0.75,
                                    .warm_up = 0.0625,
                                    .weight_decay = 0.01,
                                    .learning_rate = 0.005,
                                    .optimizer = "adam",
                                    .schedule = "one_cycle",
                                    .patience = 4,
                                    .restarts = 5,
                                    .seed = 7,
                                    .threads = 3};
  const cr_prepare_options prepare = {.seed = 9};
  const cr_plan plan = {.initializer = "he"};
  const cr_portions portions = {.tables = {table, table, test}, .shares = {0.8, 0.2, 0}};
  const cr_training_summary summary = {
      .best_epoch = 21, .epochs_run = 25, .seconds = 1.5, .reason = "patience", .restarts = 3};
  const double none = (double)NAN;
  const cr_metrics metrics[CR_PORTION_COUNT] = {
      {.n = 8, .loss = 0.25, .accuracy = 0.875, .rmse = none, .r2 = none},
      {.n = 0},
      {.n = 2, .loss = none, .accuracy = none, .rmse = 2.5, .r2 = 0.5}};
  const cr_metrics linear[CR_PORTION_COUNT] = {
      {.n = 8, .loss = 0.5, .accuracy = 0.75, .rmse = none, .r2 = none}};
  const cr_record record = {&options, &prepare, &plan, &portions, &summary, metrics, linear};
  char *text = NULL;
  assert_int_equal(cr_record_write(&record, &text), CR_OK);
  assert_string_equal(
      text,
      "{\"batch\":16,\"best_epoch\":21,\"beta1\":0.9,\"beta2\":0,\"clip\":0,\"dampening\":0,"
      "\"data\":[\"0000000000abcdef\",\"ffffffffffffffff\"],\"dropout\":0.5,"
      "\"epochs\":30,\"epochs_run\":25,\"epsilon\":0,\"gamma\":0.125,\"initializer\":\"he\","
      "\"input_dropout\":0,\"input_noise\":0.25,\"keep\":\"best\",\"kernel\":\"avx2\","
      "\"l1\":0,\"l2\":0.1,"
      "\"label_smoothing\":0,\"learning_rate\":0.005,"
      "\"linear\":{\"train\":{\"accuracy\":0.75,\"loss\":0.5,\"n\":8}},\"max_norm\":0,\"momentum\":"
      "0.75,"
      "\"optimizer\":\"adam\",\"parts\":{"
      "\"test\":{\"loss\":null,\"n\":2,\"r2\":0.5,\"rmse\":2.5},"
      "\"train\":{\"accuracy\":0.875,\"loss\":0.25,\"n\":8}},"
      "\"patience\":4,\"restarts\":3,\"same_rows\":false,\"schedule\":\"one_cycle\",\"seed\":7,"
      "\"split\":[0.8,0.2,0],\"split_seed\":9,\"stopped\":\"patience\",\"warm_up\":0.0625,"
      "\"weight_decay\":0.01}");
  cr_free(text);
  cr_table_destroy(table);
  cr_table_destroy(test);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_text)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
