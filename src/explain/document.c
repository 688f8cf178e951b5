#include "explain/document.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

size_t cr_shown_rows(const cr_shown *m) {
  return m->transposed ? m->cols + m->ones : m->rows + (m->below != NULL);
}

size_t cr_shown_cols(const cr_shown *m) {
  return m->transposed ? m->rows + (m->below != NULL) : m->cols + m->ones;
}

double cr_shown_at(const cr_shown *m, size_t row, size_t col) {
  const size_t r = m->transposed ? col : row, c = m->transposed ? row : col;
  if (c == m->cols) return 1.0;
  return r == m->rows ? m->below[c] : m->values[r * m->cols + c];
}

static void free_block(cr_block *block) {
  cr_free(block->text);
  cr_free(block->shapes);
  cr_free(block->note);
  cr_free(block->matrices);
  for (size_t i = 0; i < block->cell_count; i++) cr_free(block->cells[i]);
  cr_free(block->cells);
}

void cr_document_free(cr_document *document) {
  for (size_t i = 0; i < document->count; i++) free_block(&document->blocks[i]);
  cr_free(document->blocks);
  cr_free(document->title);
  *document = (cr_document){0};
}

cr_status cr_document_check(const cr_document *document) {
  if (!document->failed) return CR_OK;
  return cr_fail(CR_ERR_MEMORY, "out of memory while an explanation was written");
}

/* `text` is taken over, and freed where there is no room; NULL where memory was missing before. */
static cr_block *add_block(cr_document *document, cr_block_kind kind, char *text) {
  void *blocks = document->blocks;
  if (!text || cr_grow(&blocks, document->count, document->count + 1, sizeof *document->blocks,
                       &document->capacity) != CR_OK) {
    cr_free(text);
    document->failed = true;
    return NULL;
  }
  document->blocks = blocks;
  cr_block *block = &document->blocks[document->count++];
  *block = (cr_block){.kind = kind, .section = document->section, .step = SIZE_MAX, .text = text};
  return block;
}

CR_PRINTF(1, 0)
static char *format_text(const char *format, va_list arguments) {
  va_list again;
  va_copy(again, arguments);
  const int length = vsnprintf(NULL, 0, format, again);
  va_end(again);
  void *block = NULL;
  if (length < 0 || cr_alloc((size_t)length + 1, 1, &block) != CR_OK) return NULL;
  vsnprintf(block, (size_t)length + 1, format, arguments);
  return block;
}

static char *copy(const char *text) {
  char *out = NULL;
  return cr_copy_text(text, &out) == CR_OK ? out : NULL;
}

void cr_document_section(cr_document *document, const char *section, const char *heading) {
  document->section = section;
  add_block(document, CR_BLOCK_HEADING, copy(heading));
}

void cr_document_sentence(cr_document *document, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  add_block(document, CR_BLOCK_SENTENCE, format_text(format, arguments));
  va_end(arguments);
}

void cr_document_equation(cr_document *document, size_t step, const char *text,
                          const cr_shown *matrices, size_t count) {
  cr_block *block = add_block(document, CR_BLOCK_EQUATION, copy(text));
  void *held = NULL;
  if (!block) return;
  block->step = step;
  if (count == 0) return;
  if (cr_alloc(count, sizeof *matrices, &held) != CR_OK) {
    document->failed = true;
    return;
  }
  memcpy(held, matrices, count * sizeof *matrices);
  block->matrices = held;
  block->matrix_count = count;
}

/* Puts a text beside the block added last. */
CR_PRINTF(3, 0)
static void set_beside(cr_document *document, bool shapes, const char *format, va_list arguments) {
  if (document->failed) return;
  cr_block *block = &document->blocks[document->count - 1];
  char **place = shapes ? &block->shapes : &block->note;
  cr_free(*place);
  *place = format_text(format, arguments);
  document->failed = *place == NULL;
}

void cr_document_shapes(cr_document *document, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  set_beside(document, true, format, arguments);
  va_end(arguments);
}

void cr_document_note(cr_document *document, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  set_beside(document, false, format, arguments);
  va_end(arguments);
}

void cr_document_table(cr_document *document, const char *alignment, const char *caption) {
  cr_block *block = add_block(document, CR_BLOCK_TABLE, copy(caption));
  if (!block) return;
  block->alignment = alignment;
  block->columns = strlen(alignment);
}

void cr_document_cell(cr_document *document, const char *format, ...) {
  if (document->failed) return;
  cr_block *table = &document->blocks[document->count - 1];
  size_t capacity = table->cell_count; /* grown by a row at a time */
  void *cells = table->cells;
  if (table->cell_count % table->columns == 0 &&
      cr_grow_within(&cells, table->cell_count, table->cell_count + table->columns,
                     table->cell_count + table->columns, sizeof *table->cells,
                     &capacity) != CR_OK) {
    document->failed = true;
    return;
  }
  table->cells = cells;
  va_list arguments;
  va_start(arguments, format);
  char *text = format_text(format, arguments);
  va_end(arguments);
  if (text)
    table->cells[table->cell_count++] = text;
  else
    document->failed = true;
}

/* Controls, ends of lines and turns of the direction of writing, which a terminal would obey. */
static bool is_harmful(const unsigned char *c) {
  if (c[0] < 0x20 || c[0] == 0x7F) return true;
  if (c[0] == 0xC2 && c[1] < 0xA0) return true;
  if (c[0] != 0xE2) return false;
  return (c[1] == 0x80 && c[2] >= 0xA8 && c[2] <= 0xAE) ||
         (c[1] == 0x81 && c[2] >= 0xA6 && c[2] <= 0xA9);
}

cr_status cr_document_clean(const char *raw, char **out) {
  cr_strbuf text = {0};
  const size_t size = strlen(raw);
  for (size_t at = 0; at < size;) {
    const unsigned char *c = (const unsigned char *)raw + at;
    const size_t wanted = *c < 0x80 ? 1 : *c >= 0xF0 ? 4 : *c >= 0xE0 ? 3 : 2;
    size_t bad = 0;
    const bool whole = wanted <= size - at && cr_text_is_utf8(raw + at, wanted, &bad);
    if (!whole || is_harmful(c)) {
      cr_strbuf_add(&text, "?", 1);
      at += whole ? wanted : 1;
      continue;
    }
    cr_strbuf_add(&text, raw + at, wanted);
    at += wanted;
  }
  return cr_strbuf_take(&text, out);
}
