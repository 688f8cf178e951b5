/* Threads of the library's own. */
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

#include <pthread.h>

/*
 * Starts a thread that is deaf to signals: those are for the threads of the program. 0, or the
 * error that pthread_create gives.
 */
int cr_thread_start(pthread_t *id, void *(*work)(void *), void *argument);

#endif
