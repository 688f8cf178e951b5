/* Would train take a table, and with which options? A training that stops at once tells. */
#ifndef CLI_REHEARSAL_H
#define CLI_REHEARSAL_H

#include "cli.h"

struct rehearsal {
  bool ok;
  cr_error error;            /* why not; of a table that is taken without its bad rows: all zero */
  cr_column_use *uses;       /* (columns) of the table; NULL unless ok */
  bool skip_bad_rows;        /* it is taken so */
  size_t classes;            /* of the target, if it is learnt as classes; else 0 */
  struct name_list warnings; /* of train */
};

void rehearsal_run(const cr_table *table, const struct settings *settings, struct rehearsal *out);

/* It failed for a reason that tells nothing of the table. */
bool rehearsal_broke(const struct rehearsal *rehearsal);
void rehearsal_free(struct rehearsal *rehearsal);

#endif
