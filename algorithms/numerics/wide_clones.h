// HONE_WIDE: in front of a function, it is compiled once for each width of vector registers, and
// the program takes what the machine has when it starts. Files with such functions are compiled
// without contraction: nothing may be fused, or machines would get different bits.
#pragma once

// Instrumented builds call through no resolver, which runs before the instrumentation does.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define HONE_WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define HONE_WIDE
#endif
