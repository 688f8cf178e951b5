#include "base/secret.h"

#include <pthread.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

static pthread_once_t drawn = PTHREAD_ONCE_INIT;
static cr_siphash_key process_key;

/* Not secret to who can look at this process, but to who has written a file for it. */
static cr_siphash_key guess_hard_to_guess(void) {
  static unsigned calls;
  struct timespec now = {0}, since_start = {0};
  clock_gettime(CLOCK_REALTIME, &now);
  clock_gettime(CLOCK_MONOTONIC, &since_start);
  const uint64_t words[] = {(uint64_t)now.tv_sec,
                            (uint64_t)now.tv_nsec,
                            (uint64_t)since_start.tv_nsec,
                            (uint64_t)getpid(),
                            (uint64_t)(uintptr_t)&now,
                            (uint64_t)(uintptr_t)&process_key,
                            calls++};
  const cr_siphash_key first = {{words[1], words[4]}}, second = {{words[5], words[2]}};
  return (cr_siphash_key){
      {cr_siphash(&first, words, sizeof words), cr_siphash(&second, words, sizeof words)}};
}

cr_siphash_key cr_secret_draw(int (*entropy)(void *bytes, size_t size)) {
  cr_siphash_key key;
  return entropy(key.words, sizeof key.words) == 0 ? key : guess_hard_to_guess();
}

static void draw(void) {
  process_key = cr_secret_draw(getentropy);
}

const cr_siphash_key *cr_secret_key(void) {
  pthread_once(&drawn, draw);
  return &process_key;
}
