/* The chain rule for one parameter, written out. */
#ifndef EXPLAIN_SCRIPT_WEIGHT_H
#define EXPLAIN_SCRIPT_WEIGHT_H

#include "explain/chain.h"
#include "explain/script.h"

/* Adds the section "weight": of each row its `top` largest paths. */
cr_status cr_script_weight(cr_script *script, const cr_chain *chain, size_t top);

#endif
