#include "explain_input.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "errors.h"
#include "output.h"

/* Nobody reads more rows at once, and "1-99999999999" must not take all memory. */
enum { MOST_ROWS = 100000, LONGEST_NUMBER = 40 };

/* So many can be given on the command line as an example. */
enum { FEW_NUMBERS = 9 };

static int refuse(const struct cli *cli, const char *option, const char *text, const char *what,
                  const char *sample) {
  char fix[64];
  snprintf(fix, sizeof fix, "--%s %s", option, sample);
  return errors_usage(cli, fix, "--%s: '%.200s' %s", option, text, what);
}

/* A row from 1 on at *at, which moves past it; 0 if there is none. */
static size_t take_row(const char **at) {
  char *end = NULL;
  if (**at < '0' || **at > '9') return 0;
  errno = 0;
  unsigned long long row = strtoull(*at, &end, 10);
  *at = end;
  return errno == 0 && row < SIZE_MAX ? (size_t)row : 0;
}

int row_list_read(const struct cli *cli, const char *option, const char *text,
                  struct row_list *out) {
  *out = (struct row_list){0};
  for (const char *at = text;; at++) {
    size_t first = take_row(&at), last = first;
    const char *wrong = NULL;
    if (first > 0 && *at == '-') {
      at++;
      last = take_row(&at);
    }
    if (first == 0 || last < first || (*at != ',' && *at != '\0'))
      wrong = "is not a list of rows, which count from 1";
    else if (last - first >= MOST_ROWS - out->count)
      wrong = "are too many rows to explain";
    if (wrong != NULL) {
      row_list_free(out);
      return refuse(cli, option, text, wrong, "3,5");
    }
    out->rows = take_more(out->rows, out->count + last - first + 1, sizeof *out->rows);
    for (size_t row = first; row <= last; row++) out->rows[out->count++] = row - 1;
    if (*at == '\0') return 0;
  }
}

void row_list_free(struct row_list *list) {
  free(list->rows);
  *list = (struct row_list){0};
}

/* "0.1,0.2,0.3" */
static void sample_of(size_t count, char *out, size_t size) {
  size_t used = 0;
  for (size_t i = 0; i < count && used + 8 < size; i++)
    used += (size_t)snprintf(out + used, size - used, "%s0.%zu", i > 0 ? "," : "", i + 1);
}

static int refuse_numbers(const struct cli *cli, const char *option, const char *text,
                          size_t wanted) {
  char sample[48] = "", what[64];
  if (wanted > FEW_NUMBERS)
    return errors_usage(cli, "put the row into a table, and explain MODEL DATA --row 1",
                        "--%s: '%.200s' is not a list of %zu numbers, one for each input", option,
                        text, wanted);
  snprintf(what, sizeof what, "is not a list of %zu number%s", wanted, wanted == 1 ? "" : "s");
  sample_of(wanted, sample, sizeof sample);
  return refuse(cli, option, text, what, sample);
}

int number_list_read(const struct cli *cli, const char *option, const char *text, size_t wanted,
                     struct number_list *out) {
  *out = (struct number_list){0};
  for (const char *at = text;; at++) {
    char one[LONGEST_NUMBER], *end = NULL;
    size_t length = strcspn(at, ",");
    snprintf(one, sizeof one, "%.*s", (int)(length < sizeof one ? length : 0), at);
    bool decimal = one[0] != '\0' && one[strspn(one, "0123456789.eE+-")] == '\0';
    double number = decimal ? strtod(one, &end) : 0;
    if (!decimal || *end != '\0' || !isfinite(number)) {
      number_list_free(out);
      return refuse_numbers(cli, option, text, wanted);
    }
    out->numbers = take_more(out->numbers, out->count + 1, sizeof *out->numbers);
    out->numbers[out->count++] = number;
    at += length;
    if (*at == '\0') return 0;
  }
}

/* One output stands for the second of two labels; else each has its own. */
static void take_label(size_t outputs, size_t label, struct number_list *out) {
  out->numbers = take_more(NULL, outputs, sizeof *out->numbers);
  for (size_t k = 0; k < outputs; k++) out->numbers[k] = k == label;
  if (outputs == 1) out->numbers[0] = label == 1;
  out->count = outputs;
}

int target_read(const struct cli *cli, cr_model *model, const char *text, struct number_list *out) {
  const cr_model_info *info = cr_model_get_info(model);
  const size_t outputs = cr_net_outputs(cr_model_net(model));
  *out = (struct number_list){0};
  for (size_t k = 0; k < info->classes; k++) {
    if (strcmp(cr_model_label(model, k), text) != 0) continue;
    take_label(outputs, k, out);
    return 0;
  }
  if (info->classes > 0 && text[strspn(text, "0123456789.eE+-,")] != '\0') {
    struct text labels = {0};
    char fix[96];
    output_labels(&labels, model, 6);
    snprintf(fix, sizeof fix, "--target '%.64s'", cr_model_label(model, 0));
    const int status = errors_usage(cli, fix, "--target: '%.200s' is no label of this model: %s",
                                    text, labels.data);
    text_free(&labels);
    return status;
  }
  return number_list_read(cli, "target", text, outputs, out);
}

void number_list_free(struct number_list *list) {
  free(list->numbers);
  *list = (struct number_list){0};
}

bool is_table_name(const char *path) {
  static const char *const ends[] = {".csv", ".tsv", ".csv.gz", ".tsv.gz"};
  bool table = path[0] == '@';
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
    const size_t length = strlen(path), end = strlen(ends[i]);
    table |= length > end && strcmp(path + length - end, ends[i]) == 0;
  }
  return table;
}

bool is_case_file(const char *path) {
  struct stat about;
  size_t length = strlen(path);
  if (length > 5 && strcmp(path + length - 5, ".json") == 0) return true;
  if (stat(path, &about) != 0 || !S_ISREG(about.st_mode)) return false; /* a pipe is read once */
  FILE *file = fopen(path, "rb");
  if (file == NULL) return false;
  int first = fgetc(file);
  fclose(file);
  return first == '{';
}
