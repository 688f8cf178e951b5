#include <string.h>

#include "base/number.h"
#include "model/description.h"

static void add(cr_strbuf *buffer, const char *text) {
  cr_strbuf_add(buffer, text, strlen(text));
}

void cr_quote_json(cr_strbuf *buffer, const char *text) {
  add(buffer, "\"");
  for (const char *rest = text; *rest;) {
    size_t plain = 0; /* bytes that stand for themselves */
    while ((unsigned char)rest[plain] >= 0x20 && rest[plain] != '"' && rest[plain] != '\\') plain++;
    cr_strbuf_add(buffer, rest, plain);
    rest += plain;
    if (!*rest) break;
    if (*rest == '"' || *rest == '\\')
      cr_strbuf_format(buffer, "\\%c", *rest);
    else
      cr_strbuf_format(buffer, "\\u%04x", (unsigned)*rest);
    rest++;
  }
  add(buffer, "\"");
}

/* -0 is written as 0: JSON readers take "-0" for the integer 0, and a file must survive reading. */
static void add_number(cr_strbuf *buffer, const char *key, double value) {
  char text[32];
  cr_format_number(value == 0 ? 0.0 : value, text);
  cr_strbuf_format(buffer, ",\"%s\":%s", key, text);
}

static void add_texts(cr_strbuf *buffer, const char *key, const cr_strlist *texts) {
  cr_strbuf_format(buffer, "\"%s\":[", key);
  for (size_t i = 0; i < texts->count; i++) {
    if (i > 0) add(buffer, ",");
    cr_quote_json(buffer, texts->items[i]);
  }
  add(buffer, "]");
}

static void add_labels(cr_strbuf *buffer, const cr_strlist *labels) {
  add_texts(buffer, "labels", labels);
}

static void add_array(cr_strbuf *buffer, const char *key, const double *values, size_t count) {
  char text[32];
  cr_strbuf_format(buffer, ",\"%s\":[", key);
  for (size_t i = 0; i < count; i++) {
    cr_format_number(values[i] == 0 ? 0.0 : values[i], text);
    cr_strbuf_format(buffer, "%s%s", i > 0 ? "," : "", text);
  }
  add(buffer, "]");
}

/* What stands for a value that is missing; nothing is said of what every model before 1.2 does. */
static void add_gaps(cr_strbuf *buffer, const cr_input *input) {
  if (input->gaps == CR_GAPS_FILLED && input->keeps_fill)
    add_number(buffer, "req.fill", input->fill);
  if (input->gaps == CR_GAPS_FILLED && input->fill_text) {
    add(buffer, ",\"req.fill\":");
    cr_quote_json(buffer, input->fill_text);
  }
  if (input->gaps == CR_GAPS_FILLED) return;
  const bool marked = input->gaps == CR_GAPS_MARKED;
  cr_strbuf_format(buffer, ",\"gaps\":\"%s\"", marked ? "marked" : "refused");
  if (marked && input->type != CR_COLUMN_TEXT) add_number(buffer, "fill", input->fill);
}

static void add_category(cr_strbuf *buffer, const cr_input *input) {
  if (input->hashed) {
    add(buffer, ",\"type\":\"hashed\"");
  } else {
    add(buffer, ",\"type\":\"category\",");
    add_labels(buffer, &input->labels);
  }
  if (input->unseen_refused) add(buffer, ",\"req.unseen\":\"refused\"");
  add_gaps(buffer, input);
  add(buffer, "}");
}

/* Which inputs a date has beside its days, and how to read it where it does not say so itself. */
static void add_date(cr_strbuf *buffer, const cr_input *input) {
  bool first = true;
  add(buffer, ",\"type\":\"date\"");
  if (input->order != CR_DATE_CLEAR)
    cr_strbuf_format(buffer, ",\"order\":\"%s\"", input->order == CR_DATE_DMY ? "dmy" : "mdy");
  add(buffer, ",\"cycles\":[");
  for (size_t c = 0; c < CR_CYCLES; c++) {
    if (!(input->cycles & 1U << c)) continue;
    cr_strbuf_format(buffer, "%s\"%s\"", first ? "" : ",", cr_cycles[c].name);
    first = false;
  }
  add(buffer, "]");
}

static void add_input(cr_strbuf *buffer, const cr_input *input) {
  add(buffer, "{\"name\":");
  cr_quote_json(buffer, input->name);
  cr_strbuf_format(buffer, ",\"column\":%zu", input->column);
  if (input->type == CR_COLUMN_TEXT) {
    add_category(buffer, input);
    return;
  }
  if (input->type == CR_COLUMN_IMAGE) {
    cr_strbuf_format(buffer, ",\"type\":\"image\",\"height\":%zu,\"width\":%zu,\"channels\":%zu",
                     input->height, input->image_width, input->channels);
  } else if (input->type == CR_COLUMN_DATE) {
    add_date(buffer, input);
  } else {
    add(buffer, ",\"type\":\"number\"");
    if (input->amounts) add(buffer, ",\"amounts\":true");
  }
  add_number(buffer, "shift", input->shift);
  add_number(buffer, "scale", input->scale);
  /* A program that does not know knots must not take shift and scale for all there is. */
  if (input->knot_count > 0) add_array(buffer, "req.knots", input->knots, 2 * input->knot_count);
  add_gaps(buffer, input);
  add(buffer, "}");
}

/* Several targets: their names, the place of each, and of numbers shifts and scales. */
static void add_targets(cr_strbuf *buffer, const cr_encoder *encoder) {
  const size_t numbers = encoder->numbers.count;
  const cr_strlist *names = cr_encoder_target_names(encoder);
  add(buffer, "{");
  add_texts(buffer, numbers > 0 ? "names" : "labels", names);
  add(buffer, ",\"columns\":[");
  for (size_t i = 0; i < names->count; i++)
    cr_strbuf_format(buffer, "%s%zu", i > 0 ? "," : "", encoder->label_columns[i]);
  add(buffer, "]");
  if (numbers > 0) {
    add_array(buffer, "shifts", encoder->target_scaling, numbers);
    add_array(buffer, "scales", encoder->target_scaling + numbers, numbers);
    if (encoder->amounts) add(buffer, ",\"amounts\":true");
  }
  add(buffer, "}");
}

static void add_target(cr_strbuf *buffer, const cr_encoder *encoder) {
  if (cr_encoder_target_names(encoder)->count > 0) {
    add_targets(buffer, encoder);
    return;
  }
  add(buffer, "{\"name\":");
  cr_quote_json(buffer, encoder->target);
  cr_strbuf_format(buffer, ",\"column\":%zu", encoder->target_column);
  if (encoder->amounts) add(buffer, ",\"amounts\":true");
  if (encoder->classes) {
    add(buffer, ",");
    add_labels(buffer, &encoder->labels);
  } else {
    add_number(buffer, "shift", encoder->target_shift);
    add_number(buffer, "scale", encoder->target_scale);
  }
  add(buffer, "}");
}

cr_status cr_description_write(const cr_model *model, char **out) {
  const cr_encoder *encoder = model->encoder;
  cr_strbuf buffer = {0};
  add(&buffer, "{\"network\":");
  cr_quote_json(&buffer, cr_net_spec(model->net));
  add(&buffer, ",\"loss\":");
  cr_quote_json(&buffer, model->loss->part.name);
  cr_strbuf_format(&buffer, ",\"task\":\"%s\",\"named\":%s,\"columns\":%zu,\"inputs\":[",
                   cr_encoder_task(encoder), encoder->named ? "true" : "false", encoder->columns);
  for (size_t i = 0; i < encoder->input_count; i++) {
    if (i > 0) add(&buffer, ",");
    add_input(&buffer, &encoder->inputs[i]);
  }
  add(&buffer, "],\"target\":");
  add_target(&buffer, encoder);
  if (encoder->weight) {
    add(&buffer, ",\"weight\":");
    cr_quote_json(&buffer, encoder->weight);
  }
  add(&buffer, "}");
  return cr_strbuf_take(&buffer, out);
}
