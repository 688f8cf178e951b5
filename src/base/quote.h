/* Commands for the fix of a failure: what files and users call things goes into them quoted. */
#ifndef BASE_QUOTE_H
#define BASE_QUOTE_H

#include "base/strbuf.h"

/* Adds a word for a shell: as it is where nothing in it means anything, else in single quotes. */
void cr_quote_shell(cr_strbuf *command, const char *word);

/* The same for a file: "-x" becomes "./-x", so that no program takes it for an option. */
void cr_quote_path(cr_strbuf *command, const char *path);

/*
 * Makes a command the fix of the failure just written, as cr_fix does, and empties it. If it failed
 * for want of memory, the fix stays as it was.
 */
cr_status cr_fix_command(cr_strbuf *command);

#endif
