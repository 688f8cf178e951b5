#include "train/audit.h"

#include "base/alloc.h"
#include "base/rng.h"
#include "base/size.h"

typedef cr_status check(const cr_audit *audit, cr_strlist *warnings);

static check *const checks[] = {
    cr_audit_copies,
    cr_audit_answers,
    cr_audit_identifiers,
    cr_audit_classes,
};

/* Rows on disk would have to be read once more. */
static bool is_in_memory(const cr_portions *portions) {
  bool in_memory = true;
  for (size_t p = 0; p < CR_PORTION_COUNT; p++)
    in_memory = in_memory && !(portions->samples[p] && portions->samples[p]->store);
  return in_memory;
}

cr_status cr_audit_run(const cr_audit *audit, cr_strlist *warnings) {
  if (!is_in_memory(audit->portions)) return CR_OK;
  for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) CR_TRY(checks[i](audit, warnings));
  return CR_OK;
}

cr_status cr_audit_draw(const cr_audit *audit, size_t **places, size_t *count) {
  const size_t rows = audit->portions->rows.count[CR_PORTION_TRAIN];
  cr_order order;
  void *block = NULL;
  *count = cr_size_min(rows, CR_AUDIT_ROWS);
  CR_TRY(cr_alloc(*count, sizeof(size_t), &block));
  *places = block;
  cr_order_init(&order, rows, 0, CR_STREAM_DATA, UINT32_MAX);
  for (size_t i = 0; i < *count; i++) (*places)[i] = (size_t)cr_order_at(&order, i);
  return CR_OK;
}
