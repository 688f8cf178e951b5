/* The tables of this build, one for each instruction set, and what the processor must have. */
#ifndef KERNEL_VARIANTS_H
#define KERNEL_VARIANTS_H

#include "kernel/kernels.h"

/* Defined by tiled.c, which is compiled with the flags of the instruction set. */
extern const cr_kernel cr_kernel_plain;
extern const cr_kernel cr_kernel_avx2;
extern const cr_kernel cr_kernel_avx512;

/* Defined by dispatch.c, which every processor can run. */
bool cr_kernel_supported_plain(void);
bool cr_kernel_supported_avx2(void);
bool cr_kernel_supported_avx512(void);

#endif
