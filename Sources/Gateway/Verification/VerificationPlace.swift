import EventLoop

/// Whose turn it is when clients take turns: an IPv4 address, or the first 64 bits of an IPv6 address, of which anybody
/// with a network has as many as he likes (RFC 4291 §2.5.4).
enum VerificationPlace {
    /// `client` is the text of an address; what is none stands for itself.
    static func of(_ client: [UInt8]) -> [UInt8] {
        guard client.contains(UInt8(ascii: ":")),
            let octets = SocketAddress.octets(of: String(decoding: client, as: UTF8.self)), octets.count == 16
        else { return client }
        // An IPv4 address in IPv6's clothes (§2.5.5.2) is one client, not all of that network.
        if octets[..<10].allSatisfy({ $0 == 0 }), octets[10] == 0xFF, octets[11] == 0xFF { return Array(octets[12...]) }
        return Array(octets[..<8])
    }
}
