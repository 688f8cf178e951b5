/* Which pictures a folder holds. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/io.h"
#include "data/picture.h"

/* What an entry of a list takes beside its text. */
enum { ENTRY_BYTES = 32 };

static const char *const endings[] = {".png", ".jpg", ".jpeg"};

static bool ends_as_picture(const char *name) {
  const char *dot = strrchr(name, '.');
  for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
    if (strcasecmp(dot, endings[i]) == 0) return true;
  return false;
}

/* Links count as what they lead to; pipes and devices, which may have no end, as neither. */
typedef enum kind { OTHER, PICTURE, FOLDER } kind;

static kind kind_of(const char *path, const char *name) {
  struct stat about;
  if (name[0] == '.' || stat(path, &about) != 0) return OTHER;
  if (S_ISDIR(about.st_mode)) return FOLDER;
  return S_ISREG(about.st_mode) && ends_as_picture(name) ? PICTURE : OTHER;
}

bool cr_is_folder(const char *path) {
  struct stat about;
  return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static int by_bytes(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort(cr_strlist *list) {
  if (list->count > 1) qsort(list->items, list->count, sizeof *list->items, by_bytes);
}

/* What is left for names. */
typedef struct budget {
  const char *folder;
  uint64_t bytes;
} budget;

static cr_status spend(budget *left, size_t length) {
  if (left->bytes < length + ENTRY_BYTES)
    return cr_fail_at(CR_ERR_LIMIT, left->folder, 0, 0,
                      "the names of its files alone take more memory than a table may have");
  left->bytes -= length + ENTRY_BYTES;
  return CR_OK;
}

static bool is_itself_or_above(const char *name) {
  return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static cr_status join(const char *folder, const char *name, char **out) {
  const size_t length = strlen(folder);
  const bool ends = length > 0 && folder[length - 1] == '/';
  cr_strbuf path = {0};
  cr_strbuf_format(&path, "%s%s%s", folder, ends ? "" : "/", name);
  return cr_strbuf_take(&path, out);
}

/* Adds an entry to the pictures or the folders; folders may be NULL: they are passed over. */
static cr_status add_entry(const char *folder, const char *name, budget *left, cr_strlist *pictures,
                           cr_strlist *folders, size_t *others) {
  char *text = NULL;
  CR_TRY(join(folder, name, &text));
  const kind found = kind_of(text, name);
  cr_status status = CR_OK;
  if (found == PICTURE) {
    status = spend(left, strlen(text));
    if (status == CR_OK) status = cr_strlist_add(pictures, text);
  } else if (found == FOLDER && folders) {
    status = spend(left, strlen(name));
    if (status == CR_OK) status = cr_strlist_add(folders, name);
  } else {
    ++*others;
  }
  cr_free(text);
  return status;
}

/* NULL at the end, where errno is 0, and where it cannot be read on. */
static struct dirent *next_entry(DIR *entries) {
  errno = 0;
  return readdir(entries);
}

static cr_status list_folder(const char *folder, budget *left, cr_strlist *pictures,
                             cr_strlist *folders, size_t *others) {
  DIR *entries = opendir(folder);
  cr_status status = CR_OK;
  if (!entries)
    return cr_fail_at(CR_ERR_OPEN, folder, 0, 0, "cannot read the folder %s: %s", folder,
                      cr_io_reason(errno));
  for (struct dirent *entry; status == CR_OK && (entry = next_entry(entries)) != NULL;)
    if (!is_itself_or_above(entry->d_name))
      status = add_entry(folder, entry->d_name, left, pictures, folders, others);
  if (status == CR_OK && errno != 0)
    status = cr_fail_at(CR_ERR_IO, folder, 0, 0, "cannot read all of the folder %s: %s", folder,
                        cr_io_reason(errno));
  closedir(entries);
  sort(pictures);
  if (folders) sort(folders);
  return status;
}

static cr_status check_name(const char *folder, const char *name) {
  if (cr_text_is_utf8(name, strlen(name), NULL)) return CR_OK;
  cr_fail_at(CR_ERR_FORMAT, folder, 0, 0, "the name of a folder, '%s', is not UTF-8", name);
  return cr_fix("rename it: it is the label of its pictures");
}

static cr_status add_pictures(const char *folder, const char *name, const cr_strlist *pictures,
                              cr_picture_list *list) {
  CR_TRY(check_name(folder, name));
  for (size_t i = 0; i < pictures->count; i++)
    CR_TRY(cr_strlist_add(&list->paths, pictures->items[i]));
  list->ends[list->classes.count] = list->paths.count;
  return cr_strlist_add(&list->classes, name);
}

/* One class; but a folder without pictures is passed over. */
static cr_status add_class(const char *folder, const char *name, budget *left,
                           cr_picture_list *list) {
  cr_strlist pictures = {0};
  char *path = NULL;
  CR_TRY(join(folder, name, &path));
  cr_status status = list_folder(path, left, &pictures, NULL, &list->others);
  if (status == CR_OK && pictures.count == 0) list->others++;
  if (status == CR_OK && pictures.count > 0) status = add_pictures(folder, name, &pictures, list);
  cr_strlist_free(&pictures);
  cr_free(path);
  return status;
}

/* The images of MNIST are a file in a folder: of several the last by name, which is to train on. */
static cr_status find_idx(const char *folder, cr_strbuf *out) {
  DIR *entries = opendir(folder);
  if (!entries) return CR_OK;
  for (const struct dirent *entry; (entry = readdir(entries)) != NULL;) {
    if (!strstr(entry->d_name, "-images-idx3-ubyte")) continue;
    if (out->length > 0 && strcmp(entry->d_name, out->text) < 0) continue;
    out->length = 0;
    cr_strbuf_format(out, "%s", entry->d_name);
  }
  closedir(entries);
  return out->failed ? CR_ERR_MEMORY : CR_OK;
}

static cr_status fail_no_pictures(const char *folder) {
  cr_strbuf idx = {0};
  const cr_status status = find_idx(folder, &idx);
  cr_fail_at(CR_ERR_EMPTY, folder, 0, 0, "%s holds no pictures: no .png, .jpg or .jpeg", folder);
  if (status == CR_OK && idx.length > 0) {
    cr_fix("name the file: %s/%s", folder, idx.text);
    cr_strbuf_free(&idx);
    return CR_ERR_EMPTY;
  }
  cr_strbuf_free(&idx);
  return cr_fix(
      "give a folder with a folder of pictures for each class, as photos/train is of "
      "photos/train/cat/1.png, or name a file");
}

static cr_status read_classes(const char *folder, const cr_strlist *folders, budget *left,
                              cr_strlist *loose, cr_picture_list *out) {
  void *block = NULL;
  CR_TRY(cr_alloc(folders->count, sizeof(size_t), &block));
  out->ends = block;
  for (size_t i = 0; i < folders->count; i++)
    CR_TRY(add_class(folder, folders->items[i], left, out));
  if (out->classes.count > 0) {
    out->others += loose->count;
    return CR_OK;
  }
  if (loose->count == 0) return fail_no_pictures(folder);
  out->paths = *loose;
  *loose = (cr_strlist){0};
  return CR_OK;
}

cr_status cr_picture_list_read(const char *folder, uint64_t max_bytes, cr_picture_list *out) {
  budget left = {folder, max_bytes};
  cr_strlist loose = {0}, folders = {0};
  *out = (cr_picture_list){0};
  cr_status status = list_folder(folder, &left, &loose, &folders, &out->others);
  if (status == CR_OK) status = read_classes(folder, &folders, &left, &loose, out);
  cr_strlist_free(&loose);
  cr_strlist_free(&folders);
  if (status != CR_OK) cr_picture_list_free(out);
  return status;
}

void cr_picture_list_free(cr_picture_list *list) {
  cr_strlist_free(&list->paths);
  cr_strlist_free(&list->classes);
  cr_free(list->ends);
  *list = (cr_picture_list){0};
}
