/// What we accept, or still wait for, although a peer refuses or reads it otherwise. The direction that could do harm:
/// each class says why it cannot.
enum AcceptedRules {
    static let all: [DifferenceClass] = [
        DifferenceClass(
            name: "other-method",
            reason: "llhttp has a list of methods; here any token of up to 32 bytes is one, the body's length does not "
                + "depend on it (RFC 9112 §6.3), and no route can be declared for it, so nothing of it is forwarded",
            peers: [.llhttp], kinds: [.laxer, .later]
        ) { difference in
            let shape = difference.shape
            let word = shape.head.prefix(while: Octet.isToken)
            guard (1...32).contains(word.count) else { return false }
            if word.endIndex == shape.head.endIndex { return !llhttpMethods.contains { $0.utf8.starts(with: word) } }
            return shape.head[word.endIndex] == 0x20 && !llhttpMethods.contains { $0.utf8.elementsEqual(word) }
        },
        DifferenceClass(
            name: "empty-lines",
            reason: "up to two empty lines before a request are left out, as RFC 9112 §2.2 asks for; h11 takes none. "
                + "They carry nothing, and the request behind them is judged as without them",
            peers: [.h11], kinds: [.laxer, .later]
        ) { difference in
            if difference.bytes == [0x0D] { return true }
            return (1...2).contains(difference.shape.leadingLines)
                && difference.theirs.reason == "no request line received"
        },
        DifferenceClass(
            name: "chunk-extension",
            reason: "blanks around an extension's parts are to be taken (BWS, RFC 9112 §7.1.1), and quoted values may "
                + "hold what a peer does not expect. The size stands before the extension, the line ends at its CRLF in "
                + "every reading, and the extension is never forwarded",
            peers: [.llhttp, .h11], kinds: [.laxer, .later]
        ) { difference in
            difference.shape.isChunked && difference.shape.chunkExtensions.contains { !isPlainExtension($0) }
        },
        DifferenceClass(
            name: "trailer-framing",
            reason:
                "a trailer named Content-Length or Transfer-Encoding is read as a header by the peer; here trailers "
                + "are checked and dropped, and the body has ended when they come (RFC 9110 §6.5.1)",
            peers: [.llhttp, .h11], kinds: [.laxer, .later]
        ) { difference in
            difference.shape.isChunked
                && difference.shape.trailerNames.contains {
                    $0.elementsEqual("content-length".utf8) || $0.elementsEqual("transfer-encoding".utf8)
                }
        },
        DifferenceClass(
            name: "zeros-before-a-length",
            reason: "leading zeros do not change a decimal number; h11 counts them among the 20 digits that it takes",
            peers: [.h11], kinds: [.laxer, .later]
        ) { difference in
            let values = difference.shape.values("content-length")
            return values.count == 1 && values[0].count > 20 && values[0].first == 0x30
                && values[0].allSatisfy(Octet.isDigit)
        },
        DifferenceClass(
            name: "tab-beside-framing",
            reason: "a tab is a blank like a space around any value (OWS, RFC 9110 §5.5) and no part of the length or "
                + "the coding; llhttp takes only spaces there",
            peers: [.llhttp], kinds: [.laxer, .later]
        ) { difference in
            difference.shape.fieldLines.contains { line in
                guard let colon = line.text.firstIndex(of: 0x3A) else { return false }
                let name = line.text[..<colon].map(Octet.lower)
                let value = line.text[(colon + 1)...]
                guard value.contains(0x09) else { return false }
                let trimmed = Octet.trim(value)
                return name.elementsEqual("content-length".utf8) && trimmed.allSatisfy(Octet.isDigit)
                    || name.elementsEqual("transfer-encoding".utf8)
                        && trimmed.map(Octet.lower).elementsEqual("chunked".utf8)
            }
        },
        DifferenceClass(
            name: "coding-spelling",
            reason: "the same value: h11 rewrites the value of Transfer-Encoding in lower case",
            peers: [.h11], kinds: [.other]
        ) { difference in
            guard difference.parts == ["fields"], let ours = difference.ours.message?.fields,
                let theirs = difference.theirs.message?.fields, ours.count == theirs.count
            else { return false }
            return zip(ours, theirs).allSatisfy { mine, other in
                mine == other
                    || mine.name == other.name && mine.name.elementsEqual("transfer-encoding".utf8)
                        && mine.value.map(Octet.lower) == other.value
            }
        },
        DifferenceClass(
            name: "head-unfinished",
            reason: "framing and host are judged when the head is whole, version and target when their last byte is "
                + "there; nothing of a request goes on before. The peer refuses some bytes sooner",
            peers: [.llhttp, .h11], kinds: [.later]
        ) { difference in
            let shape = difference.shape
            guard shape.headEnd == nil else { return false }
            if shape.lines.count == 1, shape.lines[0].end == .none { return isUnfinishedLine(shape) }
            let lengths = shape.openFields("content-length")
            let codings = shape.openFields("transfer-encoding")
            return lengths.count > 1 || codings.count > 1 || !lengths.isEmpty && !codings.isEmpty
                || lengths.contains { !$0.allSatisfy(Octet.isDigit) || $0.isEmpty || $0.count > 19 }
                || codings.contains { !$0.map(Octet.lower).elementsEqual("chunked".utf8) }
        },
    ]

    /// The methods that llhttp 9 takes in HTTP requests.
    private static let llhttpMethods = [
        "DELETE", "GET", "HEAD", "POST", "PUT", "CONNECT", "OPTIONS", "TRACE", "COPY", "LOCK", "MKCOL", "MOVE",
        "PROPFIND", "PROPPATCH", "SEARCH", "UNLOCK", "BIND", "REBIND", "UNBIND", "ACL", "REPORT", "MKACTIVITY",
        "CHECKOUT", "MERGE", "M-SEARCH", "NOTIFY", "SUBSCRIBE", "UNSUBSCRIBE", "PATCH", "PURGE", "MKCALENDAR", "LINK",
        "UNLINK", "SOURCE",
    ]

    /// `*( ";" token [ "=" token ] )`: what no parser has a doubt about.
    private static func isPlainExtension(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.first == 0x3B else { return text.isEmpty }
        return text.dropFirst().split(separator: 0x3B, omittingEmptySubsequences: false).allSatisfy { part in
            let sides = part.split(separator: 0x3D, maxSplits: 1, omittingEmptySubsequences: false)
            return sides.allSatisfy { !$0.isEmpty && $0.allSatisfy(Octet.isToken) }
        }
    }

    /// A request line without its end whose version is not one of ours, or whose target cannot become one.
    private static func isUnfinishedLine(_ shape: RequestShape) -> Bool {
        switch shape.words.count {
        case 2:
            return shape.target.first.map { $0 != 0x2F && $0 != 0x2A } == true
        case 3:
            return !"HTTP/1.1".utf8.starts(with: shape.version) && !"HTTP/1.0".utf8.starts(with: shape.version)
        default: return false
        }
    }
}

extension RequestShape {
    /// Whether a chunked body follows the head, and nothing else can be meant.
    var isChunked: Bool {
        let codings = values("transfer-encoding")
        return headEnd != nil && codings.count == 1 && codings[0].map(Octet.lower).elementsEqual("chunked".utf8)
            && values("content-length").isEmpty
    }

    /// The values of fields with this lower-case name, a last one without line end among them.
    func openFields(_ name: String) -> [[UInt8]] {
        fieldLines.compactMap { line in
            guard let colon = line.text.firstIndex(of: 0x3A),
                line.text[..<colon].map(Octet.lower).elementsEqual(name.utf8)
            else { return nil }
            return Octet.trim(line.text[(colon + 1)...])
        }
    }

    /// What stands behind the digits on each size line of a chunked body, as far as the sizes can be followed.
    var chunkExtensions: [ArraySlice<UInt8>] { walkChunks().extensions }

    /// The names of the trailers, in lower case, as far as the chunks can be followed.
    var trailerNames: [[UInt8]] { walkChunks().trailers }

    private func walkChunks() -> (extensions: [ArraySlice<UInt8>], trailers: [[UInt8]]) {
        var extensions: [ArraySlice<UInt8>] = []
        var rest = body
        while !rest.isEmpty {
            let feed = rest.firstIndex(of: 0x0A) ?? rest.endIndex
            var line = rest[rest.startIndex..<feed]
            if line.last == 0x0D { line = line.dropLast() }
            let digits = line.prefix(while: Octet.isHex)
            extensions.append(line[digits.endIndex...])
            guard let size = UInt64(String(decoding: digits, as: UTF8.self), radix: 16), feed < rest.endIndex else {
                break
            }
            rest = rest[(feed + 1)...]
            if size == 0 {
                let names = rest.split(separator: 0x0A, omittingEmptySubsequences: false).prefix { $0.count > 1 }
                return (extensions, names.map { $0.prefix { $0 != 0x3A }.map(Octet.lower) })
            }
            guard UInt64(rest.count) > size + 2 else { break }
            rest = rest.dropFirst(Int(size) + 2)
        }
        return (extensions, [])
    }
}
