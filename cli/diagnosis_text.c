#include "diagnosis_text.h"

#include <math.h>
#include <string.h>

#include "command_line.h"
#include "output.h"

/* First steps against variance, and how they grow while it stays. */
static const double FIRST_L2 = 0.01, L2_GROWTH = 3, L2_CUT = 10;
static const double LARGEST_L2 = 0.5; /* that train itself chooses for small batches */
static const double RATE_CUT = 10;
static const double FIRST_DROPOUT = 0.2, LARGEST_DROPOUT = 0.5;

static bool is(const struct judgement *j, const char *finding) {
  return strcmp(j->found.finding, finding) == 0;
}

static bool has_bias(const struct judgement *j) {
  return is(j, "bias") || is(j, "both");
}

static bool has_variance(const struct judgement *j) {
  return is(j, "variance") || is(j, "both");
}

bool was_short(size_t best_epoch, size_t epochs_run, const char *reason) {
  return epochs_run > 0 && strcmp(reason, "patience") != 0 &&
         best_epoch >= epochs_run - epochs_run / 5;
}

static bool has_hidden(const struct judgement *j) {
  return cr_net_layer_count(j->net) > 1;
}

/* Units that begin alike stay alike: no other remedy comes before another start. */
static bool needs_start(const struct judgement *j) {
  return j->zero_start && has_hidden(j) && (j->untrained || j->nowhere != NULL || has_bias(j));
}

/* Would a larger network be worth a try? Not where nothing was learnt that a small one can hold. */
static bool wants_room(const struct judgement *j) {
  if (!has_bias(j) || j->untrained || needs_start(j)) return false;
  return j->nowhere == NULL || !has_hidden(j);
}

/* "--layers 128,64" where there is one of 64, "--layers 128,128" where there are two. */
static void add_larger_layers(struct text *out, const cr_net *net) {
  const size_t hidden = cr_net_layer_count(net) - 1;
  text_add(out, "--layers ");
  if (hidden == 0) text_add(out, "64");
  for (size_t i = 0; i < hidden; i++) {
    text_add(out, "%s%zu", i > 0 ? "," : "", 2 * cr_net_layer(net, i)->outputs);
  }
  if (hidden == 1) text_add(out, ",%zu", cr_net_layer(net, 0)->outputs);
}

/* Does what was given against variance hold the network back? */
static bool is_held_back(const struct judgement *j) {
  return is(j, "bias") && !j->untrained && !needs_start(j) &&
         (j->dropout > 0 || j->l2 > LARGEST_L2);
}

/* Less of it; *index counts down. */
static bool looser_remedy_at(const struct judgement *j, size_t *index, struct text *out) {
  if (!is_held_back(j)) return false;
  if (j->dropout > 0 && (*index)-- == 0) {
    text_add(out, "--dropout %s", number_text(j->dropout / 2).s);
    return true;
  }
  if (j->l2 > LARGEST_L2 && (*index)-- == 0) {
    text_add(out, "--l2 %s", number_text(j->l2 / L2_CUT).s);
    return true;
  }
  return false;
}

/* Remedies of what was not learnt, from *index on, which counts down. */
static bool bias_remedy_at(const struct judgement *j, size_t *index, struct text *out) {
  const bool began = !j->untrained && !needs_start(j);
  if (needs_start(j) && (*index)-- == 0) {
    text_add(out, "--init he");
    return true;
  }
  if (j->untrained && !needs_start(j) && j->learning_rate > 0 && (*index)-- == 0) {
    text_add(out, "--lr %s", number_text(j->learning_rate / RATE_CUT).s);
    return true;
  }
  if (looser_remedy_at(j, index, out)) return true;
  if (wants_room(j) && (*index)-- == 0) {
    add_larger_layers(out, j->net);
    return true;
  }
  if ((has_bias(j) || (j->nowhere != NULL && !has_variance(j))) && began && j->was_short &&
      (*index)-- == 0) {
    text_add(out, "--epochs %zu", 2 * j->epochs);
    return true;
  }
  return false;
}

/* More rows help against variance, and moved images are as good as more; not where all is right. */
static bool wants_other_images(const struct judgement *j) {
  return j->still_images && (has_variance(j) || (is(j, "neither") && j->found.dev > 0));
}

/* Remedy `index`: an option that works on top of those that were given; false past the last. */
static bool remedy_at(const struct judgement *j, size_t index, struct text *out) {
  if (bias_remedy_at(j, &index, out)) return true;
  if (wants_other_images(j) && index-- == 0) {
    text_add(out, "--augment auto");
    return true;
  }
  if (has_variance(j) && index-- == 0) {
    text_add(out, "--l2 %s", number_text(j->l2 > 0 ? L2_GROWTH * j->l2 : FIRST_L2).s);
    return true;
  }
  const double dropout = j->dropout > 0 ? j->dropout + 0.1 : FIRST_DROPOUT;
  const bool drops =
      option_find(&command_train, "dropout") != NULL && has_hidden(j) && dropout <= LARGEST_DROPOUT;
  if (has_variance(j) && drops && index-- == 0) {
    text_add(out, "--dropout %s", number_text(dropout).s);
    return true;
  }
  if (is(j, "dev_better") && !j->has_file && index == 0) {
    text_add(out, "--seed 2");
    return true;
  }
  return false;
}

static const char *heading(const struct judgement *j) {
  if (is(j, "both")) return "high bias and high variance";
  if (is(j, "bias")) return "high bias";
  if (is(j, "variance")) return "high variance";
  if (is(j, "dev_better")) return "other rows are easier than those it learnt";
  return "neither bias nor variance is high";
}

static const char *measure(const struct judgement *j) {
  if (!j->classes) return "1 - R²";
  return j->balanced ? "balanced error" : "error";
}

/* "error 2.2 % on train, 6.7 % on dev", of numbers "1 − R² 0.204 on train, 0.215 on dev". */
static void add_errors(struct text *out, const struct judgement *j) {
  const cr_diagnosis *d = &j->found;
  const bool classes = j->classes;
  text_add(out, "%s %s on train", measure(j),
           classes ? percent_text(d->train).s : figure_text(d->train).s);
  if (isnan(d->dev)) return;
  text_add(out, ", %s on %s", classes ? percent_text(d->dev).s : figure_text(d->dev).s, j->part);
}

static void add_ground(struct text *out, const struct judgement *j) {
  const cr_diagnosis *d = &j->found;
  if (has_bias(j) && d->best > 0) {
    text_add(out, ", %s at the least",
             j->classes ? percent_text(d->best).s : figure_text(d->best).s);
  } else if (has_bias(j)) {
    text_add(out, "; the least taken as 0 (--bayes)");
  } else if (is(j, "neither") && d->variance > d->variance_chance / 2) {
    text_add(out, "; chance alone explains %s between them",
             j->classes ? percent_text(d->variance_chance).s : figure_text(d->variance_chance).s);
  }
}

static void add_remedies(struct text *out, const struct judgement *j) {
  struct text remedy = {0};
  for (size_t i = 0; remedy_at(j, i, &remedy); i++) {
    text_add(out, "%s%s", i > 0 ? ", " : "", remedy.data);
    text_free(&remedy);
  }
  if (has_variance(j)) text_add(out, ", or more rows");
  if (wants_room(j) && !has_variance(j)) text_add(out, ", or another --lr or --activation");
}

/* "; 'name' was left out: --type name=category takes it in" */
static void add_left_out(struct text *out, const char *column) {
  struct text type = {0};
  text_add(&type, "%s=category", column);
  text_add(out, "; '%s' was left out: --type ", column);
  text_add_quoted(out, type.data);
  text_add(out, " takes it in");
  text_free(&type);
}

/* What holds two so different models back alike is seldom the size of one of them. */
static void add_doubt(struct text *out, const struct judgement *j) {
  if (!wants_room(j) || !j->linear_as_good || j->nowhere != NULL || is_held_back(j)) return;
  text_add(out,
           "look at the rows first: noise, wrong labels or missing columns would hold a "
           "linear model back, too");
  if (j->found.best <= 0) text_add(out, " (--bayes states what they cost)");
  if (j->left_out != NULL) add_left_out(out, j->left_out);
  text_add(out, "; then ");
}

/* Why nothing was learnt: the surest cause first. */
static const char *cause(const struct judgement *j) {
  if (needs_start(j)) {
    return j->untrained ? "no epoch got better than the start, where all units were alike"
                        : "units that begin with equal weights stay alike";
  }
  if (j->untrained) return "no epoch got better than the start";
  if (!has_hidden(j)) return "the inputs may not tell, or not by straight lines";
  return j->was_short ? "the inputs may not tell, or it takes more steps or larger ones (--lr)"
                      : "the inputs may not tell";
}

/* What was not learnt at all is no matter of more units. */
static void show_learnt(const struct cli *cli, const struct judgement *j) {
  struct text line = {0};
  if (j->nowhere == NULL && !j->untrained) return;
  if (j->nowhere != NULL) {
    text_add(&line, "nothing that shows: on %s no better than always ", j->nowhere);
    if (j->majority != NULL) {
      text_add(&line, "'%s', chance aside; ", j->majority);
    } else {
      text_add(&line, "the mean; ");
    }
  }
  text_add(&line, "%s", cause(j));
  if (j->left_out != NULL && !needs_start(j) && !j->untrained) add_left_out(&line, j->left_out);
  terminal_line(&cli->out, "learnt", REPORT_INDENT, "%s", line.data);
  text_free(&line);
}

void diagnosis_show(const struct cli *cli, const struct judgement *j) {
  struct text line = {0}, next = {0};
  show_learnt(cli, j);
  if (is(j, "unknown")) return;
  text_add(&line, "%s: ", heading(j));
  add_errors(&line, j);
  add_ground(&line, j);
  terminal_line(&cli->out, "fit", REPORT_INDENT, "%s", line.data);
  add_doubt(&next, j);
  if (cli->command != &command_train) text_add(&next, "train with ");
  const size_t before = next.length;
  add_remedies(&next, j);
  if (next.length > before) terminal_line(&cli->out, "improve", REPORT_INDENT, "%s", next.data);
  text_free(&line);
  text_free(&next);
}

json_t *diagnosis_object(const struct judgement *j) {
  const cr_diagnosis *d = &j->found;
  json_t *object = json_object(), *remedies = json_array();
  struct text remedy = {0};
  for (size_t i = 0; remedy_at(j, i, &remedy); i++) {
    json_array_append_new(remedies, json_string(remedy.data));
    text_free(&remedy);
  }
  json_object_set_new(object, "finding", json_string(d->finding));
  json_object_set_new(object, "measure",
                      json_string(!j->classes   ? "1-r2"
                                  : j->balanced ? "balanced_error"
                                                : "error"));
  json_object_set_new(object, "part", json_string(j->part));
  json_object_set_new(object, "train", output_number(d->train));
  json_object_set_new(object, "other", output_number(d->dev));
  json_object_set_new(object, "best", output_number(d->best));
  json_object_set_new(object, "bias", output_number(d->bias));
  json_object_set_new(object, "bias_chance", output_number(d->bias_chance));
  json_object_set_new(object, "variance", output_number(d->variance));
  json_object_set_new(object, "variance_chance", output_number(d->variance_chance));
  json_object_set_new(object, "linear_as_good", json_boolean(j->linear_as_good));
  json_object_set_new(object, "inputs_tell", json_boolean(j->nowhere == NULL));
  json_object_set_new(object, "try", remedies);
  return object;
}
