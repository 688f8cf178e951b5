/* What the demos show after the result. Each returns 0 or the exit status of a shown error. */
#ifndef CLI_DEMO_PICTURES_H
#define CLI_DEMO_PICTURES_H

#include "training.h"

/* The test images that were misread most surely, drawn. */
int demo_show_mistakes(const struct training *training);

/* Every row with what the network says. */
int demo_show_outputs(const struct training *training);

/* Which classes of the test part were taken for each other. */
int demo_show_confusion(const struct training *training);

/* The plane of two inputs, each place marked with the class it belongs to. */
int demo_show_map(const struct training *training);

#endif
