// HONE_WIDE: compiles a function once for each width of vector registers; the program picks the
// version for the machine when it starts. Files with such functions are compiled without
// contraction: fused operations would give different bits on different machines.
#pragma once

// Instrumented builds use no resolver, because it runs before the instrumentation is initialised.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define HONE_WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define HONE_WIDE
#endif
