/* A secret of this process: what nobody can know who has written the files that it reads. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/siphash.h"

/* The key of all sets in this process; drawn once. No result may depend on it. */
const cr_siphash_key *cr_secret_key(void);

/* Draws a key: `entropy` fills bytes and answers 0. Where it fails, times and addresses do. */
cr_siphash_key cr_secret_draw(int (*entropy)(void *bytes, size_t size));

#endif
