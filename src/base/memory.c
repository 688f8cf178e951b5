#include "base/memory.h"

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
