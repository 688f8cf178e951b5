/* Losses by place, name, instruction set and activation. */
#include <string.h>

#include "parts/registry.h"
#include "parts/tables.h"

#define ROW(level) [CR_LEVEL_##level] = &cr_losses_##level,
static const cr_loss_table *const tables[] = {CR_LEVELS(ROW)};

const cr_loss *cr_loss_at(size_t index) {
  const cr_loss_table *table = tables[CR_LEVEL_plain];
  return index < table->count ? &table->rows[index] : NULL;
}

const cr_loss *cr_loss_for(const cr_loss *loss, size_t level) {
  const cr_loss *found;
  for (size_t i = 0; (found = cr_loss_at(i)); ++i) {
    if (found == loss) return &tables[level]->rows[i];
  }
  return loss;
}

cr_status cr_loss_find(const char *name, const cr_loss **out) {
  const cr_loss *found;
  for (size_t i = 0; (found = cr_loss_at(i)); ++i) {
    if (!name || strcmp(found->part.name, name) != 0) continue;
    *out = found;
    return CR_OK;
  }
  return cr_part_unknown(CR_PART_LOSS, name);
}

bool cr_loss_fits(const cr_loss *loss, const char *activation) {
  return strcmp(loss->outputs, "any") == 0 || strcmp(loss->outputs, activation) == 0;
}

const cr_loss *cr_loss_of_output(const char *activation) {
  const cr_loss *found = NULL, *loss;
  for (size_t i = 0; (loss = cr_loss_at(i)); ++i) {
    if (loss->fused_with && strcmp(loss->fused_with, activation) == 0) return loss;
    if (strcmp(loss->part.name, "half_squared") == 0) found = loss;
  }
  return found;
}
