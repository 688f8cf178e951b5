/*
 * The settings that are searched, and from what they are drawn. Draws depend on the seed, the
 * number of the trial and the name of the setting alone, so that what is searched beside it, time
 * and threads change nothing.
 */
#ifndef TUNE_SPACE_H
#define TUNE_SPACE_H

#include "base/strbuf.h"
#include "chainrule/tune.h"

enum { CR_SPACE_MOST_CHOICES = 8 };

/* One way to train. */
typedef struct cr_settings {
  const char *given_layers; /* as --layers has them; borrowed. NULL: they were drawn, */
  char drawn_layers[32];    /* and are here */
  const char *activation;   /* a name, or names as the options have them */
  double rate;
  size_t batch;
  double l2, dropout;
} cr_settings;

/* What a setting is drawn from; a set of bits says which are searched. */
typedef struct cr_space {
  uint64_t seed;
  cr_settings defaults; /* what train chooses */
  unsigned searched;    /* bit i: setting i of the table in space.c */
  size_t widths[CR_SPACE_MOST_CHOICES], width_count;
  size_t batches[CR_SPACE_MOST_CHOICES], batch_count;
  const char *activations[CR_SPACE_MOST_CHOICES];
  size_t activation_count;
} cr_space;

/*
 * For `rows` training rows. `defaults` are the resolved settings; `train` the options as they were
 * given, `search` as in cr_tune_options: CR_ERR_ARGUMENT for a name that is none,
 * CR_ERR_COMBINATION for one that the options set, and if nothing is left to search.
 */
cr_status cr_space_create(const cr_settings *defaults, const cr_train_options *train,
                          const char *search, size_t rows, cr_space *out);

/* The settings of a trial; `attempt` counts draws that did not do. */
void cr_space_draw(const cr_space *space, size_t trial, size_t attempt, cr_settings *out);

const char *cr_settings_layers(const cr_settings *settings);
bool cr_settings_equal(const cr_settings *a, const cr_settings *b);

/* Puts the settings into options; their texts are then those of `settings`. */
void cr_settings_apply(const cr_settings *settings, cr_train_options *options);

/* Appends {"layers":"64","activation":"relu","lr":0.01,"batch":32,"l2":0,"dropout":0}. */
void cr_settings_write(const cr_settings *settings, cr_strbuf *out);

/* Appends the names of what is searched, with commas. */
void cr_space_names(const cr_space *space, cr_strbuf *out);

#endif
