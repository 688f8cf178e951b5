#include "explain_quiz.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "errors.h"
#include "output.h"

enum { LONGEST_ANSWER = 100 };

/* An answer is right within this part of the result; of a result of 0 only 0 is. */
static const double NEAR = 0.01;

struct tally {
  size_t asked, right;
};

/* Reads a line without its end; what is longer than the room is cut. false: there is none. */
static bool read_line(char out[LONGEST_ANSWER]) {
  size_t length = 0;
  int c = getchar();
  if (c == EOF) return false;
  for (; c != EOF && c != '\n'; c = getchar()) {
    if (length + 1 < LONGEST_ANSWER && c != '\0') out[length++] = (char)c;
  }
  out[length] = '\0';
  return true;
}

/* A number, which may begin with the sign "−" as printed. */
static bool read_answer(const char *text, double *out) {
  static const char minus[] = "−";
  char plain[LONGEST_ANSWER + 1], *end = NULL;
  const bool negative = strncmp(text, minus, sizeof minus - 1) == 0;
  snprintf(plain, sizeof plain, "%s%s", negative ? "-" : "",
           negative ? text + sizeof minus - 1 : text);
  if (plain[0] == '\0' || plain[strspn(plain, "0123456789.eE+-")] != '\0') return false;
  *out = strtod(plain, &end);
  return *end == '\0' && isfinite(*out);
}

static bool is_right(double answer, double result) {
  return fabs(answer - result) <= NEAR * fabs(result);
}

/*
 * The entry that is asked for: another one in each step, so that all places have their turn, and
 * none that is 0 where there are others.
 */
static void choose(const cr_explain_step *step, size_t index, size_t *row, size_t *col) {
  enum { SHOWN = 5 }; /* larger matrices show their corner */
  const size_t rows = step->rows < SHOWN ? step->rows : SHOWN;
  const size_t cols = step->cols < SHOWN ? step->cols : SHOWN;
  for (size_t k = 0; k < rows * cols; k++) {
    *row = (index + k / cols) % rows;
    *col = (index + 1 + k) % cols;
    if (step->values[*row * step->cols + *col] != 0) return;
  }
}

static void ask(const struct cli *cli, const cr_explain_step *step, size_t row, size_t col,
                bool turned) {
  size_t first = turned ? col : row, second = turned ? row : col;
  terminal_print(&cli->out, "  %s", step->symbol);
  if (step->rows == 1 && step->cols > 1)
    terminal_print(&cli->out, "[%zu]", col + 1);
  else if (step->rows * step->cols > 1)
    terminal_print(&cli->out, "[%zu,%zu]", first + 1, second + 1);
  terminal_print(&cli->out, "? ");
  fflush(stdout);
}

/* Only what comes of a formula is asked for. */
static bool is_question(const cr_explain_step *step) {
  return step->formula[0] != '\0';
}

static void judge(const struct cli *cli, double answer, double result, struct tally *tally) {
  const bool right = is_right(answer, result);
  tally->right += right;
  terminal_styled(&cli->out, right ? STYLE_GREEN : STYLE_RED, right ? "  right" : "  wrong");
}

/* What the player does with a question. */
enum reply { REPLY_END, REPLY_SKIP, REPLY_NUMBER };

/* Asks until there is a number; a line of its own skips, "q" or the end of the input ends. */
static enum reply get_reply(const struct cli *cli, double *out) {
  char line[LONGEST_ANSWER];
  while (read_line(line)) {
    char *text = line + strspn(line, " \t");
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t\r", text[length - 1]) != NULL) text[--length] = '\0';
    if (length == 0) return REPLY_SKIP;
    if (strcmp(text, "q") == 0) return REPLY_END;
    if (read_answer(text, out)) return REPLY_NUMBER;
    terminal_print(&cli->out, "  '%s' is no number, as 0.47 is: again? ", text);
    fflush(stdout);
  }
  terminal_print(&cli->out, "\n");
  return REPLY_END;
}

/* One question: false where the quiz ends. */
static bool put_question(const struct cli *cli, const cr_explain_step *step, size_t index,
                         struct tally *tally) {
  const bool turned = strcmp(cli->settings.explain.layout, "columns") == 0;
  size_t row = 0, col = 0;
  double answer = 0;
  choose(step, index, &row, &col);
  ask(cli, step, row, col, turned);
  const enum reply reply = get_reply(cli, &answer);
  if (reply == REPLY_END) return false;
  tally->asked++;
  if (reply == REPLY_NUMBER)
    judge(cli, answer, step->values[row * step->cols + col], tally);
  else
    terminal_print(&cli->out, "  skipped");
  terminal_print(&cli->out, ":\n");
  return true;
}

static void say_rules(const struct cli *cli) {
  terminal_print(&cli->out,
                 "Type the number that is asked for, as 0.47, and return. Within 1 %% it is "
                 "right.\nReturn alone skips a question, q ends the quiz.\n\n");
}

static int show_step(const struct cli *cli, cr_explanation *explanation, size_t index,
                     const cr_render_options *options, bool *shown) {
  const char *text = NULL;
  if (cr_explanation_render_step(explanation, index, options, &text) != CR_OK)
    return errors_last(cli);
  fputs(text, stdout);
  *shown = text[0] != '\0'; /* else it has no equation of its own */
  return 0;
}

int quiz_run(const struct cli *cli, cr_explanation *explanation, const cr_render_options *options) {
  struct tally tally = {0};
  cr_render_options hidden = *options;
  const cr_explain_step *step;
  bool more = true, shown = false;
  int status = 0;
  hidden.hide_results = true;
  say_rules(cli);
  for (size_t i = 0; status == 0 && more && (step = cr_explanation_step(explanation, i)); i++) {
    status = show_step(cli, explanation, i, is_question(step) ? &hidden : options, &shown);
    if (status != 0 || !shown || !is_question(step)) continue;
    more = put_question(cli, step, i, &tally);
    if (more) status = show_step(cli, explanation, i, options, &shown);
  }
  if (status == 0) terminal_print(&cli->out, "%zu of %zu right\n", tally.right, tally.asked);
  return status;
}
