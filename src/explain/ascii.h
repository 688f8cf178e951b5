/* Signs as ASCII, for terminals that have nothing else. */
#ifndef EXPLAIN_ASCII_H
#define EXPLAIN_ASCII_H

#include "base/strbuf.h"

/* Appends `text` (valid UTF-8); with `ascii` nothing but ASCII, what has no likeness as '?'. */
void cr_ascii_add(cr_strbuf *out, const char *text, size_t size, bool ascii);

/* Bytes of the character at `text`; what stands for it in ASCII, NULL where it is ASCII itself. */
size_t cr_character(const char *text);
const char *cr_ascii_sign(const char *text);

/* Columns of what cr_ascii_add appends. */
size_t cr_ascii_width(const char *text, size_t size, bool ascii);

/* Columns of a valid UTF-8 text, two for the wide characters of East Asia. */
size_t cr_text_width(const char *text, size_t size);

#endif
