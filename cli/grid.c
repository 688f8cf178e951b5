#include "grid.h"

#include <stdlib.h>
#include <string.h>

enum { GAP = 2, NARROWEST_COLUMN = 6, NARROW_INDENT = 2 };

void grid_open(struct grid *grid, const char *alignment, size_t indent) {
  *grid = (struct grid){.columns = strlen(alignment), .alignment = alignment, .indent = indent};
}

void grid_cell(struct grid *grid, const char *format, ...) {
  struct text text = {0};
  va_list list;
  va_start(list, format);
  text_add_list(&text, format, list);
  va_end(list);
  if (grid->count % 64 == 0) {
    grid->cells = take_more(grid->cells, grid->count + 64, sizeof *grid->cells);
  }
  grid->cells[grid->count++] = text.data;
}

static const char *cell(const struct grid *grid, size_t index) {
  return index < grid->count && grid->cells[index] != NULL ? grid->cells[index] : "";
}

/* Width of the line with its first `shown` columns, each as it is or as narrow as it can be. */
static size_t narrowest_line(const struct grid *grid, const size_t *widths, size_t shown,
                             size_t indent) {
  size_t total = indent;
  for (size_t c = 0; c < shown; c++) {
    bool can = grid->alignment[c] == 'l' && widths[c] > NARROWEST_COLUMN;
    total += (can ? NARROWEST_COLUMN : widths[c]) + (c > 0 ? GAP : 0);
  }
  return total;
}

/* Takes from the widest left-aligned columns until the first `shown` columns fit. */
static void shrink(const struct grid *grid, size_t *widths, size_t shown, size_t room) {
  for (;;) {
    size_t total = 0, widest = SIZE_MAX;
    for (size_t c = 0; c < shown; c++) {
      total += widths[c] + (c > 0 ? GAP : 0);
      bool can = grid->alignment[c] == 'l' && widths[c] > NARROWEST_COLUMN;
      if (can && (widest == SIZE_MAX || widths[c] > widths[widest])) widest = c;
    }
    if (total <= room || widest == SIZE_MAX) return;
    widths[widest]--;
  }
}

/* Writes a cell padded to `width`, or cut to it with a mark; no blanks after the last column. */
static void put_cell(const struct terminal *terminal, const char *raw, size_t width, char align,
                     bool last) {
  char *shown = text_shown(raw, terminal->utf8, false);
  size_t columns = text_columns(shown);
  if (columns > width) {
    size_t at = 0, used = 0, wide = 0;
    for (size_t n; (n = text_character(shown + at, &wide)) > 0 && used + wide < width; at += n) {
      used += wide;
    }
    shown[at] = '\0';
    fprintf(terminal->stream, "%s%s", shown, terminal->utf8 ? "…" : "~");
    columns = used + 1;
  } else {
    if (align == 'r') fprintf(terminal->stream, "%*s", (int)(width - columns), "");
    fputs(shown, terminal->stream);
  }
  if (align == 'l' && !last && columns < width) {
    fprintf(terminal->stream, "%*s", (int)(width - columns), "");
  }
  free(shown);
}

/* The last cell of a row that has something in it: nothing is written after it. */
static size_t last_filled(const struct grid *grid, size_t row, size_t shown) {
  size_t last = shown - 1;
  while (last > 0 && cell(grid, row * grid->columns + last)[0] == '\0') last--;
  return last;
}

size_t grid_print(const struct grid *grid, const struct terminal *terminal, bool header) {
  size_t *widths = take(grid->columns, sizeof *widths);
  for (size_t i = 0; i < grid->count; i++) {
    size_t columns = terminal_columns(terminal, cell(grid, i));
    if (columns > widths[i % grid->columns]) widths[i % grid->columns] = columns;
  }
  size_t shown = grid->columns, indent = grid->indent;
  if (terminal->width > 0) {
    size_t room = terminal->width - 1;
    bool narrow = narrowest_line(grid, widths, shown, indent) > room;
    if (narrow && indent > NARROW_INDENT) indent = NARROW_INDENT;
    while (shown > 1 && narrowest_line(grid, widths, shown, indent) > room) shown--;
    shrink(grid, widths, shown, room - indent);
  }
  for (size_t row = 0; row * grid->columns < grid->count; row++) {
    bool bold = header && row == 0 && terminal->color;
    size_t last = last_filled(grid, row, shown);
    fprintf(terminal->stream, "%*s%s", (int)indent, "", bold ? "\x1b[1m" : "");
    for (size_t c = 0; c <= last; c++) {
      if (c > 0) fprintf(terminal->stream, "%*s", GAP, "");
      put_cell(terminal, cell(grid, row * grid->columns + c), widths[c], grid->alignment[c],
               c == last);
    }
    fprintf(terminal->stream, "%s\n", bold ? "\x1b[0m" : "");
  }
  free(widths);
  return shown;
}

void grid_close(struct grid *grid) {
  for (size_t i = 0; i < grid->count; i++) free(grid->cells[i]);
  free(grid->cells);
  *grid = (struct grid){0};
}
