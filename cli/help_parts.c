/* What activations, losses, optimisers, schedules and initialisers compute, from their tables. */
#include <string.h>

#include "command_line.h"
#include "help.h"
#include "nearest.h"
#include "output.h"

static const struct {
  cr_part_kind kind;
  const char *one, *all;
} kinds[] = {
    {CR_PART_ACTIVATION, "activation", "activations"},
    {CR_PART_LOSS, "loss", "losses"},
    {CR_PART_OPTIMIZER, "optimizer", "optimizers"},
    {CR_PART_SCHEDULE, "schedule", "schedules"},
    {CR_PART_INITIALIZER, "initializer", "initializers"},
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* Is the part called so, or is the word that for its kind, or for all? */
static bool is_meant(const char *word, size_t k, const cr_part *part) {
  return strcmp(word, part->name) == 0 || strcmp(word, kinds[k].one) == 0 ||
         strcmp(word, kinds[k].all) == 0 || strcmp(word, "parts") == 0;
}

bool help_is_part(const char *word) {
  const cr_part *part;
  for (size_t k = 0; k < KINDS; k++) {
    for (size_t i = 0; (part = cr_part_at(kinds[k].kind, i)) != NULL; i++) {
      if (is_meant(word, k, part)) return true;
    }
  }
  return false;
}

static void show_part(const struct terminal *out, const char *kind, const cr_part *part) {
  const size_t width = out->width > 0 && out->width < 80 ? out->width : 80;
  terminal_styled(out, STYLE_BOLD, "%s", part->name);
  terminal_print(out, "  (%s)\n    ", kind);
  terminal_wrap(out, 6, width, part->formula);
  if (part->derivative[0] == '\0') return;
  terminal_print(out, "    ");
  terminal_wrap(out, 6, width, part->derivative);
}

void help_part(const struct cli *cli, const char *word) {
  const cr_part *part;
  for (size_t k = 0; k < KINDS; k++) {
    for (size_t i = 0; (part = cr_part_at(kinds[k].kind, i)) != NULL; i++) {
      if (is_meant(word, k, part)) show_part(&cli->out, kinds[k].one, part);
    }
  }
}

void help_part_json(const char *word) {
  const cr_part *part;
  json_t *whole = output_object("help"), *array = json_array();
  for (size_t k = 0; k < KINDS; k++) {
    for (size_t i = 0; (part = cr_part_at(kinds[k].kind, i)) != NULL; i++) {
      if (!is_meant(word, k, part)) continue;
      json_t *object = json_object();
      json_object_set_new(object, "kind", json_string(kinds[k].one));
      json_object_set_new(object, "name", json_string(part->name));
      json_object_set_new(object, "formula", json_string(part->formula));
      json_object_set_new(object, "derivative", json_string(part->derivative));
      json_array_append_new(array, object);
    }
  }
  json_object_set_new(whole, "parts", array);
  output_json(whole);
}

void help_offer_parts(struct nearest *nearest) {
  const cr_part *part;
  for (size_t k = 0; k < KINDS; k++) {
    nearest_offer(nearest, kinds[k].all);
    for (size_t i = 0; (part = cr_part_at(kinds[k].kind, i)) != NULL; i++) {
      nearest_offer(nearest, part->name);
    }
  }
}
