#include "training.h"

#include <string.h>
#include <unistd.h>

#include "command_line.h"
#include "config.h"
#include "destination.h"
#include "errors.h"
#include "interrupt.h"
#include "output.h"
#include "progress.h"
#include "run_folder.h"
#include "settings.h"

/* How a file of images is called in the manner of MNIST. */
static const char IMAGES_ENDING[] = "-images-idx3-ubyte";

/*
 * "dir/iris.csv.gz" gives "iris.safetensors", "@parity:3" gives "parity-3.safetensors",
 * "train-images-idx3-ubyte.gz" gives "train.safetensors", a folder "photos/" "photos.safetensors".
 */
static void name_model(const char *data, struct text *out) {
  size_t end = strlen(data), start;
  while (end > 1 && data[end - 1] == '/') end--;
  for (start = end; start > 0 && data[start - 1] != '/';) start--;
  const char *name = data + start;
  size_t length = end - start;
  if (name[0] == '@') {
    name++;
    length--;
  }
  if (length > 3 && memcmp(name + length - 3, ".gz", 3) == 0) length -= 3;
  for (size_t i = length; i-- > 1;) {
    if (name[i] == '.') {
      length = i;
      break;
    }
  }
  const size_t ending = strlen(IMAGES_ENDING);
  if (length > ending && memcmp(name + length - ending, IMAGES_ENDING, ending) == 0) {
    length -= ending;
  }
  if (length == 0 || strcmp(name, "-") == 0) {
    text_add(out, "model");
  } else {
    text_add_bytes(out, name, length);
  }
  for (char *colon = out->data; (colon = strchr(colon, ':')) != NULL;) *colon = '-';
  text_add(out, ".safetensors");
}

/* Says before the training, not after it, that the model could not be written. */
static int check_model_path(const struct training *training) {
  const struct settings *settings = &training->cli->settings;
  if (settings->dry_run && settings->run_path != NULL) return 0; /* its folder is not made */
  const struct source sources[] = {{training->data, "the data"},
                                   {settings->dev_path, "the file of --dev"},
                                   {settings->test_path, "the file of --test"},
                                   {settings->read.labels, "the labels"},
                                   {0}};
  const struct destination_question question = {
      .path = training->model_path.data,
      .what = "the model",
      .sources = sources,
      .only_files = true,
  };
  return destination_check(training->cli, &question);
}

int training_read(struct training *training) {
  struct settings *settings = &training->cli->settings;
  training->folder.file = -1;
  if (settings->output != NULL) {
    text_add(&training->model_path, "%s", settings->output);
  } else if (settings->run_path != NULL) {
    run_folder_path(settings, "model.safetensors", &training->model_path);
  } else {
    name_model(training->data, &training->model_path);
  }
  int status = run_folder_open(training);
  if (status == 0) status = check_model_path(training);
  return status != 0 ? status : training_read_tables(training);
}

int training_read_tables(struct training *training) {
  struct settings *settings = &training->cli->settings;
  const char *paths[] = {training->data, settings->dev_path, settings->test_path};
  cr_table *tables[] = {NULL, NULL, NULL};
  cr_read_options others = settings->read;
  const bool none = others.labels != NULL && others.labels[0] == '\0';
  others.labels = none ? "" : NULL; /* a file of them belongs to the first file */
  const cr_read_options *options[] = {&settings->read, &others, &others};
  if (cr_tables_read(paths, options, 3, tables) != CR_OK) return errors_last(training->cli);
  training->table = tables[0];
  training->dev = tables[1];
  training->test = tables[2];
  target_resolve(settings, training->table);
  columns_resolve(settings, training->table);
  config_compare(training->cli, training->table, CR_PORTION_TRAIN, training->data);
  config_compare(training->cli, training->dev, CR_PORTION_DEV, settings->dev_path);
  config_compare(training->cli, training->test, CR_PORTION_TEST, settings->test_path);
  return 0;
}

/* "--split 80/20" shares the rows out to the parts that have no file of their own. */
cr_prepare_options training_prepare_options(const struct settings *settings) {
  cr_prepare_options prepare = settings->prepare;
  if (settings->dev_path != NULL && prepare.split[2] <= 0) {
    prepare.split[2] = prepare.split[1];
    prepare.split[1] = 0;
  }
  return prepare;
}

void training_show_warnings(struct training *training, const cr_training *run) {
  const char *warning = NULL;
  while ((warning = cr_training_warning(run, training->warned)) != NULL) {
    errors_warn(training->cli, NULL, "%s", warning);
    training->warned++;
  }
}

/* What listens to a training: the report says what is about to be trained, then how it goes on. */
struct watch {
  struct training *training;
  struct progress *progress;
};

static void watch_event(void *user, const cr_event *event) {
  struct watch *watch = user;
  const struct settings *settings = &watch->training->cli->settings;
  if (event->kind == CR_EVENT_START && event->restart == 0) {
    training_show_start(watch->training, event);
    training_show_warnings(watch->training, event->training);
    training_show_notes(watch->training, event);
    watch->training->failed = run_folder_begin(watch->training, event);
    if (watch->training->failed != 0 || settings->dry_run) interrupt_now();
  }
  run_folder_add(watch->training, event);
  progress_event(watch->progress, event);
}

/* On a terminal it is written over the live line, and over the "^C" in it. */
const char *training_stop_message(const struct cli *cli) {
  if (cli->settings.quiet) return NULL;
  if (!cli->err.tty) return "stopping after this batch (again: stop now, nothing saved)\n";
  return cli->err.width < 60
             ? "\r\x1b[Kstopping (again: stop now, unsaved)\n"
             : "\r\x1b[Kstopping after this batch (again: stop now, nothing saved)\n";
}

int training_run(struct training *training) {
  const struct settings *settings = &training->cli->settings;
  struct progress progress;
  cr_prepare_options prepare = training_prepare_options(settings);
  cr_train_options train = settings->train;
  struct watch watch = {training, &progress};
  cr_listener listener = {.on_event = watch_event, .user = &watch};
  fflush(stdout);
  progress_open(&progress, training->cli);
  train.linear_baseline = !settings->no_baseline;
  train.stop = interrupt_watch(training_stop_message(training->cli));
  training->status = cr_train_table(training->table, training->dev, training->test, &prepare,
                                    &train, &listener, 1, &training->run);
  training->error = *cr_last_error();
  interrupt_release();
  progress_close(&progress);
  if (training->failed != 0) return training->failed;
  if (training->run == NULL) return errors_show(training->cli, &training->error);
  training_show_warnings(training, training->run);
  return 0;
}

/* A training cut short before any epoch got better than the start has learnt nothing. */
static bool is_untrained(const struct training *training) {
  const cr_training_summary *summary = cr_training_get_summary(training->run);
  return training->status != CR_OK && summary->best_epoch == 0;
}

/*
 * What was learnt may have taken hours: where it cannot go to its place, it goes beside it, under a
 * name that no other training takes.
 */
static int save_elsewhere(const struct training *training) {
  const cr_error error = *cr_last_error();
  struct text path = {0};
  text_add(&path, "%s.unsaved-%ld", training->model_path.data, (long)getpid());
  bool saved = cr_model_save(cr_training_model(training->run), path.data) == CR_OK;
  int status = errors_of_saving(training->cli, &error, saved ? path.data : NULL);
  text_free(&path);
  return status;
}

int training_save(struct training *training) {
  const char *path = training->model_path.data;
  if (is_untrained(training) && access(path, F_OK) == 0) return 0;
  training->saved = cr_model_save(cr_training_model(training->run), path) == CR_OK;
  return training->saved ? 0 : save_elsewhere(training);
}

/* "the best model so far is in iris.safetensors", or what there is instead. */
static void add_whereabouts(struct text *out, const struct training *training) {
  const char *path = training->model_path.data;
  if (!training->saved) {
    text_add(out, "no epoch got better than the start; %s is left as it was", path);
  } else if (is_untrained(training)) {
    text_add(out, "no epoch got better than the start, whose weights are in %s", path);
  } else {
    text_add(out, "the best weights so far are in %s", path);
  }
}

int training_end(const struct training *training) {
  const struct cli *cli = training->cli;
  if (training->status == CR_OK) return 0;
  bool interrupted = training->status == CR_ERR_INTERRUPTED;
  int exit_status = 0;
  if (interrupted) {
    exit_status = interrupt_exit();
  } else {
    exit_status = errors_show(cli, &training->error);
  }
  if (cli->settings.quiet || (cli->settings.json && !interrupted)) return exit_status;
  struct text line = {0};
  add_whereabouts(&line, training);
  fflush(stdout);
  if (interrupted) {
    terminal_line(&cli->err, "interrupted:", strlen("interrupted: "), "%s", line.data);
  } else {
    terminal_print(&cli->err, "  %s\n", line.data);
  }
  text_free(&line);
  return exit_status;
}

void training_free(struct training *training) {
  run_folder_free(training);
  cr_training_destroy(training->run);
  cr_table_destroy(training->table);
  cr_table_destroy(training->dev);
  cr_table_destroy(training->test);
  text_free(&training->model_path);
}
