import HTTP

/// The headers of a request as events show them: grouped by name, in the order of their names.
struct EventHeaders: EventMultimap {
    private(set) var entries: [EventEntry<ArraySlice<UInt8>>] = []
    /// Split at the semicolons; payload format 2.0 only.
    private(set) var cookies: [ArraySlice<UInt8>] = []

    enum Form: Sendable {
        /// Names as the client spells them, but `Authorization` and `User-Agent`; several headers stay behind.
        case rest
        /// Lower-case names.
        case http
        /// Lower-case names; cookies apart.
        case httpCookiesApart
    }

    /// REST APIs hide these from functions, beside what belongs to the connection.
    private static let hiddenREST: FieldIDSet = [
        .contentLength, .contentMD5, .expect, .maxForwards, .server, .wwwAuthenticate,
    ]

    init(_ request: FunctionRequest, _ form: Form) {
        let fields = request.fields
        let hop = HopByHopFields(fields)
        entries.reserveCapacity(fields.count + 5)
        for line in fields where Self.isShown(line, hop, request, form) {
            let value = fields.value(of: line)
            if form == .httpCookiesApart, line.id == .cookie {
                appendCookies(value)
            } else {
                add(Self.name(line, fields, form), value)
            }
        }
        let isREST = form == .rest
        if !request.host.isEmpty { add(Array((isREST ? "Host" : "host").utf8), request.host[...]) }
        add(Array((isREST ? "X-Amzn-Trace-Id" : "x-amzn-trace-id").utf8), request.traceID[...])
        add(Array((isREST ? "X-Forwarded-For" : "x-forwarded-for").utf8), request.forwardedFor[...])
        add(Array((isREST ? "X-Forwarded-Port" : "x-forwarded-port").utf8), request.forwardedPort[...])
        add(Array((isREST ? "X-Forwarded-Proto" : "x-forwarded-proto").utf8), request.forwardedProto[...])
        entries.sort { $0.name.lexicographicallyPrecedes($1.name) }
    }

    private static func isShown(
        _ line: FieldLine, _ hop: HopByHopFields, _ request: FunctionRequest, _ form: Form
    ) -> Bool {
        let fields = request.fields
        switch line.id {
        // The gateway writes its own.
        case .host, .xAmznTraceID: return false
        case .expect: return false
        case .authorization where form == .rest && isSigned(fields.value(of: line)): return false
        default: break
        }
        if form == .rest, hiddenREST.contains(line.id) { return false }
        // What tells who called, and what lets a framework take another method or path than the gateway authorized.
        if ReservedFields.forwarding.contains(line, in: fields) { return false }
        if ReservedFields.overrides.contains(line, in: fields) || request.hidden.contains(line, in: fields) {
            return false
        }
        return !hop.contains(line, in: fields)
    }

    /// REST APIs drop signatures of version 4.
    private static func isSigned(_ value: ArraySlice<UInt8>) -> Bool { value.starts(with: "AWS4-HMAC-SHA256".utf8) }

    private static func name(_ line: FieldLine, _ fields: FieldLines, _ form: Form) -> [UInt8] {
        guard form == .rest else { return fields.name(of: line).map(ByteClass.lower) }
        switch line.id {
        case .authorization: return Array("Authorization".utf8)
        case .userAgent: return Array("User-Agent".utf8)
        default: return Array(fields.name(of: line))
        }
    }

    /// Names that differ in case only are one header: two members could not be told apart by a reader that folds case.
    private mutating func add(_ name: [UInt8], _ value: ArraySlice<UInt8>) {
        for index in entries.indices where Self.equal(entries[index].name, name) {
            entries[index].values.append(value)
            return
        }
        entries.append(EventEntry(name: name, values: [value]))
    }

    static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        for index in left.indices where ByteClass.lower(left[index]) != ByteClass.lower(right[index]) { return false }
        return true
    }

    private mutating func appendCookies(_ value: ArraySlice<UInt8>) {
        for piece in value.split(separator: UInt8(ascii: ";")) {
            var cookie = piece
            while let first = cookie.first, ByteClass.isBlank(first) { cookie.removeFirst() }
            while let last = cookie.last, ByteClass.isBlank(last) { cookie.removeLast() }
            if !cookie.isEmpty { cookies.append(cookie) }
        }
    }
}
