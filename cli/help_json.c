/* Help for programs. */
#include "command_line.h"
#include "errors.h"
#include "help.h"
#include "output.h"

static json_t *option_object(const struct option *option) {
  struct text choices = {0};
  json_t *object = json_object();
  option_choices(option, &choices);
  json_object_set_new(object, "name", json_string(option->name));
  if (option->letter != 0) json_object_set_new(object, "letter", json_stringn(&option->letter, 1));
  if (option->argument != NULL) {
    json_object_set_new(object, "argument", json_string(option->argument));
  }
  json_object_set_new(object, "text", json_string(option->sentence));
  json_object_set_new(object, "default", json_string(option->fallback));
  if (choices.data != NULL) json_object_set_new(object, "choices", json_string(choices.data));
  text_free(&choices);
  return object;
}

static json_t *options_array(const struct command *command) {
  json_t *array = json_array();
  const struct option *o;
  for (size_t t = 0; (o = option_table(command, t)) != NULL; t++) {
    for (; o->name != NULL; o++) {
      if (!option_hidden(command, o)) json_array_append_new(array, option_object(o));
    }
  }
  return array;
}

static json_t *command_object(const struct command *command) {
  json_t *object = json_object();
  json_object_set_new(object, "name", json_string(command->name));
  json_object_set_new(object, "operands", json_string(command->operands));
  json_object_set_new(object, "summary", json_string(command->summary));
  json_object_set_new(object, "options", options_array(command));
  return object;
}

static json_t *texts_array(const char *const *texts) {
  json_t *array = json_array();
  for (size_t i = 0; i < 4 && texts[i] != NULL; i++) {
    json_array_append_new(array, json_string(texts[i]));
  }
  return array;
}

static json_t *page_object(const struct error_page *page) {
  json_t *object = json_object();
  json_object_set_new(object, "code", json_string(cr_status_code(page->status)));
  json_object_set_new(object, "name", json_string(cr_status_name(page->status)));
  json_object_set_new(object, "text", json_string(cr_status_text(page->status)));
  json_object_set_new(object, "exit_status", json_integer(cr_status_exit(page->status)));
  json_object_set_new(object, "meaning", json_string(page->meaning));
  json_object_set_new(object, "causes", texts_array(page->causes));
  json_object_set_new(object, "fixes", texts_array(page->fixes));
  return object;
}

void help_json(const struct command *command, const struct error_page *page) {
  json_t *whole = output_object("help");
  if (command != NULL) {
    json_object_set_new(whole, "command", command_object(command));
  } else if (page != NULL) {
    json_object_set_new(whole, "page", page_object(page));
  } else {
    json_t *list = json_array();
    for (size_t i = 0; command_at(i) != NULL; i++) {
      json_array_append_new(list, command_object(command_at(i)));
    }
    json_object_set_new(whole, "commands", list);
  }
  output_json(whole);
}
