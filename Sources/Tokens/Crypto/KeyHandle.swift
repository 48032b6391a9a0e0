internal import COpenSSL

/// Owns one `EVP_PKEY`. It is never changed after it was made, and libcrypto may use such a key in many threads.
// @unchecked: the pointer is a constant; it is freed when nobody holds the object; every function that gets it here or
// in a context takes the key as const or counts references atomically, and what libcrypto caches inside a key it
// guards with the key's own lock (openssl-threads(7): reading one object in many threads is safe).
@safe
final class KeyHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Takes over the caller's reference.
    init(owning pointer: OpaquePointer) {
        unsafe self.pointer = pointer
    }

    deinit {
        unsafe EVP_PKEY_free(pointer)
    }

    // MARK: From numbers

    /// Numbers and octets under libcrypto's parameter names.
    enum Parameter {
        case number(String, [UInt8])
        case octets(String, [UInt8])
        case text(String, String)
    }

    /// A key of libcrypto's type `type` (`RSA`, `EC`) from its parameters.
    static func make(_ type: String, isPrivate: Bool, _ parameters: [Parameter]) throws(CryptoFailure) -> KeyHandle {
        let action = "importing an \(type) key"
        guard let builder = unsafe OSSL_PARAM_BLD_new() else { throw CryptoFailure(action) }
        // The builder keeps pointers only, so names, texts and numbers must live until the parameters are made.
        var numbers = unsafe [OpaquePointer]()
        var copies = unsafe [UnsafeMutableBufferPointer<UInt8>]()
        defer {
            while let number = unsafe numbers.popLast() { unsafe BN_clear_free(number) }
            while let copy = unsafe copies.popLast() {
                unsafe OPENSSL_cleanse(copy.baseAddress, copy.count)
                unsafe copy.deallocate()
            }
            unsafe OSSL_PARAM_BLD_free(builder)
        }
        /// Octets with a NUL behind them, at a fixed place.
        func keep(_ octets: some Collection<UInt8>) -> UnsafeMutableBufferPointer<UInt8> {
            let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: octets.count + 1)
            unsafe copy.baseAddress?.initialize(from: Array(octets) + [0], count: octets.count + 1)
            unsafe copies.append(copy)
            return unsafe copy
        }
        func name(_ text: String) -> UnsafePointer<CChar>? {
            let copy = unsafe keep(text.utf8)
            return unsafe UnsafeRawPointer(copy.baseAddress)?.assumingMemoryBound(to: CChar.self)
        }
        for parameter in parameters {
            let pushed: Int32
            switch parameter {
            case .number(let key, let octets):
                guard let number = unsafe BN_bin2bn(octets, Int32(clamping: octets.count), nil) else {
                    throw CryptoFailure(action)
                }
                unsafe numbers.append(number)
                pushed = unsafe OSSL_PARAM_BLD_push_BN(builder, name(key), number)
            case .octets(let key, let octets):
                let copy = unsafe keep(octets)
                pushed = unsafe OSSL_PARAM_BLD_push_octet_string(builder, name(key), copy.baseAddress, octets.count)
            case .text(let key, let text):
                pushed = unsafe OSSL_PARAM_BLD_push_utf8_string(builder, name(key), name(text), 0)
            }
            guard pushed == 1 else { throw CryptoFailure(action) }
        }
        guard let list = unsafe OSSL_PARAM_BLD_to_param(builder) else { throw CryptoFailure(action) }
        defer { unsafe OSSL_PARAM_free(list) }
        guard let context = unsafe EVP_PKEY_CTX_new_from_name(nil, type, nil) else { throw CryptoFailure(action) }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        let selection = isPrivate ? shim_selection_keypair() : shim_selection_public()
        guard unsafe EVP_PKEY_fromdata_init(context) == 1,
            unsafe EVP_PKEY_fromdata(context, &key, selection, list) == 1, let made = unsafe key
        else { throw CryptoFailure(action) }
        return unsafe KeyHandle(owning: made)
    }

    /// A public Ed25519 or Ed448 key, or a private one, from its octets.
    static func make(_ curve: EdwardsCurve, isPrivate: Bool, _ octets: [UInt8]) throws(CryptoFailure) -> KeyHandle {
        let kind = curve == .ed25519 ? EVP_PKEY_ED25519 : EVP_PKEY_ED448
        let made =
            isPrivate
            ? unsafe EVP_PKEY_new_raw_private_key(kind, nil, octets, octets.count)
            : unsafe EVP_PKEY_new_raw_public_key(kind, nil, octets, octets.count)
        guard let made = unsafe made else { throw CryptoFailure("importing an \(curve.name) key") }
        return unsafe KeyHandle(owning: made)
    }

    /// Whether the point of an elliptic-curve key is on its curve and not the neutral element.
    func isValidPublicKey() -> Bool {
        guard let context = unsafe EVP_PKEY_CTX_new_from_pkey(nil, pointer, nil) else {
            CryptoFailure.clear()
            return false
        }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        let valid = unsafe EVP_PKEY_public_check(context) == 1
        CryptoFailure.clear()
        return valid
    }

    /// Whether the private half belongs to the public one.
    func isPair() -> Bool {
        guard let context = unsafe EVP_PKEY_CTX_new_from_pkey(nil, pointer, nil) else {
            CryptoFailure.clear()
            return false
        }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        let isPair = unsafe EVP_PKEY_pairwise_check(context) == 1
        CryptoFailure.clear()
        return isPair
    }

    // MARK: To numbers

    func isType(_ name: String) -> Bool { unsafe EVP_PKEY_is_a(pointer, name) == 1 }

    /// A number under libcrypto's name, without leading zeros; nil when the key has none.
    func number(_ name: String) -> [UInt8]? {
        var number: OpaquePointer?
        guard unsafe EVP_PKEY_get_bn_param(pointer, name, &number) == 1, let found = unsafe number else {
            CryptoFailure.clear()
            return nil
        }
        defer { unsafe BN_clear_free(found) }
        let size = (Int(unsafe BN_num_bits(found)) + 7) / 8
        return unsafe [UInt8](unsafeUninitializedCapacity: size) { output, written in
            written = size == 0 ? 0 : unsafe Int(BN_bn2bin(found, output.baseAddress))
        }
    }

    /// Libcrypto's name of the key's curve.
    func groupName() -> String? {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 80) { buffer in
            var length = 0
            guard unsafe EVP_PKEY_get_group_name(pointer, buffer.baseAddress, buffer.count, &length) == 1,
                let text = buffer.baseAddress
            else {
                CryptoFailure.clear()
                return nil
            }
            return unsafe String(cString: text)
        }
    }

    /// The source described the curve by numbers instead of naming it, which RFC 5480 §2.1.1 forbids: whoever chooses
    /// the numbers can choose a base point that makes somebody else's public key his own (CVE-2020-0601).
    func hasExplicitCurve() -> Bool {
        var explicit: Int32 = 0
        if unsafe EVP_PKEY_get_int_param(pointer, "decoded-from-explicit", &explicit) == 1 { return explicit != 0 }
        CryptoFailure.clear()
        return false
    }

    /// The octets of an Edwards key.
    func rawOctets(isPrivate: Bool) -> [UInt8]? {
        var length = 64
        var octets = [UInt8](repeating: 0, count: length)
        let read =
            isPrivate
            ? unsafe EVP_PKEY_get_raw_private_key(pointer, &octets, &length)
            : unsafe EVP_PKEY_get_raw_public_key(pointer, &octets, &length)
        guard read == 1 else {
            CryptoFailure.clear()
            return nil
        }
        return Array(octets.prefix(length))
    }
}

/// The curves of EdDSA (RFC 8037 §2).
package enum EdwardsCurve: UInt8, Sendable, Hashable {
    case ed25519
    case ed448

    var name: String { self == .ed25519 ? "Ed25519" : "Ed448" }
    /// Octets of a key.
    var keySize: Int { self == .ed25519 ? 32 : 57 }
    /// Octets of a signature.
    var signatureSize: Int { self == .ed25519 ? 64 : 114 }
    var algorithm: PublicKeyAlgorithm { self == .ed25519 ? .ed25519 : .ed448 }
}
