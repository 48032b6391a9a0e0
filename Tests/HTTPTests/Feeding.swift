@testable import HTTP

/// What a parser said, in a form that can be compared.
struct Verdict: Equatable, CustomStringConvertible {
    var text: String
    var description: String { text }

    static let needMore = Verdict(text: "needMore")
    static func refused(_ code: RefusalCode) -> Verdict { Verdict(text: "refuse \(code.rawValue)") }
}

/// Feeds examples whole, in two pieces and byte by byte.
enum Feeding {
    static func bytes(_ text: String) -> [UInt8] { [UInt8](text.utf8) }

    static func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    static func describe(_ head: RequestHead, _ consumed: Int) -> Verdict {
        let fields = head.fields.map { "\($0.id)=\(head.fields.name(of: $0))=\(head.fields.value(of: $0))" }
        return Verdict(
            text: """
                \(head.method) \(text(head.methodBytes)) \(text(head.targetBytes)) \(head.targetForm) \
                \(text(head.rawPath)) \(head.query.map { text(head.fields.slice($0)) } ?? "-") \(text(head.hostBytes)) \
                \(head.version) \(head.framing) \(head.keepAlive) \(head.expectsContinue) \(head.upgrade) \
                \(consumed) \(fields)
                """)
    }

    static func describe(_ outcome: RequestParser.Outcome) -> Verdict {
        switch outcome {
        case .needMore: .needMore
        case .head(let head, let consumed): describe(head, consumed)
        case .refuse(let refusal): .refused(refusal.code)
        }
    }

    static func request(_ text: String, limits: HeadLimits = HeadLimits()) -> Verdict {
        request(bytes(text), limits: limits)
    }

    static func request(_ bytes: [UInt8], limits: HeadLimits = HeadLimits()) -> Verdict {
        var parser = RequestParser(limits: limits)
        return describe(parser.parse(bytes.span))
    }

    /// The parsed head, or nil when it is refused or incomplete.
    static func head(_ text: String, limits: HeadLimits = HeadLimits()) -> RequestHead? {
        var parser = RequestParser(limits: limits)
        if case .head(let head, _) = parser.parse(bytes(text).span) { return head }
        return nil
    }

    /// The verdict when the bytes come in pieces of `size`.
    static func requestInPieces(_ bytes: [UInt8], size: Int, limits: HeadLimits = HeadLimits()) -> Verdict {
        var parser = RequestParser(limits: limits)
        var end = 0
        while end < bytes.count {
            end = min(end + size, bytes.count)
            let verdict = describe(parser.parse(bytes.span.extracting(0..<end)))
            if verdict != .needMore { return verdict }
        }
        return .needMore
    }

    static func describe(_ outcome: ResponseParser.Outcome) -> Verdict {
        switch outcome {
        case .needMore: .needMore
        case .head(let head, let consumed): describe("final", head, consumed)
        case .interim(let head, let consumed): describe("interim", head, consumed)
        case .refuse(let refusal): .refused(refusal.code)
        }
    }

    private static func describe(_ kind: String, _ head: ResponseHead, _ consumed: Int) -> Verdict {
        let fields = head.fields.map { "\($0.id)=\(head.fields.value(of: $0))" }
        let length = head.declaredLength.map { "\($0)" } ?? "-"
        return Verdict(
            text: """
                \(kind) \(head.version) \(head.status) \(text(head.reasonBytes)) \(head.framing) \(length) \
                \(head.keepAlive) \(consumed) \(fields)
                """)
    }

    static func responseInPieces(
        _ bytes: [UInt8], size: Int, method: Method = .get, limits: HeadLimits = HeadLimits(),
        upgradeAsked: Bool = false
    ) -> Verdict {
        var parser = ResponseParser(limits: limits, method: method, upgradeAsked: upgradeAsked)
        var end = 0
        while end < bytes.count {
            end = min(end + size, bytes.count)
            let verdict = describe(parser.parse(bytes.span.extracting(0..<end)))
            if verdict != .needMore { return verdict }
        }
        return .needMore
    }

    static func response(_ text: String, method: Method = .get, upgradeAsked: Bool = false) -> ResponseHead? {
        var parser = ResponseParser(limits: HeadLimits(), method: method, upgradeAsked: upgradeAsked)
        switch parser.parse(bytes(text).span) {
        case .head(let head, _), .interim(let head, _): return head
        case .needMore, .refuse: return nil
        }
    }

    /// The decoded body with how it ended and how many bytes were used.
    static func chunks(_ bytes: [UInt8], size: Int, limits: ChunkedLimits = ChunkedLimits()) -> Verdict {
        var decoder = ChunkedDecoder(limits: limits)
        var body: [UInt8] = []
        var start = 0
        while start < bytes.count {
            let piece = [UInt8](bytes[start..<min(start + size, bytes.count)])
            var offset = 0
            pieces: while true {
                switch decoder.next(piece.span, at: &offset) {
                case .needMore: break pieces
                case .data(let range): body.append(contentsOf: piece[range])
                case .end: return Verdict(text: "end \(text(body)) \(start + offset)")
                case .refuse(let code): return .refused(code)
                }
            }
            start += piece.count
        }
        return Verdict(text: "open \(text(body))")
    }
}
