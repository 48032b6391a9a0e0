internal import COpenSSL

extension SigningKey {
    /// The public half as `PUBLIC KEY` text (RFC 7468 §13); nil for a secret. Tests sign tokens with it as if it were a
    /// secret, which no verifier may accept.
    package var publicPEM: [UInt8]? {
        let handle: KeyHandle
        switch material {
        case .secret: return nil
        case .rsa(let own), .ec(let own, _), .edwards(let own, _): handle = own
        }
        let size = unsafe i2d_PUBKEY(handle.pointer, nil)
        guard size > 0 else {
            CryptoFailure.clear()
            return nil
        }
        let der = unsafe [UInt8](unsafeUninitializedCapacity: Int(size)) { output, written in
            var cursor = output.baseAddress
            written = unsafe Int(max(0, i2d_PUBKEY(handle.pointer, &cursor)))
        }
        var text = Base64URL.encode(der).map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            default: byte
            }
        }
        while text.count % 4 != 0 { text.append(UInt8(ascii: "=")) }
        var out = Array("-----BEGIN PUBLIC KEY-----\n".utf8)
        for start in stride(from: 0, to: text.count, by: 64) {
            out += text[start..<min(start + 64, text.count)]
            out.append(0x0A)
        }
        return out + Array("-----END PUBLIC KEY-----\n".utf8)
    }
}
