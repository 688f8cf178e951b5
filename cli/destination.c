#include "destination.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "errors.h"

static char *copy_text(const char *text) {
  const size_t size = strlen(text) + 1;
  return memcpy(take(size, 1), text, size);
}

/* Is `a`, or for "-" what standard input comes from, the file b? */
static bool same_file(const char *a, const struct stat *b) {
  struct stat found;
  if (a == NULL) return false;
  int status = strcmp(a, "-") == 0 ? fstat(STDIN_FILENO, &found) : stat(a, &found);
  return status == 0 && found.st_ino == b->st_ino && found.st_dev == b->st_dev;
}

/* `from` and `to` are of one length. */
static void change(char *name, const char *from, const char *to) {
  char *at = strstr(name, from);
  if (at != NULL) memcpy(at, to, strlen(to));
}

/* Labels are found by their name beside "train-images-idx3-ubyte" (cr_table_read). */
static bool is_labels_of(const char *images, const struct stat *file) {
  if (images == NULL) return false;
  char *name = copy_text(images);
  char *last = strrchr(name, '/') != NULL ? strrchr(name, '/') + 1 : name;
  change(last, "images", "labels");
  change(last, "idx3", "idx1");
  bool is = strcmp(name, images) != 0 && same_file(name, file);
  free(name);
  return is;
}

static const char *name_fix(const struct destination_question *q) {
  if (q->operand != NULL) return "name a file, new or old";
  return q->only_files ? "-o MODEL names a file, new or old" : "-o FILE names a file, new or old";
}

static int check_old_file(const struct cli *cli, const struct destination_question *q,
                          const struct stat *old) {
  if (S_ISDIR(old->st_mode)) {
    return errors_usage(cli, "-o with the name of a file in it",
                        "cannot write %s to %.300s: it is a folder", q->what, q->path);
  }
  if (!S_ISREG(old->st_mode)) {
    if (!q->only_files) return 0;
    return errors_usage(cli, name_fix(q), "cannot write %s to %.300s: it is not a file", q->what,
                        q->path);
  }
  for (const struct source *s = q->sources; s->what != NULL; s++) {
    bool labels = is_labels_of(s->path, old);
    if (!labels && !same_file(s->path, old)) continue;
    return errors_usage(cli, q->operand != NULL ? "another name" : "-o with another name",
                        "%s would be written over %s, %.300s", q->what,
                        labels ? "the labels" : s->what, q->path);
  }
  return access(q->path, W_OK) == 0 ? 0 : errors_file(cli, CR_ERR_OPEN, "write", q->path);
}

/* Permissions and kinds of file systems are many: whether a file can be made, only making tells. */
static bool can_make_files(const char *folder) {
  struct text probe = {0};
  text_add(&probe, "%s/.chainrule-XXXXXX", folder);
  int file = mkstemp(probe.data);
  const int reason = errno;
  if (file >= 0) {
    close(file);
    unlink(probe.data);
  }
  text_free(&probe);
  errno = reason;
  return file >= 0;
}

static int check_folder(const struct cli *cli, const char *path) {
  char *copy = copy_text(path);
  const char *folder = dirname(copy);
  int status = 0;
  if (access(folder, F_OK) != 0) {
    struct text fix = {0};
    cr_error error = {.status = CR_ERR_OPEN};
    snprintf(error.message, sizeof error.message, "cannot write %.200s: there is no folder %.200s",
             path, folder);
    text_add(&fix, "mkdir -p ");
    text_add_path(&fix, folder);
    snprintf(error.fix, sizeof error.fix, "%.250s", fix.data);
    text_free(&fix);
    status = errors_show(cli, &error);
  } else if (!can_make_files(folder)) {
    char reason[128];
    snprintf(reason, sizeof reason, "%s", strerror(errno));
    cr_error error = {.status = CR_ERR_OPEN, .fix = "-o with a file in another folder"};
    snprintf(error.message, sizeof error.message,
             "cannot write %.150s: no file can be made in %.150s (%s)", path, folder, reason);
    status = errors_show(cli, &error);
  }
  free(copy);
  return status;
}

int destination_check(const struct cli *cli, const struct destination_question *question) {
  struct stat found;
  const char *path = question->path;
  if (strcmp(path, "-") == 0 || path[0] == '\0') {
    return errors_usage(cli, name_fix(question), "cannot write %s to '%s': this names no file",
                        question->what, path);
  }
  if (stat(path, &found) == 0) {
    int status = check_old_file(cli, question, &found);
    return status != 0 || !S_ISREG(found.st_mode) ? status : check_folder(cli, path);
  }
  if (lstat(path, &found) == 0) {
    cr_error error = {.status = CR_ERR_OPEN, .fix = "-o with another name"};
    snprintf(error.message, sizeof error.message,
             "cannot write %.300s: this is a link to a file that is not there", path);
    return errors_show(cli, &error);
  }
  return check_folder(cli, path);
}

static void forget(struct destination *destination) {
  free(destination->target);
  free(destination->temporary);
  *destination = (struct destination){0};
}

static int fail(const struct cli *cli, struct destination *destination, cr_status status) {
  const char *path = destination->path;
  const int reason = errno;
  if (destination->temporary != NULL) unlink(destination->temporary);
  forget(destination);
  errno = reason != 0 ? reason : EIO;
  return errors_file(cli, status, "write", path);
}

/* ".NAME.XXXXXX" in the folder of `target`; long names are cut. */
static char *temporary_name(const char *target) {
  enum { LONGEST_STEM = 200 };
  const char *slash = strrchr(target, '/');
  const char *name = slash != NULL ? slash + 1 : target;
  struct text out = {0};
  text_add(&out, "%.*s.%.*s.XXXXXX", (int)(name - target), target, LONGEST_STEM, name);
  return out.data;
}

/* The mode of the old file, or what the process's mask leaves of 0666. */
static mode_t mode_of(const struct stat *old) {
  if (old != NULL) return old->st_mode & 07777;
  const mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

int destination_open(const struct cli *cli, const char *path, struct destination *out) {
  struct stat old;
  const bool existed = stat(path, &old) == 0;
  *out = (struct destination){.path = path};
  errno = 0;
  if (existed && !S_ISREG(old.st_mode)) {
    out->stream = fopen(path, "w");
    return out->stream != NULL ? 0 : fail(cli, out, CR_ERR_OPEN);
  }
  out->target = existed ? realpath(path, NULL) : copy_text(path);
  if (out->target == NULL) return fail(cli, out, CR_ERR_OPEN);
  char *name = temporary_name(out->target);
  const int file = mkstemp(name);
  if (file < 0) {
    free(name);
    return fail(cli, out, CR_ERR_OPEN);
  }
  out->temporary = name;
  fchmod(file, mode_of(existed ? &old : NULL)); /* some file systems have no modes */
  out->stream = fdopen(file, "w");
  if (out->stream != NULL) return 0;
  close(file);
  return fail(cli, out, CR_ERR_OPEN);
}

/* Why an earlier write failed is not known any more: another tells, into what is thrown away. */
static int why_not_written(FILE *stream) {
  return write(fileno(stream), "\n", 1) < 0 ? errno : EIO;
}

int destination_close(const struct cli *cli, struct destination *destination) {
  errno = 0;
  const bool flushed = fflush(destination->stream) == 0 && ferror(destination->stream) == 0;
  const int reason = flushed || errno != 0 ? errno : why_not_written(destination->stream);
  const bool closed = fclose(destination->stream) == 0;
  if (!flushed) errno = reason;
  if (!flushed || !closed) return fail(cli, destination, CR_ERR_IO);
  if (destination->temporary != NULL && rename(destination->temporary, destination->target) != 0) {
    return fail(cli, destination, CR_ERR_IO);
  }
  forget(destination);
  return 0;
}
