#pragma once
#include <cblas.h>

// Asks for a line of memory ahead of reading it or writing to it; Swift has no word for that.
static inline void opd_prefetch(const void *p) { __builtin_prefetch(p, 0, 3); }
static inline void opd_prefetch_for_writing(const void *p) { __builtin_prefetch(p, 1, 3); }

// Tells the processor that a thread only waits, nor has Swift one for that.
static inline void opd_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}
