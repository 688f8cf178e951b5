#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "check/case.h"

/* Settings in a key: "_lr0.01", "_eps1e-8", or a bare number. */
static const struct {
  const char *optimizer; /* NULL: all */
  const char *prefix;
  size_t offset; /* of the number in cr_hyper */
  double limit;  /* the number is above 0 and below this */
} settings[] = {
    {NULL, "lr", offsetof(cr_hyper, learning_rate), 1e30},
    {"momentum", "", offsetof(cr_hyper, momentum), 1.0},
    {"adam", "b", offsetof(cr_hyper, beta1), 1.0},
    {"adam", "", offsetof(cr_hyper, beta2), 1.0},
    {"adam", "eps", offsetof(cr_hyper, epsilon), 1.0},
};

static bool apply_setting(const char *text, size_t size, cr_case_method *method) {
  for (size_t i = 0; i < sizeof settings / sizeof *settings; ++i) {
    const char *optimizer = settings[i].optimizer, *prefix = settings[i].prefix;
    const size_t skip = strlen(prefix);
    double value = 0.0;
    if (optimizer && strcmp(optimizer, method->optimizer->part.name) != 0) continue;
    if (size < skip || strncmp(text, prefix, skip) != 0) continue;
    if (!cr_parse_number(text + skip, size - skip, &value)) continue;
    if (!(value > 0.0 && value < settings[i].limit)) return false;
    memcpy((char *)&method->hyper + settings[i].offset, &value, sizeof value);
    return true;
  }
  return false;
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
