/* What parts of networks are called elsewhere. */
#ifndef CLI_OTHER_NAMES_H
#define CLI_OTHER_NAMES_H

#include "chainrule/chainrule.h"

/* Our name of the part that other libraries call `word`, or what comes nearest; NULL: none. */
const char *other_name(cr_part_kind kind, const char *word);

/* The same of an option: "lr" for "learning-rate". */
const char *other_option(const char *word);

#endif
