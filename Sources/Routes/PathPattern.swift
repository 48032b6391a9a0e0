/// The path of a route, cut into segments.
package struct PathPattern: Sendable, Hashable {
    package enum Segment: Sendable, Hashable {
        case literal([UInt8])
        /// `{name}`: exactly one segment that is not empty.
        case parameter(String)
        /// `{name+}`: the rest of the path, at least one byte; only as the last segment.
        case greedy(String)
    }

    package var segments: [Segment]
    /// HTTP APIs treat `/x/` as another path than `/x`.
    package var hasTrailingSlash: Bool

    package struct Problem: Error, Sendable, Hashable {
        package enum Kind: Sendable, Hashable {
            case noLeadingSlash
            case emptySegment
            case dotSegment
            case greedyNotLast
            case parameterNotWholeSegment
            case parameterName
            case parameterTwice
            case illegalByte
            case illegalEncoding
            case trailingSlashOnREST
        }

        package var kind: Kind
        /// In the text the slice was taken from.
        package var range: Range<Int>
    }

    package var parameterNames: [String] {
        segments.compactMap { segment in
            switch segment {
            case .literal: nil
            case .parameter(let name), .greedy(let name): name
            }
        }
    }

    /// Equal for patterns that take the same paths.
    package var shape: [UInt8] {
        var out: [UInt8] = []
        for segment in segments {
            out.append(UInt8(ascii: "/"))
            switch segment {
            case .literal(let bytes): out += bytes
            case .parameter: out += Array("{}".utf8)
            case .greedy: out += Array("{+}".utf8)
            }
        }
        if hasTrailingSlash || segments.isEmpty { out.append(UInt8(ascii: "/")) }
        return out
    }

    /// Reads a route's path. Literal segments must stand in the normal form that request paths are brought into, or
    /// they could never match: that is why they are checked so closely.
    package init(_ text: ArraySlice<UInt8>, apiType: ApiType) throws(Problem) {
        guard text.first == UInt8(ascii: "/") else {
            throw Problem(kind: .noLeadingSlash, range: text.startIndex..<max(text.startIndex, text.endIndex))
        }
        segments = []
        hasTrailingSlash = false
        var names: Set<String> = []
        var start = text.startIndex + 1
        while start < text.endIndex {
            var end = start
            while end < text.endIndex, text[end] != UInt8(ascii: "/") { end += 1 }
            let range = start..<end
            if range.isEmpty { throw Problem(kind: .emptySegment, range: start - 1..<start + 1) }
            if case .greedy = segments.last { throw Problem(kind: .greedyNotLast, range: start - 1..<text.endIndex) }
            let segment = try Self.segment(text[range])
            switch segment {
            case .parameter(let name), .greedy(let name):
                if !names.insert(name).inserted { throw Problem(kind: .parameterTwice, range: range) }
            case .literal: break
            }
            segments.append(segment)
            if end + 1 == text.endIndex {
                if case .greedy = segment { throw Problem(kind: .greedyNotLast, range: end..<end + 1) }
                if apiType == .rest { throw Problem(kind: .trailingSlashOnREST, range: end..<end + 1) }
                hasTrailingSlash = true
            }
            start = end + 1
        }
    }

    private static func segment(_ text: ArraySlice<UInt8>) throws(Problem) -> Segment {
        let range = text.startIndex..<text.endIndex
        let open = UInt8(ascii: "{")
        let close = UInt8(ascii: "}")
        if text.contains(open) || text.contains(close) {
            guard text.first == open, text.last == close, text.count > 2 else {
                throw Problem(kind: .parameterNotWholeSegment, range: range)
            }
            var name = text.dropFirst().dropLast()
            let isGreedy = name.last == UInt8(ascii: "+")
            if isGreedy { name = name.dropLast() }
            guard !name.isEmpty, name.allSatisfy(ParameterSource.isNameByte) else {
                throw Problem(kind: .parameterName, range: range)
            }
            let word = String(decoding: name, as: UTF8.self)
            return isGreedy ? .greedy(word) : .parameter(word)
        }
        if text.elementsEqual(".".utf8) || text.elementsEqual("..".utf8) {
            throw Problem(kind: .dotSegment, range: range)
        }
        return .literal(try normalized(text))
    }

    /// Triplets in upper case; bytes that a normal path cannot hold are refused.
    private static func normalized(_ text: ArraySlice<UInt8>) throws(Problem) -> [UInt8] {
        var out: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            if byte != UInt8(ascii: "%") {
                guard isPathByte(byte) else { throw Problem(kind: .illegalByte, range: index..<index + 1) }
                out.append(byte)
                index += 1
                continue
            }
            let range = index..<min(index + 3, text.endIndex)
            guard range.count == 3, let high = hex(text[index + 1]), let low = hex(text[index + 2]) else {
                throw Problem(kind: .illegalEncoding, range: range)
            }
            // An unreserved character is never encoded in a normal path.
            if isUnreserved(high << 4 | low) { throw Problem(kind: .illegalEncoding, range: range) }
            out += [byte] + text[range].dropFirst().map { $0 >= 0x61 ? $0 & 0xDF : $0 }
            index += 3
        }
        return out
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: false
        }
    }

    /// RFC 3986 §3.3 `pchar` without the triplets.
    private static func isPathByte(_ byte: UInt8) -> Bool {
        isUnreserved(byte) || "!$&'()*+,;=:@".utf8.contains(byte)
    }
}
