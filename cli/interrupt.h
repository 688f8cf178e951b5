/* Ctrl-C, SIGTERM, SIGHUP: the first asks a training to stop and save, the second ends it. */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include <signal.h>

/*
 * Listens from now on; the flag becomes 1 on the first signal, and `message` goes to stderr at once
 * (NULL: nothing does). Static text.
 */
const volatile sig_atomic_t *interrupt_watch(const char *message);

/* Sets the flag, as a signal would. */
void interrupt_now(void);

/* Back to the system's way. */
void interrupt_release(void);

/* The exit status a shell gives to a program that the signal ended: 130 for Ctrl-C. */
int interrupt_exit(void);

#endif
