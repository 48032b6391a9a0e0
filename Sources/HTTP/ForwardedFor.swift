/// The `X-Forwarded-For` that the backend gets, and the client address that the received one tells (RFC 7239 §8.1).
package enum ForwardedFor {
    /// Appends the value to `buffer`: what a trusted peer sent, then the peer's own address; from any other peer its
    /// address alone.
    ///
    /// `peer` is the text of the address of the connection, without port.
    package static func value(
        _ fields: FieldLines, peer: ArraySlice<UInt8>, peerIsTrusted: Bool, to buffer: inout [UInt8]
    ) {
        if peerIsTrusted, fields.present.contains(.xForwardedFor) {
            for line in fields where line.id == .xForwardedFor && !line.value.isEmpty {
                buffer.append(contentsOf: fields.value(of: line))
                buffer.append(0x2C)
                buffer.append(0x20)
            }
        }
        buffer.append(contentsOf: peer)
    }

    /// The address of the client: going back from the peer, the first address that is not a trusted proxy's.
    ///
    /// An entry that is no address ends the walk: what stands before it was written by nobody known, and the last good
    /// address is the answer. `isTrusted` gets the text of an address without brackets and port. At most 64 entries are
    /// read.
    package static func clientAddress(
        _ fields: FieldLines, peer: ArraySlice<UInt8>, isTrusted: (ArraySlice<UInt8>) -> Bool
    ) -> ArraySlice<UInt8> {
        var client = peer
        guard fields.present.contains(.xForwardedFor), isTrusted(peer) else { return client }
        var entries = 0
        for line in fields.all(.xForwardedFor).reversed() {
            var end = Int(line.value.end)
            let first = Int(line.value.start)
            while end > first {
                var start = end
                while start > first, fields.bytes[start - 1] != 0x2C { start -= 1 }
                entries += 1
                guard entries <= 64, let address = address(fields.bytes, start, end) else { return client }
                client = address
                if !isTrusted(address) { return client }
                end = start - 1
            }
        }
        return client
    }

    /// The address in one entry: blanks, brackets and port taken off; nil when it is no IPv4 or IPv6 address.
    private static func address(_ bytes: [UInt8], _ start: Int, _ end: Int) -> ArraySlice<UInt8>? {
        var first = start
        var last = end
        while first < last, ByteClass.isBlank(bytes[first]) { first += 1 }
        while last > first, ByteClass.isBlank(bytes[last - 1]) { last -= 1 }
        guard first < last else { return nil }
        let range = ByteRange(first, last)
        if IPv6Text.isValid(bytes.span, first, last) { return bytes[first..<last] }
        guard Authority.isValid(bytes.span, range) else { return nil }
        let host = Authority.host(bytes.span, range)
        if bytes[first] == 0x5B { return bytes[(first + 1)..<(Int(host.end) - 1)] }
        return IPv4Text.isValid(bytes.span, first, Int(host.end)) ? bytes[host.indices] : nil
    }
}
