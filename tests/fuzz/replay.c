/* Runs files through a fuzz target once each: replay DIRECTORY... Fails if there is none. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END) != 0) return 0;
  const long size = ftell(file);
  rewind(file);
  /* Exactly as large as the file, so that the address sanitizer sees a read past its end. */
  uint8_t *bytes = size > 0 ? malloc((size_t)size) : NULL;
  const size_t got = bytes ? fread(bytes, 1, (size_t)size, file) : 0;
  fclose(file);
  LLVMFuzzerTestOneInput(bytes, got);
  free(bytes);
  return 1;
}

static int replay_directory(const char *directory) {
  DIR *entries = opendir(directory);
  if (!entries) return 0;
  int count = 0;
  for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
    char path[4096];
    if (entry->d_name[0] == '.') continue;
    if (snprintf(path, sizeof path, "%s/%s", directory, entry->d_name) >= (int)sizeof path)
      continue;
    count += replay_file(path);
  }
  closedir(entries);
  return count;
}

int main(int argc, char **argv) {
  int count = 0;
  for (int i = 1; i < argc; i++) count += replay_directory(argv[i]);
  printf("%d files replayed\n", count);
  return count == 0;
}
