/* Ctrl-C and SIGTERM: the first asks a training to stop and save, the second ends the program. */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include <signal.h>

/* Listens from now on; the flag becomes 1 on the first signal. */
const volatile sig_atomic_t *interrupt_watch(void);

/* Back to the system's way. */
void interrupt_release(void);

#endif
