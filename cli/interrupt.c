#include "interrupt.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

/* A handler can reach nothing but statics. */
static volatile sig_atomic_t wanted, signal_number;
static const char *said;
static size_t said_size;

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

enum { SIGNALS = sizeof signals / sizeof signals[0] };

/* The second signal, of whichever kind, ends the program. */
static void want_stop(int number) {
  const int reason = errno;
  wanted = 1;
  signal_number = number;
  interrupt_release();
  if (said != NULL) {
    const ssize_t written = write(STDERR_FILENO, said, said_size);
    (void)written; /* who does not read it need not be told */
  }
  errno = reason;
}

/* nohup has SIGHUP ignored, and it stays so. */
static bool is_ignored(int number) {
  struct sigaction now;
  return number == SIGHUP && sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

const volatile sig_atomic_t *interrupt_watch(const char *message) {
  struct sigaction action = {.sa_handler = want_stop};
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  said = message;
  said_size = message != NULL ? strlen(message) : 0;
  for (size_t i = 0; i < SIGNALS; i++) {
    if (!is_ignored(signals[i])) sigaction(signals[i], &action, NULL);
  }
  return &wanted;
}

void interrupt_now(void) {
  wanted = 1;
}

void interrupt_release(void) {
  for (size_t i = 0; i < SIGNALS; i++) {
    if (!is_ignored(signals[i])) signal(signals[i], SIG_DFL);
  }
}

int interrupt_exit(void) {
  return 128 + (signal_number != 0 ? signal_number : SIGINT);
}
