/*
 * Single steps of gradient descent worked by hand and published by others, recomputed to all
 * digits: one sample, half the squared error or the whole. Parameters are in the order of
 * cr_net_parameters.
 */
#ifndef PUBLISHED_H
#define PUBLISHED_H

#include <stddef.h>

typedef struct published_step {
  const char *source, *spec, *loss;
  double learning_rate;
  double x[3], y[2];
  size_t parameter_count;
  double before[12], after[12];
  double cost_before, cost_after; /* 0: not given */
} published_step;

static const published_step published_steps[] = {
    {
        .source = "Mazur, A Step by Step Backpropagation Example, 2015",
        .spec = "2-2:sigmoid-2:sigmoid",
        .loss = "half_squared",
        .learning_rate = 0.5,
        .x = {0.05, 0.10},
        .y = {0.01, 0.99},
        .parameter_count = 12,
        .before = {0.15, 0.25, 0.20, 0.30, 0.40, 0.50, 0.45, 0.55, 0.35, 0.35, 0.60, 0.60},
        .after = {0.1497807161327628, 0.24975114363236958, 0.19956143226552567, 0.29950228726473915,
                  0.35891647971788465, 0.5113012702387375, 0.4086661860762334, 0.5613701211079891,
                  0.3456143226552565, 0.3450228726473914, 0.5307507191857215, 0.6190491182582781},
        .cost_before = 0.2983711087600027,
        .cost_after = 0.2804714467914,
    },
    {
        .source = "Han, Kamber, Pei, Data Mining, back-propagation example",
        .spec = "3-2:sigmoid-1:sigmoid",
        .loss = "half_squared",
        .learning_rate = 0.9,
        .x = {1, 0, 1},
        .y = {1},
        .parameter_count = 11,
        .before = {0.2, -0.3, 0.4, 0.1, -0.5, 0.2, -0.3, -0.2, -0.4, 0.2, 0.1},
        .after = {0.19214789423111006, -0.30588787655775207, 0.4, 0.1, -0.50785210576889,
                  0.19411212344224793, -0.26082884634154524, -0.13802506750700472,
                  -0.40785210576889, 0.19411212344224793, 0.21805217039291008},
        .cost_before = 0.1383964453903193,
        .cost_after = 0.11749227451212242,
    },
    {
        .source = "Negnevitsky, Artificial Intelligence, chapter 6",
        .spec = "2-2:sigmoid-1:sigmoid",
        .loss = "half_squared",
        .learning_rate = 0.1,
        .x = {1, 1},
        .y = {0},
        .parameter_count = 9,
        .before = {0.5, 0.9, 0.4, 1.0, -1.2, 1.1, -0.8, 0.1, -0.3},
        .after = {0.5038119477996761, 0.8985288179209052, 0.40381194779967616, 0.9985288179209052,
                  -1.2066873347075837, 1.0887801554606653, -0.796188052200324, 0.09852881792090515,
                  -0.3127382853779363},
        .cost_before = 0.12990938711221553,
        .cost_after = 0.0,
    },
    {
        .source = "Hagan, Demuth, Beale, Neural Network Design, chapter 11",
        .spec = "1-2:sigmoid-1:linear",
        .loss = "squared",
        .learning_rate = 0.1,
        .x = {1},
        .y = {1.7071067811865475},
        .parameter_count = 7,
        .before = {-0.27, -0.41, 0.09, -0.17, -0.48, -0.13, 0.48},
        .after = {-0.2650549067692046, -0.4199721990350464, 0.17089988748010124,
                  -0.0771559964997334, -0.4750549067692046, -0.13997219903504643,
                  0.7321649506194392},
        .cost_before = 1.5896790580226043,
        .cost_after = 0.8983161613595748,
    },
};

enum { PUBLISHED_COUNT = sizeof published_steps / sizeof *published_steps };

#endif
