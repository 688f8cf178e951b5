#include "chainrule/status.h"

#include "chainrule/api.h"

typedef struct status_row {
  cr_status status;
  int exit_status;
  const char *name, *text;
  char code[4]; /* "E07" */
} status_row;

#define STATUS_ROW(name, value, exit_status, text) \
  {name, exit_status, #name, text, {'E', '0' + (value) / 10, '0' + (value) % 10, '\0'}},
static const status_row statuses[] = {CR_STATUS_LIST(STATUS_ROW)};
#undef STATUS_ROW

#define STATUS_CHECK(name, value, exit_status, text) \
  _Static_assert((value) >= 0 && (value) < 100, "a code has two digits");
CR_STATUS_LIST(STATUS_CHECK)
#undef STATUS_CHECK

static const status_row unknown = {CR_ERR_INTERNAL, 70, "unknown", "an unknown status", "E??"};

static const status_row *find(cr_status status) {
  for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
    if (statuses[i].status == status) return &statuses[i];
  }
  return &unknown;
}

const char *cr_status_text(cr_status status) {
  return find(status)->text;
}

const char *cr_status_code(cr_status status) {
  return find(status)->code;
}

const char *cr_status_name(cr_status status) {
  return find(status)->name;
}

int cr_status_exit(cr_status status) {
  return find(status)->exit_status;
}

bool cr_status_at(size_t index, cr_status *out) {
  if (index >= sizeof statuses / sizeof statuses[0]) return false;
  *out = statuses[index].status;
  return true;
}

const char *cr_version(void) {
  return CR_VERSION;
}
