#pragma once
#include <cblas.h>

// Swift has no word for it.
static inline void opd_prefetch_for_writing(const void *p) { __builtin_prefetch(p, 1, 3); }
