/*
 * Our side of the training tasks: MNIST's bytes, read by the library and trained by
 * cr_train_table. A turn is one epoch, from its shuffle to its last step; what the library does
 * before the first and after the last one is not timed.
 */
#include <chainrule/chainrule.h>

#include "turns.h"

typedef struct turns {
  double start;
} turns;

static void check(cr_status status) {
  if (status != CR_OK) turns_fail(cr_last_error()->message);
}

/* The turns end with the epochs: bench_peers.py gives as many. */
static void on_event(void *user, const cr_event *event) {
  turns *t = user;
  if (event->kind != CR_EVENT_START && event->kind != CR_EVENT_EPOCH) return;
  if (event->kind == CR_EVENT_START)
    turns_ready(cr_version(), cr_training_options(event->training)->kernel);
  else
    turns_answer("cr_train_table", turns_clock() - t->start);
  turns_wait();
  t->start = turns_clock();
}

/* The sizes between the first and the last: "64" of "784-64-10", "32,16" of "784-32-16-10". */
static char *hidden_layers(const char *net) {
  const char *first = strchr(net, '-'), *last = strrchr(net, '-');
  if (!first || first == last) turns_fail(net);
  const size_t length = (size_t)(last - first - 1);
  char *hidden = calloc(length + 1, 1);
  if (!hidden) turns_fail("no memory");
  for (size_t i = 0; i < length; i++) hidden[i] = first[1 + i] == '-' ? ',' : first[1 + i];
  return hidden;
}

/* The first `rows` rows of the images in `path`; 0: all. */
static cr_table *read_images(const char *path, size_t rows) {
  cr_table *all = NULL, *some = NULL;
  check(cr_table_read(path, NULL, &all));
  if (rows == 0) return all;
  size_t *places = calloc(rows, sizeof *places);
  if (!places) turns_fail("no memory");
  for (size_t i = 0; i < rows; i++) places[i] = i;
  check(cr_table_select(all, places, rows, &some));
  free(places);
  cr_table_destroy(all);
  return some;
}

int main(int argc, char **argv) {
  (void)argc;
  cr_table *train = read_images(turns_argument(argv, "train"), turns_size(argv, "rows"));
  cr_table *test = read_images(turns_argument(argv, "test"), 0);
  char *hidden = hidden_layers(turns_argument(argv, "net"));

  cr_prepare_options prepare;
  cr_prepare_options_init(&prepare);
  prepare.scale = "minmax";
  prepare.split[CR_PORTION_TRAIN] = 1;
  cr_train_options options;
  cr_train_options_init(&options);
  options.layers = hidden;
  options.activation = "relu";
  options.optimizer = turns_argument(argv, "optimizer");
  options.schedule = "constant";
  options.keep = "last";
  options.learning_rate = strtod(turns_argument(argv, "rate"), NULL);
  options.batch = turns_size(argv, "batch");
  options.epochs = turns_size(argv, "turns");
  options.threads = turns_size(argv, "threads");

  turns t = {0};
  const cr_listener listener = {on_event, &t};
  cr_training *training = NULL;
  check(cr_train_table(train, NULL, test, &prepare, &options, &listener, 1, &training));
  check(cr_model_save(cr_training_model(training), turns_argument(argv, "model")));
  printf("{\"accuracy\": %.6f}\n", cr_training_metrics(training, CR_PORTION_TEST)->accuracy);

  cr_training_destroy(training);
  free(hidden);
  cr_table_destroy(test);
  cr_table_destroy(train);
}
