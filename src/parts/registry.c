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

static const cr_part *activation_part(size_t index) {
  const cr_activation *found = cr_activation_at(index);
  return found ? &found->part : NULL;
}

static const cr_part *loss_part(size_t index) {
  const cr_loss *found = cr_loss_at(index);
  return found ? &found->part : NULL;
}

static const cr_part *optimizer_part(size_t index) {
  const cr_optimizer *found = cr_optimizer_at(index);
  return found ? &found->part : NULL;
}

static const cr_part *schedule_part(size_t index) {
  const cr_schedule *found = cr_schedule_at(index);
  return found ? &found->part : NULL;
}

static const cr_part *initializer_part(size_t index) {
  const cr_initializer *found = cr_initializer_at(index);
  return found ? &found->part : NULL;
}

static const struct {
  const char *noun;
  const cr_part *(*at)(size_t index);
} kinds[] = {
    [CR_PART_ACTIVATION] = {"activation", activation_part},
    [CR_PART_LOSS] = {"loss", loss_part},
    [CR_PART_OPTIMIZER] = {"optimizer", optimizer_part},
    [CR_PART_SCHEDULE] = {"schedule", schedule_part},
    [CR_PART_INITIALIZER] = {"initializer", initializer_part},
};

const cr_part *cr_part_at(cr_part_kind kind, size_t index) {
  return (size_t)kind < sizeof kinds / sizeof *kinds ? kinds[kind].at(index) : NULL;
}

cr_status cr_part_unknown(cr_part_kind kind, const char *name) {
  char known[256] = "";
  const char *nearest = NULL;
  size_t nearest_distance = NEAR + 1;
  const cr_part *part;
  for (size_t i = 0; (part = cr_part_at(kind, i)) != NULL; ++i) {
    const size_t length = strlen(known);
    snprintf(known + length, sizeof known - length, "%s%s", i > 0 ? ", " : "", part->name);
    const size_t distance = name ? cr_text_distance(name, part->name) : SIZE_MAX;
    if (distance < nearest_distance) {
      nearest = part->name;
      nearest_distance = distance;
    }
  }
  const char *noun = kinds[kind].noun;
  if (!name) return cr_fail(CR_ERR_ARGUMENT, "no %s is given: there are %s", noun, known);
  cr_fail(CR_ERR_ARGUMENT, "unknown %s \"%.64s\": there are %s", noun, name, known);
  return nearest ? cr_fix("use \"%s\"", nearest) : CR_ERR_ARGUMENT;
}
