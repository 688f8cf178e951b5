/* How many processors this process may run on. */
#ifndef BASE_PROCESSORS_H
#define BASE_PROCESSORS_H

#include <stddef.h>

size_t cr_processors(void); /* at least 1 */

#endif
