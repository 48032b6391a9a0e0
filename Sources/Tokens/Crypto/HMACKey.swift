internal import COpenSSL

/// A shared secret, kept as hash states that have already absorbed it.
///
/// Nothing changes after the initialiser, so all threads may use one key at the same time. A secret is not a
/// ``VerificationKey`` and cannot be passed for one.
// @unchecked: the pointers are private constants. What they lead to is written before the initialiser returns and when
// nobody holds the object any more; in between `compute` passes it as const, and the shims work on a copy. The states
// are not plain members, because a copy of them could not be wiped.
@safe
package final class HMACKey: @unchecked Sendable {
    /// Octets of the secret itself.
    package let count: Int
    private let short: UnsafeMutablePointer<shim_hmac256>
    private let long384: UnsafeMutablePointer<shim_hmac512>
    private let long512: UnsafeMutablePointer<shim_hmac512>

    init(_ secret: [UInt8]) {
        count = secret.count
        unsafe short = .allocate(capacity: 1)
        unsafe long384 = .allocate(capacity: 1)
        unsafe long512 = .allocate(capacity: 1)
        unsafe short.initialize(to: shim_hmac256())
        unsafe long384.initialize(to: shim_hmac512())
        unsafe long512.initialize(to: shim_hmac512())
        unsafe secret.withUnsafeBufferPointer { octets in
            unsafe shim_hmac256_prepare(short, octets.baseAddress, octets.count)
            unsafe shim_hmac512_prepare(long384, octets.baseAddress, octets.count, 384)
            unsafe shim_hmac512_prepare(long512, octets.baseAddress, octets.count, 512)
        }
    }

    deinit {
        unsafe OPENSSL_cleanse(short, MemoryLayout<shim_hmac256>.size)
        unsafe OPENSSL_cleanse(long384, MemoryLayout<shim_hmac512>.size)
        unsafe OPENSSL_cleanse(long512, MemoryLayout<shim_hmac512>.size)
        unsafe short.deallocate()
        unsafe long384.deallocate()
        unsafe long512.deallocate()
    }

    /// RFC 7518 §3.2: a key must be at least as long as the hash.
    package func isStrong(for algorithm: HMACAlgorithm) -> Bool { count >= algorithm.digest.size }

    /// The code of `message[range]`.
    func authenticate(_ message: [UInt8], _ range: Range<Int>, _ algorithm: HMACAlgorithm) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 64) { output, written in
            if let to = output.baseAddress { unsafe compute(message, range, algorithm, to) }
            written = algorithm.digest.size
        }
    }

    /// Compares in constant time; a code of any other length than the hash's does not match.
    func isValid(_ code: [UInt8], for message: [UInt8], _ range: Range<Int>, _ algorithm: HMACAlgorithm) -> Bool {
        let size = algorithm.digest.size
        guard code.count == size else { return false }
        return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { expected in
            guard let expectedStart = expected.baseAddress else { return false }
            unsafe compute(message, range, algorithm, expectedStart)
            return unsafe code.withUnsafeBufferPointer { found in
                guard let foundStart = found.baseAddress else { return false }
                return unsafe CRYPTO_memcmp(expectedStart, foundStart, size) == 0
            }
        }
    }

    /// `output` has room for 64 octets.
    private func compute(
        _ message: [UInt8], _ range: Range<Int>, _ algorithm: HMACAlgorithm, _ output: UnsafeMutablePointer<UInt8>
    ) {
        unsafe message.withUnsafeBufferPointer { all in
            let octets = unsafe UnsafeBufferPointer(rebasing: all[range])
            switch algorithm {
            case .hs256: unsafe shim_hmac256_compute(short, octets.baseAddress, octets.count, output)
            case .hs384: unsafe shim_hmac512_compute(long384, octets.baseAddress, octets.count, output)
            case .hs512: unsafe shim_hmac512_compute(long512, octets.baseAddress, octets.count, output)
            }
        }
    }
}
