import Documents
import HTTP
import Routes

/// The values that parameter mappings take from a request and from its backend's answer.
struct MappingValues {
    private let exchange: Exchange
    /// The request's body as JSON, where a mapping looks into it.
    private let body: MappedBody
    /// The backend's answer, once it is there.
    private let answer: BackendAnswer?

    /// What mappings can read of an answer.
    struct BackendAnswer {
        var fields: FieldLines
        var body: MappedBody
    }

    init(_ exchange: Exchange, body: MappedBody = .none, answer: BackendAnswer? = nil) {
        self.exchange = exchange
        self.body = body
        self.answer = answer
    }

    /// Nil when a part has no value: then nothing is sent.
    func value(of mapping: ParameterMapping) -> [UInt8]? {
        Self.value(of: mapping, in: exchange, body: body, answer: answer)
    }

    func value(of source: ParameterSource) -> [UInt8]? {
        Self.value(of: source, in: exchange, body: body, answer: answer)
    }

    /// The same without keeping the exchange, for what is mapped once.
    static func value(
        of mapping: ParameterMapping, in exchange: Exchange, body: MappedBody, answer: BackendAnswer? = nil
    ) -> [UInt8]? {
        if mapping.source.count == 1 { return value(of: mapping.source[0], in: exchange, body: body, answer: answer) }
        var out: [UInt8] = []
        for part in mapping.source {
            guard let value = value(of: part, in: exchange, body: body, answer: answer) else { return nil }
            out += value
        }
        return out
    }

    private static func value(
        of source: ParameterSource, in exchange: Exchange, body: MappedBody, answer: BackendAnswer?
    ) -> [UInt8]? {
        // The caller's name is what is mapped most.
        if case .context(let variable) = source { return ExchangeVariables.value(of: variable, in: exchange) }
        let head = exchange.head
        // HTTP APIs join several values; the single-valued forms of REST APIs take the last.
        let joins = exchange.snapshot.apiType == .http
        func one(_ values: [[UInt8]]) -> [UInt8]? { joins ? joined(values) : values.last }
        switch source {
        case .literal(let bytes): return bytes
        case .header(let name): return one(header(name, in: head.fields))
        case .multiValueHeader(let name): return joined(header(name, in: head.fields))
        case .queryString(let name): return one(query(name))
        case .multiValueQueryString(let name): return joined(query(name))
        case .pathParameter(let name): return exchange.parameter(name).map { Array($0) }
        case .wholePath: return exchange.path.map { Array($0.bytes) }
        case .body(let path): return body.value(at: path)
        case .responseHeader(let name): return answer.flatMap { one(header(name, in: $0.fields)) }
        case .responseMultiValueHeader(let name): return answer.flatMap { joined(header(name, in: $0.fields)) }
        case .responseBody(let path): return answer.flatMap { $0.body.value(at: path) }
        case .context(let variable): return ExchangeVariables.value(of: variable, in: exchange)
        case .stageVariable(let name): return exchange.snapshot.stage.variable(name).map { Array($0.utf8) }
        }

        func header(_ name: [UInt8], in fields: FieldLines) -> [[UInt8]] {
            // REST tells header names apart by case in mappings, although HTTP does not.
            let sensitive = exchange.snapshot.apiType == .rest
            return fields.lines.compactMap { line in
                // AWS takes these off before any mapping looks.
                if sensitive, HeaderRules.neverMapped.contains(line.id) { return nil }
                let matches =
                    sensitive
                    ? fields.name(of: line).elementsEqual(name)
                    : fields.nameEquals(line, name.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 })
                return matches ? Array(fields.value(of: line)) : nil
            }
        }
        func query(_ name: [UInt8]) -> [[UInt8]] {
            let query = QueryString(head)
            return query.filter { query.decoded($0.name) == name }.map { query.decoded($0.value) }
        }
        func joined(_ values: [[UInt8]]) -> [UInt8]? {
            values.isEmpty ? nil : Array(values.joined(separator: [UInt8(ascii: ",")]))
        }
    }
}

/// A body that mappings look into.
enum MappedBody {
    /// Not there, too long to be looked into, or not JSON.
    case none
    case text([UInt8])
    case json(JSONValue, [UInt8])

    /// HTTP APIs look into the first 100 KB, which of a longer body is no JSON (Developer Guide, parameter mapping).
    static let limitHTTP = 102_400

    init(_ bytes: [UInt8], _ apiType: ApiType) {
        if bytes.isEmpty || (apiType == .http && bytes.count > Self.limitHTTP) {
            self = .none
            return
        }
        do {
            self = .json(try JSONParser.parse(bytes).root, bytes)
        } catch {
            self = .text(bytes)
        }
    }

    /// A REST API refuses a body that begins like JSON and is none.
    var isBrokenJSON: Bool {
        guard case .text(let bytes) = self, let first = bytes.first(where: { !ByteClass.isBlank($0) }) else {
            return false
        }
        return "{[\"'".utf8.contains(first)
    }

    func value(at path: BodyPath?) -> [UInt8]? {
        switch self {
        case .none: return nil
        case .text(let bytes): return path == nil ? bytes : nil
        case .json(let root, let bytes):
            guard let path else { return bytes }
            return path.value(in: root)
        }
    }
}

/// Percent-encoding of values that come into a target.
enum PercentEncoding {
    enum Keeping {
        /// Sub-delimiters, `:`, `@`, `/` and complete triplets stay.
        case path
        /// Sub-delimiters, `:` and `@` stay: one segment, whatever the value holds.
        case segment
        /// Only unreserved bytes stay.
        case query
    }

    static func encode(_ value: [UInt8], keeping: Keeping) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(value.count)
        for (index, byte) in value.enumerated() {
            if isUnreserved(byte)
                || (keeping != .query && staysInPath(byte, value, index, isSegment: keeping == .segment))
            {
                out.append(byte)
            } else {
                out.append(UInt8(ascii: "%"))
                out.append(digits[Int(byte >> 4)])
                out.append(digits[Int(byte & 15)])
            }
        }
        return out
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
        default: false
        }
    }

    private static func staysInPath(_ byte: UInt8, _ value: [UInt8], _ index: Int, isSegment: Bool) -> Bool {
        switch byte {
        case 0x21, 0x24, 0x26...0x2C, 0x3A, 0x3B, 0x3D, 0x40: return true
        case 0x2F: return !isSegment
        case 0x25:
            return !isSegment && value.count - index > 2 && isHex(value[index + 1]) && isHex(value[index + 2])
        default: return false
        }
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }
}
