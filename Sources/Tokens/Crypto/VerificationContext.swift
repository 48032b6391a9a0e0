internal import COpenSSL

/// One worker's prepared libcrypto contexts: one per key and algorithm, made at first use and used again and again.
///
/// Not `Sendable` on purpose. Every thread that verifies tokens has its own, for its whole life; the keys themselves are
/// shared. The number of contexts is bounded, and the oldest makes room.
package final class VerificationContext {
    private struct Slot {
        let key: VerificationKey
        let algorithm: PublicKeyAlgorithm
        let prepared: Prepared
    }

    private static let maximumSlots = 64

    private var slots: [Slot] = []
    private var nextVictim = 0
    let headers = HeaderMemory()

    package init() {}

    /// Lets go of every key, for example after new keys were loaded.
    package func removeAll() {
        slots.removeAll()
        nextVictim = 0
    }

    /// True when `signature` was made over `message[range]` with the private half of `key`.
    ///
    /// Lengths and ranges are judged here before libcrypto sees anything.
    func isValid(
        _ signature: [UInt8], for message: [UInt8], _ range: Range<Int>, by key: VerificationKey,
        _ algorithm: PublicKeyAlgorithm
    ) throws(CryptoFailure) -> Bool {
        guard key.supports(algorithm), signature.count == key.signatureSize else { return false }
        if case .ec(let curve) = key.kind {
            guard let der = ECDSASignature.der(signature, on: curve) else { return false }
            return try prepared(key, algorithm).isValid(der, for: message, range)
        }
        return try prepared(key, algorithm).isValid(signature, for: message, range)
    }

    private func prepared(_ key: VerificationKey, _ algorithm: PublicKeyAlgorithm) throws(CryptoFailure) -> Prepared {
        for index in slots.indices where slots[index].key === key && slots[index].algorithm == algorithm {
            return slots[index].prepared
        }
        let slot = Slot(key: key, algorithm: algorithm, prepared: try Prepared(key, algorithm))
        if slots.count < Self.maximumSlots {
            slots.append(slot)
        } else {
            slots[nextVictim] = slot
            nextVictim = (nextVictim + 1) % Self.maximumSlots
        }
        return slot.prepared
    }
}

/// A context that has been told everything but the signature and the message.
@safe
private final class Prepared {
    /// The key's own context; the hash is calculated outside, which saves a digest context per token.
    private var context: OpaquePointer?
    /// EdDSA hashes inside and needs this kind of context.
    private var messageContext: OpaquePointer?
    private let key: KeyHandle
    private let digest: MessageDigest?

    init(_ key: VerificationKey, _ algorithm: PublicKeyAlgorithm) throws(CryptoFailure) {
        let action = "preparing a verification"
        self.key = key.handle
        digest = algorithm.digest
        guard let digest else {
            unsafe messageContext = unsafe EVP_MD_CTX_new()
            if unsafe messageContext == nil { throw CryptoFailure(action) }
            return
        }
        unsafe context = unsafe EVP_PKEY_CTX_new_from_pkey(nil, key.handle.pointer, nil)
        guard let made = unsafe context, unsafe EVP_PKEY_verify_init(made) == 1 else { throw CryptoFailure(action) }
        if case .rsa = key.kind {
            let padding = algorithm.isPSS ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING
            guard unsafe EVP_PKEY_CTX_set_rsa_padding(made, padding) == 1 else { throw CryptoFailure(action) }
        }
        guard unsafe EVP_PKEY_CTX_set_signature_md(made, digest.method) == 1 else { throw CryptoFailure(action) }
        if algorithm.isPSS {
            // Without these libcrypto accepts any salt length (RFC 7518 §3.5 demands the hash's).
            guard unsafe EVP_PKEY_CTX_set_rsa_pss_saltlen(made, RSA_PSS_SALTLEN_DIGEST) == 1,
                unsafe EVP_PKEY_CTX_set_rsa_mgf1_md(made, digest.method) == 1
            else { throw CryptoFailure(action) }
        }
    }

    deinit {
        unsafe EVP_PKEY_CTX_free(context)
        unsafe EVP_MD_CTX_free(messageContext)
    }

    func isValid(_ signature: [UInt8], for message: [UInt8], _ range: Range<Int>) throws(CryptoFailure) -> Bool {
        let outcome = unsafe message.withUnsafeBufferPointer { all in
            let octets = unsafe UnsafeBufferPointer(rebasing: all[range])
            return unsafe signature.withUnsafeBufferPointer { signature in
                unsafe verify(signature, octets)
            }
        }
        if outcome == 1 { return true }
        if outcome == Self.failed { throw CryptoFailure("verifying a signature") }
        CryptoFailure.clear()
        return false
    }

    private static let failed: Int32 = -1000

    /// libcrypto's answer: 1 for a match, anything else for none, ``failed`` when it could not even begin.
    @unsafe
    private func verify(_ signature: UnsafeBufferPointer<UInt8>, _ octets: UnsafeBufferPointer<UInt8>) -> Int32 {
        guard let digest, let context = unsafe context else {
            guard unsafe EVP_DigestVerifyInit(messageContext, nil, nil, nil, key.pointer) == 1 else {
                return Self.failed
            }
            return unsafe EVP_DigestVerify(
                messageContext, signature.baseAddress, signature.count, octets.baseAddress, octets.count)
        }
        return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { hash in
            guard let hashStart = hash.baseAddress else { return Self.failed }
            unsafe digest.hash(octets, into: hashStart)
            return unsafe EVP_PKEY_verify(context, signature.baseAddress, signature.count, hashStart, digest.size)
        }
    }
}
