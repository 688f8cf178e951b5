/*
 * Case files. What is accepted is computed in both engines: each figure must be fit to print, and
 * the verdict must be what the quantities say.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "bounded.h"
#include "chainrule/check.h"
#include "require.h"

enum { CASE_BYTES = 2000 }; /* of memory for each of the text: its tree, figures of both engines */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  cr_case_report *report = NULL;
  bounded_start();
  const cr_status status =
      cr_check_case_text("fuzz", data ? (const char *)data : "", size, NULL, &report);
  bounded_require(BOUNDED_ROOM + CASE_BYTES * size);
  require((status == CR_OK) == (report != NULL));
  if (!report) return 0;
  bool ok = true;
  size_t checked = 0;
  const cr_quantity *quantity;
  for (size_t i = 0; (quantity = cr_case_report_at(report, i)) != NULL; i++) {
    require(quantity->name && quantity->engine && quantity->note);
    require(isfinite(quantity->max_error) && isfinite(quantity->tolerance));
    checked += quantity->checked;
    ok = ok && quantity->ok;
  }
  require(cr_case_report_ok(report) == (ok && checked > 0));
  cr_case_report_destroy(report);
  return 0;
}
