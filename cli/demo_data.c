#include "demo_data.h"

#include <stdlib.h>
#include <string.h>

#include "errors.h"

/* The row in which the label of `row` is met first. */
static size_t first_row_of(const cr_table *table, size_t row, size_t column) {
  const char *label = cr_table_text(table, row, column);
  size_t first = 0;
  while (strcmp(cr_table_text(table, first, column), label) != 0) first++;
  return first;
}

static void fill_labels(struct demo_data *data, const cr_table *table) {
  size_t *classes = take(data->rows, sizeof *classes);
  data->outputs = 0;
  for (size_t r = 0; r < data->rows; r++) {
    const size_t first = first_row_of(table, r, data->inputs);
    classes[r] = first < r ? classes[first] : data->outputs++;
  }
  data->y = take(data->rows * data->outputs, sizeof *data->y);
  for (size_t r = 0; r < data->rows; r++) data->y[r * data->outputs + classes[r]] = 1;
  free(classes);
}

static void fill_numbers(struct demo_data *data, const cr_table *table) {
  data->outputs = 1;
  data->y = take(data->rows, sizeof *data->y);
  for (size_t r = 0; r < data->rows; r++) {
    data->y[r] = (float)cr_table_number(table, r, data->inputs);
  }
}

int demo_data_read(const struct cli *cli, const char *name, struct demo_data *out) {
  cr_table *table = NULL;
  if (cr_table_read(name, NULL, &table) != CR_OK) return errors_last(cli);
  *out = (struct demo_data){.rows = cr_table_rows(table), .inputs = cr_table_columns(table) - 1};
  out->x = take(out->rows * out->inputs, sizeof *out->x);
  for (size_t i = 0; i < out->rows * out->inputs; i++) {
    out->x[i] = (float)cr_table_number(table, i / out->inputs, i % out->inputs);
  }
  if (cr_table_column(table, out->inputs)->type == CR_COLUMN_TEXT) {
    fill_labels(out, table);
  } else {
    fill_numbers(out, table);
  }
  cr_table_destroy(table);
  return 0;
}

void demo_data_free(struct demo_data *data) {
  free(data->x);
  free(data->y);
  *data = (struct demo_data){0};
}

cr_const_matrix demo_data_x(const struct demo_data *data) {
  return (cr_const_matrix){data->x, data->rows, data->inputs, data->inputs};
}

cr_const_matrix demo_data_y(const struct demo_data *data) {
  return (cr_const_matrix){data->y, data->rows, data->outputs, data->outputs};
}
