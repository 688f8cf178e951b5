#include "explain_quiz.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "errors.h"
#include "output.h"

enum { LONGEST_ANSWER = 100 };

/* An answer is right within half a unit of the last place it was given with, and a bit. */
static const double SLACK = 0.51;

/* ... or within this of the result: a short answer to a small number is wrong all the same. */
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
static bool read_answer(const char *text, double *out, size_t *decimals) {
  static const char minus[] = "−";
  char plain[LONGEST_ANSWER], *end = NULL;
  const char *from = text + strspn(text, " \t");
  bool negative = strncmp(from, minus, sizeof minus - 1) == 0;
  snprintf(plain, sizeof plain, "%s%s", negative ? "-" : "",
           negative ? from + sizeof minus - 1 : from);
  plain[strcspn(plain, " \t\r")] = '\0';
  if (plain[0] == '\0' || plain[strspn(plain, "0123456789.eE+-")] != '\0') return false;
  *out = strtod(plain, &end);
  const char *point = strchr(plain, '.');
  *decimals = point != NULL ? strspn(point + 1, "0123456789") : 0;
  return *end == '\0' && isfinite(*out) && strpbrk(plain, "eE") == NULL;
}

static bool is_right(double answer, size_t decimals, double result) {
  double unit = pow(10, -(double)decimals), apart = fabs(answer - result);
  if (apart > SLACK * unit) return false;
  return apart <= NEAR * fabs(result) || fabs(result) < unit * NEAR || decimals >= 4;
}

/* The entry that is asked for: another one in each step, so that all places have their turn. */
static void choose(const cr_explain_step *step, size_t index, size_t *row, size_t *col) {
  enum { SHOWN = 5 }; /* larger matrices show their corner */
  size_t rows = step->rows < SHOWN ? step->rows : SHOWN;
  size_t cols = step->cols < SHOWN ? step->cols : SHOWN;
  *row = index % rows;
  *col = (index + 1) % cols;
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

static void judge(const struct cli *cli, const char *line, double result, struct tally *tally) {
  double answer = 0;
  size_t decimals = 0;
  char shown[48];
  int digits = (int)cli->settings.explain.digits;
  tally->asked++;
  snprintf(shown, sizeof shown, fabs(result) < 1e-3 && result != 0 ? "%.*e" : "%.*f", digits,
           result);
  if (!read_answer(line, &answer, &decimals)) {
    terminal_print(&cli->out, "  it is %s\n", shown);
  } else if (is_right(answer, decimals, result)) {
    tally->right++;
    terminal_styled(&cli->out, STYLE_GREEN, "  right");
    terminal_print(&cli->out, ": %s\n", shown);
  } else {
    terminal_styled(&cli->out, STYLE_RED, "  wrong");
    terminal_print(&cli->out, ": it is %s\n", shown);
  }
}

int quiz_run(const struct cli *cli, cr_explanation *explanation, const cr_render_options *options) {
  const bool turned = strcmp(cli->settings.explain.layout, "columns") == 0;
  struct tally tally = {0};
  cr_render_options hidden = *options;
  const cr_explain_step *step;
  const char *text = NULL;
  char line[LONGEST_ANSWER];
  bool more = true;
  hidden.hide_results = true;
  hidden.format = "text";
  for (size_t i = 0; more && (step = cr_explanation_step(explanation, i)) != NULL; i++) {
    size_t row = 0, col = 0;
    if (cr_explanation_render_step(explanation, i, is_question(step) ? &hidden : options, &text) !=
        CR_OK)
      return errors_last(cli);
    fputs(text, stdout);
    if (text[0] == '\0' || !is_question(step)) continue; /* without an equation of its own */
    choose(step, i, &row, &col);
    ask(cli, step, row, col, turned);
    more = read_line(line);
    if (more) judge(cli, line, step->values[row * step->cols + col], &tally);
  }
  terminal_print(&cli->out, "%s%zu of %zu right\n", more ? "" : "\n", tally.right, tally.asked);
  return 0;
}
