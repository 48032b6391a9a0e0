import Documents

/// What is not compared: headers and members of bodies that differ each time for reasons of their own.
package struct AnswerNoise: Sendable {
    /// Says what is wrong with a word of `--ignore`.
    package struct Mistake: Error, Sendable, Hashable {
        package var message: String
    }

    private var headers: Set<[UInt8]> = Set(builtIn.map { Array($0.utf8) })
    /// Segments of JSON pointers; `*` stands for any one of them.
    private var pointers: [[String]] = []
    /// By route: places that differed between two answers to the same request.
    package private(set) var learnt: [String: Set<String>] = [:]

    package init() {}

    /// Moments, request ids, and what belongs to a connection or to one server of many.
    private static let builtIn = [
        "date", "x-amzn-remapped-date", "x-amzn-remapped-content-length", "age", "expires", "last-modified", "etag",
        "content-length", "connection", "keep-alive",
        "transfer-encoding", "trailer", "server", "server-timing", "via", "alt-svc", "x-powered-by", "x-request-id",
        "x-correlation-id", "request-id", "x-amzn-requestid", "x-amz-apigw-id", "apigw-requestid", "x-amzn-trace-id",
        "x-amz-cf-id", "x-amz-cf-pop", "x-amz-id-2", "x-amz-request-id", "traceparent", "tracestate", "x-runtime",
        "x-response-time", "x-process-time", "x-envoy-upstream-service-time", "x-cache", "cf-ray",
        "x-ratelimit-remaining", "x-ratelimit-reset", "ratelimit-remaining", "ratelimit-reset", "ratelimit",
        "x-gatehouse-decision", "x-gatehouse-request-id",
    ]

    /// Adds `header:NAME` or `body:/json/pointer`.
    package mutating func ignore(_ word: String) throws(Mistake) {
        if word.hasPrefix("header:"), word.utf8.count > 7 {
            headers.insert(word.dropFirst(7).utf8.map(ByteKind.lowercased))
        } else if word.hasPrefix("body:/") {
            // RFC 6901: ~1 is a slash, ~0 a tilde.
            pointers.append(
                word.dropFirst(6).split(separator: "/", omittingEmptySubsequences: false).map(Self.unescaped))
        } else {
            throw Mistake(message: "write header:NAME or body:/json/pointer, where * stands for any one segment")
        }
    }

    private static func unescaped(_ segment: Substring) -> String {
        var out = ""
        var isTilde = false
        for character in segment {
            if isTilde {
                out += character == "1" ? "/" : character == "0" ? "~" : "~\(character)"
                isTilde = false
            } else if character == "~" {
                isTilde = true
            } else {
                out.append(character)
            }
        }
        return isTilde ? out + "~" : out
    }

    package mutating func learn(_ place: String, route: String) {
        guard learnt.count < 1000 || learnt[route] != nil, learnt[route, default: []].count < 1000 else { return }
        learnt[route, default: []].insert(place)
    }

    func ignores(header name: [UInt8]) -> Bool { headers.contains(name) }

    func ignores(pointer: [String]) -> Bool {
        pointers.contains { pattern in
            // Whatever stands inside an ignored member is ignored with it.
            pattern.count <= pointer.count && zip(pattern, pointer).allSatisfy { $0 == "*" || $0 == $1 }
        }
    }

    func isLearnt(_ place: String, route: String) -> Bool { learnt[route]?.contains(place) ?? false }
}

/// Forms of text that a server makes anew for each answer.
enum PassingForm: String, Sendable {
    case uuid = "UUID"
    case moment = "time"

    /// Nil for any other text.
    static func of(_ text: [UInt8]) -> PassingForm? {
        if text.count == 36, isUUID(text) { return .uuid }
        if text.count >= 19, text.count <= 40, Moment.parse(text) != nil { return .moment }
        // Sun, 06 Nov 1994 08:49:37 GMT
        if text.count == 29, text[3] == UInt8(ascii: ","), text[19] == UInt8(ascii: ":"), text[22] == UInt8(ascii: ":"),
            text.suffix(4).elementsEqual(" GMT".utf8)
        {
            return .moment
        }
        return nil
    }

    private static func isUUID(_ text: [UInt8]) -> Bool {
        text.enumerated().allSatisfy { place, byte in
            switch place {
            case 8, 13, 18, 23: byte == UInt8(ascii: "-")
            default: Hexadecimal.value(byte) != nil
            }
        }
    }
}
