#include "base/memory.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

/* Where the system does not say. */
static const uint64_t assumed_bytes = UINT64_C(4) << 30;

static uint64_t physical_bytes(void) {
  const long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
  return pages > 0 && page > 0 ? (uint64_t)pages * (uint64_t)page : assumed_bytes;
}

uint64_t cr_memory_bytes(void) {
  const uint64_t physical = physical_bytes();
  struct rlimit allowed;
  if (getrlimit(RLIMIT_AS, &allowed) != 0 || allowed.rlim_cur == RLIM_INFINITY) return physical;
  return (uint64_t)allowed.rlim_cur < physical ? (uint64_t)allowed.rlim_cur : physical;
}

void cr_memory_large_pages(void *block, size_t size) {
#ifdef MADV_HUGEPAGE
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), first = (uintptr_t)block;
  const uintptr_t from = (first + page - 1) / page * page, to = (first + size) / page * page;
  if (from < to) (void)madvise((char *)block + (from - first), to - from, MADV_HUGEPAGE);
#else
  (void)block, (void)size;
#endif
}
