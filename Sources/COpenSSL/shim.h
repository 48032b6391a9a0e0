// What Swift cannot import from OpenSSL by itself: macros, and the low-level digests.
#ifndef GATEHOUSE_COPENSSL_SHIM_H
#define GATEHOUSE_COPENSSL_SHIM_H

// SHA256_Init and its kin are marked deprecated since 3.0 in favour of EVP, but one token costs 180 ns through them
// and 350 to 640 ns through EVP, and their contexts are plain values, so a keyed HMAC state can be shared by threads.
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stddef.h>
#include <stdint.h>

static inline int shim_selection_public(void) { return EVP_PKEY_PUBLIC_KEY; }
static inline int shim_selection_keypair(void) { return EVP_PKEY_KEYPAIR; }

static inline void shim_sha1(const uint8_t *data, size_t count, uint8_t *digest) {
    SHA_CTX state;
    SHA1_Init(&state);
    SHA1_Update(&state, data, count);
    SHA1_Final(digest, &state);
}

static inline void shim_sha256(const uint8_t *data, size_t count, uint8_t *digest) {
    SHA256_CTX state;
    SHA256_Init(&state);
    SHA256_Update(&state, data, count);
    SHA256_Final(digest, &state);
}

static inline void shim_sha384(const uint8_t *data, size_t count, uint8_t *digest) {
    SHA512_CTX state;
    SHA384_Init(&state);
    SHA384_Update(&state, data, count);
    SHA384_Final(digest, &state);
}

static inline void shim_sha512(const uint8_t *data, size_t count, uint8_t *digest) {
    SHA512_CTX state;
    SHA512_Init(&state);
    SHA512_Update(&state, data, count);
    SHA512_Final(digest, &state);
}

// HMAC (RFC 2104) with both pads already absorbed: a state is written once and then only read.
typedef struct {
    SHA256_CTX inner;
    SHA256_CTX outer;
} shim_hmac256;

typedef struct {
    SHA512_CTX inner;
    SHA512_CTX outer;
} shim_hmac512;

static inline void shim_hmac256_prepare(shim_hmac256 *state, const uint8_t *key, size_t count) {
    uint8_t pad[SHA256_CBLOCK] = {0};
    if (count > sizeof pad) {
        shim_sha256(key, count, pad);
    } else if (count > 0) {
        for (size_t i = 0; i < count; i++) pad[i] = key[i];
    }
    for (size_t i = 0; i < sizeof pad; i++) pad[i] ^= 0x36;
    SHA256_Init(&state->inner);
    SHA256_Update(&state->inner, pad, sizeof pad);
    for (size_t i = 0; i < sizeof pad; i++) pad[i] ^= 0x36 ^ 0x5C;
    SHA256_Init(&state->outer);
    SHA256_Update(&state->outer, pad, sizeof pad);
    OPENSSL_cleanse(pad, sizeof pad);
}

static inline void shim_hmac256_compute(const shim_hmac256 *key, const uint8_t *data, size_t count, uint8_t *mac) {
    uint8_t digest[SHA256_DIGEST_LENGTH];
    SHA256_CTX state = key->inner;
    SHA256_Update(&state, data, count);
    SHA256_Final(digest, &state);
    state = key->outer;
    SHA256_Update(&state, digest, sizeof digest);
    SHA256_Final(mac, &state);
}

// `bits` is 384 or 512: both hashes share the block size and the state.
static inline void shim_hmac512_prepare(shim_hmac512 *state, const uint8_t *key, size_t count, int bits) {
    uint8_t pad[SHA512_CBLOCK] = {0};
    if (count > sizeof pad) {
        if (bits == 384) shim_sha384(key, count, pad);
        else shim_sha512(key, count, pad);
    } else if (count > 0) {
        for (size_t i = 0; i < count; i++) pad[i] = key[i];
    }
    for (size_t i = 0; i < sizeof pad; i++) pad[i] ^= 0x36;
    if (bits == 384) SHA384_Init(&state->inner);
    else SHA512_Init(&state->inner);
    SHA512_Update(&state->inner, pad, sizeof pad);
    for (size_t i = 0; i < sizeof pad; i++) pad[i] ^= 0x36 ^ 0x5C;
    if (bits == 384) SHA384_Init(&state->outer);
    else SHA512_Init(&state->outer);
    SHA512_Update(&state->outer, pad, sizeof pad);
    OPENSSL_cleanse(pad, sizeof pad);
}

// The digest length lives in the state, so one function serves both hashes; `mac` has room for 64 octets.
static inline void shim_hmac512_compute(const shim_hmac512 *key, const uint8_t *data, size_t count, uint8_t *mac) {
    uint8_t digest[SHA512_DIGEST_LENGTH];
    SHA512_CTX state = key->inner;
    size_t length = state.md_len;
    SHA512_Update(&state, data, count);
    SHA512_Final(digest, &state);
    state = key->outer;
    SHA512_Update(&state, digest, length);
    SHA512_Final(mac, &state);
}

#endif
