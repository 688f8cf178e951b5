/* Threads that wait for work. Work is cut the same way whatever the number of threads. */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include "base/fail.h"

typedef struct cr_pool cr_pool;

/* One part of the work: parts are numbered 0..parts-1 and may run in any order, on any thread. */
typedef void cr_pool_task(void *context, size_t part);

/*
 * `threads` counts the caller: 1 starts none, 0 means one per processor, up to 1024. *out may be
 * NULL for one thread: a NULL pool runs everything in the caller. CR_ERR_LIMIT if more than 1024
 * are asked for, CR_ERR_MEMORY, CR_ERR_IO if none starts; fewer than asked for is fine.
 */
cr_status cr_pool_create(size_t threads, cr_pool **out);
void cr_pool_destroy(cr_pool *pool);
size_t cr_pool_threads(const cr_pool *pool); /* 1 for NULL */

/*
 * Runs task(context, 0..parts-1) and returns when all are done. Takes no memory. A pool does one
 * run at a time: a task does not run the pool it runs on.
 */
void cr_pool_run(cr_pool *pool, size_t parts, cr_pool_task *task, void *context);

#endif
