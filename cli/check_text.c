#include "check_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "errors.h"
#include "grid.h"
#include "network_text.h"
#include "output.h"

static void add_error(struct grid *grid, double error) {
  grid_cell(grid, isnan(error) ? "%s" : "%s%.1e", isnan(error) ? "–" : "", error);
}

static void add_block(struct grid *grid, const cr_gradient_block *b) {
  const size_t all = b->rows * b->columns;
  grid_cell(grid, "%s", b->name);
  grid_cell(grid, "%s", b->verdict);
  add_error(grid, b->error);
  add_error(grid, b->engine_error);
  if (b->kinks > 0) {
    grid_cell(grid, "%zu of %zu, %zu at kinks", b->checked, all, b->kinks);
  } else {
    grid_cell(grid, "%zu of %zu", b->checked, all);
  }
  if (b->name[0] == 'b') {
    grid_cell(grid, "%zu", b->columns);
  } else {
    grid_cell(grid, "%zu×%zu", b->rows, b->columns);
  }
}

static void show_blocks(const struct cli *cli, const cr_gradient_report *gradients) {
  struct grid grid;
  const cr_gradient_block *b;
  const char *const heads[] = {"block", "", "nudging", "engine", "checked", "shape"};
  grid_open(&grid, "llrrll", 2);
  for (size_t i = 0; i < 6; i++) grid_cell(&grid, "%s", heads[i]);
  for (size_t i = 0; (b = cr_gradient_report_at(gradients, i)) != NULL; i++) {
    if (!cli->settings.quiet || !b->ok) add_block(&grid, b);
  }
  if (grid.count > grid.columns) grid_print(&grid, &cli->out, true);
  grid_close(&grid);
}

/* Small steps are no better: what they lose to rounding stands beside each, over all blocks. */
static void show_steps(const struct cli *cli, const cr_gradient_report *gradients) {
  struct text line = {0};
  const cr_gradient_step *step;
  for (size_t i = 0; (step = cr_gradient_report_step(gradients, i)) != NULL; i++) {
    text_add(&line, "%s%.0e gives %.1e", i > 0 ? " · " : "", step->step, step->error);
  }
  terminal_line(&cli->out, "other h", REPORT_INDENT,
                "%s (error of all blocks as one): rounding wins below", line.data);
  text_free(&line);
}

static void show_gradients(const struct cli *cli, const cr_gradient_report *gradients) {
  if (!cli->settings.quiet) {
    terminal_line(
        &cli->out, "gradient", REPORT_INDENT,
        "chain rule against nudging, (J(w+h) − J(w−h)) / 2h with h = %.0e, in double; the "
        "engine that trains, in float, against the chain rule; %zu rows",
        cr_gradient_report_used_step(gradients), cr_gradient_report_rows(gradients));
  }
  show_blocks(cli, gradients);
  if (!cli->settings.quiet) show_steps(cli, gradients);
}

static void show_test(const struct cli *cli, const cr_sanity *test) {
  const bool quiet = cli->settings.quiet;
  if (quiet && test->ok) return;
  struct text label = {0};
  text_add(&label, "  %s", strcmp(test->verdict, "skipped") == 0 ? "–" : test->verdict);
  terminal_line(&cli->out, label.data, REPORT_INDENT, "%s: %s", test->name, test->found);
  if (test->advice[0] != '\0') {
    terminal_line(&cli->out, "", REPORT_INDENT, "→ %s", test->advice);
  }
  text_free(&label);
}

struct tally {
  size_t all, right, warnings, skipped;
};

static struct tally count(const cr_check_report *report) {
  struct tally tally = {0};
  const cr_gradient_block *b;
  const cr_sanity *test;
  const cr_gradient_report *gradients = cr_check_report_gradients(report);
  for (size_t i = 0; (b = cr_gradient_report_at(gradients, i)) != NULL; i++) {
    tally.all++;
    tally.right += b->ok;
  }
  for (size_t i = 0; (test = cr_check_report_at(report, i)) != NULL; i++) {
    const bool skipped = strcmp(test->verdict, "skipped") == 0;
    tally.skipped += skipped;
    tally.all += !skipped;
    tally.right += test->ok && !skipped;
    tally.warnings += strcmp(test->verdict, "warn") == 0;
  }
  return tally;
}

void check_show(const struct cli *cli, const cr_check_report *report) {
  const bool ok = cr_check_report_ok(report);
  const struct tally tally = count(report);
  const cr_sanity *test;
  struct text line = {0};
  if (!cli->settings.quiet) {
    terminal_line(&cli->out, "network", REPORT_INDENT, "%s, %s", cr_check_report_network(report),
                  cr_check_report_loss(report));
  }
  show_gradients(cli, cr_check_report_gradients(report));
  if (!cli->settings.quiet) terminal_print(&cli->out, "tests\n");
  for (size_t i = 0; (test = cr_check_report_at(report, i)) != NULL; i++) show_test(cli, test);
  terminal_styled(&cli->out, ok ? STYLE_GREEN : STYLE_RED, "%s", ok ? "PASS" : "FAIL");
  text_add(&line, "  %zu of %zu", tally.right, tally.all);
  if (tally.warnings > 0) {
    text_add(&line, ", ");
    text_add_count(&line, tally.warnings, "warning");
  }
  if (tally.skipped > 0) text_add(&line, ", %zu skipped", tally.skipped);
  terminal_print(&cli->out, "%s\n", line.data);
  text_free(&line);
}

static json_t *entry_object(const cr_gradient_entry *entry) {
  json_t *object = json_object();
  json_object_set_new(object, "row", output_count(entry->row));
  json_object_set_new(object, "column", output_count(entry->column));
  json_object_set_new(object, "exact", output_number(entry->exact));
  json_object_set_new(object, "found", output_number(entry->found));
  return object;
}

static json_t *block_object(const cr_gradient_block *b) {
  json_t *object = json_object();
  json_object_set_new(object, "name", json_string(b->name));
  json_object_set_new(object, "penalty", json_boolean(b->penalty));
  json_object_set_new(object, "rows", output_count(b->rows));
  json_object_set_new(object, "columns", output_count(b->columns));
  json_object_set_new(object, "checked", output_count(b->checked));
  json_object_set_new(object, "kinks", output_count(b->kinks));
  json_object_set_new(object, "error", output_number(b->error));
  json_object_set_new(object, "tolerance", output_number(b->tolerance));
  json_object_set_new(object, "worst", b->checked > 0 ? entry_object(&b->worst) : json_null());
  json_object_set_new(object, "engine_error", output_number(b->engine_error));
  json_object_set_new(object, "engine_tolerance", output_number(b->engine_tolerance));
  json_object_set_new(object, "engine_worst",
                      b->penalty ? json_null() : entry_object(&b->engine_worst));
  json_object_set_new(object, "verdict", json_string(b->verdict));
  json_object_set_new(object, "ok", json_boolean(b->ok));
  json_object_set_new(object, "note", json_string(b->note));
  json_object_set_new(object, "hint", json_string(b->hint));
  return object;
}

static json_t *gradient_object(const cr_gradient_report *gradients) {
  json_t *object = json_object(), *blocks = json_array(), *steps = json_array();
  const cr_gradient_block *b;
  const cr_gradient_step *step;
  for (size_t i = 0; (b = cr_gradient_report_at(gradients, i)) != NULL; i++) {
    json_array_append_new(blocks, block_object(b));
  }
  for (size_t i = 0; (step = cr_gradient_report_step(gradients, i)) != NULL; i++) {
    json_t *item = json_object();
    json_object_set_new(item, "step", output_number(step->step));
    json_object_set_new(item, "error", output_number(step->error));
    json_array_append_new(steps, item);
  }
  json_object_set_new(object, "ok", json_boolean(cr_gradient_report_ok(gradients)));
  json_object_set_new(object, "rows", output_count(cr_gradient_report_rows(gradients)));
  json_object_set_new(object, "step", output_number(cr_gradient_report_used_step(gradients)));
  json_object_set_new(object, "blocks", blocks);
  json_object_set_new(object, "steps", steps);
  return object;
}

json_t *check_object(const cr_check_report *report) {
  json_t *object = output_object("check"), *tests = json_array();
  const cr_sanity *test;
  for (size_t i = 0; (test = cr_check_report_at(report, i)) != NULL; i++) {
    json_t *item = json_object();
    json_object_set_new(item, "name", json_string(test->name));
    json_object_set_new(item, "shows", json_string(test->shows));
    json_object_set_new(item, "verdict", json_string(test->verdict));
    json_object_set_new(item, "ok", json_boolean(test->ok));
    json_object_set_new(item, "found", output_text(test->found));
    json_object_set_new(item, "advice", output_text(test->advice));
    json_array_append_new(tests, item);
  }
  json_object_set_new(object, "network", json_string(cr_check_report_network(report)));
  json_object_set_new(object, "loss", json_string(cr_check_report_loss(report)));
  json_object_set_new(object, "ok", json_boolean(cr_check_report_ok(report)));
  json_object_set_new(object, "gradient", gradient_object(cr_check_report_gradients(report)));
  json_object_set_new(object, "tests", tests);
  return object;
}

/* The wrong block that is nearest to the mistake: those below get their gradient through it. */
static const cr_gradient_block *wrong_block(const cr_gradient_report *gradients, size_t *count) {
  const cr_gradient_block *b, *found = NULL;
  *count = 0;
  for (size_t i = 0; (b = cr_gradient_report_at(gradients, i)) != NULL; i++) {
    if (b->ok) continue;
    ++*count;
    if (found == NULL || (!b->penalty && b->layer > found->layer)) found = b;
  }
  return found;
}

int check_name_failure(const struct cli *cli, const cr_check_report *report) {
  cr_error error = {.status = CR_ERR_CHECK};
  const cr_sanity *test;
  size_t count = 0;
  const cr_gradient_block *b = wrong_block(cr_check_report_gradients(report), &count);
  snprintf(error.fix, sizeof error.fix, "this is a bug in chainrule, please report it");
  if (b != NULL) {
    int length =
        snprintf(error.message, sizeof error.message, "gradient check failed: %s", b->note);
    if (count > 1) {
      snprintf(error.message + length, sizeof error.message - (size_t)length,
               "; %zu blocks are wrong", count);
    }
    snprintf(error.why, sizeof error.why, "%s", b->hint);
    return errors_show(cli, &error);
  }
  for (size_t i = 0; (test = cr_check_report_at(report, i)) != NULL; i++) {
    if (test->ok) continue;
    snprintf(error.message, sizeof error.message, "%s: %s", test->name, test->found);
    snprintf(error.why, sizeof error.why, "%s; %.150s", test->shows, test->advice);
    return errors_show(cli, &error);
  }
  return 0;
}
