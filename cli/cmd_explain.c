/* chainrule explain: the mathematics, with the user's own numbers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "command_line.h"
#include "destination.h"
#include "errors.h"
#include "explain_input.h"
#include "explain_quiz.h"
#include "operands.h"
#include "output.h"
#include "settings.h"

static int usage(const struct cli *cli, const char *what) {
  return errors_usage(
      cli, "chainrule explain MODEL DATA --row 1   or   chainrule explain CASE.json", "%s", what);
}

/* Do operands and options belong together? */
static int check_operands(const struct cli *cli) {
  const struct settings *s = &cli->settings;
  bool sample = s->explain.x != NULL || s->explain.target != NULL;
  bool rows = s->explain.row != NULL || s->explain.rows != NULL;
  const bool text = strcmp(s->explain.format, "text") == 0;
  if (s->explain.quiz && (s->explain.weight != NULL || s->json || s->output != NULL || !text))
    return errors_usage(cli, "leave out one of them",
                        "--quiz asks for the steps one by one, on this terminal; it does not go "
                        "with --weight, --format, --json or -o");
  if (is_case_file(s->operands[0])) {
    if (s->operand_count > 1)
      return usage(cli, "a case holds its samples; there is no DATA beside it");
    return sample ? usage(cli, "a case holds its samples; --x and --target are for a model") : 0;
  }
  if (s->explain.row != NULL && s->explain.rows != NULL)
    return errors_usage(cli, "--rows 1-4,9", "--row and --rows are the same: give one of them");
  if (!sample && s->operand_count == 1 && is_table_name(s->operands[0]))
    return usage(cli, "that is a table: the model comes first");
  if (!sample && s->operand_count == 1)
    return usage(cli, "a model alone has no numbers to explain: name DATA, or give --x");
  if (!sample) return operands_check_model_data(cli);
  if (s->operand_count > 1) return usage(cli, "--x and --target stand instead of DATA");
  if (rows) return errors_usage(cli, "leave out --row", "--x is one sample; there are no rows");
  if (s->explain.x == NULL)
    return errors_usage(cli, "--x 5.1,3.5,1.4,0.2 --target setosa",
                        "--target is for --x; rows of DATA bring their own");
  return 0;
}

static int explain_sample(const struct cli *cli, cr_model *model, const cr_explain_options *options,
                          cr_explanation **out) {
  struct number_list x = {0}, target = {0};
  const char *wanted = cli->settings.explain.target;
  int status = sample_read(cli, model, cli->settings.explain.x, &x);
  if (status == 0 && wanted != NULL) status = target_read(cli, model, wanted, &target);
  if (status == 0 && cr_explain_sample(model, x.numbers, x.count, target.numbers, target.count,
                                       options, out) != CR_OK)
    status = errors_last(cli);
  number_list_free(&x);
  number_list_free(&target);
  return status;
}

/* Rows as they are numbered in the file become places in the table, which may lack some. */
static int find_rows(const struct cli *cli, const cr_table *table, struct row_list *rows) {
  if (cr_table_get_origin(table)->skipped_rows == 0) return 0;
  for (size_t i = 0; i < rows->count; i++) {
    size_t place = 0, end = cr_table_rows(table); /* the numbers ascend */
    while (place < end) {
      size_t middle = place + (end - place) / 2;
      if (cr_table_row_number(table, middle) < rows->rows[i])
        place = middle + 1;
      else
        end = middle;
    }
    if (cr_table_row_number(table, place) != rows->rows[i])
      return errors_usage(cli, "--row with another number",
                          "row %zu is not among those that could be read", rows->rows[i] + 1);
    rows->rows[i] = place;
  }
  return 0;
}

static int explain_model(const struct cli *cli, const cr_explain_options *options,
                         struct row_list *rows, cr_explanation **out) {
  const struct settings *s = &cli->settings;
  cr_model *model = NULL;
  cr_table *table = NULL;
  int status = 0;
  if (cr_model_load(s->operands[0], &model) != CR_OK) return errors_last(cli);
  if (s->explain.x != NULL) {
    status = explain_sample(cli, model, options, out);
  } else {
    cr_read_options reading = s->read;
    reading.target = cr_model_get_info(model)->target;
    if (operands_read_table(model, s->operands[1], reading, &table) != CR_OK) {
      status = errors_last_of_rows(cli);
    } else {
      status = find_rows(cli, table, rows);
      if (status == 0 && cr_explain_table(model, table, options, out) != CR_OK)
        status = errors_last_of_rows(cli);
    }
  }
  cr_table_destroy(table);
  cr_model_destroy(model);
  return status;
}

static int explain(const struct cli *cli, const cr_explain_options *options, struct row_list *rows,
                   cr_explanation **out) {
  const char *first = cli->settings.operands[0];
  if (!is_case_file(first)) return explain_model(cli, options, rows, out);
  return cr_explain_case(first, options, out) == CR_OK ? 0 : errors_last(cli);
}

static cr_render_options form(const struct cli *cli) {
  const struct settings *s = &cli->settings;
  cr_render_options options;
  cr_render_options_init(&options);
  options.format = s->json ? "json" : s->explain.format;
  options.digits = s->explain.digits;
  options.full = s->explain.full;
  options.ascii = s->output == NULL && !cli->out.utf8;
  if (cli->out.width > 0 && s->output == NULL) options.width = cli->out.width;
  return options;
}

/* Text goes through the terminal, which lets nothing through that could command it. */
static int write_out(const struct cli *cli, const char *text) {
  const char *path = cli->settings.output;
  struct destination file;
  if (path == NULL) {
    fputs(text, stdout);
    return 0;
  }
  int status = destination_open(cli, path, &file);
  if (status != 0) return status;
  fputs(text, file.stream);
  status = destination_close(cli, &file);
  if (status == 0 && !cli->settings.quiet && !cli->settings.json)
    terminal_print(&cli->err, "wrote %s\n", path);
  return status;
}

static int check_output(const struct cli *cli) {
  const struct settings *s = &cli->settings;
  if (s->output == NULL) return 0;
  const struct source sources[] = {
      {s->operands[0], "what is explained"},
      {s->operand_count > 1 ? s->operands[1] : NULL, "the data"},
      {0},
  };
  const struct destination_question question = {
      .path = s->output, .what = "the explanation", .sources = sources};
  return destination_check(cli, &question);
}

static int show(const struct cli *cli, cr_explanation *explanation) {
  const cr_render_options options = form(cli);
  const char *text = NULL;
  if (cli->settings.explain.quiz) return quiz_run(cli, explanation, &options);
  if (cr_explanation_render(explanation, &options, &text) != CR_OK) return errors_last(cli);
  return write_out(cli, text);
}

/* The weight with the largest gradient, of the first layer that has one. false: there is none. */
static bool name_weight(const struct cli *cli, const cr_explanation *explanation, char *out,
                        size_t size) {
  const bool turned = strcmp(cli->settings.explain.layout, "columns") == 0;
  const cr_explain_step *step, *best = NULL;
  size_t place = 0;
  for (size_t i = 0; (step = cr_explanation_step(explanation, i)) != NULL; i++) {
    if (strcmp(step->name, "dW") != 0) continue;
    bool found = false; /* the way back comes to the first layer last */
    for (size_t k = 0; k < step->rows * step->cols; k++) {
      if (fabs(step->values[k]) <= (found ? fabs(best->values[place]) : 0)) continue;
      found = true;
      best = step;
      place = k;
    }
  }
  if (best == NULL) return false;
  const size_t input = place / best->cols + 1, unit = place % best->cols + 1;
  snprintf(out, size, "W%zu[%zu,%zu]", best->layer + 1, turned ? unit : input,
           turned ? input : unit);
  return true;
}

static void suggest(const struct cli *cli, const cr_explanation *explanation) {
  const struct settings *s = &cli->settings;
  char name[80];
  struct text words = {0};
  if (strcmp(s->explain.format, "text") != 0 || s->output != NULL || s->explain.quiz) return;
  for (size_t i = 0; i < s->operand_count; i++) {
    text_add(&words, " ");
    text_add_path(&words, s->operands[i]);
  }
  if (s->explain.x != NULL) text_add(&words, " --x %s", s->explain.x);
  if (s->explain.target != NULL) {
    text_add(&words, " --target ");
    text_add_path(&words, s->explain.target);
  }
  if (s->explain.row != NULL) text_add(&words, " --row %s", s->explain.row);
  if (s->explain.rows != NULL) text_add(&words, " --rows %s", s->explain.rows);
  settings_add_reading(s, &words);
  if (strcmp(s->explain.layout, "rows") != 0) text_add(&words, " --layout %s", s->explain.layout);
  if (s->explain.weight == NULL && name_weight(cli, explanation, name, sizeof name))
    output_next(cli, "explain%s --weight '%s'", words.data, name);
  else
    output_next(cli, "explain%s --format html -o maths.html", words.data);
  text_free(&words);
}

/* A page of corners says less than a small network's. */
static void note_corners(const struct cli *cli, const cr_explanation *explanation) {
  enum { FITS = 6 };
  const struct settings *s = &cli->settings;
  const cr_explain_step *step;
  size_t widest = 0;
  if (s->explain.full || s->explain.quiz || s->explain.weight != NULL) return;
  for (size_t i = 0; (step = cr_explanation_step(explanation, i)) != NULL; i++)
    if (strcmp(step->name, "A") == 0 && step->cols > widest) widest = step->cols;
  if (widest > FITS && !is_case_file(s->operands[0]))
    errors_note(cli,
                "of %zu units 5 are shown: --full shows all; a network of train --layers 3 "
                "has a page that can be read",
                widest);
}

static int run(struct cli *cli) {
  const struct settings *s = &cli->settings;
  struct row_list rows = {0};
  cr_explain_options options;
  cr_explanation *explanation = NULL;
  cr_explain_options_init(&options);
  int status = check_operands(cli);
  if (status == 0) status = check_output(cli);
  if (status == 0 && s->explain.row != NULL)
    status = row_list_read(cli, "row", s->explain.row, &rows);
  else if (status == 0 && s->explain.rows != NULL)
    status = row_list_read(cli, "rows", s->explain.rows, &rows);
  if (status != 0) return status;
  options.rows = rows.rows;
  options.row_count = rows.count;
  options.learning_rate = s->explain.rate;
  options.weight = s->explain.weight;
  options.layout = s->explain.layout;
  options.top = s->explain.top;
  status = explain(cli, &options, &rows, &explanation);
  if (status == 0) status = show(cli, explanation);
  if (status == 0) note_corners(cli, explanation);
  if (status == 0) suggest(cli, explanation);
  cr_explanation_destroy(explanation);
  row_list_free(&rows);
  return status;
}

#define AT(member) offsetof(struct settings, member)

static const struct option options[] = {
    {.name = "row",
     .kind = OPTION_TEXT,
     .offset = AT(explain.row),
     .argument = "N",
     .sample = "3",
     .group = "WHAT",
     .basic = true,
     .sentence = "the row, or several as 3,5; counted from 1",
     .fallback = "1; of a case all rows",
     .more = "Of several rows the loss is the mean, and gradients are sums over them"},
    {.name = "rows",
     .kind = OPTION_TEXT,
     .offset = AT(explain.rows),
     .argument = "N-M",
     .sample = "1-4",
     .sentence = "the same, for ranges: 1-4,9",
     .fallback = "none"},
    {.name = "x",
     .kind = OPTION_TEXT,
     .offset = AT(explain.x),
     .argument = "VALUES",
     .sample = "5.1,3.5,1.4,0.2",
     .sentence = "a sample instead of DATA: its inputs, as they stand in a table",
     .fallback = "none",
     .more = "Texts and dates stand there as they are, and nothing between two commas is a gap. "
             "They are scaled as the model scales the columns it was trained with"},
    {.name = "target",
     .kind = OPTION_TEXT,
     .offset = AT(explain.target),
     .argument = "WORD",
     .sample = "setosa",
     .sentence = "what should come out for --x: a label, or a number in its own unit",
     .fallback = "none: the way forward alone",
     .more = "Or a number from 0 to 1 for each output, as 0,1,0"},
    {.name = "weight",
     .kind = OPTION_TEXT,
     .offset = AT(explain.weight),
     .argument = "NAME",
     .sample = "'W1[2,3]'",
     .basic = true,
     .sentence = "the chain of factors of one weight, as 'W1[2,3]' or 'b2[1]'",
     .fallback = "the whole step",
     .more = "Indices count from 1, and mean what they mean in --layout"},
    {.name = "top",
     .kind = OPTION_COUNT,
     .offset = AT(explain.top),
     .argument = "N",
     .sample = "5",
     .sentence = "with --weight: how many paths to the loss are listed",
     .fallback = "5"},
    {.name = "lr",
     .kind = OPTION_POSITIVE,
     .offset = AT(explain.rate),
     .argument = "RATE",
     .sample = "0.5",
     .sentence = "learning rate of the step that is shown",
     .fallback = "that of the case or of the training, else 0.1"},
    {.name = "layout",
     .kind = OPTION_CHOICE,
     .offset = AT(explain.layout),
     .argument = "WORD",
     .sample = "columns",
     .choices = "rows,columns,bias-input",
     .group = "HOW",
     .basic = true,
     .sentence = "how the formulas are written: Z = A W + b, Z = W A + b, or Z = [A 1] W",
     .fallback = "rows",
     .more = "The same numbers in three notations; json always has samples as rows"},
    {.name = "format",
     .kind = OPTION_CHOICE,
     .offset = AT(explain.format),
     .argument = "WORD",
     .sample = "text",
     .choices = "text,md,latex,html,json",
     .basic = true,
     .sentence = "what is written",
     .fallback = "text"},
    {.name = "output-file",
     .letter = 'o',
     .kind = OPTION_TEXT,
     .offset = AT(output),
     .argument = "FILE",
     .sample = "maths.html",
     .basic = true,
     .sentence = "where to write it",
     .fallback = "standard output"},
    {.name = "digits",
     .kind = OPTION_COUNT,
     .offset = AT(explain.digits),
     .argument = "N",
     .sample = "6",
     .least = 1,
     .sentence = "decimals of the numbers, at most 15; json always has all",
     .fallback = "6"},
    {.name = "full",
     .kind = OPTION_FLAG,
     .offset = AT(explain.full),
     .sentence = "all numbers of matrices of up to 100 rows and columns",
     .fallback = "their first 5 rows and columns, where they are larger than 6",
     .more = "Lines are as long as it takes: through 'less -S', or --format html"},
    {.name = "quiz",
     .kind = OPTION_FLAG,
     .offset = AT(explain.quiz),
     .sentence = "hide the results and ask for them, one by one",
     .fallback = "off",
     .more = "Answers are read from standard input, a line each; its end ends the quiz"},
    {0},
};

static const char *const examples[] = {
    "chainrule explain iris.safetensors iris.csv --row 84",
    "forward, loss, backward and update of one row",
    "chainrule explain iris.safetensors iris.csv --row 84 --weight 'W1[2,29]'",
    "the chain rule for one weight, checked by nudging it",
    "chainrule explain iris.safetensors --x 6.0,2.7,5.1,1.6 --target versicolor",
    "a flower that is in no table; without --target the way forward alone",
    "chainrule explain case.json --layout columns --format html -o maths.html",
    "a worked case as a page, samples in columns",
    NULL,
};

const struct command command_explain = {
    .name = "explain",
    .group = "UNDERSTAND",
    .summary = "the mathematics of some rows, with their numbers",
    .operands = "MODEL DATA | CASE.json",
    .operands_least = 1,
    .operands_most = 2,
    .about =
        "Shows what a network computes for a row, and what it learns from it: forward, loss, "
        "backward and update, matrix by matrix, each line with its symbol, formula, numbers and "
        "shapes. Everything is worked out in double precision. Rows, units and layers count from "
        "1; in JSON and in C from 0.",
    .examples = examples,
    .options = options,
    .reads_tables = true,
    .run = run,
};
