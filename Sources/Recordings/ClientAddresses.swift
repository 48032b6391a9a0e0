/// Network addresses as proxies write them, with pseudonyms of the same form: an IPv4 address becomes one of 240.0.0.0/4
/// (RFC 1112, never given to anybody), an IPv6 address one of 2001:db8::/32 (RFC 3849); ports and brackets stay.
struct ClientAddresses {
    let pseudonyms: Pseudonyms

    /// `X-Forwarded-For` and its kin: addresses between commas.
    func list(_ value: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        for (place, part) in value.split(separator: 0x2C, omittingEmptySubsequences: false).enumerated() {
            if place > 0 { out.append(0x2C) }
            let text = part.drop { $0 == 0x20 || $0 == 0x09 }
            out += part[..<text.startIndex]
            out += name(Array(text))
        }
        return out
    }

    /// `Forwarded`: the addresses of `for` and `by`; `clean` does the rest.
    func forwarded(_ value: [UInt8], clean: ([UInt8]) -> [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        var start = 0
        for index in 0...value.count where index == value.count || value[index] == 0x2C || value[index] == 0x3B {
            out += pair(value[start..<index], clean)
            if index < value.count { out.append(value[index]) }
            start = index + 1
        }
        return out
    }

    private func pair(_ pair: ArraySlice<UInt8>, _ clean: ([UInt8]) -> [UInt8]) -> [UInt8] {
        guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { return clean(Array(pair)) }
        let key = pair[..<equals].filter { $0 != 0x20 && $0 != 0x09 }.map(ByteKind.lowercased)
        guard key.elementsEqual("for".utf8) || key.elementsEqual("by".utf8) else { return clean(Array(pair)) }
        let value = Array(pair[(equals + 1)...])
        if value.count >= 2, value.first == 0x22, value.last == 0x22 {
            return pair[...equals] + [0x22] + name(Array(value[1..<(value.count - 1)])) + [0x22]
        }
        return pair[...equals] + name(value)
    }

    /// One address, with or without a port. What is none becomes a name.
    func name(_ text: [UInt8]) -> [UInt8] {
        // RFC 7239: an unknown or an obfuscated identifier says nothing of anybody.
        if text.isEmpty || text.elementsEqual("unknown".utf8) { return text }
        if text[0] == UInt8(ascii: "["), let end = text.firstIndex(of: UInt8(ascii: "]")), isIPv6(text[1..<end]) {
            let rest = text[(end + 1)...]
            return [0x5B] + ipv6(text[1..<end]) + [0x5D] + (isPort(rest) ? rest : [])
        }
        if isIPv6(text[...]) { return ipv6(text[...]) }
        let host = text.prefix { $0 != UInt8(ascii: ":") }
        if let octets = ipv4(host) {
            let rest = text[host.endIndex...]
            return name(octets, host) + (isPort(rest) ? rest : [])
        }
        return pseudonyms.personal(text)
    }

    private func isPort(_ text: ArraySlice<UInt8>) -> Bool {
        text.isEmpty || (text.first == UInt8(ascii: ":") && text.count <= 6 && text.dropFirst().allSatisfy(isDigit))
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private func ipv4(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var octets: [UInt8] = []
        for part in parts {
            guard (1...3).contains(part.count), part.allSatisfy(isDigit) else { return nil }
            let value = part.reduce(0) { $0 * 10 + Int($1 - 0x30) }
            guard value < 256 else { return nil }
            octets.append(UInt8(value))
        }
        return octets
    }

    private func name(_ octets: [UInt8], _ written: ArraySlice<UInt8>) -> [UInt8] {
        // A pseudonym has no pseudonym.
        if octets[0] >= 240 { return Array(written) }
        let code = pseudonyms.address(octets)
        return Array("\(240 + code[0] % 15).\(code[1]).\(code[2]).\(code[3])".utf8)
    }

    private func isIPv6(_ text: ArraySlice<UInt8>) -> Bool {
        text.count <= 45 && text.count { $0 == UInt8(ascii: ":") } >= 2
            && text.allSatisfy { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") || Hexadecimal.value($0) != nil }
    }

    private static let documentation = Array("2001:db8:".utf8)

    private func ipv6(_ text: ArraySlice<UInt8>) -> [UInt8] {
        if text.starts(with: Self.documentation) { return Array(text) }
        let digits = Hexadecimal.digits(pseudonyms.address(text.map(ByteKind.lowercased)).prefix(12))
        var out = Self.documentation
        for group in 0..<6 {
            if group > 0 { out.append(UInt8(ascii: ":")) }
            out += digits[(group * 4)..<(group * 4 + 4)]
        }
        return out
    }
}
