#include "base/spill.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"

const char *cr_spill_folder(const char *given) {
  const char *folder = given ? given : getenv("TMPDIR");
  return folder && folder[0] != '\0' ? folder : "/var/tmp";
}

static cr_status fail(const cr_spill *spill, int error) {
  cr_fail_at(CR_ERR_CACHE, spill->folder, 0, 0, "cannot write in the folder %s: %s", spill->folder,
             cr_io_reason(error));
  cr_why("values that do not fit into memory lie in a file there");
  return cr_fix("--cache DIR, a folder on a disk with room");
}

cr_status cr_spill_create(const char *folder, cr_spill *out) {
  *out = (cr_spill){0};
  CR_TRY(cr_copy_text(folder, &out->folder));
  const cr_status status = cr_file_nameless(folder, &out->fd);
  if (status != CR_OK) {
    cr_free(out->folder);
    *out = (cr_spill){0};
  }
  return status;
}

cr_status cr_spill_write(const cr_spill *spill, const void *bytes, size_t size, uint64_t offset) {
  return cr_io_write_at(spill->fd, bytes, size, offset) == 0 ? CR_OK : fail(spill, errno);
}

uint64_t cr_spill_room(const cr_spill *spill) {
  uint64_t bytes = 0;
  return cr_io_calls()->room(spill->fd, &bytes) == 0 ? bytes : UINT64_MAX;
}

cr_status cr_spill_map(cr_spill *spill, size_t size) {
  if (ftruncate(spill->fd, (off_t)size) != 0) return fail(spill, errno);
  void *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, spill->fd, 0);
  if (bytes == MAP_FAILED) return fail(spill, errno);
  spill->bytes = bytes;
  spill->size = size;
  return CR_OK;
}

cr_status cr_spill_reserve(cr_spill *spill, size_t size) {
  if (cr_io_calls()->allocate(spill->fd, (off_t)size) != 0) return fail(spill, errno);
  return cr_spill_map(spill, size);
}

void cr_spill_rest_part(const cr_spill *spill, size_t first, size_t size) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  const size_t from = (first + page - 1) / page * page, to = (first + size) / page * page;
  if (spill->bytes && from < to) (void)madvise(spill->bytes + from, to - from, MADV_DONTNEED);
}

void cr_spill_rest(const cr_spill *spill) {
  if (spill->bytes) (void)madvise(spill->bytes, spill->size, MADV_DONTNEED);
}

void cr_spill_free(cr_spill *spill) {
  if (!spill->folder) return;
  if (spill->bytes) munmap(spill->bytes, spill->size);
  cr_io_calls()->close(spill->fd);
  cr_free(spill->folder);
  *spill = (cr_spill){0};
}
