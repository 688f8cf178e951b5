/* Activations by place, name and instruction set. */
#include <string.h>

#include "parts/registry.h"
#include "parts/tables.h"

#define ROW(level) [CR_LEVEL_##level] = &cr_activations_##level,
static const cr_activation_table *const tables[] = {CR_LEVELS(ROW)};

const cr_activation *cr_activation_at(size_t index) {
  const cr_activation_table *table = tables[CR_LEVEL_plain];
  return index < table->count ? &table->rows[index] : NULL;
}

const cr_activation *cr_activation_for(const cr_activation *activation, size_t level) {
  const cr_activation *found;
  for (size_t i = 0; (found = cr_activation_at(i)); ++i) {
    if (found == activation) return &tables[level]->rows[i];
  }
  return activation;
}

cr_status cr_activation_find(const char *name, const cr_activation **out) {
  const cr_activation *found;
  for (size_t i = 0; (found = cr_activation_at(i)); ++i) {
    if (!name || strcmp(found->part.name, name) != 0) continue;
    *out = found;
    return CR_OK;
  }
  return cr_part_unknown(CR_PART_ACTIVATION, name);
}
