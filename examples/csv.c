/* From a CSV file to a model in use: csv DATA.csv MODEL.safetensors */
#include <chainrule/chainrule.h>
#include <math.h>
#include <stdio.h>

/* Trains on the table's last column, says how good it is, and saves the model. */
static cr_status learn(const cr_table *table, const char *model_path) {
  cr_training *training = NULL;
  cr_status status = cr_train_table(table, NULL, NULL, NULL, NULL, NULL, 0, &training);
  if (status == CR_OK) {
    const cr_metrics *test = cr_training_metrics(training, CR_PORTION_TEST);
    if (isnan(test->accuracy))
      printf("R2 on %zu unseen rows: %.3f\n", test->n, test->r2);
    else
      printf("accuracy on %zu unseen rows: %.1f %%\n", test->n, 100 * test->accuracy);
    status = cr_model_save(cr_training_model(training), model_path);
  }
  cr_training_destroy(training);
  return status;
}

/* Loads the model again and predicts the first rows of the table. */
static cr_status use(const cr_table *table, const char *model_path) {
  cr_model *model = NULL;
  cr_predictions *predictions = NULL;
  cr_status status = cr_model_load(model_path, &model);
  if (status == CR_OK) status = cr_model_predict(model, table, NULL, &predictions);
  for (size_t row = 0; status == CR_OK && row < 5 && row < cr_predictions_rows(predictions);
       row++) {
    double sure;
    const char *label = cr_model_label(model, cr_predictions_class(predictions, row, &sure));
    if (label)
      printf("row %zu: %s (%.3f)\n", row + 1, label, sure);
    else
      printf("row %zu: %g\n", row + 1, cr_predictions_value(predictions, row, 0));
  }
  cr_predictions_destroy(predictions);
  cr_model_destroy(model);
  return status;
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: csv DATA.csv MODEL.safetensors\n");
    return 2;
  }
  cr_table *table = NULL;
  cr_status status = cr_table_read(argv[1], NULL, &table);
  if (status == CR_OK) status = learn(table, argv[2]);
  if (status == CR_OK) status = use(table, argv[2]);
  if (status != CR_OK) {
    const cr_error *error = cr_last_error();
    fprintf(stderr, "error: %s (%s)\n", error->message, error->fix);
  }
  cr_table_destroy(table);
  return cr_status_exit(status);
}
