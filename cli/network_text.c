#include "network_text.h"

#include <string.h>

#include "output.h"

void network_text(const cr_net *net, struct text *out) {
  text_add(out, "%zu", cr_net_inputs(net));
  for (size_t i = 0; i < cr_net_layer_count(net); i++) {
    const cr_layer *layer = cr_net_layer(net, i);
    if (layer == NULL) break;
    text_add(out, " → %zu %s", layer->outputs, layer->activation);
  }
}

void network_json(const cr_net *net, json_t *object) {
  json_t *sizes = json_array(), *activations = json_array();
  json_array_append_new(sizes, output_count(cr_net_inputs(net)));
  for (size_t i = 0; i < cr_net_layer_count(net); i++) {
    const cr_layer *layer = cr_net_layer(net, i);
    if (layer == NULL) break;
    json_array_append_new(sizes, output_count(layer->outputs));
    json_array_append_new(activations, json_string(layer->activation));
  }
  json_object_set_new(object, "parameters", output_count(cr_net_parameter_count(net)));
  json_object_set_new(object, "layers", sizes);
  json_object_set_new(object, "activations", activations);
}

const char *table_name(const char *path) {
  return strcmp(path, "-") == 0 ? "standard input" : path;
}

const char *delimiter_name(char delimiter) {
  switch (delimiter) {
    case ',':
      return "comma";
    case ';':
      return "semicolon";
    case '\t':
      return "tab";
    case '|':
      return "bar";
    case ' ':
      return "blanks";
    default:
      return "other delimiter";
  }
}
