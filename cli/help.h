/* Help of all kinds, made from the tables of commands and options. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli.h"

/* What `chainrule` alone says. */
void help_overview(const struct cli *cli);

/* The page of a command: one screen, or with `full` everything. */
void help_command(const struct cli *cli, const struct command *command, bool full);

struct error_page;

/* The object of --json: the command or the page asked for; without one all commands. */
void help_json(const struct command *command, const struct error_page *page);

/* Is the word a part's name ("gelu"), a kind ("losses"), or "parts", which is all of them? */
bool help_is_part(const char *word);

/* What such a word stands for: the formulas, as text and for programs. */
void help_part(const struct cli *cli, const char *word);
void help_part_json(const char *word);

struct nearest;
void help_offer_parts(struct nearest *nearest); /* all their words */

/* The man page chainrule(1), in roff. */
void help_manual(FILE *stream);

/* A completion script for bash. */
void help_completion(FILE *stream);

#endif
