internal import COpenSSL

/// Text encodings of keys and certificates (RFC 7468), read strictly: exactly one block of a known kind.
enum PEMReader {
    /// The public key of `PUBLIC KEY`, `RSA PUBLIC KEY` or `CERTIFICATE`. A certificate's dates, names and signature are
    /// not looked at: whoever configures it vouches for its key.
    static func publicKey(_ text: [UInt8]) throws(KeyError) -> KeyComponents {
        let block = try singleBlock(text)
        let key: OpaquePointer?
        switch block.label {
        case "PUBLIC KEY": unsafe key = unsafe parse(block.der, EVP_PKEY_free) { unsafe d2i_PUBKEY(nil, $0, $1) }
        case "RSA PUBLIC KEY":
            unsafe key = unsafe parse(block.der, EVP_PKEY_free) { unsafe d2i_PublicKey(EVP_PKEY_RSA, nil, $0, $1) }
        case "CERTIFICATE":
            guard let certificate = unsafe parse(block.der, X509_free, { unsafe d2i_X509(nil, $0, $1) }) else {
                throw KeyError(.malformed, "the certificate cannot be read")
            }
            unsafe key = unsafe X509_get_pubkey(certificate)
            unsafe X509_free(certificate)
        case "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY":
            throw KeyError(.wrongKind, "this is a private key; a public key or certificate is needed")
        default: throw KeyError(.unsupported, "the PEM block is not a public key or certificate")
        }
        return try components(unsafe key.map { unsafe KeyHandle(owning: $0) }, isPrivate: false)
    }

    /// The private key of `PRIVATE KEY`, `RSA PRIVATE KEY` or `EC PRIVATE KEY`; encrypted ones are refused.
    static func privateKey(_ text: [UInt8]) throws(KeyError) -> KeyComponents {
        // Files of `openssl ecparam -genkey` begin with a block that repeats what the key itself says.
        let block = try singleBlock(text, ignoring: "EC PARAMETERS")
        let key: OpaquePointer?
        switch block.label {
        case "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY":
            unsafe key = unsafe parse(block.der, EVP_PKEY_free) { unsafe d2i_AutoPrivateKey(nil, $0, $1) }
        case "ENCRYPTED PRIVATE KEY": throw KeyError(.unsupported, "the private key is encrypted")
        case "PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE":
            throw KeyError(.wrongKind, "this is a public key; a private key is needed")
        default: throw KeyError(.unsupported, "the PEM block is not a private key")
        }
        return try components(unsafe key.map { unsafe KeyHandle(owning: $0) }, isPrivate: true)
    }

    private static func components(_ handle: KeyHandle?, isPrivate: Bool) throws(KeyError) -> KeyComponents {
        CryptoFailure.clear()
        guard let handle else { throw KeyError(.malformed, "the key cannot be read") }
        guard let components = KeyComponents(handle, isPrivate: isPrivate) else {
            throw KeyError(.unsupported, "tokens are not signed with this kind of key")
        }
        return components
    }

    /// Runs one of libcrypto's DER parsers, which must use up all octets.
    private static func parse(
        _ der: [UInt8], _ free: (OpaquePointer?) -> Void,
        _ read: (UnsafeMutablePointer<UnsafePointer<UInt8>?>, Int) -> OpaquePointer?
    ) -> OpaquePointer? {
        unsafe der.withUnsafeBufferPointer { octets in
            var cursor = octets.baseAddress
            let made = unsafe read(&cursor, octets.count)
            guard let end = unsafe cursor, let start = octets.baseAddress, unsafe end - start == octets.count else {
                unsafe free(made)
                return nil
            }
            return unsafe made
        }
    }

    // MARK: Text

    private struct Block {
        let label: String
        let der: [UInt8]
    }

    private static func singleBlock(_ text: [UInt8], ignoring ignored: String? = nil) throws(KeyError) -> Block {
        var found: Block?
        var label: String?
        var body: [UInt8] = []
        for line in text.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            let trimmed = trim(line)
            if trimmed.isEmpty { continue }
            if let name = marker(trimmed, "-----BEGIN ") {
                guard label == nil else { throw KeyError(.malformed, "a PEM block begins inside another") }
                label = name
                body = []
            } else if let name = marker(trimmed, "-----END ") {
                guard let open = label, open == name else { throw KeyError(.malformed, "a PEM block ends as another") }
                label = nil
                if name == ignored { continue }
                guard found == nil else { throw KeyError(.count, "the PEM text holds more than one block") }
                guard let der = decode(body) else { throw KeyError(.malformed, "the PEM block is not base64") }
                found = Block(label: name, der: der)
            } else if label != nil {
                // RFC 1421 headers stand in encrypted keys.
                if trimmed.contains(UInt8(ascii: ":")) { throw KeyError(.unsupported, "the PEM block is encrypted") }
                body.append(contentsOf: trimmed)
            }
            // Text outside of blocks is explanation (RFC 7468 §2).
        }
        if label != nil { throw KeyError(.malformed, "the PEM block has no end") }
        guard let found else { throw KeyError(.count, "the text holds no PEM block") }
        return found
    }

    private static func trim(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line.drop { $0 == 0x20 || $0 == 0x09 }
        while line.last == 0x20 || line.last == 0x09 { line.removeLast() }
        return line
    }

    private static func marker(_ line: ArraySlice<UInt8>, _ start: String) -> String? {
        let dashes = Array("-----".utf8)
        guard line.starts(with: start.utf8), line.count > start.utf8.count + 5,
            line.suffix(5).elementsEqual(dashes)
        else { return nil }
        return String(decoding: line.dropFirst(start.utf8.count).dropLast(5), as: UTF8.self)
    }

    /// Padded base64 of RFC 4648 §4, turned into base64url for the one decoder of this module.
    private static func decode(_ body: [UInt8]) -> [UInt8]? {
        guard body.count % 4 == 0 else { return nil }
        var text: [UInt8] = []
        text.reserveCapacity(body.count)
        var padding = 0
        for byte in body {
            switch byte {
            case UInt8(ascii: "="): padding += 1
            case UInt8(ascii: "+") where padding == 0: text.append(UInt8(ascii: "-"))
            case UInt8(ascii: "/") where padding == 0: text.append(UInt8(ascii: "_"))
            case UInt8(ascii: "-"), UInt8(ascii: "_"): return nil
            default:
                if padding > 0 { return nil }
                text.append(byte)
            }
        }
        return padding > 2 ? nil : Base64URL.decode(text)
    }
}
