/* For tests of files replaced: a folder of its own for each, an old text, a new one in pieces. */
#ifndef REPLACING_H
#define REPLACING_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kept_memory.h"

static char folder[64];
static const char old_text[] = "the old file";
static const char new_text[] = "the new file, of two pieces";
static const cr_piece pieces[] = {{new_text, 12}, {NULL, 0}, {new_text + 12, sizeof new_text - 13}};
enum { PIECES = sizeof pieces / sizeof pieces[0] };

static inline int make_folder(void **state) {
  (void)state;
  strcpy(folder, "/tmp/chainrule_test_replace_XXXXXX");
  if (!mkdtemp(folder) || chdir(folder) != 0) return -1;
  counting_start();
  return 0;
}

static inline size_t count_entries(bool remove_them) {
  size_t count = 0;
  DIR *entries = opendir(folder);
  assert_non_null(entries);
  for (const struct dirent *entry; (entry = readdir(entries));) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    if (remove_them) remove(entry->d_name);
    count++;
  }
  closedir(entries);
  return count;
}

static inline int remove_folder(void **state) {
  const int lost = no_memory_is_lost(state);
  count_entries(true);
  return chdir("/") == 0 && rmdir(folder) == 0 ? lost : -1;
}

static inline void put(const char *name, const char *text) {
  FILE *file = fopen(name, "wb");
  assert_non_null(file);
  fputs(text, file);
  assert_int_equal(fclose(file), 0);
}

static inline void assert_content(const char *name, const char *expected) {
  char text[256] = "";
  FILE *file = fopen(name, "rb");
  assert_non_null(file);
  text[fread(text, 1, sizeof text - 1, file)] = '\0';
  fclose(file);
  assert_string_equal(text, expected);
}

static inline cr_status replace(const char *name) {
  return cr_file_replace(name, pieces, PIECES);
}

#endif
