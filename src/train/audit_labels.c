/* Values of a category or classes that differ only in case or in blanks around them. */
#include <string.h>

#include "data/name_list.h"
#include "train/audit.h"

/* A text without the blanks around it. */
typedef struct core {
  const char *at;
  size_t size;
} core;

static core core_of(const char *text) {
  core c = {.at = text + strspn(text, " \t")};
  c.size = strlen(c.at);
  while (c.size > 0 && (c.at[c.size - 1] == ' ' || c.at[c.size - 1] == '\t')) c.size--;
  return c;
}

/* Of ASCII, whatever the locale is. */
static char lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool are_alike(core a, core b) {
  if (a.size != b.size) return false;
  for (size_t i = 0; i < a.size; i++)
    if (lower(a.at[i]) != lower(b.at[i])) return false;
  return true;
}

/* The first label that is like one after it. There are at most CR_MAX_CLASSES. */
static bool find_alike(const cr_strlist *labels, const char **first, const char **second) {
  for (size_t i = 0; i < labels->count; i++) {
    const core one = core_of(labels->items[i]);
    for (size_t k = i + 1; k < labels->count; k++) {
      if (!are_alike(one, core_of(labels->items[k]))) continue;
      *first = labels->items[i];
      *second = labels->items[k];
      return true;
    }
  }
  return false;
}

/* What was found first, and the names of all columns that have such values. */
typedef struct findings {
  const char *column, *first, *second;
  cr_name_list names;
} findings;

static void look(findings *f, const char *column, const cr_strlist *labels) {
  const char *first = NULL, *second = NULL;
  if (!find_alike(labels, &first, &second)) return;
  if (f->names.count == 0) {
    f->column = column;
    f->first = first;
    f->second = second;
  }
  cr_name_list_add(&f->names, column);
}

cr_status cr_audit_labels(const cr_audit *audit, cr_strlist *warnings) {
  const cr_encoder *encoder = audit->encoder;
  findings f = {0};
  if (encoder->classes) look(&f, encoder->target, &encoder->labels);
  for (size_t i = 0; i < encoder->input_count; i++)
    look(&f, encoder->inputs[i].name, &encoder->inputs[i].labels);
  if (f.names.count == 0) return CR_OK;
  const bool several = f.names.count > 1;
  const cr_status status = cr_strlist_format(
      warnings,
      "'%.48s' and '%.48s' in column '%s' differ only in case or in blanks around them: write them "
      "alike if they are the same%s%s",
      f.first, f.second, f.column, several ? "; so do values of all these: " : "",
      several ? cr_name_list_text(&f.names) : "");
  cr_name_list_free(&f.names);
  return status;
}
