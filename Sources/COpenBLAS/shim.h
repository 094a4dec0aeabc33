#pragma once
#include <cblas.h>

// Asks for a line of memory ahead of writing to it; Swift has no word for that.
static inline void opd_prefetch_for_writing(const void *p) { __builtin_prefetch(p, 1, 3); }
