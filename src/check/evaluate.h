/* Figures of a network on samples; what cr_evaluate and the trainer share. */
#ifndef CHECK_EVALUATE_H
#define CHECK_EVALUATE_H

#include "chainrule/check.h"
#include "data/encode.h"
#include "net/network.h"

/*
 * Runs all samples through the network in blocks of the workspace's rows. outputs, if not NULL, is
 * (rows, outputs) and receives the network's outputs. `encoder` gives the task and the unit; with
 * NULL only n and loss are filled. x, y: room for a block, (max_rows, inputs) and (.., outputs).
 */
cr_status cr_evaluate_samples(const cr_net *net, cr_workspace *work,
                              const cr_target_function *target, const cr_encoder *encoder,
                              const cr_samples *samples, cr_matrix x, cr_matrix y, float *outputs,
                              cr_metrics *out);

/* The class a row of outputs (outputs) stands for: the largest, the first of equals; of a single
 * output 1 from 0.5 on. */
size_t cr_predicted_class(const float *output, size_t outputs);

/* 95 % interval of k right of n (Wilson 1927). */
void cr_wilson_interval(size_t right, size_t n, double *low, double *high);

#endif
