/* A stream as a person sees it: is it a terminal, how wide, in colour, with which signs? */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include <stdio.h>

#include "text.h"

struct terminal {
  FILE *stream;
  bool tty;     /* lines can be drawn over */
  bool color;   /* never the only carrier of a meaning */
  bool utf8;    /* else signs are written in ASCII */
  size_t width; /* columns; 0 when not a terminal: lines are then not broken */
};

enum style { STYLE_BOLD, STYLE_DIM, STYLE_RED, STYLE_YELLOW, STYLE_GREEN, STYLE_CYAN };

/* Looks at the stream and at NO_COLOR, FORCE_COLOR, TERM, COLUMNS and the locale's variables. */
void terminal_open(struct terminal *terminal, FILE *stream, bool no_color);

/* Writes text as it is safe to show it; line ends in it stay. */
void terminal_print(const struct terminal *terminal, const char *format, ...) CR_PRINTF(2, 3);
void terminal_styled(const struct terminal *terminal, enum style style, const char *format, ...)
    CR_PRINTF(3, 4);

/*
 * One line "label    text", the text broken at spaces to the width of the terminal and indented by
 * `indent` columns, which the label is padded to.
 */
void terminal_line(const struct terminal *terminal, const char *label, size_t indent,
                   const char *format, ...) CR_PRINTF(4, 5);

/* The rest of a line that stands at column `indent`, broken to `width` (0: not at all). */
void terminal_wrap(const struct terminal *terminal, size_t indent, size_t width, const char *text);

/* Columns that `text` takes once it is made safe for this terminal. */
size_t terminal_columns(const struct terminal *terminal, const char *text);

/* Indentation of the lines of a report: "data     iris.csv: …". */
enum { REPORT_INDENT = 9 };

#endif
