#include <math.h>
#include <string.h>

#include "command_line.h"
#include "config.h"
#include "output.h"
#include "picture.h"
#include "tuning.h"

enum { CURVE_CELLS = 60, CURVE_LEAST = 20 };

/* The curve from the lowest rate to the highest, high where the loss is; past 1.2 times the start
 * it has left the picture. */
static void show_curve(const struct cli *cli, const cr_rate_range *range) {
  const cr_rate_point *point, *last = NULL;
  double losses[256];
  size_t count = 0;
  const double most = 1.2 * cr_rate_range_at(range, 0)->loss;
  while (count < 256 && (point = cr_rate_range_at(range, count)) != NULL) {
    losses[count++] = fmin(point->loss, most);
    last = point;
  }
  const size_t width = cli->out.width > 0 ? cli->out.width : 80;
  size_t cells = width > REPORT_INDENT + CURVE_LEAST ? width - REPORT_INDENT - 1 : CURVE_LEAST;
  if (cells > CURVE_CELLS) cells = CURVE_CELLS;
  struct text spark = {0};
  picture_sparkline(&spark, losses, count, cells);
  terminal_line(&cli->out, "loss", REPORT_INDENT, "%s", spark.data);
  terminal_line(&cli->out, "rate", REPORT_INDENT, "%s … %s%s",
                number_text(cr_rate_range_at(range, 0)->rate).s, number_text(last->rate).s,
                cr_rate_range_get_summary(range)->exploded ? ", where the loss exploded" : "");
  text_free(&spark);
}

/* What the curve says of the choice. */
static void show_verdict(const struct cli *cli, const cr_rate_summary *summary) {
  const struct short_text chosen = number_text(summary->chosen);
  const struct short_text better = number_text(summary->suggested);
  const struct terminal *out = &cli->out;
  if (cli->settings.quiet) return;
  if (summary->suggested > summary->chosen) {
    terminal_line(out, "", REPORT_INDENT, "at %s it hardly falls yet: rather %s", chosen.s,
                  better.s);
  } else if (summary->suggested < summary->chosen) {
    terminal_line(out, "", REPORT_INDENT, "at %s it had exploded: rather %s", chosen.s, better.s);
  } else {
    terminal_line(out, "", REPORT_INDENT, "at %s it falls, so that is a rate to keep", chosen.s);
  }
}

/* The training with that rate, and with all other options as they were given. */
static void suggest(const struct cli *cli, const char *data, const cr_rate_summary *summary) {
  struct text words = {0};
  const char *name;
  json_t *value, *options = config_options(&command_train, &cli->settings);
  text_add_path(&words, data);
  json_object_foreach(options, name, value) {
    if (option_given(&cli->settings, name) && strcmp(name, "lr") != 0) {
      tuning_add_option(&words, name, value);
    }
  }
  output_next(cli, "train %s --lr %.15g", words.data, summary->suggested);
  json_decref(options);
  text_free(&words);
}

/* "train takes 0.02 with adam, batch 8". */
static struct text choice_text(const struct cli *cli, const cr_rate_summary *summary) {
  struct text out = {0};
  text_add(&out, "%s %s with %s, batch %zu",
           cli->settings.train.learning_rate > 0 ? "given is" : "train takes",
           number_text(summary->chosen).s, summary->optimizer, summary->batch);
  return out;
}

void range_show(const struct cli *cli, const char *data, const cr_rate_range *range) {
  const cr_rate_summary *summary = cr_rate_range_get_summary(range);
  if (!cli->settings.quiet && cr_rate_range_at(range, 0) != NULL) show_curve(cli, range);
  struct text choice = choice_text(cli, summary);
  const bool fell = !isnan(summary->suggested);
  if (!fell) {
    terminal_line(&cli->out, "result", REPORT_INDENT, "the loss fell at no rate · %s", choice.data);
  } else {
    terminal_line(&cli->out, "result", REPORT_INDENT,
                  "it falls steepest at %s, is lowest at %s · %s", number_text(summary->steepest).s,
                  number_text(summary->lowest).s, choice.data);
  }
  text_free(&choice);
  if (!fell) return;
  show_verdict(cli, summary);
  suggest(cli, data, summary);
}

json_t *range_object(const char *data, const cr_rate_range *range) {
  const cr_rate_summary *summary = cr_rate_range_get_summary(range);
  json_t *object = output_object("tune_lr"), *points = json_array();
  const cr_rate_point *point;
  json_object_set_new(object, "data", output_text(data));
  json_object_set_new(object, "optimizer", json_string(summary->optimizer));
  json_object_set_new(object, "batch", output_count(summary->batch));
  json_object_set_new(object, "suggested", output_number(summary->suggested));
  json_object_set_new(object, "steepest", output_number(summary->steepest));
  json_object_set_new(object, "lowest", output_number(summary->lowest));
  json_object_set_new(object, "chosen", output_number(summary->chosen));
  json_object_set_new(object, "exploded", json_boolean(summary->exploded));
  for (size_t i = 0; (point = cr_rate_range_at(range, i)) != NULL; i++) {
    json_t *pair = json_object();
    json_object_set_new(pair, "rate", output_number(point->rate));
    json_object_set_new(pair, "loss", output_number(point->loss));
    json_array_append_new(points, pair);
  }
  json_object_set_new(object, "points", points);
  return object;
}
