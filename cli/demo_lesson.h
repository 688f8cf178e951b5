/* A small network with weights set by hand, and its mathematics as `explain` writes it. */
#ifndef CLI_DEMO_LESSON_H
#define CLI_DEMO_LESSON_H

#include <jansson.h>

#include "demo_data.h"

struct lesson {
  const struct cli *cli;
  const struct demo_data *data; /* borrowed */
  cr_objective objective;
  cr_explain_options options;
  cr_net *net;
  cr_explanation *explanation;
};

/*
 * parameters: all of the network, as cr_net_parameters has them. 0, or the exit status of a shown
 * error; close it in either case.
 */
int lesson_open(const struct cli *cli, const char *spec, const float *parameters, const char *loss,
                const struct demo_data *data, struct lesson *out);
void lesson_close(struct lesson *lesson);

/* Shows one section of the explanation: "forward", …; nothing where the demo does not talk. */
int lesson_show(struct lesson *lesson, const char *section);

/* The same of what the chain rule says of one weight: "W1[1,2]". */
int lesson_show_weight(struct lesson *lesson, const char *weight);

/* The step of a layer (SIZE_MAX: of none) called `name` ("dW", "A", "data_loss"). */
const cr_explain_step *lesson_step(const struct lesson *lesson, const char *name, size_t layer);

/*
 * Every parameter with its derivative by the chain rule and by nudging, as a table; an array of the
 * same goes to *out.
 */
int lesson_nudge_all(struct lesson *lesson, json_t **out);

/* The explanation as explain --format json has it. */
int lesson_object(struct lesson *lesson, json_t **out);

#endif
