/* chainrule demo digits: images, and those that were misread most surely. */
#include "demo_training.h"
#include "evaluation_text.h"
#include "picture.h"

enum { MISTAKES_DRAWN = 4 };

/* The first column of images, or NULL. */
static const cr_column *find_image(const cr_table *table, size_t *index) {
  const cr_column *column;
  for (*index = 0; (column = cr_table_column(table, *index)) != NULL; ++*index) {
    if (column->type == CR_COLUMN_IMAGE) return column;
  }
  return NULL;
}

static void draw_mistakes(const struct training *training, const struct held_out *test) {
  const cr_outcome *worst[MISTAKES_DRAWN];
  struct picture pictures[MISTAKES_DRAWN];
  char captions[MISTAKES_DRAWN][2][48];
  const struct terminal *out = &training->cli->out;
  const cr_model *model = cr_training_model(training->run);
  size_t index = 0, count = evaluation_worst(model, test->evaluation, worst, MISTAKES_DRAWN);
  const cr_column *image = find_image(test->table, &index);
  if (image == NULL) return;
  for (size_t i = 0; i < count; i++) {
    snprintf(captions[i][0], sizeof captions[i][0], "%.12s taken for %.12s",
             cr_model_label(model, worst[i]->actual), cr_model_label(model, worst[i]->predicted));
    snprintf(captions[i][1], sizeof captions[i][1], "%.0f %% sure", 100 * worst[i]->probability);
    pictures[i] = (struct picture){.pixels = cr_table_image(training->table, worst[i]->row, index),
                                   .height = image->height,
                                   .width = image->image_width,
                                   .white = image->maximum,
                                   .captions = {captions[i][0], captions[i][1]}};
  }
  if (count == 0) return;
  terminal_line(out, "mistakes", REPORT_INDENT, "the %zu it was surest of", count);
  terminal_print(out, "\n");
  picture_draw(out, pictures, count);
  terminal_print(out, "\n");
}

static int show_mistakes(const struct training *training) {
  struct held_out test = {0};
  const int status = held_out_open(training, &test);
  if (status == 0) draw_mistakes(training, &test);
  held_out_close(&test);
  return status;
}

int demo_digits(struct cli *cli) {
  const struct trained_demo demo = {
      .name = "digits",
      .data = "@digits",
      .then = "spiral",
      .intro =
          "A network learns to read handwritten digits, 8 × 8 pixels each, and is then "
          "asked about digits it has not seen.",
      .show = show_mistakes,
  };
  return demo_train(cli, &demo);
}
