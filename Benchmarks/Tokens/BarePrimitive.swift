import COpenSSL

/// RSASSA-PSS or PKCS #1 verification by libcrypto alone, in this process: one prepared context, one hash that is there
/// already. `openssl speed` knows only PKCS #1.
@safe
final class BarePrimitive {
    struct Failure: Error {}

    private let key: OpaquePointer
    private let context: OpaquePointer
    private var signature = [UInt8](repeating: 0, count: 256)
    private let hash = [UInt8](repeating: 0x5A, count: 32)

    init(isPSS: Bool) throws {
        guard let maker = unsafe EVP_PKEY_CTX_new_from_name(nil, "RSA", nil) else { throw Failure() }
        defer { unsafe EVP_PKEY_CTX_free(maker) }
        var made: OpaquePointer?
        guard unsafe EVP_PKEY_keygen_init(maker) == 1, unsafe EVP_PKEY_CTX_set_rsa_keygen_bits(maker, 2048) == 1,
            unsafe EVP_PKEY_generate(maker, &made) == 1, let key = unsafe made
        else { throw Failure() }
        unsafe self.key = unsafe key
        guard let signer = unsafe EVP_PKEY_CTX_new_from_pkey(nil, key, nil),
            let context = unsafe EVP_PKEY_CTX_new_from_pkey(nil, key, nil)
        else { throw Failure() }
        unsafe self.context = unsafe context
        guard unsafe EVP_PKEY_sign_init(signer) == 1, unsafe EVP_PKEY_verify_init(context) == 1 else { throw Failure() }
        let padding = isPSS ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING
        func configure(_ made: OpaquePointer) -> Bool {
            guard unsafe EVP_PKEY_CTX_set_rsa_padding(made, padding) == 1,
                unsafe EVP_PKEY_CTX_set_signature_md(made, EVP_sha256()) == 1
            else { return false }
            if !isPSS { return true }
            return unsafe EVP_PKEY_CTX_set_rsa_pss_saltlen(made, RSA_PSS_SALTLEN_DIGEST) == 1
        }
        guard unsafe configure(signer), unsafe configure(context) else { throw Failure() }
        var length = signature.count
        guard unsafe EVP_PKEY_sign(signer, &signature, &length, hash, hash.count) == 1 else { throw Failure() }
        unsafe EVP_PKEY_CTX_free(signer)
    }

    deinit {
        unsafe EVP_PKEY_CTX_free(context)
        unsafe EVP_PKEY_free(key)
    }

    func verify() throws {
        guard unsafe EVP_PKEY_verify(context, signature, signature.count, hash, hash.count) == 1 else {
            throw Failure()
        }
    }
}
