#include <math.h>

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

void range_show(const struct cli *cli, const char *data, const cr_rate_range *range) {
  const cr_rate_summary *summary = cr_rate_range_get_summary(range);
  struct text path = {0};
  if (!cli->settings.quiet && cr_rate_range_at(range, 0) != NULL) show_curve(cli, range);
  if (isnan(summary->suggested)) {
    terminal_line(&cli->out, "result", REPORT_INDENT,
                  "the loss fell at no rate · train takes %s with %s, batch %zu",
                  number_text(summary->chosen).s, summary->optimizer, summary->batch);
    return;
  }
  terminal_line(&cli->out, "result", REPORT_INDENT,
                "it falls steepest at %s, is lowest at %s · train takes %s with %s, batch %zu",
                number_text(summary->suggested).s, number_text(summary->lowest).s,
                number_text(summary->chosen).s, summary->optimizer, summary->batch);
  text_add_path(&path, data);
  output_next(cli, "train %s --lr %.2g", path.data, summary->suggested);
  text_free(&path);
}

json_t *range_object(const char *data, const cr_rate_range *range) {
  const cr_rate_summary *summary = cr_rate_range_get_summary(range);
  json_t *object = output_object("tune_lr"), *points = json_array();
  const cr_rate_point *point;
  json_object_set_new(object, "data", output_text(data));
  json_object_set_new(object, "optimizer", json_string(summary->optimizer));
  json_object_set_new(object, "batch", output_count(summary->batch));
  json_object_set_new(object, "suggested", output_number(summary->suggested));
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
