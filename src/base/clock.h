/* Seconds since some start that never goes back. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

double cr_clock_seconds(void);

/* Seconds that processors have worked for this process, all its threads together. */
double cr_clock_processor_seconds(void);

#endif
