/* Seconds since some start that never goes back. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

double cr_clock_seconds(void);

#endif
