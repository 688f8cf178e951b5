/* chainrule data: look at a table before training. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "column_text.h"
#include "command_line.h"
#include "errors.h"
#include "grid.h"
#include "network_text.h"
#include "operands.h"
#include "output.h"
#include "progress.h"
#include "rehearsal.h"
#include "settings.h"

static const double IMBALANCE = 10; /* times as many rows in the largest class as in the smallest */

/* How the remedy begins where decimals have commas. */
static const char COMMA_FIX[] = "--decimal comma";

enum { COLUMNS_SHOWN = 40 };
static const size_t SEVERAL = SIZE_MAX; /* targets: the rehearsal knows which */

struct look {
  const struct cli *cli;
  const char *path;
  const cr_table *table;
  const cr_table_origin *origin;
  const char *asked; /* targets as given; NULL: the last column */
  size_t target;     /* index of its column, or SEVERAL */
  double seconds;    /* of reading */
  struct rehearsal rehearsal;
  bool unequal;  /* one class has many times the rows of another */
  bool headless; /* its first line seems to hold names, and was not taken so */
};

static void show_head(const struct look *look) {
  struct text line = {0};
  text_add(&line, "%s: ", table_name(look->path));
  text_add_count(&line, cr_table_rows(look->table), "row");
  text_add(&line, " × ");
  text_add_count(&line, cr_table_columns(look->table), "column");
  if (strcmp(look->origin->format, "csv") == 0) {
    text_add(&line, " · %s, %s", delimiter_name(look->origin->delimiter),
             look->origin->has_header ? "header" : "no header");
  } else {
    text_add(&line, " · %s", look->origin->format);
  }
  if (look->origin->compressed) text_add(&line, ", gzip");
  if (look->origin->labels != NULL)
    text_add(&line, " · labels of %s", table_name(look->origin->labels));
  text_add(&line, " · read in %s", seconds_text(look->seconds).s);
  terminal_line(&look->cli->out, "data", REPORT_INDENT, "%s", line.data);
  text_free(&line);
}

/* Of several targets all, with commas. */
static const char *target_name(const struct look *look) {
  const cr_column *target = cr_table_column(look->table, look->target);
  return target != NULL ? target->name : look->asked;
}

/* How a column is used; of a table that train refuses nothing is known. */
static cr_column_use use_of(const struct look *look, size_t column) {
  const cr_column_use *uses = look->rehearsal.uses;
  if (uses != NULL) return uses[column];
  return column == look->target ? CR_USE_TARGET : CR_USE_NUMBER;
}

/* What train takes a column for; else by what it holds. */
static const char *kind_of(const struct look *look, size_t column) {
  static const char *const kinds[] = {
      [CR_USE_CATEGORY] = "category", [CR_USE_DATE] = "date",
      [CR_USE_TEXT] = "text",         [CR_USE_ID] = "id",
      [CR_USE_WEIGHT] = "weight",
  };
  const cr_column_use use = use_of(look, column);
  if (look->rehearsal.uses != NULL && use < sizeof kinds / sizeof *kinds && kinds[use] != NULL)
    return kinds[use];
  return column_type(cr_table_column(look->table, column));
}

static bool is_input(cr_column_use use) {
  return use == CR_USE_NUMBER || use == CR_USE_CATEGORY || use == CR_USE_DATE ||
         use == CR_USE_IMAGE;
}

/* What is unlike other inputs; why a column is left out, its kind says, unless it is one word. */
static const char *mark_of(const struct look *look, size_t column) {
  const cr_column_use use = use_of(look, column);
  if (column == look->target || use == CR_USE_TARGET) return "← target";
  if (use == CR_USE_DROPPED) return "dropped";
  if (use == CR_USE_CONSTANT) return "constant";
  if (!is_input(use) && use != CR_USE_WEIGHT) return "left out";
  return settings_has_type(&look->cli->settings, cr_table_column(look->table, column)->name)
             ? "by --type"
             : "";
}

static void show_columns(const struct look *look) {
  enum { COLUMNS = 6 };
  struct grid grid;
  size_t count = cr_table_columns(look->table);
  grid_open(&grid, "llrlll", 2);
  const char *const heads[] = {"column", "type", "missing", "range / values", "shape", ""};
  for (size_t i = 0; i < COLUMNS; i++) grid_cell(&grid, "%s", heads[i]);
  for (size_t c = 0; c < count; c++) {
    if (c >= COLUMNS_SHOWN && c != look->target) continue;
    struct text values = {0}, shape = {0};
    const cr_column *column = cr_table_column(look->table, c);
    if (column == NULL) break;
    column_values(look->table, c, &values);
    column_shape(look->table, c, &shape);
    grid_cell(&grid, "%s", column->name);
    grid_cell(&grid, "%s", kind_of(look, c));
    grid_cell(&grid, "%zu", column->missing);
    grid_cell(&grid, "%s", values.data != NULL ? values.data : "");
    grid_cell(&grid, "%s", shape.data != NULL ? shape.data : "");
    grid_cell(&grid, "%s", mark_of(look, c));
    text_free(&values);
    text_free(&shape);
  }
  const size_t shown = grid_print(&grid, &look->cli->out, true);
  grid_close(&grid);
  if (shown < COLUMNS) { /* no room for the mark */
    terminal_line(&look->cli->out, "target", REPORT_INDENT, "%s", target_name(look));
  }
  if (count > COLUMNS_SHOWN) {
    terminal_print(&look->cli->out, "  and %zu more (--json has them all)\n",
                   count - COLUMNS_SHOWN);
  }
}

static void note(json_t *notes, const char *format, ...) CR_PRINTF(2, 3);
static void note(json_t *notes, const char *format, ...) {
  struct text text = {0};
  va_list list;
  va_start(list, format);
  text_add_list(&text, format, list);
  va_end(list);
  json_t *added = output_text(text.data);
  bool known = false; /* of the table, and of what train says of it */
  for (size_t i = 0; i < json_array_size(notes); i++)
    known = known || json_equal(json_array_get(notes, i), added);
  if (known)
    json_decref(added);
  else
    json_array_append_new(notes, added);
  text_free(&text);
}

/* What becomes of rows that cannot be used: said already, or for the user to say. */
static const char *fate_of_rows(const struct look *look) {
  const bool given = look->cli->settings.prepare.skip_bad_rows;
  return given ? "they are left out" : "--skip-bad-rows leaves them out";
}

/* What train makes of rows without a value; of what is left out it does not matter. */
static void note_gaps(const struct look *look, const cr_column *column, size_t index, bool target,
                      json_t *notes) {
  const struct rehearsal *rehearsal = &look->rehearsal;
  const size_t rows = cr_table_rows(look->table);
  const bool filled = rehearsal->ok && !target && !look->cli->settings.prepare.skip_bad_rows;
  if (!filled || rehearsal->skip_bad_rows) {
    note(notes, "%s has no value in %zu of %zu rows: %s", column->name, column->missing, rows,
         fate_of_rows(look));
  } else if (is_input(use_of(look, index))) {
    note(notes, "%s has no value in %zu of %zu rows: train %s; --skip-bad-rows leaves them out",
         column->name, column->missing, rows,
         use_of(look, index) == CR_USE_CATEGORY ? "takes that for a value of its own"
                                                : "fills in the median and marks them");
  }
}

static void note_column(const struct look *look, size_t index, const cr_column *column,
                        json_t *notes) {
  size_t rows = cr_table_rows(look->table);
  bool target = use_of(look, index) == CR_USE_TARGET || index == look->target;
  if (column->missing > 0) note_gaps(look, column, index, target, notes);
  if (column->bad > 0 && look->rehearsal.error.why[0] == '\0' && !look->headless) {
    note(notes, "%s holds texts among its numbers, in %zu row%s: %s", column->name, column->bad,
         column->bad == 1 ? "" : "s", fate_of_rows(look));
  }
  if (column->distinct == 1 && rows > 1 && !target && !look->rehearsal.ok) {
    note(notes, "%s is always the same: it tells nothing", column->name);
  }
}

/* Of which train warns. */
static bool has_unequal_classes(const struct look *look) {
  struct value_count *counts = NULL;
  size_t found = column_counts(look->table, look->target, &counts);
  bool unequal =
      found > 1 && (double)counts[0].count >= IMBALANCE * (double)counts[found - 1].count;
  column_counts_free(counts, found);
  return unequal;
}

/* A text above a column of numbers: a name, had the first line been taken for names. */
static bool is_name(const struct look *look, size_t column, const cr_column *info) {
  const size_t rows = cr_table_rows(look->table);
  if (info->type == CR_COLUMN_NUMBER) {
    return info->bad == 1 && rows > 1 && isnan(cr_table_number(look->table, 0, column));
  }
  for (size_t row = 0; row < rows; row++) {
    const char *text = cr_table_text(look->table, row, column);
    char *end = NULL;
    if (text == NULL) return false;
    strtod(text, &end);
    if ((*end == '\0') == (row == 0)) return false;
  }
  return rows > 1;
}

/* One number in the first line of a file keeps it from being taken for names. */
static bool note_header(const struct look *look, json_t *notes) {
  const size_t columns = cr_table_columns(look->table);
  size_t names = 0, first_number = SIZE_MAX;
  bool guessed = strcmp(look->cli->settings.read.header, "auto") == 0;
  if (strcmp(look->origin->format, "csv") != 0 || look->origin->has_header || !guessed)
    return false;
  for (size_t c = 0; c < columns; c++) {
    const cr_column *column = cr_table_column(look->table, c);
    if (column == NULL) return false;
    if (is_name(look, c, column)) {
      names++;
    } else if (first_number == SIZE_MAX && !isnan(cr_table_number(look->table, 0, c))) {
      first_number = c;
    }
  }
  if (2 * names < columns || first_number == SIZE_MAX) return false;
  note(notes,
       "no header found: the first line holds a number ('%.15g' in column %zu); --header yes takes "
       "it as names",
       cr_table_number(look->table, 0, first_number), first_number + 1);
  return true;
}

/* What train would say, too, and why it would not go on. */
static void note_refusal(const struct look *look, json_t *notes) {
  const cr_error *error = &look->rehearsal.error;
  const struct name_list *warnings = &look->rehearsal.warnings;
  const cr_column *target = cr_table_column(look->table, look->target);
  for (size_t i = 0; i < warnings->count; i++) note(notes, "%s", warnings->names[i]);
  if (look->rehearsal.classes > 2 && target != NULL && target->type == CR_COLUMN_NUMBER &&
      strcmp(look->origin->format, "csv") == 0) {
    note(notes,
         "%s holds %zu whole numbers, which train takes for classes: --task regression learns it "
         "as a number",
         target->name, look->rehearsal.classes);
  }
  if (look->rehearsal.ok) return;
  note(notes, "train cannot learn from it as it is: %s%s%s", error->message,
       error->fix[0] != '\0' ? "; " : "", error->fix);
}

static json_t *take_notes(struct look *look) {
  json_t *notes = json_array();
  for (size_t i = 0; cr_table_warning(look->table, i) != NULL; i++) {
    note(notes, "%s", cr_table_warning(look->table, i));
  }
  if (look->origin->skipped_rows > 0) {
    const bool pictures = strcmp(look->origin->format, "pictures") == 0;
    note(notes, "%zu %s%s %s left out", look->origin->skipped_rows, pictures ? "picture" : "row",
         look->origin->skipped_rows == 1 ? "" : "s",
         pictures ? "that cannot be read" : "of a wrong length");
  }
  if (look->origin->complete) note(notes, "these are all the cases there are: nothing to hold out");
  look->headless = note_header(look, notes);
  for (size_t c = 0; c < cr_table_columns(look->table); c++) {
    note_column(look, c, cr_table_column(look->table, c), notes);
  }
  if (!look->headless) {
    look->unequal = look->target != SEVERAL && has_unequal_classes(look);
    note_refusal(look, notes);
  }
  return notes;
}

static void show_notes(const struct look *look, const json_t *notes) {
  if (json_array_size(notes) == 0 || look->cli->settings.quiet) return;
  terminal_styled(&look->cli->out, STYLE_BOLD, "notes");
  terminal_print(&look->cli->out, "\n");
  for (size_t i = 0; i < json_array_size(notes); i++) {
    terminal_print(&look->cli->out, "  ");
    terminal_wrap(&look->cli->out, 2, look->cli->out.width,
                  json_string_value(json_array_get(notes, i)));
  }
}

/* What was said of the table, for a command that takes it as it was taken here. */
static void add_choices(const struct look *look, const struct settings *reading,
                        struct text *words) {
  const struct settings *settings = &look->cli->settings;
  settings_add_goal(settings, look->asked, words);
  if (settings->read.image_size != NULL)
    text_add(words, " --image-size %s", settings->read.image_size);
  if (settings->read.image_channels != NULL)
    text_add(words, " --image-channels %s", settings->read.image_channels);
  settings_add_reading(reading, words);
}

/* The training that works on this file: with the options that its notes ask for. */
static void suggest(const struct look *look) {
  const struct settings *settings = &look->cli->settings;
  const struct rehearsal *rehearsal = &look->rehearsal;
  struct settings reading = *settings;
  struct text words = {0};
  if (strcmp(look->path, "-") == 0) return; /* it has been read */
  text_add_path(&words, look->path);
  if (look->headless) {
    reading.read.header = "yes";
    settings_add_reading(&reading, &words);
    output_next(look->cli, "data %s", words.data);
  } else if (rehearsal->ok) {
    reading.prepare.skip_bad_rows = rehearsal->skip_bad_rows;
    add_choices(look, &reading, &words);
    if (look->unequal && rehearsal->classes > 0) text_add(&words, " --class-weight balanced");
    output_next(look->cli, "train %s", words.data);
  } else {
    const bool comma = strncmp(rehearsal->error.fix, COMMA_FIX, strlen(COMMA_FIX)) == 0;
    reading.read.decimal = ',';
    add_choices(look, &reading, &words);
    if (comma) output_next(look->cli, "data %s", words.data);
  }
  text_free(&words);
}

static json_t *look_object(const struct look *look, json_t *notes) {
  json_t *object = output_object("data"), *columns = json_array();
  const char delimiter[2] = {look->origin->delimiter, '\0'};
  bool csv = strcmp(look->origin->format, "csv") == 0;
  json_object_set_new(object, "data", output_text(look->path));
  json_object_set_new(object, "format", json_string(look->origin->format));
  json_object_set_new(
      object, "labels",
      look->origin->labels != NULL ? output_text(look->origin->labels) : json_null());
  json_object_set_new(object, "rows", output_count(cr_table_rows(look->table)));
  json_object_set_new(object, "delimiter", csv ? json_string(delimiter) : json_null());
  json_object_set_new(object, "header", json_boolean(look->origin->has_header));
  json_object_set_new(object, "compressed", json_boolean(look->origin->compressed));
  json_object_set_new(object, "skipped_rows", output_count(look->origin->skipped_rows));
  if (cr_table_columns(look->table) > 0)
    json_object_set_new(object, "target", output_text(target_name(look)));
  for (size_t c = 0; c < cr_table_columns(look->table); c++) {
    json_t *about = column_object(look->table, c);
    const cr_column_use use = use_of(look, c);
    json_object_set_new(about, "type", json_string(kind_of(look, c)));
    json_object_set_new(about, "use",
                        json_string(use == CR_USE_TARGET || c == look->target ? "target"
                                    : use == CR_USE_WEIGHT                    ? "weight"
                                    : is_input(use)                           ? "input"
                                                                              : "left out"));
    json_array_append_new(columns, about);
  }
  json_object_set_new(object, "columns", columns);
  json_object_set_new(object, "notes", notes);
  return object;
}

static int refuse_target(const struct look *look, const char *name) {
  cr_error error = {.status = CR_ERR_COLUMN};
  struct text words = {0};
  text_add_path(&words, look->path);
  settings_add_reading(&look->cli->settings, &words);
  snprintf(error.message, sizeof error.message, "no column '%.200s'", name);
  snprintf(error.file, sizeof error.file, "%s", look->path);
  snprintf(error.fix, sizeof error.fix, "chainrule data %.200s   lists the columns", words.data);
  text_free(&words);
  return errors_show(look->cli, &error);
}

static int show(struct look *look) {
  const cr_prepare_options *prepare = &look->cli->settings.prepare;
  look->target = prepare->target_count > 0 ? SEVERAL : cr_table_columns(look->table) - 1;
  if (prepare->target != NULL && !cr_table_find(look->table, prepare->target, &look->target))
    return refuse_target(look, prepare->target);
  rehearsal_run(look->table, &look->cli->settings, &look->rehearsal);
  const struct rehearsal *rehearsal = &look->rehearsal;
  const bool unknown = look->target == SEVERAL && rehearsal->error.status == CR_ERR_COLUMN;
  if (unknown || rehearsal_broke(rehearsal)) return errors_show(look->cli, &rehearsal->error);
  json_t *notes = take_notes(look);
  if (look->cli->settings.json) {
    output_json(look_object(look, notes));
    return 0;
  }
  show_head(look);
  show_columns(look);
  show_notes(look, notes);
  suggest(look);
  json_decref(notes);
  return 0;
}

/* "data spilt": neither a file nor, as it stands, a command. */
static int check_word(const struct cli *cli) {
  const char *word = cli->settings.operands[0];
  const bool name = strpbrk(word, "@./-") != NULL || access(word, F_OK) == 0;
  const struct command *meant = name ? NULL : command_below(cli->command, word);
  if (meant == NULL) return 0;
  char fix[160];
  snprintf(fix, sizeof fix, "chainrule %s %s", meant->name, meant->operands);
  return errors_usage(cli, fix, "there is no file '%.200s', and data has no such word", word);
}

static int run(struct cli *cli) {
  cr_table *table = NULL;
  struct look look = {
      .cli = cli, .path = cli->settings.operands[0], .asked = cli->settings.prepare.target};
  double start = progress_clock();
  int status = check_word(cli);
  if (status == 0) status = operands_take_table(cli, &table);
  if (status != 0) return status;
  look.seconds = progress_clock() - start;
  look.table = table;
  look.origin = cr_table_get_origin(table);
  status = show(&look);
  rehearsal_free(&look.rehearsal);
  cr_table_destroy(table);
  return status;
}

static const struct option options[] = {
    {0},
};

static const char *const examples[] = {
    "chainrule data iris.csv",
    "columns, ranges, classes, what to mind",
    "chainrule data @digits",
    "a set built in",
    "chainrule data convert sales.csv sales.npy",
    "another format: help data convert",
    "chainrule data split sales.csv",
    "three files, as train would: help data split",
    "chainrule data gen spiral -o spiral.csv",
    "a table made up: help data gen",
    NULL,
};

const struct command command_data = {
    .name = "data",
    .group = "START",
    .summary = "look at a file before training; make, split, convert data",
    .operands = "DATA",
    .operands_least = 1,
    .operands_most = 1,
    .about =
        "Reads DATA as train would and shows each column: its type, missing values, range "
        "or commonest values, and the shape of its histogram; then what is worth minding, "
        "and the training that works on it. A file that is called as one of the words below is "
        "./convert, ./split or ./gen.",
    .examples = examples,
    .options = options,
    .has_goal = true,
    .chooses_columns = true,
    .reads_tables = true,
    .run = run,
};
