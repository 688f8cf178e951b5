/* What forward and backward share. */
#ifndef NET_PASS_H
#define NET_PASS_H

#include "net/network.h"

/* Does the workspace belong to a network of this shape? CR_ERR_SHAPE. */
cr_status cr_pass_check_workspace(const cr_net *net, const cr_workspace *work);

/* Are there `rows` rows of `cols` numbers? `name` is what the message calls it. CR_ERR_SHAPE. */
cr_status cr_pass_check_matrix(const char *name, cr_const_matrix m, size_t rows, size_t cols);

/* z and a of layer l from what it is fed (rows, inputs), which is noted. */
void cr_pass_layer(const cr_net *net, cr_workspace *work, size_t l, cr_const_matrix fed);

/* As cr_forward_pass, with what is drawn. */
void cr_pass_forward_drawn(const cr_net *net, cr_workspace *work, const cr_draws *draws,
                           cr_const_matrix x);

#endif
