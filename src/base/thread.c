#include "base/thread.h"

#include <signal.h>

int cr_thread_start(pthread_t *id, void *(*work)(void *), void *argument) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const int error = pthread_create(id, NULL, work, argument);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return error;
}
