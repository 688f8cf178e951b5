/* The tables of activations and losses, one for each level; activation.c and loss.c end in them. */
#ifndef PARTS_TABLES_H
#define PARTS_TABLES_H

#include "base/level.h"
#include "parts/activation.h"
#include "parts/loss.h"

typedef struct cr_activation_table {
  const cr_activation *rows;
  size_t count;
} cr_activation_table;

typedef struct cr_loss_table {
  const cr_loss *rows;
  size_t count;
} cr_loss_table;

#define CR_TABLES(level)                                   \
  extern const cr_activation_table cr_activations_##level; \
  extern const cr_loss_table cr_losses_##level;
CR_LEVELS(CR_TABLES)
#undef CR_TABLES

#endif
