#include "demo_training.h"

#include "command_line.h"
#include "errors.h"
#include "output.h"
#include "settings.h"

int held_out_open(const struct training *training, struct held_out *out) {
  size_t count = 0;
  const size_t *rows = cr_training_rows(training->run, 2, &count);
  const cr_apply_options apply = settings_apply(&training->cli->settings);
  cr_model *model = cr_training_model(training->run);
  if (cr_table_select(training->table, rows, count, &out->table) != CR_OK ||
      cr_evaluate(model, out->table, &apply, &out->evaluation) != CR_OK) {
    return errors_last(training->cli);
  }
  return 0;
}

void held_out_close(struct held_out *out) {
  cr_evaluation_destroy(out->evaluation);
  cr_table_destroy(out->table);
}

static void suggest(const struct training *training, const struct trained_demo *demo) {
  const struct cli *cli = training->cli;
  struct text model = {0}, inspect = {0}, predict = {0}, explain = {0}, then = {0};
  const bool named = cli->settings.operand_count > 0;
  text_add_path(&model, training->model_path.data);
  text_add(&inspect, "inspect %s", model.data);
  text_add(&predict, "predict %s %s --proba", model.data, training->data);
  text_add(&explain, "explain %s %s --row 1", model.data, training->data);
  text_add(&then, "demo %s", demo->then);
  demo_try(cli, (const char *const[]){inspect.data, predict.data, explain.data, "train YOUR.csv",
                                      named ? then.data : NULL, NULL});
  if (!named && demo_talks(cli)) demo_show_list(cli);
  text_free(&model);
  text_free(&inspect);
  text_free(&predict);
  text_free(&explain);
  text_free(&then);
}

static int run(struct training *training, const struct trained_demo *demo) {
  struct cli *cli = training->cli;
  const bool text = !cli->settings.json;
  int status = training_read(training); /* first of all: can its model be written? */
  if (status == 0 && demo->before != NULL) status = demo->before(cli, demo->more);
  if (status != 0) return status;
  if (demo_talks(cli)) {
    demo_say(cli, "%s", demo->intro);
    terminal_print(&cli->out, "\n");
  }
  training_show_data(training);
  status = training_run(training);
  if (status == 0) status = training_save(training);
  if (status != 0) return status;
  training_show_result(training);
  if (!text) {
    json_t *object = training_object(training, "demo");
    json_object_set_new(object, "demo", json_string(demo->name));
    if (demo->more != NULL) json_object_update(object, demo->more);
    output_json(object);
  }
  if (training->status != CR_OK) return training_end(training);
  status = text ? demo->show(training) : 0;
  if (status == 0) suggest(training, demo);
  return status;
}

int demo_train(struct cli *cli, const struct trained_demo *demo) {
  struct settings *settings = &cli->settings;
  struct training training = {.cli = cli, .data = demo->data};
  struct text model = {0};
  if (settings->output == NULL) { /* a name of its own: "iris.safetensors" may be somebody's work */
    text_add(&model, "demo-%s.safetensors", demo->name);
    settings->output = model.data;
  }
  settings->train.layers = demo->layers;
  settings->train.activation = demo->activation;
  settings->train.restarts = demo->restarts;
  if (demo->seed != 0 && !settings->seed_given) {
    settings->seed = settings->train.seed = settings->prepare.seed = demo->seed;
  }
  const int status = run(&training, demo);
  training_free(&training);
  text_free(&model);
  return status;
}
