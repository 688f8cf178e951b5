#include "rehearsal.h"

#include <stdlib.h>
#include <string.h>

#include "command_line.h"
#include "settings.h"

static void note_plan(cr_training *training, size_t columns, struct rehearsal *out) {
  const char *warning = NULL;
  out->classes = cr_model_get_info(cr_training_model(training))->classes;
  out->uses = take(columns, sizeof *out->uses);
  for (size_t c = 0; c < columns; c++) out->uses[c] = cr_training_column_use(training, c);
  for (size_t i = 0; (warning = cr_training_warning(training, i)) != NULL; i++) {
    name_list_add(&out->warnings, warning, strlen(warning));
  }
}

/* The smallest training there is, told to stop before it begins. */
static void try_to_train(const cr_table *table, const struct settings *settings,
                         struct rehearsal *out) {
  static const sig_atomic_t stop = 1;
  cr_prepare_options prepare = settings->prepare;
  cr_train_options train = settings->train;
  cr_training *training = NULL;
  prepare.skip_bad_rows = out->skip_bad_rows;
  train.layers = "";
  train.batch = 1;
  train.epochs = 1;
  train.stop = &stop;
  const cr_status status = cr_train_table(table, NULL, NULL, &prepare, &train, NULL, 0, &training);
  out->ok = status == CR_OK || status == CR_ERR_INTERRUPTED || status == CR_ERR_DIVERGED;
  if (out->ok) {
    memset(&out->error, 0, sizeof out->error);
    note_plan(training, cr_table_columns(table), out);
  } else {
    out->error = *cr_last_error();
  }
  cr_training_destroy(training);
}

void rehearsal_run(const cr_table *table, const struct settings *settings, struct rehearsal *out) {
  *out = (struct rehearsal){.skip_bad_rows = settings->prepare.skip_bad_rows};
  try_to_train(table, settings, out);
  /* what the library finds out about a bad value has a better remedy */
  const bool bad_rows = out->error.status == CR_ERR_MISSING || out->error.status == CR_ERR_NUMBER;
  if (out->ok || !bad_rows || out->error.why[0] != '\0') return;
  out->skip_bad_rows = true;
  try_to_train(table, settings, out);
}

bool rehearsal_broke(const struct rehearsal *rehearsal) {
  const cr_status status = rehearsal->error.status;
  return status == CR_ERR_MEMORY || status == CR_ERR_INTERNAL;
}

void rehearsal_free(struct rehearsal *rehearsal) {
  free(rehearsal->uses);
  name_list_free(&rehearsal->warnings);
  *rehearsal = (struct rehearsal){0};
}
