#include "run_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "destination.h"
#include "errors.h"
#include "output.h"

static const char CONFIG[] = "config.json";
static const char LOG[] = "log.jsonl";
static const char *const parts[] = {"train", "dev", "test"};

void run_folder_path(const struct settings *settings, const char *name, struct text *out) {
  size_t length = strlen(settings->run_path);
  while (length > 1 && settings->run_path[length - 1] == '/') length--;
  text_add_bytes(out, settings->run_path, length);
  text_add(out, "/%s", name);
}

static bool has_file(const struct training *training, const char *name) {
  struct text path = {0};
  run_folder_path(&training->cli->settings, name, &path);
  const bool has = access(path.data, F_OK) == 0;
  text_free(&path);
  return has;
}

/* Every folder on the way, as mkdir -p makes them; counts those that are new. */
static int make_folders(const struct cli *cli, const char *path, size_t *made) {
  struct text folder = {0};
  int status = 0;
  text_add(&folder, "%s", path);
  for (size_t i = 1; status == 0 && i <= folder.length; i++) {
    const char here = folder.data[i];
    if (here != '/' && here != '\0') continue;
    folder.data[i] = '\0';
    if (mkdir(folder.data, 0777) == 0) {
      ++*made;
    } else if (errno != EEXIST) {
      status = errors_file(cli, CR_ERR_OPEN, "make the folder", folder.data);
    }
    folder.data[i] = here;
  }
  text_free(&folder);
  return status;
}

/* The last `made` of the folders in a path, as far as they are empty. */
static void remove_folders(const char *path, size_t made) {
  struct text folder = {0};
  text_add(&folder, "%s", path);
  for (size_t i = folder.length; made > 0 && i > 0; i--) {
    if (i < folder.length && folder.data[i] != '/') continue;
    folder.data[i] = '\0';
    if (rmdir(folder.data) == 0) made--;
  }
  text_free(&folder);
}

/* A pipe would wait for a reader for ever, a folder cannot be replaced. */
static bool has_odd_file(const struct training *training, const char *name) {
  struct text path = {0};
  struct stat found;
  run_folder_path(&training->cli->settings, name, &path);
  const bool odd = stat(path.data, &found) == 0 && !S_ISREG(found.st_mode);
  text_free(&path);
  return odd;
}

static int check_folder(const struct training *training) {
  const struct settings *settings = &training->cli->settings;
  const char *path = settings->run_path;
  struct stat found;
  if (path[0] == '\0') {
    return errors_usage(training->cli, "--run run/iris-1", "--run wants the name of a folder");
  }
  if (stat(path, &found) != 0) return 0;
  if (!S_ISDIR(found.st_mode)) {
    return errors_usage(training->cli, "--run with the name of a folder, new or old",
                        "--run: %.300s is not a folder", path);
  }
  const bool used = has_file(training, LOG) || has_file(training, CONFIG);
  if (has_odd_file(training, LOG) || has_odd_file(training, CONFIG)) {
    return errors_usage(training->cli, "--run with another name",
                        "%.300s holds a %s or %s that is not a file", path, LOG, CONFIG);
  }
  if (!used || settings->force) return 0;
  return errors_usage(training->cli, "--run with another name, or --force to replace that run",
                      "%.300s holds a run already", path);
}

static void unlock_folder(struct run_folder *folder) {
  if (folder->lock >= 0) close(folder->lock);
  folder->lock = -1;
}

/*
 * Two runs at once would mix their files. The folder itself is locked, so that nothing is left
 * behind, whatever ends the run; a file system without locks goes without.
 */
static int lock_folder(struct training *training) {
  struct run_folder *folder = &training->folder;
  const char *path = training->cli->settings.run_path;
  folder->lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder->lock < 0 || flock(folder->lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
    return 0;
  return errors_usage(training->cli, "--run with another name, or wait until that run has ended",
                      "another training is writing to %.300s", path);
}

int run_folder_open(struct training *training) {
  struct run_folder *folder = &training->folder;
  const struct cli *cli = training->cli;
  folder->file = folder->lock = -1;
  if (cli->settings.run_path == NULL) return 0;
  int status = check_folder(training);
  if (cli->settings.dry_run) return status;
  if (status == 0) status = make_folders(cli, cli->settings.run_path, &folder->made);
  if (status == 0) status = lock_folder(training);
  if (status == 0) status = check_folder(training); /* another run may just have ended */
  if (status != 0) {
    unlock_folder(folder);
    return status;
  }
  /* under another name until the run begins: an old history stays until then */
  run_folder_path(&cli->settings, LOG, &folder->log);
  text_add(&folder->temporary, "%s.XXXXXX", folder->log.data);
  folder->file = mkstemp(folder->temporary.data);
  if (folder->file < 0) {
    text_free(&folder->temporary);
    return errors_file(cli, CR_ERR_OPEN, "write to", cli->settings.run_path);
  }
  const mode_t mask = umask(0);
  umask(mask);
  fchmod(folder->file, 0666 & ~mask); /* some file systems have no modes */
  fcntl(folder->file, F_SETFL, O_APPEND);
  fcntl(folder->file, F_SETFD, FD_CLOEXEC);
  return 0;
}

/* One line in one write, so that who follows the file never sees half of one. */
static void append(struct run_folder *folder, json_t *line) {
  if (folder->failure != 0) {
    json_decref(line);
    return;
  }
  char *text = json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(17));
  json_decref(line);
  const size_t size = strlen(text) + 1;
  text[size - 1] = '\n';
  errno = 0;
  const ssize_t written = write(folder->file, text, size);
  free(text);
  if (written == (ssize_t)size) {
    folder->size += (off_t)size;
    return;
  }
  folder->failure = errno != 0 ? errno : ENOSPC;
  const int cut = ftruncate(folder->file, folder->size); /* whole lines only */
  (void)cut;                                             /* the failure is told in any case */
}

/* What was chosen stands where it was left open. */
static void resolve(const struct training *training, const cr_training *run, struct settings *out) {
  *out = training->cli->settings;
  const cr_model_info *info = cr_model_get_info(cr_training_model((cr_training *)run));
  const cr_training_summary *summary = cr_training_get_summary(run);
  out->train = *cr_training_options(run);
  if (summary->memory > 0) out->read.memory = summary->memory; /* half of this machine's, perhaps */
  if (info->labels == 0 || info->classes > 0) out->prepare.task = info->task;
  if (out->prepare.target == NULL) out->prepare.target = info->target;
  /* no shares say that all rows are for training and for the test */
  if (!summary->same_rows) memcpy(out->prepare.split, summary->shares, sizeof summary->shares);
}

json_t *run_options(const struct training *training, const cr_training *run) {
  struct settings resolved;
  struct text targets = {0}; /* as target_resolve takes them apart */
  resolve(training, run, &resolved);
  for (size_t i = 0; i < resolved.targets.count; i++) {
    text_add(&targets, "%s%s", i > 0 ? "," : "", resolved.targets.names[i]);
    resolved.prepare.target = targets.data;
  }
  json_t *options = config_options(training->cli->command, &resolved);
  text_free(&targets);
  return options;
}

json_t *run_config(const struct training *training, const cr_training *run) {
  static const char *const keys[] = {"fingerprint", "fingerprint_dev", "fingerprint_test"};
  const cr_table *const tables[] = {training->table, training->dev, training->test};
  json_t *config = output_object("config");
  json_object_set_new(config, "chainrule", json_string(cr_version()));
  json_object_set_new(config, "command", json_string(training->cli->command->name));
  json_object_set_new(config, "data", output_text(training->data));
  for (size_t part = 0; part < 3; part++) {
    if (tables[part] == NULL) continue;
    json_object_set_new(config, keys[part], json_string(fingerprint_text(tables[part]).s));
  }
  json_object_set_new(config, "options", run_options(training, run));
  return config;
}

static int write_config(const struct training *training, const cr_training *run) {
  struct text path = {0};
  struct destination destination;
  run_folder_path(&training->cli->settings, CONFIG, &path);
  int status = destination_open(training->cli, path.data, &destination);
  if (status == 0) {
    char *text = config_dump(run_config(training, run), 2);
    fprintf(destination.stream, "%s\n", text);
    free(text);
    status = destination_close(training->cli, &destination);
  }
  text_free(&path);
  return status;
}

static json_t *start_line(const struct training *training, const cr_event *event) {
  json_t *line = output_object("log");
  cr_model *model = cr_training_model(event->training);
  const cr_net *net = cr_model_net(model);
  const cr_training_summary *summary = cr_training_get_summary(event->training);
  json_object_set_new(line, "event", json_string("start"));
  json_object_set_new(line, "chainrule", json_string(cr_version()));
  json_object_set_new(line, "data", output_text(training->data));
  json_object_set_new(line, "fingerprint", json_string(fingerprint_text(training->table).s));
  for (size_t part = 0; part < 3; part++) {
    char key[16];
    snprintf(key, sizeof key, "%s_rows", parts[part]);
    json_object_set_new(line, key, output_count(cr_training_metrics(event->training, part)->n));
  }
  json_object_set_new(line, "network", json_string(cr_net_spec(net)));
  json_object_set_new(line, "parameters", output_count(cr_net_parameter_count(net)));
  json_object_set_new(line, "loss", json_string(cr_model_get_info(model)->loss));
  json_object_set_new(line, "epochs", output_count(event->epochs));
  json_object_set_new(line, "batches", output_count(event->batches));
  json_object_set_new(line, "restarts", output_count(event->restarts));
  json_object_set_new(line, "start_loss", output_number(event->train_loss));
  json_object_set_new(line, "expected_start_loss", output_number(summary->expected_start_loss));
  return line;
}

int run_folder_begin(struct training *training, const cr_event *event) {
  struct run_folder *folder = &training->folder;
  if (folder->file < 0) return 0;
  append(folder, start_line(training, event));
  if (folder->failure != 0) {
    errno = folder->failure;
    return errors_file(training->cli, CR_ERR_IO, "write", folder->log.data);
  }
  const int status = write_config(training, event->training);
  if (status != 0) return status;
  if (rename(folder->temporary.data, folder->log.data) != 0) {
    return errors_file(training->cli, CR_ERR_IO, "write", folder->log.data);
  }
  folder->begun = true;
  return 0;
}

/* One number a layer; null where they are not known. */
static json_t *norms(const double *values, size_t layers) {
  if (values == NULL) return json_null();
  json_t *array = json_array();
  for (size_t i = 0; i < layers; i++) json_array_append_new(array, output_number(values[i]));
  return array;
}

static json_t *epoch_line(const cr_event *event) {
  json_t *line = json_object();
  json_object_set_new(line, "event", json_string("epoch"));
  json_object_set_new(line, "restart", output_count(event->restart));
  json_object_set_new(line, "epoch", output_count(event->epoch));
  json_object_set_new(line, "train_loss", output_number(event->train_loss));
  json_object_set_new(line, "train_score", output_number(event->train_score));
  json_object_set_new(line, "dev_loss", output_number(event->dev_loss));
  json_object_set_new(line, "dev_score", output_number(event->dev_score));
  json_object_set_new(line, "best_epoch", output_count(event->best_epoch));
  json_object_set_new(line, "rate", output_number(event->learning_rate));
  json_object_set_new(line, "gradient_norms", norms(event->gradient_norms, event->layers));
  json_object_set_new(line, "weight_norms", norms(event->weight_norms, event->layers));
  json_object_set_new(line, "update_norms", norms(event->update_norms, event->layers));
  json_object_set_new(line, "seconds", output_number(event->seconds));
  return line;
}

void run_folder_add(struct training *training, const cr_event *event) {
  if (!training->folder.begun || event->kind != CR_EVENT_EPOCH) return;
  append(&training->folder, epoch_line(event));
}

/* The object of --json has the figures; what the first line or config.json holds is left out. */
static json_t *stop_line(const struct training *training) {
  static const char *const members[] = {
      "model", "epochs_run", "best_epoch", "restarts", "restarts_learned", "seconds",
      "train", "dev",        "test",       "linear",   "diagnosis"};
  json_t *line = json_object(), *whole = training_object(training, "train");
  json_object_set_new(line, "event", json_string("stop"));
  json_object_set(line, "reason", json_object_get(whole, "stopped"));
  for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
    json_t *value = json_object_get(whole, members[i]);
    if (value != NULL) json_object_set(line, members[i], value);
  }
  json_decref(whole);
  return line;
}

int run_folder_end(struct training *training) {
  struct run_folder *folder = &training->folder;
  if (!folder->begun) return 0;
  append(folder, stop_line(training));
  if (close(folder->file) != 0 && folder->failure == 0) folder->failure = errno;
  folder->file = -1;
  if (folder->failure == 0) return 0;
  cr_error error = {.status = CR_ERR_IO,
                    .fix = "free some space, or give --run a folder in another place"};
  struct text reason = {0};
  errors_add_reason(folder->failure, &reason);
  snprintf(error.message, sizeof error.message, "cannot write all of %.300s: %.150s",
           folder->log.data, reason.data);
  text_free(&reason);
  return errors_of_saving(training->cli, &error,
                          training->saved ? training->model_path.data : NULL);
}

void run_folder_free(struct training *training) {
  struct run_folder *folder = &training->folder;
  const bool opened = folder->temporary.data != NULL;
  if (opened && folder->file >= 0) close(folder->file);
  if (opened) unlock_folder(folder);
  if (opened && !folder->begun) unlink(folder->temporary.data);
  if (!folder->begun && folder->made > 0) {
    remove_folders(training->cli->settings.run_path, folder->made);
  }
  text_free(&folder->log);
  text_free(&folder->temporary);
}
