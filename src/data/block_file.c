#include "data/block_file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/size.h"
#include "data/hashset.h"

cr_status cr_block_file_create(const char *folder, size_t record, size_t per_block,
                               cr_block_file *out) {
  int fd = -1;
  size_t size = 0;
  void *pending = NULL;
  assert(record > 0 && per_block > 0);
  *out = (cr_block_file){0};
  CR_TRY(cr_size_product(record, per_block, &size));
  CR_TRY(cr_file_nameless(folder, &fd));
  *out = (cr_block_file){.fd = fd, .record = record, .per_block = per_block};
  cr_status status = cr_copy_text(folder, &out->folder);
  if (status == CR_OK) status = cr_alloc(size, 1, &pending);
  out->pending = pending;
  if (status != CR_OK) cr_block_file_free(out);
  return status;
}

/*
 * The place of a block is the seed of its checksum: one that came back in the place of another is
 * found out, too.
 */
static uint64_t sum_of(const void *bytes, size_t size, size_t block) {
  return cr_hash_bytes(bytes, size, block);
}

static cr_status fail_write(const cr_block_file *f, int error) {
  cr_fail_at(CR_ERR_CACHE, f->folder, 0, 0, "cannot write rows in the folder %s: %s", f->folder,
             cr_io_reason(error));
  cr_why("rows that do not fit into memory lie in a file there while they are learnt");
  return cr_fix("--cache DIR, a folder on a disk with more room");
}

static cr_status write_pending(cr_block_file *f) {
  void *sums = f->sums;
  const size_t size = f->pending_count * f->record;
  if (size == 0) return CR_OK;
  const cr_status status = cr_grow(&sums, f->blocks, f->blocks + 1, sizeof(uint64_t), &f->room);
  f->sums = sums;
  CR_TRY(status);
  f->sums[f->blocks] = sum_of(f->pending, size, f->blocks);
  if (cr_io_write(f->fd, f->pending, size) != 0) return fail_write(f, errno);
  f->blocks++;
  f->pending_count = 0;
  return CR_OK;
}

cr_status cr_block_file_append(cr_block_file *file, void **record) {
  assert(file->pending != NULL);
  if (file->pending_count == file->per_block) CR_TRY(write_pending(file));
  *record = file->pending + file->pending_count * file->record;
  file->pending_count++;
  file->count++;
  return CR_OK;
}

cr_status cr_block_file_finish(cr_block_file *file) {
  const cr_status status = write_pending(file);
  cr_free(file->pending);
  file->pending = NULL;
  return status;
}

size_t cr_block_file_records(const cr_block_file *file, size_t block) {
  if (block >= file->blocks) return 0;
  const uint64_t first = (uint64_t)block * file->per_block;
  return file->count - first < file->per_block ? (size_t)(file->count - first) : file->per_block;
}

static cr_status fail_read(const cr_block_file *f, size_t block, const char *reason) {
  cr_fail_offset(CR_ERR_CACHE, f->folder, (uint64_t)block * f->per_block * f->record,
                 "rows in the folder %s, block %zu of %zu: %s", f->folder, block + 1, f->blocks,
                 reason);
  cr_why("the disk, or somebody who may write to it, has changed what was put there");
  return cr_fix("--cache DIR, a folder on another disk");
}

cr_status cr_block_file_read(const cr_block_file *file, size_t block, void *out) {
  const size_t size = cr_block_file_records(file, block) * file->record;
  const uint64_t offset = (uint64_t)block * file->per_block * file->record;
  assert(file->pending == NULL && size > 0);
  if (cr_io_read_at(file->fd, out, size, offset) != 0)
    return fail_read(file, block, cr_io_reason(errno));
  if (sum_of(out, size, block) == file->sums[block]) return CR_OK;
  return fail_read(file, block, "they are not those that were written");
}

void cr_block_file_ask_for(const cr_block_file *file, size_t block) {
  const size_t size = cr_block_file_records(file, block) * file->record;
  const uint64_t offset = (uint64_t)block * file->per_block * file->record;
  /* advice: where nobody takes it, nothing is lost */
  if (size > 0) (void)posix_fadvise(file->fd, (off_t)offset, (off_t)size, POSIX_FADV_WILLNEED);
}

uint64_t cr_block_file_room(const cr_block_file *file) {
  uint64_t room = 0;
  return cr_io_calls()->room(file->fd, &room) == 0 ? room : UINT64_MAX;
}

void cr_block_file_free(cr_block_file *file) {
  if (file->folder != NULL || file->record > 0) cr_io_calls()->close(file->fd);
  cr_free(file->folder);
  cr_free(file->sums);
  cr_free(file->pending);
  *file = (cr_block_file){0};
}
