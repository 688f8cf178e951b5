/* chainrule: trains, checks and ships feed-forward neural networks. Includes everything. */
#ifndef CHAINRULE_H
#define CHAINRULE_H

#include "chainrule/api.h"
#include "chainrule/bench.h"
#include "chainrule/check.h"
#include "chainrule/data.h"
#include "chainrule/datasets.h"
#include "chainrule/explain.h"
#include "chainrule/model.h"
#include "chainrule/net.h"
#include "chainrule/parts.h"
#include "chainrule/perceptron.h"
#include "chainrule/sanity.h"
#include "chainrule/status.h"
#include "chainrule/train.h"
#include "chainrule/tune.h"

#endif
