#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "base/io.h"
#include "base/size.h"
#include "base/strbuf.h"

enum {
  MOST_NAMES = 3,
  LONGEST_NAME = 64,     /* longer ones do not help a reader */
  SAME_EXTENSION = 1000, /* as a distance: after all that are near */
  PREFIX_WEIGHT = 100,   /* the more of the beginning is the same, the sooner it comes */
  LONGEST_FIX = sizeof((cr_error){0}.fix),
};

typedef struct candidate {
  size_t distance;
  char name[LONGEST_NAME + 1];
} candidate;

/* From the last dot on; "" if there is none or it begins the name. */
static const char *extension(const char *name) {
  const char *dot = strrchr(name, '.');
  return dot && dot != name ? dot : "";
}

static size_t same_beginning(const char *a, const char *b) {
  size_t length = 0;
  while (a[length] != '\0' && a[length] == b[length]) length++;
  return length;
}

/* How far a name is from the one that was asked for; SIZE_MAX if it has nothing of it. */
static size_t judge(const char *name, const char *asked) {
  if (name[0] == '.' || strlen(name) > LONGEST_NAME) return SIZE_MAX;
  const size_t distance = cr_text_distance(name, asked);
  if (distance <= cr_size_max(1, strlen(asked) / 3)) return distance;
  const char *end = extension(asked);
  if (end[0] == '\0' || strcmp(extension(name), end) != 0) return SIZE_MAX;
  const size_t beginning = same_beginning(name, asked);
  return SAME_EXTENSION + PREFIX_WEIGHT * (LONGEST_NAME - beginning) + distance;
}

/* Keeps the list short and sorted, so that it does not depend on the order of the folder. */
static void offer(candidate best[MOST_NAMES], const char *name, size_t distance) {
  candidate now = {.distance = distance};
  memcpy(now.name, name, strlen(name) + 1); /* judge has looked at the length */
  for (size_t i = 0; i < MOST_NAMES; i++) {
    const bool before = now.distance < best[i].distance ||
                        (now.distance == best[i].distance && strcmp(now.name, best[i].name) < 0);
    if (!before) continue;
    const candidate moved = best[i];
    best[i] = now;
    now = moved;
  }
}

/* Adds what fits as a whole; false if it does not. */
static bool append(char *out, size_t room, const char *text) {
  const size_t used = strlen(out);
  const size_t size = strlen(text);
  if (size >= room - used) return false;
  memcpy(out + used, text, size + 1);
  return true;
}

static void write_fix(const char *folder, const candidate best[MOST_NAMES]) {
  char text[LONGEST_FIX];
  char names[LONGEST_FIX] = "";
  for (size_t i = 0; i < MOST_NAMES && best[i].distance != SIZE_MAX; i++) {
    memcpy(text, names, sizeof text);
    if (!append(text, sizeof text, i == 0 ? "here are: " : ", ") ||
        !append(text, sizeof text, folder) || !append(text, sizeof text, best[i].name)) {
      break;
    }
    memcpy(names, text, sizeof names);
  }
  if (names[0] != '\0') cr_fix("%s", names);
}

void cr_io_suggest(const char *path) {
  const char *slash = strrchr(path, '/');
  const char *asked = slash ? slash + 1 : path;
  char folder[LONGEST_FIX] = ""; /* a longer one could not be shown */
  const size_t length = (size_t)(asked - path);
  if (length >= sizeof folder) return;
  memcpy(folder, path, length);

  DIR *entries = opendir(length == 0 ? "." : folder);
  if (!entries) {
    if (errno == ENOENT) cr_fix("there is no folder %s", folder);
    return;
  }
  candidate best[MOST_NAMES] = {{SIZE_MAX, ""}, {SIZE_MAX, ""}, {SIZE_MAX, ""}};
  for (const struct dirent *entry; (entry = readdir(entries));) {
    const size_t distance = judge(entry->d_name, asked);
    if (distance != SIZE_MAX) offer(best, entry->d_name, distance);
  }
  closedir(entries);
  write_fix(folder, best);
}
