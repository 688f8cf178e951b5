#include "train/audit.h"

#include "base/alloc.h"
#include "base/rng.h"
#include "base/size.h"

/* Samples that lie on disk would have to be read once more: some checks are left out then. */
typedef struct check {
  cr_status (*run)(const cr_audit *audit, cr_strlist *warnings);
  bool on_disk;
} check;

static const check checks[] = {
    {.run = cr_audit_copies},
    {.run = cr_audit_answers},
    {.run = cr_audit_identifiers, .on_disk = true},
    {.run = cr_audit_classes, .on_disk = true},
    {.run = cr_audit_labels, .on_disk = true},
};

cr_status cr_audit_run(const cr_audit *audit, cr_strlist *warnings) {
  const bool large = cr_portions_are_large(audit->portions);
  for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
    if (!large || checks[i].on_disk) CR_TRY(checks[i].run(audit, warnings));
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
