/*
 * What is chosen when the options leave it open: one function a choice, each with its reason. The
 * figures behind them are in docs/explanation/defaults.md.
 */
#ifndef TRAIN_DEFAULTS_H
#define TRAIN_DEFAULTS_H

#include "chainrule/train.h"
#include "parts/optimizer.h"
#include "parts/schedule.h"

/* Hidden layers for `inputs` values a row and `rows` training rows, as --layers has them. */
const char *cr_default_layers(size_t inputs, size_t rows);
const char *cr_default_activation(void);
const char *cr_default_output(bool classes, size_t class_count);

/* The loss that goes with an output activation. */
const char *cr_default_loss(const char *output);

const char *cr_default_optimizer(void);
const char *cr_default_schedule(const cr_optimizer *optimizer);
size_t cr_default_batch(const cr_optimizer *optimizer, size_t rows);
size_t cr_default_epochs(size_t rows, size_t batch);
double cr_default_rate(const cr_optimizer *optimizer, const cr_schedule *schedule, size_t inputs);
size_t cr_default_patience(const cr_schedule *schedule); /* 0: none */
double cr_default_l2(const cr_optimizer *optimizer, size_t rows, size_t inputs, size_t batch);

/*
 * Fills in what `options` (NULL: everything) leaves open about the descent, for `rows` training
 * rows of `inputs` values, and checks the rest. Names in *out are static, and NULL for the network.
 */
cr_status cr_options_resolve(const cr_train_options *options, size_t rows, size_t inputs,
                             cr_train_options *out);

/*
 * Does a dev part decide something: when the run ends, or which of several starts is the best? The
 * best of late epochs hardly counts: see docs/explanation/defaults.md.
 */
cr_status cr_options_need_dev(const cr_train_options *options, bool *out);

#endif
