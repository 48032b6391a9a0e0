// libFuzzer as a library: the entry that takes the function to be fuzzed.
#ifndef GATEHOUSE_FUZZER_H
#define GATEHOUSE_FUZZER_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*user)(const uint8_t *data, size_t size));

#endif
