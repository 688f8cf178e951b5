/* A network and a table in a few words, and in JSON. */
#ifndef CLI_NETWORK_TEXT_H
#define CLI_NETWORK_TEXT_H

#include <jansson.h>

#include "cli.h"

/* "4 → 16 relu → 3 softmax", appended. */
void network_text(const cr_net *net, struct text *out);

/* Sets "parameters", "layers" (sizes, inputs first) and "activations" (one less). */
void network_json(const cr_net *net, json_t *object);

/* How a table is called in messages: "standard input" for "-". */
const char *table_name(const char *path);

/* "comma", "semicolon", "tab", "bar". */
const char *delimiter_name(char delimiter);

#endif
