/* The factors of one path from the loss to a parameter, each with its formula and a sentence. */
#ifndef EXPLAIN_FACTORS_H
#define EXPLAIN_FACTORS_H

#include "explain/chain.h"
#include "explain/script.h"

/* More factors than these are counted, not kept. */
#define CR_FACTORS_MOST 24

/* One factor of a path. */
typedef struct cr_factor {
  char above[48], below[48]; /* of the fraction ∂above / ∂below, in the notation */
  char formula[160];
  double value;
  char meaning[200];
} cr_factor;

typedef struct cr_factors {
  cr_factor items[CR_FACTORS_MOST];
  size_t count;
} cr_factors;

/* How many factors each path from a parameter has. */
size_t cr_factors_count(const cr_trace *trace, cr_place place);

/* All factors of a path of sample `row`, from the loss down. */
cr_status cr_factors_list(const cr_script *script, cr_place place, size_t row, const cr_path *path,
                          cr_factors *out);

/*
 * "hidden unit 2", "unit 2 of layer 1" where several layers are hidden, "output 1"; what feeds an
 * input of a layer: "input 3", or a unit below.
 */
cr_symbol cr_unit_name(const cr_trace *trace, size_t layer, size_t unit);
cr_symbol cr_input_name(const cr_trace *trace, size_t layer, size_t input);

/* "W_1[2,3]" as the layout counts; and as plain text. */
cr_symbol cr_place_name(const cr_script *script, cr_place place);
void cr_place_plain(const cr_script *script, cr_place place, char *out, size_t size);

#endif
