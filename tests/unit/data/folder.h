/* For tests: an empty folder of their own, and files in it. */
#ifndef UNIT_DATA_FOLDER_H
#define UNIT_DATA_FOLDER_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64];

static inline const char *in_folder(const char *name) {
  static char paths[4][512];
  static size_t next;
  char *path = paths[next++ % 4];
  snprintf(path, sizeof paths[0], "%s/%s", folder, name);
  return path;
}

static inline void write_file(const char *name, const void *bytes, size_t size) {
  FILE *file = fopen(in_folder(name), "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, size, file), size);
  assert_int_equal(fclose(file), 0);
}

static inline int make_folder(void **state) {
  (void)state;
  strcpy(folder, "/tmp/chainrule-test-XXXXXX");
  return mkdtemp(folder) ? 0 : -1;
}

static inline int remove_folder(void **state) {
  (void)state;
  DIR *entries = opendir(folder);
  if (!entries) return -1;
  for (struct dirent *entry; (entry = readdir(entries)) != NULL;)
    if (entry->d_name[0] != '.') unlink(in_folder(entry->d_name));
  closedir(entries);
  return rmdir(folder);
}

#endif
