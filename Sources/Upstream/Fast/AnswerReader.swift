import EventLoop
import HTTP

/// Reads one answer as it comes, however it is cut: heads, body, and where it ends (RFC 9112 §6.3). Pure.
///
/// The caller presents what it received and asks for events until ``Event/needMore``. Only a head that comes in pieces
/// is copied. A connection has one reader, which begins anew with each request.
// A class, because a struct would be copied out of its connection and back for each event, or checked for exclusivity.
final class AnswerReader {
    enum Event {
        /// Everything presented has been used, and the answer goes on.
        case needMore
        /// A 1xx head other than 101.
        case interim(ResponseHead)
        case head(ResponseHead)
        /// These bytes of what was presented are body, or what goes through a tunnel.
        case data(Range<Int>)
        /// The answer is complete. What is left of the bytes presented belongs to nothing that was asked for.
        case end
        /// The answer breaks the grammar; the connection is worth nothing.
        case refuse(RefusalCode)
    }

    /// What the end of the connection means to the answer.
    enum Ending {
        /// It is complete: its end was to be marked this way.
        case complete
        /// No byte of it has come.
        case silent
        /// Its head is incomplete.
        case headless
        /// Its body is.
        case truncated
    }

    private enum Phase {
        case head
        case length(UInt64)
        case chunked
        case untilClose
        case tunnel
        case ended
    }

    /// A head that is not complete; few come in pieces.
    private final class PartialHead {
        var parser: ResponseParser
        var bytes: [UInt8]

        init(_ parser: consuming ResponseParser, _ bytes: consuming [UInt8]) {
            self.parser = parser
            self.bytes = bytes
        }
    }

    private var phase = Phase.head
    private var decoder = ChunkedDecoder()
    private var partial: PartialHead?
    private var interims = 0
    /// Whether a byte of the answer has come, interim ones included.
    private(set) var hasBytes = false
    /// Whether the connection may be used again, as the head says.
    private(set) var keepAlive = false
    private var method: Method
    private var upgradeAsked: Bool

    /// Interim answers that a backend may send before its final one.
    static let interimLimit = 16
    static let headLimits = HeadLimits(headerBytes: 65_536, headerCount: 500)

    init(method: Method, upgradeAsked: Bool) {
        self.method = method
        self.upgradeAsked = upgradeAsked
    }

    /// Forgets everything, for the answer to another request.
    func begin(method: Method, upgradeAsked: Bool) {
        self.method = method
        self.upgradeAsked = upgradeAsked
        phase = .head
        partial = nil
        interims = 0
        hasBytes = false
        keepAlive = false
    }

    var isTunnel: Bool { if case .tunnel = phase { true } else { false } }

    /// The next event in `bytes` from `offset` on, which is moved past what it took.
    func next(_ bytes: Span<UInt8>, at offset: inout Int) -> Event {
        if offset < bytes.count { hasBytes = true }
        switch phase {
        case .head: return readHead(bytes, &offset)
        case .length(let remaining):
            if remaining == 0 { return end() }
            guard offset < bytes.count else { return .needMore }
            let first = offset
            offset += Int(min(UInt64(bytes.count - first), remaining))
            phase = .length(remaining - UInt64(offset - first))
            return .data(first..<offset)
        case .chunked:
            // Copied, because a call on the property would be checked for exclusivity at run time.
            var decoder = self.decoder
            let action = decoder.next(bytes, at: &offset)
            self.decoder = decoder
            switch action {
            case .needMore: return .needMore
            case .data(let range): return .data(range)
            case .end: return end()
            case .refuse(let code): return .refuse(code)
            }
        case .untilClose, .tunnel:
            guard offset < bytes.count else { return .needMore }
            defer { offset = bytes.count }
            return .data(offset..<bytes.count)
        case .ended: return .end
        }
    }

    private func end() -> Event {
        phase = .ended
        return .end
    }

    private func readHead(_ bytes: Span<UInt8>, _ offset: inout Int) -> Event {
        guard offset < bytes.count else { return .needMore }
        if let former = partial.take() { return readHead(former, bytes, &offset) }
        var parser = ResponseParser(limits: Self.headLimits, method: method, upgradeAsked: upgradeAsked)
        let rest = bytes.extracting(offset..<bytes.count)
        let outcome = parser.parse(rest)
        if case .needMore = outcome {
            var start: [UInt8] = []
            start.append(rest)
            partial = PartialHead(parser, start)
            offset = bytes.count
            return .needMore
        }
        return event(of: outcome, known: 0, &offset)
    }

    /// Goes on with a head of which a part has come before.
    private func readHead(_ former: PartialHead, _ bytes: Span<UInt8>, _ offset: inout Int) -> Event {
        let known = former.bytes.count
        former.bytes.append(bytes.extracting(offset..<bytes.count))
        let outcome = former.parser.parse(former.bytes.span)
        if case .needMore = outcome {
            partial = former
            offset = bytes.count
            return .needMore
        }
        return event(of: outcome, known: known, &offset)
    }

    /// `known` bytes of the head had come before those presented now.
    private func event(
        of outcome: consuming ResponseParser.Outcome, known: Int, _ offset: inout Int
    ) -> Event {
        switch outcome {
        case .needMore: return .needMore
        case .refuse(let refusal): return .refuse(refusal.code)
        case .interim(let head, let consumed):
            offset += consumed - known
            interims += 1
            return interims > Self.interimLimit ? .refuse(.statusInvalid) : .interim(head)
        case .head(let head, let consumed):
            offset += consumed - known
            keepAlive = head.keepAlive
            switch head.framing {
            case _ where head.status == 101: phase = .tunnel
            case .none: phase = .length(0)
            case .length(let length): phase = .length(length)
            case .chunked:
                decoder = ChunkedDecoder()
                phase = .chunked
            case .untilClose: phase = .untilClose
            }
            return .head(head)
        }
    }

    /// The connection has ended; `orderly` says that the backend said so itself.
    func connectionEnded(orderly: Bool) -> Ending {
        switch phase {
        case .head: hasBytes ? .headless : .silent
        case .untilClose, .tunnel: orderly ? .complete : .truncated
        case .length, .chunked: .truncated
        case .ended: .complete
        }
    }
}
