/* The tables of this build, one for each instruction set. */
#ifndef KERNEL_VARIANTS_H
#define KERNEL_VARIANTS_H

#include "base/level.h"
#include "kernel/kernels.h"

/* Each is defined by tiled.c, compiled with the flags of the instruction set. */
#define CR_KERNEL_VARIANT(level) extern const cr_kernel cr_kernel_##level;
CR_LEVELS(CR_KERNEL_VARIANT)
#undef CR_KERNEL_VARIANT

#endif
