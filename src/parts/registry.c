#include "parts/registry.h"

#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "parts/activation.h"
#include "parts/initializer.h"
#include "parts/loss.h"
#include "parts/optimizer.h"
#include "parts/schedule.h"

/* A name is near another if at most this many letters differ. */
#define NEAR 3

static bool activation_part(size_t index, cr_part *out) {
  const cr_activation *part = cr_activation_at(index);
  if (part) *out = (cr_part){part->name, part->formula, part->derivative};
  return part;
}

static bool loss_part(size_t index, cr_part *out) {
  const cr_loss *part = cr_loss_at(index);
  if (part) *out = (cr_part){part->name, part->formula, part->derivative};
  return part;
}

static bool optimizer_part(size_t index, cr_part *out) {
  const cr_optimizer *part = cr_optimizer_at(index);
  if (part) *out = (cr_part){part->name, part->formula, ""};
  return part;
}

static bool schedule_part(size_t index, cr_part *out) {
  const cr_schedule *part = cr_schedule_at(index);
  if (part) *out = (cr_part){part->name, part->formula, ""};
  return part;
}

static bool initializer_part(size_t index, cr_part *out) {
  const cr_initializer *part = cr_initializer_at(index);
  if (part) *out = (cr_part){part->name, part->formula, ""};
  return part;
}

static const struct {
  const char *noun;
  bool (*at)(size_t index, cr_part *out);
} kinds[] = {
    [CR_PART_ACTIVATION] = {"activation", activation_part},
    [CR_PART_LOSS] = {"loss", loss_part},
    [CR_PART_OPTIMIZER] = {"optimizer", optimizer_part},
    [CR_PART_SCHEDULE] = {"schedule", schedule_part},
    [CR_PART_INITIALIZER] = {"initializer", initializer_part},
};

bool cr_part_at(cr_part_kind kind, size_t index, cr_part *out) {
  return (size_t)kind < sizeof kinds / sizeof *kinds && kinds[kind].at(index, out);
}

cr_status cr_part_unknown(cr_part_kind kind, const char *name) {
  char known[256] = "";
  const char *nearest = NULL;
  size_t nearest_distance = NEAR + 1;
  cr_part part;
  for (size_t i = 0; cr_part_at(kind, i, &part); ++i) {
    const size_t length = strlen(known);
    snprintf(known + length, sizeof known - length, "%s%s", i > 0 ? ", " : "", part.name);
    const size_t distance = name ? cr_text_distance(name, part.name) : SIZE_MAX;
    if (distance < nearest_distance) {
      nearest = part.name;
      nearest_distance = distance;
    }
  }
  const char *noun = kinds[kind].noun;
  if (!name) return cr_fail(CR_ERR_ARGUMENT, "no %s is given: there are %s", noun, known);
  cr_fail(CR_ERR_ARGUMENT, "unknown %s \"%.64s\": there are %s", noun, name, known);
  return nearest ? cr_fix("use \"%s\"", nearest) : CR_ERR_ARGUMENT;
}
