#include "base/level.h"

bool cr_level_supported_plain(void) {
  return true;
}

#if defined(__x86_64__)
bool cr_level_supported_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

bool cr_level_supported_avx512(void) {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("fma");
}
#endif

#if defined(__aarch64__)
bool cr_level_supported_neon(void) {
  return true;
}
#endif

#define ROW(name) [CR_LEVEL_##name] = cr_level_supported_##name,
static bool (*const supported[])(void) = {CR_LEVELS(ROW)};

bool cr_level_supported(size_t level) {
  return level < CR_LEVEL_COUNT && supported[level]();
}
