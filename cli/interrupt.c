#include "interrupt.h"

#include <stddef.h>

static volatile sig_atomic_t wanted; /* a handler can reach nothing but a static */

static void want_stop(int number) {
  (void)number;
  wanted = 1;
}

const volatile sig_atomic_t *interrupt_watch(void) {
  struct sigaction action = {.sa_handler = want_stop};
  action.sa_flags = (int)SA_RESETHAND | SA_RESTART; /* the second signal ends the program */
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  return &wanted;
}

void interrupt_release(void) {
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
}
