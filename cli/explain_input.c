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

/* So many values are told as an example. */
enum { SAMPLE_MOST = 9 };

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
  for (size_t i = 0; i < count && i < 9 && used + 8 < size; i++)
    used += (size_t)snprintf(out + used, size - used, "%s0.%zu", i > 0 ? "," : "", i + 1);
  if (count > 9) snprintf(out + used, size - used, ",…");
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
      char sample[48] = "";
      number_list_free(out);
      sample_of(wanted, sample, sizeof sample);
      return refuse(cli, option, text, "is not a list of numbers", sample);
    }
    out->numbers = take_more(out->numbers, out->count + 1, sizeof *out->numbers);
    out->numbers[out->count++] = number;
    at += length;
    if (*at == '\0') return 0;
  }
}

/* "5.1,red,2026-03-04": one value for each column of the model. */
static void add_sample(const cr_model *model, struct text *out) {
  const size_t count = cr_model_get_info(model)->input_columns;
  for (size_t i = 0; i < count && i < SAMPLE_MOST; i++) {
    const cr_model_input *input = cr_model_input_at(model, i);
    if (i > 0) text_add(out, ",");
    if (input->type == CR_COLUMN_TEXT && input->label_count > 0) {
      text_add(out, "%s", input->labels[0]);
    } else if (input->type == CR_COLUMN_DATE) {
      text_add(out, "2026-03-04");
    } else {
      text_add(out, "%.3g", input->shift);
    }
  }
  if (count > SAMPLE_MOST) text_add(out, ",…");
}

static int refuse_sample(const struct cli *cli, const cr_model *model, const char *text) {
  struct text fix = {0}, names = {0};
  const size_t count = cr_model_get_info(model)->input_columns;
  add_sample(model, &fix);
  for (size_t i = 0; i < count && i < SAMPLE_MOST; i++)
    text_add(&names, "%s%s", i > 0 ? ", " : "", cr_model_input_at(model, i)->name);
  if (count > SAMPLE_MOST) text_add(&names, ", …");
  cr_error error = {.status = CR_ERR_USAGE};
  snprintf(error.message, sizeof error.message,
           "--x: '%.200s' is not a value for each of %zu column%s: %.200s", text, count,
           count == 1 ? "" : "s", names.data != NULL ? names.data : "");
  text_free(&names);
  text_add_quoted(&names, fix.data != NULL ? fix.data : "");
  snprintf(error.fix, sizeof error.fix, "--x %.240s", names.data);
  text_free(&names);
  text_free(&fix);
  return errors_show(cli, &error);
}

int sample_read(const struct cli *cli, const cr_model *model, const char *text,
                struct number_list *out) {
  const size_t wanted = cr_model_get_info(model)->input_columns;
  *out = (struct number_list){0};
  if (cr_model_input_at(model, 0)->type == CR_COLUMN_IMAGE)
    return number_list_read(cli, "x", text, cr_model_get_info(model)->values, out);
  out->numbers = take(wanted, sizeof *out->numbers);
  for (const char *at = text;; at++) {
    at += strspn(at, " ");
    const size_t length = strcspn(at, ",");
    struct text one = {0};
    text_add(&one, "%.*s", (int)length, at);
    cr_status status = CR_ERR_ARGUMENT;
    if (out->count < wanted)
      status = cr_model_value(model, out->count, length > 0 ? one.data : NULL,
                              &out->numbers[out->count]);
    text_free(&one);
    if (status == CR_ERR_NUMBER || status == CR_ERR_MEMORY) {
      number_list_free(out);
      return errors_last(cli);
    }
    at += length;
    if (status != CR_OK || (*at == '\0' && out->count + 1 < wanted)) break;
    out->count++;
    if (*at == '\0') return 0;
  }
  number_list_free(out);
  return refuse_sample(cli, model, text);
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
