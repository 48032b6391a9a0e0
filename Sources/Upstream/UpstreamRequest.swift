package import HTTP

/// One request to a backend, complete but for its body.
package struct UpstreamRequest: Sendable {
    package enum Body: Sendable, Hashable {
        case none
        /// This many bytes come through ``TransferDriver/send(_:to:)``.
        case length(UInt64)
        /// Bytes come until ``TransferDriver/endBody(of:)``.
        case stream
    }

    package var method: Method
    /// The first line and the field lines as they go out, each ending in CRLF, Host included, framing left out. One array,
    /// because the fast lane sends from it.
    private var lines: [UInt8]
    private let methodEnd: Int
    private let targetEnd: Int
    /// Whether the first line is one: anything else must not go out.
    let isWellFormed: Bool
    package var body: Body
    /// From the moment the request is out to the head of the answer.
    package var headInMillis: Int
    /// Without any progress while the answer's body, or the request's, is on its way.
    package var idleInMillis: Int
    /// Whether the fields ask for another protocol (RFC 9110 §7.8), so that a 101 is an answer: after it, bytes go both
    /// ways as they are until one side ends. Only for requests without a body, on the fast lane.
    package var asksUpgrade = false

    /// Between the target and the field lines.
    package static let version: StaticString = " HTTP/1.1\r\n"

    /// `lines` is the first line, whose method ends at `methodEnd` and whose target at `targetEnd`, with the field lines.
    /// Room behind them that is reserved for the framing saves a copy.
    package init(
        method: Method, lines: consuming [UInt8], methodEnd: Int, targetEnd: Int, body: Body, headInMillis: Int,
        idleInMillis: Int
    ) {
        self.method = method
        isWellFormed = HeadWriter.isRequestLine(
            method: lines.span.extracting(0..<methodEnd), target: lines.span.extracting((methodEnd + 1)..<targetEnd))
        self.lines = lines
        self.methodEnd = methodEnd
        self.targetEnd = targetEnd
        self.body = body
        self.headInMillis = headInMillis
        self.idleInMillis = idleInMillis
    }

    /// The same from parts: `target` is path and query in origin-form, `fields` complete lines.
    package init(
        method: Method, methodBytes: [UInt8], target: [UInt8], fields: [UInt8], body: Body, headInMillis: Int,
        idleInMillis: Int
    ) {
        var lines: [UInt8] = []
        lines.append(expecting: methodBytes.count + target.count + fields.count + 76) { room in
            room.put(methodBytes)
            room.put(" ")
            room.put(target)
            room.put(Self.version)
            room.put(fields)
        }
        self.init(
            method: method, lines: lines, methodEnd: methodBytes.count, targetEnd: methodBytes.count + 1 + target.count,
            body: body, headInMillis: headInMillis, idleInMillis: idleInMillis)
    }

    package var methodBytes: [UInt8] { Array(lines[..<methodEnd]) }

    /// Path and query in origin-form.
    package var target: [UInt8] { Array(lines[(methodEnd + 1)..<targetEnd]) }

    /// Complete field lines, each ending in CRLF, Host included, framing left out.
    package var fields: [UInt8] { Array(lines[(targetEnd + Self.version.utf8CodeUnitCount)...]) }

    /// Takes the lines out of a request that is not wanted any more: an array with one owner grows in place.
    mutating func takeLines() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &lines)
        return taken
    }

    /// What frames the body: a method that usually has one says that there is none (RFC 9110 §8.6).
    var framing: MessageFraming {
        switch body {
        case .length(let length): .length(length)
        case .stream: .chunked
        case .none:
            switch method {
            case .post, .put, .patch: .length(0)
            default: .none
            }
        }
    }

    /// Whether sending it twice does no harm (RFC 9110 §9.2.2).
    var isIdempotent: Bool { method.isIdempotent }

    /// Whether it changes nothing at all, so that it may be sent again without asking (RFC 9110 §9.2.1).
    var isSafe: Bool {
        switch method {
        case .get, .head, .options: true
        default: false
        }
    }
}
