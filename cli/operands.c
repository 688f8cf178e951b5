#include "operands.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "errors.h"
#include "settings.h"

/* A safetensors file: the length of its header in 8 bytes, lowest first, then the header's '{'. */
bool operands_is_model(const char *path) {
  struct stat about;
  unsigned char head[9];
  uint64_t length = 0;
  if (stat(path, &about) != 0 || !S_ISREG(about.st_mode)) return false; /* a pipe is read once */
  FILE *file = fopen(path, "rb");
  if (file == NULL) return false;
  const size_t got = fread(head, 1, sizeof head, file);
  fclose(file);
  if (got != sizeof head || head[8] != '{') return false;
  for (size_t i = 8; i-- > 0;) length = length << 8 | head[i];
  return length <= (uint64_t)about.st_size;
}

int operands_check_data(const struct cli *cli) {
  const char *data = cli->settings.operands[0];
  if (!operands_is_model(data)) return 0;
  struct text fix = {0};
  text_add(&fix, "chainrule inspect ");
  text_add_path(&fix, data);
  int status =
      errors_usage(cli, fix.data, "%.300s is a model; %s wants data", data, cli->command->name);
  text_free(&fix);
  return status;
}

int operands_take_table(struct cli *cli, cr_table **out) {
  struct settings *settings = &cli->settings;
  const int status = operands_check_data(cli);
  if (status != 0) return status;
  if (cr_table_read(settings->operands[0], &settings->read, out) != CR_OK) return errors_last(cli);
  columns_resolve(settings, *out);
  target_resolve(settings, *out);
  return 0;
}

int operands_check_model_data(const struct cli *cli) {
  const char *model = cli->settings.operands[0], *data = cli->settings.operands[1];
  if (!operands_is_model(data)) return 0;
  struct text fix = {0};
  int status;
  text_add(&fix, "chainrule %s ", cli->command->name);
  if (operands_is_model(model)) {
    text_add_path(&fix, model);
    text_add(&fix, " DATA");
    status = errors_usage(cli, fix.data, "%.300s is a model; the second file is the data", data);
  } else {
    text_add_path(&fix, data);
    text_add(&fix, " ");
    text_add_path(&fix, model);
    status = errors_usage(cli, fix.data, "the model comes first, then the data: %.200s is a model",
                          data);
  }
  text_free(&fix);
  return status;
}

/* The size of a model's images, as text. */
struct picture_size {
  char text[48];
};

static void fit_pictures(const cr_model *model, cr_read_options *read, struct picture_size *room) {
  const cr_model_input *input = cr_model_input_at(model, 0);
  if (input == NULL || input->type != CR_COLUMN_IMAGE) return;
  snprintf(room->text, sizeof room->text, "%zux%zu", input->image_width, input->height);
  if (read->image_size == NULL) read->image_size = room->text;
  if (read->image_channels == NULL) read->image_channels = input->channels == 1 ? "grey" : "color";
}

static void add_type(struct name_list *types, const char *name, const char *word) {
  struct text type = {0};
  text_add(&type, "%s=%s", name, word);
  name_list_add(types, type.data, type.length);
  text_free(&type);
}

static void fit_types(const cr_model *model, cr_read_options *read, struct name_list *types) {
  const char *of_targets = cr_model_get_info(model)->target_type, *target;
  const cr_model_input *input;
  for (size_t i = 0; (input = cr_model_input_at(model, i)) != NULL; i++) {
    if (input->type == CR_COLUMN_IMAGE) continue;
    const char *number = input->amounts ? "number" : "digits";
    add_type(types, input->name, input->type == CR_COLUMN_NUMBER ? number : "category");
  }
  for (size_t i = 0; of_targets && (target = cr_model_target(model, i, NULL, NULL)) != NULL; i++)
    add_type(types, target, of_targets);
  read->types = (const char *const *)types->names;
  read->type_count = types->count;
  read->types_if_there = true;
}

cr_status operands_read_table(const cr_model *model, const char *path, cr_read_options options,
                              cr_table **out) {
  struct picture_size size;
  struct name_list types = {0};
  fit_pictures(model, &options, &size);
  fit_types(model, &options, &types);
  const cr_status status = cr_table_read(path, &options, out);
  name_list_free(&types);
  return status;
}
