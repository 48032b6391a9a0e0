internal import COpenSSL

/// The hashes of RFC 7518.
package enum MessageDigest: UInt8, Sendable, Hashable {
    case sha256
    case sha384
    case sha512

    /// Octets of the result.
    package var size: Int {
        switch self {
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    /// libcrypto's object for this hash: static, never freed.
    var method: OpaquePointer? {
        switch self {
        case .sha256: unsafe EVP_sha256()
        case .sha384: unsafe EVP_sha384()
        case .sha512: unsafe EVP_sha512()
        }
    }

    package func hash(_ octets: [UInt8]) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: size) { output, written in
            unsafe octets.withUnsafeBufferPointer { source in
                if let to = output.baseAddress { unsafe hash(source, into: to) }
            }
            written = size
        }
    }

    /// `output` has room for ``size`` octets.
    @unsafe
    func hash(_ octets: UnsafeBufferPointer<UInt8>, into output: UnsafeMutablePointer<UInt8>) {
        switch self {
        case .sha256: unsafe shim_sha256(octets.baseAddress, octets.count, output)
        case .sha384: unsafe shim_sha384(octets.baseAddress, octets.count, output)
        case .sha512: unsafe shim_sha512(octets.baseAddress, octets.count, output)
        }
    }
}
