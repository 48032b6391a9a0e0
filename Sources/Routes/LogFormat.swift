internal import Documents

/// The format of an access log: text with variables, prepared so that no value can pass for something else.
package struct LogFormat: Sendable, Hashable {
    /// What escapes a value.
    package enum Style: Sendable, Hashable {
        /// CLF and everything that is none of the others: backslashes.
        case text
        /// RFC 4180: quotes, doubled inside.
        case csv
        case json
        /// XML 1.0: entities.
        case xml
    }

    package enum Part: Sendable, Hashable {
        case literal([UInt8])
        /// `isQuoted`: it stands between quotes of the format. `terminator`: the byte that ends it there.
        case variable(LogVariable, isQuoted: Bool, terminator: UInt8?)
    }

    package struct Problem: Error, Sendable, Hashable {
        package enum Kind: Sendable, Hashable {
            case unknownVariable(String)
            /// A dollar sign before something else than `context.NAME`.
            case notContext
            case controlCharacter
            case noRequestID
        }

        package var kind: Kind
        /// Bytes of the text.
        package var range: Range<Int>
    }

    package let style: Style
    package let parts: [Part]

    /// `CLF`, `JSON`, `XML` and `CSV` stand for AWS's formats of the API type.
    package init(_ text: String, apiType: ApiType) throws(Problem) {
        let isPreset = Self.presets(apiType)[text] != nil
        let bytes = Array((Self.presets(apiType)[text] ?? text).utf8)
        var reader = LogFormatReader(bytes)
        let pieces = try reader.read()
        let ids: Set<LogVariable> = [.context(.requestId), .context(.extendedRequestId)]
        if !pieces.contains(where: { if case .variable(let variable) = $0 { ids.contains(variable) } else { false } }) {
            throw Problem(kind: .noRequestID, range: 0..<bytes.count)
        }
        style = isPreset && text == "CSV" ? .csv : Self.style(of: bytes, pieces)
        parts = Self.parts(pieces, style)
    }

    enum Piece {
        case literal([UInt8])
        case variable(LogVariable)
    }

    private static func style(of text: [UInt8], _ pieces: [Piece]) -> Style {
        let inner = text.drop { $0 == 0x20 }
        if inner.first == UInt8(ascii: "<") { return .xml }
        if inner.first == UInt8(ascii: "{"), isJSON(pieces) { return .json }
        // Only commas between the variables.
        let isCSV = pieces.enumerated().allSatisfy { index, piece in
            guard case .literal(let bytes) = piece else { return true }
            return bytes == [UInt8(ascii: ",")] && index > 0 && index < pieces.count - 1
        }
        return isCSV && pieces.count > 1 ? .csv : .text
    }

    /// Whether it is JSON once every variable is a digit.
    private static func isJSON(_ pieces: [Piece]) -> Bool {
        var sample: [UInt8] = []
        for piece in pieces {
            if case .literal(let bytes) = piece { sample += bytes } else { sample.append(UInt8(ascii: "1")) }
        }
        do throws(JSONError) {
            return try JSONParser.parse(sample).root.kind == .object
        } catch {
            return false
        }
    }

    private static func parts(_ pieces: [Piece], _ style: Style) -> [Part] {
        var isQuoted = false
        return pieces.enumerated().map { index, piece in
            switch piece {
            case .literal(let bytes):
                var isEscaped = false
                for byte in bytes {
                    if isEscaped {
                        isEscaped = false
                    } else if byte == UInt8(ascii: "\\") {
                        isEscaped = style != .csv
                    } else if byte == UInt8(ascii: "\"") {
                        isQuoted.toggle()
                    }
                }
                return .literal(bytes)
            case .variable(let variable):
                var terminator: UInt8?
                if index + 1 < pieces.count, case .literal(let next) = pieces[index + 1] { terminator = next.first }
                return .variable(variable, isQuoted: isQuoted, terminator: terminator)
            }
        }
    }

    // MARK: AWS's formats

    /// As AWS offers them when access logs are set up. It has no XML for HTTP APIs; ours follows the one for REST.
    package static func presets(_ apiType: ApiType) -> [String: String] {
        apiType == .rest ? rest : http
    }

    private static let rest = [
        "CLF": "$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] "
            + "\"$context.httpMethod $context.resourcePath $context.protocol\" $context.status "
            + "$context.responseLength $context.requestId $context.extendedRequestId",
        "JSON": "{ \"requestId\":\"$context.requestId\", \"extendedRequestId\":\"$context.extendedRequestId\", "
            + "\"ip\": \"$context.identity.sourceIp\", \"caller\":\"$context.identity.caller\", "
            + "\"user\":\"$context.identity.user\", \"requestTime\":\"$context.requestTime\", "
            + "\"httpMethod\":\"$context.httpMethod\", \"resourcePath\":\"$context.resourcePath\", "
            + "\"status\":\"$context.status\", \"protocol\":\"$context.protocol\", "
            + "\"responseLength\":\"$context.responseLength\" }",
        "XML": xml(
            "resourcePath", "<extendedRequestId>$context.extendedRequestId</extendedRequestId> ",
            "<caller>$context.identity.caller</caller> <user>$context.identity.user</user> "),
        "CSV": "$context.identity.sourceIp,$context.identity.caller,$context.identity.user,$context.requestTime,"
            + "$context.httpMethod,$context.resourcePath,$context.protocol,$context.status,"
            + "$context.responseLength,$context.requestId,$context.extendedRequestId",
    ]

    private static let http = [
        "CLF": "$context.identity.sourceIp - - [$context.requestTime] "
            + "\"$context.httpMethod $context.routeKey $context.protocol\" $context.status "
            + "$context.responseLength $context.requestId",
        "JSON": "{ \"requestId\":\"$context.requestId\", \"ip\": \"$context.identity.sourceIp\", "
            + "\"requestTime\":\"$context.requestTime\", \"httpMethod\":\"$context.httpMethod\","
            + "\"routeKey\":\"$context.routeKey\", \"status\":\"$context.status\",\"protocol\":\"$context.protocol\", "
            + "\"responseLength\":\"$context.responseLength\" }",
        "XML": xml("routeKey", "", ""),
        "CSV": "$context.identity.sourceIp,$context.requestTime,$context.httpMethod,$context.routeKey,"
            + "$context.protocol,$context.status,$context.responseLength,$context.requestId",
    ]

    private static func xml(_ path: String, _ identifier: String, _ caller: String) -> String {
        "<request id=\"$context.requestId\"> \(identifier)<ip>$context.identity.sourceIp</ip> \(caller)"
            + "<requestTime>$context.requestTime</requestTime> <httpMethod>$context.httpMethod</httpMethod> "
            + "<\(path)>$context.\(path)</\(path)> <status>$context.status</status> "
            + "<protocol>$context.protocol</protocol> <responseLength>$context.responseLength</responseLength> </request>"
    }
}

/// Takes a format apart.
struct LogFormatReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func read() throws(LogFormat.Problem) -> [LogFormat.Piece] {
        var pieces: [LogFormat.Piece] = []
        var literal: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            if byte < 0x20 && byte != 0x09 || byte == 0x7F {
                throw LogFormat.Problem(kind: .controlCharacter, range: position..<position + 1)
            }
            guard byte == UInt8(ascii: "$") else {
                literal.append(byte)
                position += 1
                continue
            }
            if !literal.isEmpty { pieces.append(.literal(literal)) }
            literal = []
            pieces.append(.variable(try variable()))
        }
        if !literal.isEmpty { pieces.append(.literal(literal)) }
        return pieces
    }

    private static let prefix = Array("$context.".utf8)

    private mutating func variable() throws(LogFormat.Problem) -> LogVariable {
        let start = position
        guard bytes[start...].starts(with: Self.prefix) else {
            throw LogFormat.Problem(kind: .notContext, range: start..<start + 1)
        }
        let first = start + Self.prefix.count
        var end = first
        while end < bytes.count, isName(end, from: first) { end += 1 }
        let name = String(decoding: bytes[first..<end], as: UTF8.self)
        guard let variable = LogVariable(name) else {
            throw LogFormat.Problem(kind: .unknownVariable(name), range: start..<end)
        }
        position = end
        return variable
    }

    /// Letters, digits and `_`; between them also `.`, and in names below `authorizer.` `-` and `:`, as claims have them.
    private func isName(_ index: Int, from first: Int) -> Bool {
        switch bytes[index] {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): return true
        case UInt8(ascii: "."): break
        case UInt8(ascii: "-"), UInt8(ascii: ":"):
            guard bytes[first..<index].starts(with: Array("authorizer.".utf8)) else { return false }
        default: return false
        }
        guard index + 1 < bytes.count else { return false }
        switch bytes[index + 1] {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): return true
        default: return false
        }
    }
}
