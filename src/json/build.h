/* JSON text to jansson's values. */
#ifndef JSON_BUILD_H
#define JSON_BUILD_H

#include "json/json.h"

#define CR_JSON_LEVELS 32 /* the most arrays and objects inside each other */

/* Reads one value, all of text[0..size). As cr_json_parse, which bounds the text first. */
cr_status cr_json_build(cr_status status, const char *file, const char *text, size_t size,
                        json_t **out);

#endif
