#pragma once
#include <stddef.h>
#include <stdint.h>

// Reads the first request of `bytes` with llhttp, in its strict mode, and writes a record of what llhttp said into
// `record` (the format is that of Interop/h11-peer.py). Returns the record's length, 0 when `capacity` is too small:
// twice the length of the input and 64 KiB are always enough.
size_t llhttp_peer_read(const uint8_t *bytes, size_t count, uint8_t *record, size_t capacity);

// The version of llhttp, as "9.3.0".
const char *llhttp_peer_version(void);
