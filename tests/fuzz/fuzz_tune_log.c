/*
 * The log of a search. A file that is refused stays as it was; of one that is taken every line is
 * read or refused, and what is read back is what a search may go on with.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "require.h"
#include "tune/trial_log.h"

static const char header[] = "{\"format\":\"chainrule.tune-log/1\",\"seed\":3}";

static void begin(cr_space *space, cr_halving *out) {
  static const cr_settings chosen = {
      .given_layers = "4", .activation = "relu", .rate = 0.02, .batch = 32};
  cr_train_options options;
  cr_train_options_init(&options);
  require(cr_space_create(&chosen, &options, "activation", 1000, space) == CR_OK);
  cr_halving_create(space, 0, 1000, out);
}

static void read_all(cr_trial_log *log) {
  cr_space space;
  cr_halving halving;
  cr_status status = CR_OK;
  begin(&space, &halving);
  while (status == CR_OK && cr_trial_log_more(log)) {
    cr_run run;
    cr_run_result result;
    bool exhausted;
    require(cr_halving_next(&halving, SIZE_MAX, &run, &exhausted) == CR_OK);
    status = cr_trial_log_read(log, &run, 1, &result);
    require(status == CR_OK || status == CR_ERR_FORMAT);
    if (status != CR_OK) break;
    require(!isnan(result.losses[0]) && result.seconds >= 0);
    cr_halving_note(&halving, &run, &result);
  }
  cr_halving_free(&halving);
}

/* The header is put before what begins otherwise, so that mutations get past it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char path[] = "/tmp/chainrule-fuzz-XXXXXX";
  const int file = mkstemp(path);
  cr_trial_log log;
  struct stat about;
  require(file >= 0);
  const bool bare = size > 0 && data[0] == '{' && (size < 3 || data[2] != 't');
  size_t written = 0;
  if (!bare) {
    written = sizeof header;
    require(write(file, header, sizeof header - 1) == (ssize_t)sizeof header - 1);
    require(write(file, "\n", 1) == 1);
  }
  require(write(file, data, size) == (ssize_t)size);
  written += size;
  const cr_status status = cr_trial_log_open(path, header, &log);
  require(status == CR_OK || bare);
  if (status == CR_OK) {
    read_all(&log);
    cr_trial_log_close(&log);
  } else {
    require(fstat(file, &about) == 0 && (size_t)about.st_size == written);
  }
  close(file);
  unlink(path);
  return 0;
}
