/*
 * What every public header needs: version, visibility, C++ guards, and the allocator.
 *
 * How the interface grows: options begin with their size, which cr_..._init takes from the header
 * the program is built with, and members are only ever appended; a member that a program does not
 * know keeps its default, one that the library does not know has to be 0. Results belong to the
 * library, which hands out const pointers: a lookup (..._at, ..._get_..., an index) answers NULL
 * past the end. Text is UTF-8.
 */
#ifndef CHAINRULE_API_H
#define CHAINRULE_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CR_VERSION_MAJOR 0
#define CR_VERSION_MINOR 1
#define CR_VERSION_PATCH 0
#define CR_VERSION "0.1.0"

#if defined(__GNUC__)
#  define CR_API __attribute__((visibility("default")))
#  define CR_PRINTF(format_index, first_index) \
    __attribute__((format(printf, format_index, first_index)))
#else
#  define CR_API
#  define CR_PRINTF(format_index, first_index)
#endif

#ifdef __cplusplus
#  define CR_BEGIN extern "C" {
#  define CR_END }
#else
#  define CR_BEGIN
#  define CR_END
#endif

CR_BEGIN

/* The version of the library that runs, as "0.1.0"; compare with CR_VERSION, that of the header. */
CR_API const char *cr_version(void);

/*
 * Where the library takes its memory from. `allocate` returns NULL when there is none; `release`
 * takes what allocate returned, never NULL. Who calls the library from one thread is called back in
 * that one, but for cr_tables_read.
 */
typedef struct cr_allocator {
  void *(*allocate)(void *user, size_t size);
  void (*release)(void *user, void *block);
  void *user;
} cr_allocator;

/*
 * Sets the allocator of the whole process; NULL puts back malloc and free. Call it before anything
 * else of the library, or when nothing of the library is alive: it is not safe to call while
 * another thread is inside the library.
 */
CR_API void cr_set_allocator(const cr_allocator *allocator);

CR_END
#endif
