/* For fuzz targets: what holds whatever the bytes; the fuzzer takes an end like this for a find. */
#ifndef FUZZ_REQUIRE_H
#define FUZZ_REQUIRE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void require(bool holds) {
  if (!holds) abort();
}

#endif
