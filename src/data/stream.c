#include "data/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/size.h"
#include "base/spill.h"
#include "data/hashset.h"
#include "data/reader.h"
#include "data/zlib_memory.h"

enum {
  GZIP_WINDOW = 15 + 16, /* the largest window, and a gzip header */
  INPUT_ROOM = 1 << 18   /* compressed bytes at a time */
};

struct cr_stream {
  const char *path; /* for messages, too */
  int fd;
  bool owned;        /* fd is ours */
  bool passes;       /* what comes can be read once, and is kept */
  struct stat about; /* when it was opened */
  cr_spill kept;     /* of what passes, as far as it was read */
  uint64_t at, end;  /* bytes read of the file, or of what is kept; and known to be there */
  /* compressed bytes */
  bool compressed, inflating, between; /* `between` members of the file */
  z_stream inflate;
  unsigned char *input; /* (INPUT_ROOM) */
  size_t first, filled; /* of it */
  /* the fingerprint */
  unsigned char *piece; /* (CR_FINGERPRINT_PIECE) not yet in it */
  size_t in_piece;
  uint64_t hash;
};

static cr_status fail_read(const cr_stream *s, int error) {
  cr_fail_at(CR_ERR_IO, s->path, 0, 0, "cannot read %s: %s", s->path, cr_io_reason(error));
  return error == EISDIR ? cr_fix("name a file in that folder") : CR_ERR_IO;
}

/* Some bytes as they are in the file; *got is 0 at its end. */
static cr_status read_raw(cr_stream *s, void *out, size_t room, size_t *got) {
  *got = 0;
  if (s->passes && s->at < s->end) { /* read before */
    *got = (size_t)(s->end - s->at < room ? s->end - s->at : room);
    if (cr_io_read_at(s->kept.fd, out, *got, s->at) != 0) return fail_read(s, errno);
  } else {
    const ssize_t count = cr_io_read(s->fd, out, room);
    if (count < 0) return fail_read(s, errno);
    *got = (size_t)count;
    if (s->passes) CR_TRY(cr_spill_write(&s->kept, out, *got, s->at));
  }
  s->at += *got;
  if (s->end < s->at) s->end = s->at;
  return CR_OK;
}

static bool is_changed(const cr_stream *s) {
  struct stat now;
  if (s->passes || fstat(s->fd, &now) != 0) return false;
  return now.st_size != s->about.st_size || now.st_mtim.tv_sec != s->about.st_mtim.tv_sec ||
         now.st_mtim.tv_nsec != s->about.st_mtim.tv_nsec;
}

static cr_status check_unchanged(const cr_stream *s) {
  if (!is_changed(s)) return CR_OK;
  cr_fail_at(CR_ERR_IO, s->path, 0, 0, "%s was changed while it was read", s->path);
  return cr_fix("wait until nobody writes to it, and start again");
}

/* --- gzip ------------------------------------------------------------------------------------- */

static cr_status fail_gzip(const cr_stream *s, const char *what) {
  const uint64_t place = s->at - (s->filled - s->first);
  cr_fail_offset(CR_ERR_GZIP, s->path, place, "%s near byte %llu", what, (unsigned long long)place);
  return cr_fix("download or copy the file again");
}

static cr_status fill_input(cr_stream *s) {
  if (s->first < s->filled) return CR_OK;
  s->first = 0;
  return read_raw(s, s->input, INPUT_ROOM, &s->filled);
}

/* After a member: the end, or another one. */
static cr_status next_member(cr_stream *s, bool *end) {
  CR_TRY(fill_input(s));
  *end = s->first == s->filled;
  if (*end) return CR_OK;
  if (s->input[s->first] != 0x1f) return fail_gzip(s, "bytes that are not gzip follow");
  if (inflateReset(&s->inflate) != Z_OK)
    return cr_fail(CR_ERR_INTERNAL, "the inflating of %s cannot start again", s->path);
  s->between = false;
  return CR_OK;
}

static cr_status inflate_some(cr_stream *s, char *out, size_t room, size_t *got) {
  bool end = false;
  *got = 0;
  if (s->between) CR_TRY(next_member(s, &end));
  if (end) return CR_OK;
  CR_TRY(fill_input(s));
  if (s->first == s->filled) return fail_gzip(s, "the file is cut short");
  const uInt most = (uInt)cr_size_min(room, 1 << 30);
  s->inflate.next_in = s->input + s->first;
  s->inflate.avail_in = (uInt)(s->filled - s->first);
  s->inflate.next_out = (Bytef *)out;
  s->inflate.avail_out = most;
  const int code = inflate(&s->inflate, Z_NO_FLUSH);
  s->first = s->filled - s->inflate.avail_in;
  *got = most - s->inflate.avail_out;
  s->between = code == Z_STREAM_END;
  if (code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR) return CR_OK;
  if (code == Z_MEM_ERROR) return cr_fail(CR_ERR_MEMORY, "out of memory while inflating");
  return fail_gzip(s, "damaged");
}

/* Until all room is used, or the last member has ended. */
static cr_status read_inflated(cr_stream *s, char *out, size_t room, size_t *got) {
  *got = 0;
  while (*got < room) {
    size_t some = 0;
    CR_TRY(inflate_some(s, out + *got, room - *got, &some));
    *got += some;
    if (some == 0 && s->between && s->first == s->filled) {
      bool end = false;
      CR_TRY(next_member(s, &end));
      if (end) return CR_OK;
    }
  }
  return CR_OK;
}

static cr_status read_plain(cr_stream *s, char *out, size_t room, size_t *got) {
  *got = 0;
  for (size_t some = 1; some > 0 && *got < room; *got += some)
    CR_TRY(read_raw(s, out + *got, room - *got, &some));
  return CR_OK;
}

/* --- the whole -------------------------------------------------------------------------------- */

static void add_to_fingerprint(cr_stream *s, const char *bytes, size_t size) {
  while (size > 0) {
    const size_t part = cr_size_min(size, CR_FINGERPRINT_PIECE - s->in_piece);
    memcpy(s->piece + s->in_piece, bytes, part);
    s->in_piece += part;
    bytes += part;
    size -= part;
    if (s->in_piece < CR_FINGERPRINT_PIECE) continue;
    s->hash = cr_fingerprint(s->piece, s->in_piece, s->hash);
    s->in_piece = 0;
  }
}

uint64_t cr_stream_fingerprint(const cr_stream *s) {
  return cr_fingerprint(s->piece, s->in_piece, s->hash);
}

bool cr_stream_is_compressed(const cr_stream *s) {
  return s->compressed;
}

cr_status cr_stream_read(cr_stream *s, char *out, size_t room, size_t *got) {
  CR_TRY(s->compressed ? read_inflated(s, out, room, got) : read_plain(s, out, room, got));
  add_to_fingerprint(s, out, *got);
  return *got < room ? check_unchanged(s) : CR_OK;
}

static cr_status seek_start(cr_stream *s) {
  s->at = 0;
  s->first = s->filled = 0;
  s->in_piece = 0;
  s->hash = 0;
  if (s->passes) return CR_OK;
  return lseek(s->fd, 0, SEEK_SET) == 0 ? CR_OK : fail_read(s, errno);
}

cr_status cr_stream_rewind(cr_stream *s) {
  CR_TRY(seek_start(s));
  s->between = false;
  if (s->compressed && inflateReset(&s->inflate) != Z_OK)
    return cr_fail(CR_ERR_INTERNAL, "the inflating of %s cannot start again", s->path);
  return CR_OK;
}

/* The first bytes say whether it is gzip; they stay for the reading. */
static cr_status look(cr_stream *s) {
  size_t some = 1;
  while (some > 0 && s->filled < 2) {
    CR_TRY(read_raw(s, s->input + s->filled, INPUT_ROOM - s->filled, &some));
    s->filled += some;
  }
  s->compressed = cr_is_gzip((const char *)s->input, s->filled);
  if (s->compressed) {
    cr_zlib_use_memory(&s->inflate);
    if (inflateInit2(&s->inflate, GZIP_WINDOW) != Z_OK)
      return cr_fail(CR_ERR_MEMORY, "out of memory while inflating");
    s->inflating = true;
  }
  return cr_stream_rewind(s);
}

static cr_status open_file(cr_stream *s, const char *path) {
  if (strcmp(path, "-") == 0) {
    s->fd = STDIN_FILENO;
    s->path = "standard input";
  } else {
    s->fd = cr_io_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY, 0);
    s->path = path;
    s->owned = s->fd >= 0;
  }
  if (s->fd < 0)
    return cr_fail_at(CR_ERR_OPEN, path, 0, 0, "cannot read %s: %s", path, cr_io_reason(errno));
  if (fstat(s->fd, &s->about) != 0) return fail_read(s, errno);
  s->passes = !s->owned || !S_ISREG(s->about.st_mode);
  return CR_OK;
}

static cr_status begin(cr_stream *s, const char *path, const char *head, size_t size,
                       const char *folder) {
  void *block;
  CR_TRY(cr_alloc(INPUT_ROOM, 1, &block));
  s->input = block;
  CR_TRY(cr_alloc(CR_FINGERPRINT_PIECE, 1, &block));
  s->piece = block;
  CR_TRY(open_file(s, path));
  if (s->passes) {
    CR_TRY(cr_spill_create(folder, &s->kept));
    CR_TRY(cr_spill_write(&s->kept, head, size, 0));
    s->end = size;
  }
  return look(s);
}

cr_status cr_stream_open(const char *path, const char *head, size_t size, const char *folder,
                         cr_stream **out) {
  void *block;
  *out = NULL;
  CR_TRY(cr_alloc(1, sizeof(cr_stream), &block));
  cr_stream *s = block;
  const cr_status status = begin(s, path, head, size, folder);
  if (status == CR_OK)
    *out = s;
  else
    cr_stream_close(s);
  return status;
}

void cr_stream_close(cr_stream *s) {
  if (!s) return;
  if (s->inflating) inflateEnd(&s->inflate);
  if (s->owned) cr_io_calls()->close(s->fd);
  cr_spill_free(&s->kept);
  cr_free(s->input);
  cr_free(s->piece);
  cr_free(s);
}
