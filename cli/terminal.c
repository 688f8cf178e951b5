#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { DEFAULT_WIDTH = 80, NARROWEST = 20, WIDEST = 10000 };

static bool variable_is_set(const char *name) {
  const char *value = getenv(name);
  return value != NULL && value[0] != '\0';
}

static bool terminal_is_dumb(void) {
  const char *name = getenv("TERM");
  return name == NULL || strcmp(name, "dumb") == 0;
}

/* The first of the three variables that is set names the locale (POSIX 8.2). */
static bool locale_is_utf8(void) {
  static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (!variable_is_set(names[i])) continue;
    const char *dot = strchr(getenv(names[i]), '.');
    return dot != NULL && (strncasecmp(dot, ".utf-8", 6) == 0 || strncasecmp(dot, ".utf8", 5) == 0);
  }
  return false;
}

/* What COLUMNS says holds for what is piped, too; 0: nothing that can be used. */
static size_t told_width(void) {
  const char *told = getenv("COLUMNS");
  const unsigned long width =
      told != NULL && told[0] >= '0' && told[0] <= '9' ? strtoul(told, NULL, 10) : 0;
  if (width == 0 || width > WIDEST) return 0;
  return width > NARROWEST ? width : NARROWEST;
}

static size_t terminal_width(int file) {
  struct winsize size;
  if (ioctl(file, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    return size.ws_col > NARROWEST ? size.ws_col : NARROWEST;
  }
  return DEFAULT_WIDTH;
}

void terminal_open(struct terminal *terminal, FILE *stream, bool no_color) {
  bool tty = isatty(fileno(stream)) == 1;
  bool dumb = terminal_is_dumb();
  terminal->stream = stream;
  terminal->tty = tty && !dumb;
  terminal->utf8 = locale_is_utf8() && !(tty && dumb);
  terminal->width = told_width();
  if (terminal->width == 0 && tty) terminal->width = terminal_width(fileno(stream));
  terminal->color = !no_color && !variable_is_set("NO_COLOR") &&
                    (variable_is_set("FORCE_COLOR") || terminal->tty);
}

CR_PRINTF(2, 0)
static void write_shown(const struct terminal *terminal, const char *format, va_list list) {
  struct text raw = {0};
  text_add_list(&raw, format, list);
  char *shown = text_shown(raw.data != NULL ? raw.data : "", terminal->utf8, true);
  fputs(shown, terminal->stream);
  free(shown);
  text_free(&raw);
}

void terminal_print(const struct terminal *terminal, const char *format, ...) {
  va_list list;
  va_start(list, format);
  write_shown(terminal, format, list);
  va_end(list);
}

void terminal_styled(const struct terminal *terminal, enum style style, const char *format, ...) {
  static const char *const codes[] = {
      [STYLE_BOLD] = "1",      [STYLE_DIM] = "2",    [STYLE_RED] = "1;31",
      [STYLE_YELLOW] = "1;33", [STYLE_GREEN] = "32", [STYLE_CYAN] = "36",
  };
  va_list list;
  va_start(list, format);
  if (terminal->color) fprintf(terminal->stream, "\x1b[%sm", codes[style]);
  write_shown(terminal, format, list);
  if (terminal->color) fputs("\x1b[0m", terminal->stream);
  va_end(list);
}

/* Bytes of `text` that go on a line of `room` columns: up to a space, or hard if there is none. */
static size_t line_length(const char *text, size_t room) {
  size_t used = 0, at = 0, space = 0, columns = 0;
  for (size_t n; (n = text_character(text + at, &columns)) > 0; at += n) {
    if (text[at] == ' ' && text[at + 1] != '%') space = at; /* "86 %" stays together */
    if (used + columns > room) return space > 0 ? space : at > 0 ? at : n;
    used += columns;
  }
  return at;
}

void terminal_wrap(const struct terminal *terminal, size_t indent, size_t width, const char *text) {
  char *shown = text_shown(text, terminal->utf8, false);
  const char *rest = shown;
  size_t room = width > indent + 8 ? width - indent : 8;
  while (width > 0 && text_columns(rest) > room) {
    size_t length = line_length(rest, room);
    fprintf(terminal->stream, "%.*s\n%*s", (int)length, rest, (int)indent, "");
    rest += length;
    rest += strspn(rest, " ");
  }
  fprintf(terminal->stream, "%s\n", rest);
  free(shown);
}

void terminal_line(const struct terminal *terminal, const char *label, size_t indent,
                   const char *format, ...) {
  struct text text = {0};
  va_list list;
  va_start(list, format);
  text_add_list(&text, format, list);
  va_end(list);
  size_t columns = terminal_columns(terminal, label);
  terminal_styled(terminal, STYLE_BOLD, "%s", label);
  fprintf(terminal->stream, "%*s", columns < indent ? (int)(indent - columns) : 1, "");
  terminal_wrap(terminal, indent, terminal->width, text.data != NULL ? text.data : "");
  text_free(&text);
}

size_t terminal_columns(const struct terminal *terminal, const char *text) {
  char *shown = text_shown(text, terminal->utf8, false);
  size_t columns = text_columns(shown);
  free(shown);
  return columns;
}
