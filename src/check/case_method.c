#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "check/case.h"

#define AT(setting) offsetof(cr_hyper, setting)

/* Settings in a key: "_lr0.01", "_eps1e-8", or a bare number. */
static const struct {
  const char *prefix;
  size_t offset; /* of the number in cr_hyper */
  size_t needs;  /* an optimiser has it if its own settings have this one, not 0 */
  double limit;  /* the number is above 0 and below this */
} settings[] = {
    {"lr", AT(learning_rate), AT(learning_rate), 1e30},
    {"wd", AT(weight_decay), AT(learning_rate), 1e30},
    {"damp", AT(dampening), AT(momentum), 1.0},
    {"alpha", AT(beta2), AT(beta2), 1.0},
    {"eps", AT(epsilon), AT(epsilon), 1e30},
    {"b", AT(beta1), AT(beta1), 1.0},
    {"", AT(momentum), AT(momentum), 1.0},
    {"", AT(beta2), AT(beta2), 1.0},
};

static double *setting_at(cr_hyper *hyper, size_t offset) {
  return (double *)(void *)((char *)hyper + offset);
}

/* "ewa": the velocity is the average of the gradients, with weights that fall exponentially. */
static bool apply_average(const char *text, size_t size, cr_hyper *hyper) {
  if (size != 3 || strncmp(text, "ewa", size) != 0 || hyper->momentum <= 0.0) return false;
  hyper->dampening = hyper->momentum;
  return true;
}

static bool apply_setting(const char *text, size_t size, cr_case_method *method) {
  cr_hyper own;
  cr_hyper_init(&own, method->optimizer);
  for (size_t i = 0; i < sizeof settings / sizeof *settings; ++i) {
    const char *prefix = settings[i].prefix;
    const size_t skip = strlen(prefix);
    double value = 0.0;
    if (*setting_at(&own, settings[i].needs) <= 0.0) continue;
    if (size < skip || strncmp(text, prefix, skip) != 0) continue;
    if (!cr_parse_number(text + skip, size - skip, &value)) continue;
    if (!(value > 0.0 && value < settings[i].limit)) return false;
    *setting_at(&method->hyper, settings[i].offset) = value;
    return true;
  }
  return apply_average(text, size, &method->hyper);
}

static const cr_optimizer *find_optimizer(const char *text, size_t size) {
  const cr_optimizer *optimizer;
  for (size_t i = 0; (optimizer = cr_optimizer_at(i)); ++i) {
    if (strlen(optimizer->part.name) == size && strncmp(optimizer->part.name, text, size) == 0)
      break;
  }
  return optimizer;
}

void cr_case_read_method(const char *key, double learning_rate, cr_case_method *out) {
  *out = (cr_case_method){0};
  snprintf(out->key, sizeof out->key, "%s", key);
  size_t size = strcspn(key, "_");
  out->optimizer = find_optimizer(key, size);
  if (!out->optimizer) {
    snprintf(out->note, sizeof out->note, "this program has no optimizer \"%.*s\"",
             (int)(size < 64 ? size : 64), key);
    return;
  }
  cr_hyper_init(&out->hyper, out->optimizer);
  out->hyper.learning_rate = learning_rate;
  while (key += size, *key) {
    size = strcspn(++key, "_");
    if (apply_setting(key, size, out)) continue;
    snprintf(out->note, sizeof out->note, "this program's %s has no setting \"%.*s\"",
             out->optimizer->part.name, (int)(size < 64 ? size : 64), key);
    out->optimizer = NULL;
    return;
  }
}
