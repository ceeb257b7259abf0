/* libFuzzer's entry point, so that targets compile without its header. */
#ifndef LK_FUZZ_TARGET_H
#define LK_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A broken invariant: stops under a fuzzer as under the replay. */
#define LK_FUZZ_HOLDS(condition) ((condition) ? (void)0 : __builtin_trap())

#endif
