#include "base/quote.h"

#include <string.h>

/* Not '=' and '~', which some shells look at. */
static bool is_plain(const char *word) {
  static const char plain[] =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.,:/%+@";
  return word[0] != '\0' && word[strspn(word, plain)] == '\0';
}

void cr_quote_shell(cr_strbuf *command, const char *word) {
  if (is_plain(word)) {
    cr_strbuf_add(command, word, strlen(word));
    return;
  }
  cr_strbuf_add(command, "'", 1);
  while (*word != '\0') {
    const size_t size = strcspn(word, "'");
    cr_strbuf_add(command, word, size);
    word += size;
    if (*word == '\0') break;
    cr_strbuf_add(command, "'\\''", 4); /* ends the quotes, a quote, begins them again */
    word++;
  }
  cr_strbuf_add(command, "'", 1);
}

void cr_quote_path(cr_strbuf *command, const char *path) {
  if (path[0] == '-') cr_strbuf_add(command, "./", 2);
  cr_quote_shell(command, path);
}

cr_status cr_fix_command(cr_strbuf *command) {
  const char *text = command->failed || command->text == NULL ? "" : command->text;
  const cr_status status = text[0] != '\0' ? cr_fix("%s", text) : cr_last_error()->status;
  cr_strbuf_free(command);
  return status;
}
