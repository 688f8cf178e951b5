#include "train/plan.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "net/spec.h"
#include "parts/initializer.h"
#include "parts/loss.h"

static bool is(const char *name, const char *other) {
  return strcmp(name, other) == 0;
}

static cr_status find_learnable(const char *option, const char *name, const cr_activation **out) {
  CR_TRY(cr_activation_find(name, out));
  if ((*out)->backward) return CR_OK;
  cr_fail(CR_ERR_COMBINATION, "%s %s cannot be learnt by descent", option, name);
  cr_why("its derivative is 0 wherever there is one, so no gradient comes through it");
  return cr_fix("%s sigmoid", option);
}

/* Names given are replaced by those of the parts' tables, which are static. */
static cr_status find_names(const cr_train_options *options, cr_plan *plan) {
  const cr_activation *output = NULL;
  const cr_loss *loss = NULL;
  const cr_initializer *initializer = NULL;
  if (options->output) CR_TRY(find_learnable("--output", options->output, &output));
  if (options->loss) CR_TRY(cr_loss_find(options->loss, &loss));
  if (options->initializer) CR_TRY(cr_initializer_find(options->initializer, &initializer));
  plan->output = output ? output->part.name : NULL;
  plan->loss = loss ? loss->part.name : NULL;
  plan->initializer = initializer ? initializer->part.name : NULL;
  return CR_OK;
}

static cr_status fail_number_loss(const cr_encoder *encoder, const char *loss) {
  cr_fail(CR_ERR_COMBINATION, "labels '%s' and '%s' with loss %s", encoder->labels.items[0],
          encoder->labels.items[1], loss);
  cr_why("%s is for numbers; classes need cross-entropy", loss);
  return cr_fix("leave out --loss, or say which output it is meant for: --output sigmoid");
}

static cr_status fail_class_output(const cr_encoder *encoder, const char *output) {
  cr_fail(CR_ERR_COMBINATION, "labels '%s' and '%s' with output %s", encoder->labels.items[0],
          encoder->labels.items[1], output);
  cr_why("an output for classes is a probability, from 0 to 1");
  return cr_fix("leave out --output, or use --output sigmoid, --output softmax or --loss hinge");
}

/* The one output that a loss is made for; NULL if it takes any. */
static const char *output_of_loss(const char *name) {
  const cr_loss *loss = NULL;
  if (!name || cr_loss_find(name, &loss) != CR_OK || is(loss->outputs, "any")) return NULL;
  return loss->outputs;
}

static cr_status fail_smoothing(const char *what, const char *why) {
  cr_fail(CR_ERR_COMBINATION, "%s with label smoothing", what);
  cr_why("%s", why);
  return cr_fix("leave out --label-smoothing");
}

/* Classes: probabilities, or scores for a loss that compares them. */
static cr_status choose_for_classes(const cr_encoder *encoder, const cr_train_options *options,
                                    cr_plan *plan) {
  const size_t classes = encoder->labels.count;
  const char *made_for = output_of_loss(plan->loss);
  if (!plan->output && plan->loss && !made_for) return fail_number_loss(encoder, plan->loss);
  if (!plan->output) plan->output = made_for ? made_for : cr_default_output(true, classes);
  const bool softmax = is(plan->output, "softmax"), sigmoid = is(plan->output, "sigmoid");
  const bool scores = !softmax && !sigmoid;
  if (scores && !(made_for && is(plan->output, made_for)))
    return fail_class_output(encoder, plan->output);
  if (scores && options->label_smoothing > 0)
    return fail_smoothing(plan->loss, "it moves probabilities toward each other; scores are none");
  if (!plan->loss) plan->loss = cr_default_loss(plan->output);
  plan->outputs = !softmax && classes == 2 ? 1 : classes;
  return CR_OK;
}

/* Several targets: each label a probability of its own. */
static cr_status choose_for_labels(const cr_encoder *encoder, const cr_train_options *options,
                                   cr_plan *plan) {
  if (options->label_smoothing > 0)
    return fail_smoothing("several targets",
                          "it shares out a part of one class among all; here many may hold");
  plan->outputs = encoder->labels.count;
  if (!plan->output) plan->output = "sigmoid";
  if (!plan->loss) plan->loss = cr_default_loss(plan->output);
  if (is(plan->output, "sigmoid") && is(plan->loss, "binary_cross_entropy")) return CR_OK;
  cr_fail(CR_ERR_COMBINATION, "%zu targets of 0 and 1 with output %s and loss %s", plan->outputs,
          plan->output, plan->loss);
  cr_why("each target is yes or no by itself: a probability from sigmoid, with its cross-entropy");
  return cr_fix("leave out --output and --loss");
}

/* Numbers: an output of any height for each target. */
static cr_status choose_for_numbers(const cr_encoder *encoder, const cr_train_options *options,
                                    cr_plan *plan) {
  plan->outputs = cr_encoder_target_count(encoder);
  if (options->label_smoothing > 0)
    return fail_smoothing("a target of numbers",
                          "it moves probabilities of classes toward each other; a number has none");
  if (!plan->output) plan->output = cr_default_output(false, 0);
  if (!plan->loss) plan->loss = "half_squared";
  if (output_of_loss(plan->loss)) {
    cr_fail(CR_ERR_COMBINATION, "numbers in column '%s' with loss %s", encoder->target, plan->loss);
    cr_why("%s is for classes, and '%s' is learnt as a number", plan->loss, encoder->target);
    return cr_fix("leave out --loss");
  }
  if (is(plan->output, "softmax")) {
    cr_fail(CR_ERR_COMBINATION, "numbers in column '%s' with output softmax", encoder->target);
    cr_why("softmax shares out probabilities among classes: a single output is always 1");
    return cr_fix("leave out --output");
  }
  return CR_OK;
}

static cr_status fail_list(const char *option, const char *text, const char *fix) {
  cr_fail(CR_ERR_ARGUMENT, "%s '%s' is not a list such as '%s'", option, text, fix);
  return cr_fix("%s %s", option, fix);
}

/* Calls `add` with each entry of "64,32"; an empty text has none. */
typedef cr_status add_entry(void *context, const char *entry, size_t size);

static cr_status each_entry(const char *text, add_entry *add, void *context) {
  if (*text == '\0') return CR_OK;
  for (const char *entry = text;; entry++) {
    const size_t size = strcspn(entry, ",");
    CR_TRY(add(context, entry, size));
    entry += size;
    if (*entry == '\0') return CR_OK;
  }
}

typedef struct layer_list {
  const char *text;
  cr_strlist sizes;
} layer_list;

static cr_status add_size(void *context, const char *entry, size_t size) {
  layer_list *list = context;
  uint64_t units;
  if (!cr_parse_integer(entry, size, &units)) return fail_list("--layers", list->text, "64,32");
  if (units == 0 || units > CR_MAX_WIDTH) {
    cr_fail(CR_ERR_ARGUMENT, "--layers '%s': a layer has from 1 to %zu units", list->text,
            CR_MAX_WIDTH);
    return units == 0 ? cr_fix("--layers ''   is a network without hidden layers")
                      : cr_fix("--layers 64,32");
  }
  if (list->sizes.count + 1 >= CR_MAX_LAYERS) {
    cr_fail(CR_ERR_LIMIT, "--layers has more than %d layers", CR_MAX_LAYERS);
    return cr_fix("--layers 64,32");
  }
  return cr_strlist_format(&list->sizes, "%llu", (unsigned long long)units);
}

static cr_status add_activation(void *context, const char *entry, size_t size) {
  cr_strlist *names = context;
  char name[64] = {0};
  memcpy(name, entry, size < sizeof name ? size : sizeof name - 1);
  const cr_activation *activation = NULL;
  CR_TRY(find_learnable("--activation", name, &activation));
  return cr_strlist_add(names, activation->part.name);
}

static cr_status check_counts(const cr_strlist *sizes, const cr_strlist *names) {
  if (names->count == 1 || names->count == sizes->count) return CR_OK;
  cr_fail(CR_ERR_ARGUMENT, "%zu activations for %zu hidden layers", names->count, sizes->count);
  return cr_fix(
      "--activation takes one for all hidden layers, or one for each: "
      "--layers 64,32 --activation relu,tanh");
}

/* Writes "784-64:relu-10:softmax" and, for the record, "64" and "relu". */
static cr_status write_spec(const cr_strlist *sizes, const cr_strlist *names, size_t inputs,
                            cr_plan *plan) {
  cr_strbuf spec = {0}, layers = {0}, activation = {0};
  cr_strbuf_format(&spec, "%zu", inputs);
  cr_strbuf_add(&layers, "", 0);
  cr_strbuf_add(&activation, "", 0);
  for (size_t i = 0; i < sizes->count; i++) {
    const char *name = names->items[names->count == 1 ? 0 : i];
    cr_strbuf_format(&spec, "-%s:%s", sizes->items[i], name);
    cr_strbuf_format(&layers, "%s%s", i ? "," : "", sizes->items[i]);
    if (i < names->count) cr_strbuf_format(&activation, "%s%s", i ? "," : "", name);
  }
  cr_strbuf_format(&spec, "-%zu:%s", plan->outputs, plan->output);
  cr_status status = cr_strbuf_take(&spec, &plan->spec);
  if (status == CR_OK) status = cr_strbuf_take(&layers, &plan->layers);
  if (status == CR_OK) status = cr_strbuf_take(&activation, &plan->activation);
  cr_strbuf_free(&spec);
  cr_strbuf_free(&layers);
  cr_strbuf_free(&activation);
  return status;
}

static cr_status choose_layers(const cr_encoder *encoder, size_t rows,
                               const cr_train_options *options, cr_plan *plan) {
  layer_list list = {.text = options->layers};
  if (!list.text) list.text = cr_default_layers(encoder->width, rows);
  const char *activation = options->activation ? options->activation : cr_default_activation();
  cr_strlist names = {0};
  cr_status status = each_entry(list.text, add_size, &list);
  if (status == CR_OK) status = each_entry(activation, add_activation, &names);
  if (status == CR_OK) status = check_counts(&list.sizes, &names);
  if (status == CR_OK) status = write_spec(&list.sizes, &names, encoder->width, plan);
  cr_strlist_free(&list.sizes);
  cr_strlist_free(&names);
  return status;
}

cr_status cr_plan_create(const cr_encoder *encoder, size_t rows, const cr_train_options *options,
                         cr_plan *out) {
  *out = (cr_plan){0};
  CR_TRY(find_names(options, out));
  CR_TRY(encoder->classes      ? choose_for_classes(encoder, options, out)
         : encoder->multilabel ? choose_for_labels(encoder, options, out)
                               : choose_for_numbers(encoder, options, out));
  const cr_status status = choose_layers(encoder, rows, options, out);
  if (status != CR_OK) cr_plan_free(out);
  return status;
}

void cr_plan_free(cr_plan *plan) {
  cr_free(plan->layers);
  cr_free(plan->activation);
  cr_free(plan->spec);
  *plan = (cr_plan){0};
}

/* Every class as likely as the others; every sigmoid at a half, every score at 0. */
double cr_plan_start_loss(const cr_plan *plan) {
  const double outputs = (double)plan->outputs;
  if (is(plan->loss, "cross_entropy")) return log(outputs);
  if (is(plan->loss, "binary_cross_entropy")) return outputs * log(2);
  if (is(plan->loss, "hinge")) return outputs > 1 ? outputs - 1 : 1;
  if (!is(plan->output, "sigmoid")) return (double)NAN;
  return outputs * (is(plan->loss, "squared") ? 0.25 : 0.125);
}
