/*
 * NPZ: several arrays in a zip archive, as numpy.savez writes them. One is read, and another may be
 * its labels: those that options name, or that are called as people call such, or the only one.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/size.h"
#include "data/npy.h"
#include "data/zip.h"

enum { NAME_MOST = 255, ENDING_SIZE = 4, HEADER_SIZE = 30 };

static const char ending[] = ".npy";

/* What people call the arrays they learn from, and those of labels. */
static const char *const input_names[] = {"x", "X", "data", "images", "features", NULL};
static const char *const label_names[] = {"y", "Y", "target", "labels", "label", NULL};

/* An array of the archive: what it is called there, without ".npy". */
typedef struct choice {
  cr_zip_entry entry;
  bool found;
} choice;

static bool is_array(const char *name, size_t size) {
  return size > ENDING_SIZE && size <= NAME_MOST + ENDING_SIZE &&
         memcmp(name + size - ENDING_SIZE, ending, ENDING_SIZE) == 0;
}

static bool is_called(const cr_zip_entry *entry, const char *name, size_t size) {
  return entry->name_size == size + ENDING_SIZE && memcmp(entry->name, name, size) == 0;
}

static bool is_one_of(const cr_zip_entry *entry, const char *const *names) {
  for (; *names; names++)
    if (is_called(entry, *names, strlen(*names))) return true;
  return false;
}

/* "4 arrays (x_train, y_train, x_test, y_test), and none is called 'q'" */
static cr_status fail_choice(const cr_zip *zip, size_t count, const char *what, const char *name) {
  enum { NAMES_SHOWN = 8, NAME_SHOWN = 40 };
  cr_strbuf names = {0};
  cr_zip_entry entry;
  bool found = true;
  size_t shown = 0, at = 0;
  while (shown < NAMES_SHOWN && cr_zip_next(zip, &at, &entry, &found) == CR_OK && found) {
    if (!is_array(entry.name, entry.name_size)) continue;
    const size_t size = cr_size_min(entry.name_size - ENDING_SIZE, NAME_SHOWN);
    cr_strbuf_format(&names, "%s%.*s", shown++ ? ", " : "", (int)size, entry.name);
  }
  cr_fail_at(CR_ERR_ARGUMENT, zip->source->path, 0, 0, "%zu array%s (%s%s), and %s%.100s", count,
             count == 1 ? "" : "s", names.text ? names.text : "", count > shown ? ", …" : "", what,
             name);
  cr_strbuf_free(&names);
  return cr_fix("--array NAME, or --array NAME,LABELS with the array of the labels");
}

/* The one array called so; two of a name are refused, since nobody could tell which is read. */
static cr_status find_array(const cr_zip *zip, const char *name, size_t size, choice *out) {
  cr_zip_entry entry;
  bool found = true;
  for (size_t at = 0;;) {
    CR_TRY(cr_zip_next(zip, &at, &entry, &found));
    if (!found) return CR_OK;
    if (!is_array(entry.name, entry.name_size) || !is_called(&entry, name, size)) continue;
    if (out->found)
      return cr_fail_offset(CR_ERR_NPZ, zip->source->path, entry.offset,
                            "two arrays are called %.*s", (int)size, name);
    *out = (choice){.entry = entry, .found = true};
  }
}

/* "x" or "x,y". */
static cr_status choose_named(const cr_zip *zip, const char *names, size_t count, choice *input,
                              choice *labels) {
  CR_TRY(find_array(zip, names, strlen(names), input));
  if (input->found) return CR_OK;
  const char *comma = strchr(names, ',');
  if (comma) {
    CR_TRY(find_array(zip, names, (size_t)(comma - names), input));
    CR_TRY(find_array(zip, comma + 1, strlen(comma + 1), labels));
  }
  return input->found && (!comma || labels->found)
             ? CR_OK
             : fail_choice(zip, count, "none is called ", names);
}

/* By what they are called, if that leaves no doubt; the only one may be called anything. */
static cr_status choose_usual(const cr_zip *zip, size_t count, choice *input, choice *labels) {
  cr_zip_entry entry;
  bool found = true;
  size_t inputs = 0, targets = 0;
  for (size_t at = 0;;) {
    CR_TRY(cr_zip_next(zip, &at, &entry, &found));
    if (!found) break;
    if (!is_array(entry.name, entry.name_size)) continue;
    const bool is_input = count == 1 || is_one_of(&entry, input_names);
    const bool is_label = !is_input && is_one_of(&entry, label_names);
    if (is_input) *input = (choice){.entry = entry, .found = ++inputs == 1};
    if (is_label) *labels = (choice){.entry = entry, .found = ++targets == 1};
  }
  return input->found && targets < 2
             ? CR_OK
             : fail_choice(zip, count, "which one to read is not plain", "");
}

static cr_status count_arrays(const cr_zip *zip, size_t *arrays) {
  cr_zip_entry entry;
  bool found = true;
  size_t entries = 0;
  *arrays = 0;
  for (size_t at = 0;; entries++) {
    CR_TRY(cr_zip_next(zip, &at, &entry, &found));
    if (!found) break;
    *arrays += is_array(entry.name, entry.name_size);
  }
  if (entries != zip->count)
    return cr_fail_offset(CR_ERR_NPZ, zip->source->path, zip->end,
                          "%zu entries in the list; the end of the archive says %zu", entries,
                          zip->count);
  if (*arrays > 0) return CR_OK;
  return cr_fail_at(CR_ERR_EMPTY, zip->source->path, 0, 0, "the archive holds no array");
}

/* An array as a file of its own, called "digits.npz:x.npy" in messages. */
static cr_status take_out(const cr_zip *zip, const choice *chosen, uint64_t max_bytes,
                          cr_source *out) {
  cr_strbuf name = {0};
  char *path;
  cr_strbuf_format(&name, "%s:%.*s", zip->source->path, (int)chosen->entry.name_size,
                   chosen->entry.name);
  CR_TRY(cr_strbuf_take(&name, &path));
  *out = (cr_source){.path = path, .size = chosen->entry.size, .owned = true};
  return cr_zip_extract(zip, &chosen->entry, max_bytes, &out->bytes);
}

static void forget(cr_source *source) {
  cr_source_free(source);
  cr_free((char *)source->path);
}

static cr_status read_arrays(const cr_zip *zip, const choice *input, const choice *labels,
                             const cr_read_options *options, cr_pool *pool, cr_table **out) {
  cr_source x = {0}, y = {0};
  const bool labelled = labels->found && !options->labels;
  cr_status status = take_out(zip, input, options->max_bytes, &x);
  if (status == CR_OK && labelled) status = take_out(zip, labels, options->max_bytes, &y);
  if (status == CR_OK) status = cr_npy_table(&x, labelled ? &y : NULL, options, pool, out);
  if (status == CR_OK) {
    (*out)->origin.format = "npz";
    (*out)->origin.compressed = zip->source->compressed;
  }
  forget(&x);
  forget(&y);
  return status;
}

static cr_status read_npz(cr_source *source, const cr_read_options *options, cr_pool *pool,
                          cr_table **out) {
  choice input = {0}, labels = {0};
  size_t arrays;
  cr_zip zip;
  CR_TRY(cr_zip_open(source, &zip));
  CR_TRY(count_arrays(&zip, &arrays));
  CR_TRY(options->array ? choose_named(&zip, options->array, arrays, &input, &labels)
                        : choose_usual(&zip, arrays, &input, &labels));
  return read_arrays(&zip, &input, &labels, options, pool, out);
}

/* An archive whose first entry is an array; or that has none at all. */
static bool sniff_npz(const char *head, size_t size) {
  if (size >= 4 && memcmp(head, "PK\005\006", 4) == 0) return true;
  if (size < HEADER_SIZE || memcmp(head, "PK\003\004", 4) != 0) return false;
  const size_t name = (unsigned char)head[26] | (size_t)(unsigned char)head[27] << 8;
  return size - HEADER_SIZE >= name && is_array(head + HEADER_SIZE, name);
}

static cr_status judge_npz(const cr_source *head) {
  (void)head; /* what is in it, its end says */
  return CR_OK;
}

const cr_reader cr_npz_reader = {
    .name = "npz", .sniff = sniff_npz, .judge = judge_npz, .read = read_npz};
