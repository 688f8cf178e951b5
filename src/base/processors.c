#if defined(__linux__)
#  define _GNU_SOURCE /* sched_getaffinity: taskset and containers give fewer than are online */
#  include <sched.h>
#endif
#include <unistd.h>

#include "base/processors.h"

size_t cr_processors(void) {
#if defined(__linux__)
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) return (size_t)CPU_COUNT(&allowed);
#endif
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online < 1 ? 1 : (size_t)online;
}
