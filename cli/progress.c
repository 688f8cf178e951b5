#include "progress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "picture.h"

static const double REDRAW_SECONDS = 0.1; /* 10 times a second is as fast as one can read */
static const double REPORT_SECONDS = 10;  /* into a file or a log */

enum { BAR_MOST = 30, BAR_LEAST = 8, SPARKLINE_CELLS = 10 };

double progress_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void progress_open(struct progress *progress, const struct cli *cli) {
  *progress = (struct progress){.terminal = &cli->err, .silent = cli->settings.quiet};
  progress->piped = !cli->out.tty;
  progress->started = progress_clock();
  progress->last_shown = progress->started - (cli->err.tty ? REDRAW_SECONDS : 0);
}

/* Share of all epochs of this start that is done. */
static double share_done(const cr_event *event) {
  double within = 0;
  if (event->kind == CR_EVENT_BATCH && event->batches > 0) {
    within = (double)event->batch / (double)event->batches;
  }
  double share = ((double)event->epoch + within) / (double)(event->epochs > 0 ? event->epochs : 1);
  return share > 1 ? 1 : share;
}

static void add_figures(struct text *out, const cr_event *event) {
  text_add(out, "train %s", figure_text(event->train_loss).s);
  if (!isnan(event->dev_loss)) text_add(out, "  dev %s", figure_text(event->dev_loss).s);
}

static void add_position(struct text *out, const cr_event *event) {
  char most[24];
  int digits = snprintf(most, sizeof most, "%zu", event->epochs);
  if (event->restarts > 1) {
    text_add(out, "start %zu/%zu ", event->restart + 1, event->restarts);
  }
  text_add(out, "epoch %*zu/%s", digits, event->epoch, most);
}

static void add_time(struct text *out, const struct progress *progress, const cr_event *event) {
  double spent = progress_clock() - progress->started;
  double done = ((double)event->restart + share_done(event)) / (double)event->restarts;
  text_add(out, "%s", seconds_text(spent).s);
  if (done > 0.02 && spent > 1) {
    text_add(out, ", at most %s left", seconds_text(spent / done - spent).s);
  }
}

static void add_bar(struct text *out, double share, size_t cells) {
  size_t full = (size_t)(share * (double)cells);
  for (size_t i = 0; i < cells; i++) text_add(out, "%s", i < full ? "━" : i == full ? "╸" : " ");
}

/* Writes a line over the last one, cut to `room` columns. */
static void put_over(struct progress *progress, const char *line, size_t room) {
  const struct terminal *terminal = progress->terminal;
  char *shown = text_shown(line, terminal->utf8, false);
  size_t columns = 0, at = 0, wide = 0;
  for (size_t n; (n = text_character(shown + at, &wide)) > 0 && columns + wide <= room; at += n) {
    columns += wide;
  }
  fflush(stdout); /* what was said before has to stand above */
  /* back to the first column: "^C" or a line of another program then leaves nothing behind */
  fprintf(terminal->stream, "\r%.*s\x1b[K\r", (int)at, shown);
  fflush(terminal->stream);
  progress->shown = true;
  free(shown);
}

void progress_show(struct progress *progress, const char *line) {
  put_over(progress, line, progress->terminal->width - 1);
}

/* One line that fits: what is least needed is left out first. */
static void draw(struct progress *progress, const cr_event *event) {
  const struct terminal *terminal = progress->terminal;
  struct text position = {0}, figures = {0}, time = {0}, spark = {0}, line = {0};
  add_position(&position, event);
  add_figures(&figures, event);
  add_time(&time, progress, event);
  picture_sparkline(&spark, progress->losses, progress->count, SPARKLINE_CELLS);
  size_t room = terminal->width - 1;
  size_t used = text_columns(position.data) + 2 + text_columns(figures.data);
  size_t bar = BAR_LEAST + 1, time_columns = text_columns(time.data) + 2;
  size_t spark_columns = spark.data != NULL ? text_columns(spark.data) + 2 : 0;
  bool with_bar = used + bar <= room;
  if (with_bar) used += bar;
  bool with_spark = spark_columns > 0 && used + spark_columns <= room;
  if (with_spark) used += spark_columns;
  bool with_time = used + time_columns <= room;
  if (with_time) used += time_columns;
  text_add(&line, "%s", position.data);
  if (with_bar) {
    size_t more = room - used < BAR_MOST - BAR_LEAST ? room - used : BAR_MOST - BAR_LEAST;
    text_add(&line, " ");
    add_bar(&line, share_done(event), BAR_LEAST + more);
  }
  if (with_time) text_add(&line, "  %s", time.data);
  text_add(&line, "  %s", figures.data);
  if (with_spark) text_add(&line, "  %s", spark.data);
  put_over(progress, line.data, room);
  text_free(&position);
  text_free(&figures);
  text_free(&time);
  text_free(&spark);
  text_free(&line);
}

static void report(const struct progress *progress, const cr_event *event) {
  struct text line = {0};
  add_position(&line, event);
  text_add(&line, "  ");
  add_figures(&line, event);
  terminal_print(progress->terminal, "%s\n", line.data);
  text_free(&line);
}

/* The sparkline shows the logarithm: a loss falls by factors, and the last of them matter too. */
static void remember(struct progress *progress, double loss) {
  if (progress->count % 256 == 0) {
    progress->losses = take_more(progress->losses, progress->count + 256, sizeof(double));
  }
  progress->losses[progress->count++] = log(loss > 1e-12 ? loss : 1e-12);
}

void progress_event(void *user, const cr_event *event) {
  struct progress *progress = user;
  double now = progress_clock();
  if (event->kind == CR_EVENT_START) {
    progress->count = 0;
    if (progress->piped) progress->last_shown = now; /* time for what was said to arrive */
  }
  if (event->kind == CR_EVENT_EPOCH) remember(progress, event->train_loss);
  bool tty = progress->terminal->tty, end = event->kind == CR_EVENT_STOP;
  bool due = now - progress->last_shown >= (tty ? REDRAW_SECONDS : REPORT_SECONDS);
  if (progress->silent || !(due || (tty && end))) return;
  if (tty) {
    draw(progress, event);
  } else if (event->kind == CR_EVENT_EPOCH || event->kind == CR_EVENT_BATCH) {
    report(progress, event);
  }
  progress->last_shown = now;
}

void progress_close(struct progress *progress) {
  if (progress->shown) {
    /* the last state stays, but not in the way of what a pipe brings to the same terminal */
    fputs(progress->piped ? "\r\x1b[K" : "\n", progress->terminal->stream);
    fflush(progress->terminal->stream);
  }
  free(progress->losses);
  progress->losses = NULL;
  progress->count = 0;
  progress->shown = false;
}
