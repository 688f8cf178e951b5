#include "check_case.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "errors.h"
#include "grid.h"
#include "output.h"

enum { NAMES_SHOWN = 4 };

static const char *verdict(const cr_quantity *q) {
  return !q->checked ? "not checked" : q->ok ? "ok" : "FAIL";
}

static bool failed(const cr_quantity *q) {
  return q->checked && !q->ok;
}

static void add_row(struct grid *grid, const cr_quantity *q) {
  grid_cell(grid, "%s", q->name);
  grid_cell(grid, "%s", q->engine);
  grid_cell(grid, q->checked ? "%.1e" : " ", q->max_error);
  grid_cell(grid, q->checked ? "%.1e" : " ", q->tolerance);
  grid_cell(grid, "%s", verdict(q));
  grid_cell(grid, "%s", failed(q) || !q->checked ? q->note : "");
}

/* All quantities; with -q those that fail. */
static void show_table(const struct cli *cli, const cr_case_report *report) {
  struct grid grid;
  const cr_quantity *q;
  grid_open(&grid, "llrrll", 2);
  const char *const heads[] = {"quantity", "engine", "error", "tolerance", "", ""};
  for (size_t i = 0; i < 6; i++) grid_cell(&grid, "%s", heads[i]);
  for (size_t i = 0; (q = cr_case_report_at(report, i)) != NULL; i++) {
    if (!cli->settings.quiet || failed(q)) add_row(&grid, q);
  }
  if (grid.count > grid.columns) grid_print(&grid, &cli->out, true);
  grid_close(&grid);
}

struct tally {
  size_t checked, failed, unchecked;
  double largest;    /* error of those that failed */
  struct text names; /* of those that failed */
};

static struct tally count(const cr_case_report *report) {
  struct tally tally = {0};
  const cr_quantity *q;
  for (size_t i = 0; (q = cr_case_report_at(report, i)) != NULL; i++) {
    if (q->checked) tally.checked++;
    if (!q->checked) tally.unchecked++;
    if (!failed(q)) continue;
    tally.failed++;
    tally.largest = fmax(tally.largest, q->max_error);
    if (tally.failed <= NAMES_SHOWN) {
      text_add(&tally.names, "%s%s (%s)", tally.failed > 1 ? ", " : "", q->name, q->engine);
    } else if (tally.failed == NAMES_SHOWN + 1) {
      text_add(&tally.names, ", …");
    }
  }
  return tally;
}

static void show(const struct cli *cli, const cr_case_report *report, const struct tally *tally) {
  bool ok = cr_case_report_ok(report);
  if (!cli->settings.quiet) {
    terminal_line(&cli->out, "case", REPORT_INDENT, "%s", cr_case_report_name(report));
  }
  show_table(cli, report);
  terminal_styled(&cli->out, ok ? STYLE_GREEN : STYLE_RED, "%s", ok ? "PASS" : "FAIL");
  terminal_print(&cli->out, "  %zu of %zu agree", tally->checked - tally->failed, tally->checked);
  if (tally->unchecked > 0) terminal_print(&cli->out, ", %zu not checked", tally->unchecked);
  terminal_print(&cli->out, "\n");
}

static json_t *report_object(const cr_case_report *report) {
  json_t *object = output_object("check"), *list = json_array();
  const cr_quantity *q;
  for (size_t i = 0; (q = cr_case_report_at(report, i)) != NULL; i++) {
    json_t *item = json_object();
    json_object_set_new(item, "name", output_text(q->name));
    json_object_set_new(item, "engine", json_string(q->engine));
    json_object_set_new(item, "max_error", q->checked ? output_number(q->max_error) : json_null());
    json_object_set_new(item, "tolerance", q->checked ? output_number(q->tolerance) : json_null());
    json_object_set_new(item, "checked", json_boolean(q->checked));
    json_object_set_new(item, "ok", json_boolean(!failed(q)));
    json_object_set_new(item, "note", output_text(q->note));
    json_array_append_new(list, item);
  }
  json_object_set_new(object, "name", output_text(cr_case_report_name(report)));
  json_object_set_new(object, "ok", json_boolean(cr_case_report_ok(report)));
  json_object_set_new(object, "quantities", list);
  return object;
}

/* Half a unit of the last of two to five decimals, if the errors stay below it; else 0. */
static double rounding_of(double error) {
  double half = 0.000005;
  while (half < error && half < 0.01) half *= 10;
  return half < 0.01 ? half : 0;
}

/* A check that fails is an answer; on a terminal it is named once more where errors go. */
static int name_failures(const struct cli *cli, const struct tally *tally) {
  cr_error error = {.status = CR_ERR_CHECK};
  snprintf(error.file, sizeof error.file, "%s", cli->settings.operands[0]);
  if (tally->checked == 0) {
    snprintf(error.message, sizeof error.message, "the file expects nothing that can be checked");
    snprintf(error.fix, sizeof error.fix,
             "add a value you know, as \"cost\": docs/reference/case-format.md");
  } else {
    snprintf(error.message, sizeof error.message, "%zu of %zu quantities disagree: %.300s",
             tally->failed, tally->checked, tally->names.data);
    const double rounding = rounding_of(tally->largest);
    if (rounding > 0) {
      snprintf(
          error.fix, sizeof error.fix,
          "if the numbers of the file are rounded, say so in it: \"tolerance\": %s; else start "
          "with the first: the others follow from it",
          number_text(rounding).s);
    } else {
      snprintf(error.fix, sizeof error.fix,
               "start with the first: the others follow from it; chainrule help E24");
    }
  }
  return errors_show(cli, &error);
}

int check_case(const struct cli *cli) {
  cr_case_report *report = NULL;
  cr_case_options options;
  cr_case_options_init(&options);
  options.kernel = cli->settings.kernel;
  if (cr_check_case(cli->settings.operands[0], &options, &report) != CR_OK) return errors_last(cli);
  struct tally tally = count(report);
  int status = cr_case_report_ok(report) ? 0 : cr_status_exit(CR_ERR_CHECK);
  if (cli->settings.json) {
    output_json(report_object(report));
  } else {
    show(cli, report, &tally);
    if (status != 0) status = name_failures(cli, &tally);
  }
  text_free(&tally.names);
  cr_case_report_destroy(report);
  return status;
}
