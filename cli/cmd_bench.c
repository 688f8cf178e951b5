/* chainrule bench: how fast it is on this machine, and how fast it could be. */
#include <stdlib.h>
#include <string.h>

#include "command_line.h"
#include "errors.h"
#include "grid.h"
#include "interrupt.h"
#include "output.h"
#include "progress.h"

#define AT(member) offsetof(struct settings, member)

/* A terminal narrower than this gets two lines for a row instead of a table. */
enum { TABLE_WIDTH = 60 };

/* A thread that had a processor for less of the time was disturbed. */
static const double ALONE = 0.95;

/* "4.13 µs": three digits, as times from microseconds to minutes need them. */
static struct short_text time_text(double seconds) {
  static const struct unit {
    double seconds;
    const char *name;
  } units[] = {{1, "s"}, {1e-3, "ms"}, {1e-6, "µs"}};
  struct short_text out;
  size_t u = 0;
  while (u < 2 && seconds < units[u].seconds) u++;
  const double number = seconds / units[u].seconds;
  const int decimals = number < 9.995 ? 2 : number < 99.95 ? 1 : 0;
  snprintf(out.s, sizeof out.s, "%.*f %s", decimals, number, units[u].name);
  return out;
}

/* "88 %", and more digits of what is next to nothing. */
static struct short_text share_text(double share) {
  struct short_text out;
  const double percent = 100 * share;
  snprintf(out.s, sizeof out.s, "%.*f %%", percent < 0.095 ? 2 : percent < 9.5 ? 1 : 0, percent);
  return out;
}

/* "229.7" */
static struct short_text speed_text(double gflops) {
  struct short_text out;
  snprintf(out.s, sizeof out.s, "%.*f", gflops < 0.995 ? 2 : 1, gflops);
  return out;
}

static void show_head(const struct cli *cli, const cr_bench_summary *summary) {
  struct text line = {0};
  text_add(&line, "%s · ", summary->kernel);
  text_add_count(&line, summary->threads, "thread");
  text_add(&line, " of ");
  text_add_count(&line, summary->processors, "processor");
  text_add(&line, " · limit ");
  const bool more = summary->threads > summary->processors;
  const size_t working = more ? summary->processors : summary->threads;
  if (working > 1) text_add(&line, "%zu × ", working);
  text_add(&line, "%.1f GFLOP/s", summary->limit_gflops);
  terminal_line(&cli->out, "bench", REPORT_INDENT, "%s", line.data);
  text_free(&line);
}

/* "train 784-64-10 …" is row "784-64-10 …" of the table "train". */
static size_t kind_length(const cr_bench_row *row) {
  return strcspn(row->name, " ");
}

static const char *rest_of(const cr_bench_row *row) {
  const char *rest = row->name + kind_length(row);
  return rest + strspn(rest, " ");
}

static bool same_kind(const cr_bench_row *a, const cr_bench_row *b) {
  return b != NULL && kind_length(a) == kind_length(b) &&
         memcmp(a->name, b->name, kind_length(a)) == 0;
}

/* The longest name, so that the tables of all kinds are as wide. */
static int name_columns(const cr_bench *bench) {
  size_t longest = 0;
  const cr_bench_row *row;
  for (size_t i = 0; (row = cr_bench_row_at(bench, i)) != NULL; i++) {
    if (strlen(rest_of(row)) > longest) longest = strlen(rest_of(row));
  }
  return (int)longest;
}

/* The table of the rows from `index` on that are of its kind; how many they are. */
static size_t show_table(const struct cli *cli, const cr_bench *bench, size_t index) {
  struct grid grid;
  const cr_bench_row *first = cr_bench_row_at(bench, index), *row;
  const int kind = (int)kind_length(first), columns = name_columns(bench);
  size_t count = 0;
  grid_open(&grid, "lrrrr", 2);
  grid_cell(&grid, "%.*s%*s", kind, first->name, columns > kind ? columns - kind : 0, "");
  grid_cell(&grid, "%5s", first->rows > 0 ? "rows" : "");
  grid_cell(&grid, "   time");
  grid_cell(&grid, "GFLOP/s");
  grid_cell(&grid, "share");
  for (; same_kind(first, row = cr_bench_row_at(bench, index + count)); count++) {
    grid_cell(&grid, "%s", rest_of(row));
    if (row->rows > 0) {
      grid_cell(&grid, "%zu", row->rows);
    } else {
      grid_cell(&grid, "%s", "");
    }
    grid_cell(&grid, "%s", time_text(row->seconds).s);
    grid_cell(&grid, "%s", speed_text(row->gflops).s);
    grid_cell(&grid, "%s", share_text(row->share).s);
  }
  grid_print(&grid, &cli->out, true);
  grid_close(&grid);
  return count;
}

/* The same on a narrow terminal. */
static void show_lines(const struct cli *cli, const cr_bench_row *row) {
  terminal_print(&cli->out, "  ");
  terminal_wrap(&cli->out, 2, cli->out.width, row->name);
  terminal_print(&cli->out, "    %s  %s GFLOP/s  %s\n", time_text(row->seconds).s,
                 speed_text(row->gflops).s, share_text(row->share).s);
}

static void show(const struct cli *cli, const cr_bench *bench) {
  const cr_bench_row *row;
  const bool narrow = cli->out.width > 0 && cli->out.width < TABLE_WIDTH;
  show_head(cli, cr_bench_get_summary(bench));
  for (size_t i = 0; (row = cr_bench_row_at(bench, i)) != NULL;) {
    if (narrow) {
      show_lines(cli, row);
      i++;
    } else {
      i += show_table(cli, bench, i);
    }
  }
}

static json_t *bench_object(const cr_bench *bench) {
  const cr_bench_summary *summary = cr_bench_get_summary(bench);
  const cr_bench_row *row;
  json_t *object = output_object("bench"), *rows = json_array();
  json_object_set_new(object, "limit_gflops", output_number(summary->limit_gflops));
  json_object_set_new(object, "kernel", json_string(summary->kernel));
  json_object_set_new(object, "threads", output_count(summary->threads));
  json_object_set_new(object, "processors", output_count(summary->processors));
  for (size_t i = 0; (row = cr_bench_row_at(bench, i)) != NULL; i++) {
    json_t *entry = json_object();
    json_object_set_new(entry, "name", json_string(row->name));
    json_object_set_new(entry, "rows", row->rows > 0 ? output_count(row->rows) : json_null());
    json_object_set_new(entry, "seconds", output_number(row->seconds));
    json_object_set_new(entry, "gflops", output_number(row->gflops));
    json_object_set_new(entry, "share", output_number(row->share));
    json_object_set_new(entry, "flops", output_number(row->flops));
    json_object_set_new(entry, "median", output_number(row->median));
    json_object_set_new(entry, "iqr", output_number(row->iqr));
    json_object_set_new(entry, "busy", output_number(row->busy));
    json_object_set_new(entry, "runs", output_count(row->runs));
    json_object_set_new(entry, "repeats", output_count(row->repeats));
    json_array_append_new(rows, entry);
  }
  json_object_set_new(object, "rows", rows);
  return object;
}

/* What is being measured, where somebody waits for it. */
static void show_event(void *user, const cr_bench_event *event) {
  struct progress *progress = user;
  struct text line = {0};
  if (progress->silent || !progress->terminal->tty) return;
  text_add(&line, "%zu/%zu  %s", event->index + 1, event->count, event->name);
  progress_show(progress, line.data);
  text_free(&line);
}

/* Of several threads nobody knows how much they should have worked. */
static void note_others(const struct cli *cli, const cr_bench *bench) {
  const cr_bench_row *row;
  size_t count = 0;
  for (size_t i = 0; (row = cr_bench_row_at(bench, i)) != NULL; i++) count += row->busy < ALONE;
  if (count == 0 || cr_bench_get_summary(bench)->threads > 1) return;
  errors_note(cli, "other programs were at work: %zu row%s could be faster", count,
              count == 1 ? "" : "s");
}

static void suggest(const struct cli *cli, const cr_bench_summary *summary) {
  if (summary->threads > 1 || summary->processors < 2) return;
  if (cli->settings.bench.only != NULL) return;
  output_next(cli, "bench --only train --threads %zu", summary->processors);
}

static int run(struct cli *cli) {
  struct progress progress;
  cr_bench *bench = NULL;
  cr_bench_options options = cli->settings.bench;
  const cr_bench_listener listener = {.on_event = show_event, .user = &progress};
  progress_open(&progress, cli);
  progress.piped = true; /* the live line goes: the table has all that it said */
  options.stop = interrupt_watch(NULL);
  const cr_status status = cr_bench_run(&options, &listener, &bench);
  interrupt_release();
  progress_close(&progress);
  const bool interrupted = status == CR_ERR_INTERRUPTED;
  if (interrupted && bench == NULL) return interrupt_exit();
  if (status != CR_OK && !interrupted) return errors_last(cli);
  if (cli->settings.json) {
    output_json(bench_object(bench));
  } else {
    show(cli, bench);
    note_others(cli, bench);
    if (!interrupted) suggest(cli, cr_bench_get_summary(bench));
  }
  cr_bench_destroy(bench);
  if (interrupted) errors_note(cli, "interrupted: these are the rows that were done");
  return interrupted ? interrupt_exit() : 0;
}

static const struct option options[] = {
    {.name = "only",
     .kind = OPTION_TEXT,
     .offset = AT(bench.only),
     .argument = "NAME",
     .sample = "train",
     .group = "BENCH",
     .basic = true,
     .sentence = "measure only this row, or all with this in their names",
     .fallback = "all"},
    {.name = "threads",
     .kind = OPTION_COUNT,
     .offset = AT(bench.threads),
     .argument = "N",
     .sample = "2",
     .least = 1,
     .basic = true,
     .sentence = "threads to compute with; a share is then of N times the limit",
     .fallback = "1"},
    {.name = "time",
     .kind = OPTION_POSITIVE,
     .offset = AT(bench.seconds),
     .argument = "SECONDS",
     .sample = "0.5",
     .basic = true,
     .sentence = "to measure a row for; up to 4 times that where a run is long",
     .fallback = "0.5"},
    {0},
};

static const char *const examples[] = {
    "chainrule bench",
    "everything, in half a minute",
    "chainrule bench --only product",
    "matrix products alone",
    "chainrule bench --only train --threads 2",
    "what a second thread is good for",
    NULL,
};

const struct command command_bench = {
    .name = "bench",
    .group = "UNDERSTAND",
    .summary = "how fast is it here, and how fast could it be?",
    .operands = "",
    .about =
        "Measures how many multiply-adds a thread of this machine can do at most, then matrix "
        "products, epochs of training and predictions, each with its share of that limit. The time "
        "is that of the shortest of many runs; a run of training is an epoch over so many rows, "
        "with shuffling. What was timed is checked. Where other programs are at work shares "
        "are lower than they could be.",
    .examples = examples,
    .options = options,
    .run = run,
};
