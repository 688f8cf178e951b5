/* Lengths, and what is cut to one. Sums are in double and in a fixed order. */
#ifndef NET_NORM_H
#define NET_NORM_H

#include "net/network.h"

/* sum v^2 over count values */
double cr_square_sum(const float *values, size_t count);

/* (eq U2) Shortens g (count) to a length of at most `most`. */
void cr_clip(float *g, size_t count, double most);

/*
 * (eq R5) Scales the weights into each unit back to a length of at most `most`; biases stay.
 * `room` has the size of the widest layer.
 */
void cr_max_norm(cr_net *net, double most, double *room);

#endif
