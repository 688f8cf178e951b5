/*
 * The instruction sets that hot loops are compiled for, best first: the one list of them. A level
 * is an index into tables that have one entry for each, as of kernels (kernel/kernels.h) and of
 * parts. CMakeLists.txt says with which flags each is compiled; level.c, what a processor must have
 * to run it. CR_LEVELS(ROW) is ROW(name) for each that this build has.
 */
#ifndef BASE_LEVEL_H
#define BASE_LEVEL_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__x86_64__)
#  define CR_LEVELS(ROW) ROW(avx512) ROW(avx2) ROW(plain)
#elif defined(__aarch64__)
#  define CR_LEVELS(ROW) ROW(neon) ROW(plain)
#else
#  define CR_LEVELS(ROW) ROW(plain)
#endif

#define CR_LEVEL_MEMBER(name) CR_LEVEL_##name,
enum { CR_LEVELS(CR_LEVEL_MEMBER) CR_LEVEL_COUNT };
#undef CR_LEVEL_MEMBER

/* Can this processor run it? */
bool cr_level_supported(size_t level);

#define CR_LEVEL_SUPPORTED(name) bool cr_level_supported_##name(void);
CR_LEVELS(CR_LEVEL_SUPPORTED)
#undef CR_LEVEL_SUPPORTED

/*
 * In a file compiled once for each level: this level's own name of something it exports. CR_KERNEL
 * is the name of the level, defined by the build.
 */
#define CR_VARIANT(name) CR_VARIANT_JOIN(name, CR_KERNEL)
#define CR_VARIANT_JOIN(name, level) CR_VARIANT_PASTE(name, level)
#define CR_VARIANT_PASTE(name, level) name##_##level

#endif
