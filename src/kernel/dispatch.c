/* Which kernels this build has, which of them this processor can run, and which one is best. */
#include <stdlib.h>
#include <string.h>

#include "chainrule/net.h"
#include "kernel/variants.h"

#define ROW(level) [CR_LEVEL_##level] = &cr_kernel_##level,
static const cr_kernel *const kernels[] = {CR_LEVELS(ROW)};

enum { KERNEL_COUNT = CR_LEVEL_COUNT };

const cr_kernel *cr_kernel_at(size_t index) {
  return index < KERNEL_COUNT ? kernels[index] : NULL;
}

/* "avx512, avx2, plain": what this processor can run. */
static void list_names(char *text, size_t size) {
  size_t used = 0;
  text[0] = '\0';
  for (size_t i = 0; i < KERNEL_COUNT; i++) {
    if (!kernels[i]->supported()) continue;
    const size_t length = strlen(kernels[i]->name);
    const size_t comma = used > 0 ? 2 : 0;
    if (used + comma + length >= size) break;
    memcpy(text + used, ", ", comma);
    memcpy(text + used + comma, kernels[i]->name, length + 1);
    used += comma + length;
  }
}

static const char VARIABLE[] = "CHAINRULE_KERNEL";

const char *cr_kernel_name(size_t index, bool *supported) {
  const cr_kernel *kernel = cr_kernel_at(index);
  if (kernel && supported) *supported = kernel->supported();
  return kernel ? kernel->name : NULL;
}

const cr_kernel *cr_kernel_best(void) {
  size_t i = 0;
  while (!kernels[i]->supported()) i++; /* the last one always is */
  return kernels[i];
}

/* Says what there is instead, and how to get it: `from` is where the name was given. */
static cr_status refuse(const char *name, const char *from, bool known) {
  const bool variable = from == VARIABLE;
  const char *colon = variable ? ": " : "", *best = cr_kernel_best()->name;
  char names[64];
  list_names(names, sizeof names);
  if (known) {
    cr_fail(CR_ERR_ARGUMENT, "%s%sthis processor cannot run the kernel \"%.40s\", only: %s", from,
            colon, name, names);
  } else {
    cr_fail(CR_ERR_ARGUMENT, "%s%sno kernel is called \"%.40s\"; this processor runs: %s", from,
            colon, name, names);
  }
  if (variable) return cr_fix("unset %s, or set it to %s", VARIABLE, best);
  return cr_fix("--kernel %s, or leave it out", best);
}

static cr_status find(const char *name, const char *from, const cr_kernel **out) {
  bool known = false;
  for (size_t i = 0; i < KERNEL_COUNT && !known; i++) {
    if (strcmp(name, kernels[i]->name) != 0) continue;
    known = true;
    if (!kernels[i]->supported()) continue;
    *out = kernels[i];
    return CR_OK;
  }
  return refuse(name, from, known);
}

cr_status cr_kernel_find(const char *name, const cr_kernel **out) {
  if (name) return find(name, "", out);
  const char *forced = getenv(VARIABLE);
  if (forced && forced[0] != '\0') return find(forced, VARIABLE, out);
  *out = cr_kernel_best();
  return CR_OK;
}
