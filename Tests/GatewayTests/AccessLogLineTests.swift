import Documents
import Foundation
import Routes
import Testing

@testable import Gateway

/// What arbitrary bytes can do to a line of an access log: nothing.
@Suite("Escaping in access logs")
struct AccessLogLineTests {
    /// Bytes that log readers care about, and others.
    private struct Dice {
        var state: UInt64

        mutating func roll(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }

        mutating func value() -> [UInt8] {
            let signs = Array("\"\\,;<>&'{}[]|= \t\r\n-$x0é\u{85}\u{2028}😀\u{0}\u{1B}\u{7F}\u{FFFF}".utf8)
            return (0..<roll(24)).map { _ in roll(4) == 0 ? UInt8(roll(256)) : signs[roll(signs.count)] }
        }
    }

    private func line(_ format: String, _ values: [[UInt8]]) throws -> [UInt8] {
        let line = AccessLogLine(format: try LogFormat(format, apiType: .rest))
        var out: [UInt8] = []
        line.append(to: &out) { variable in
            switch variable {
            case .context(.userAgent): values[0]
            case .context(.path): values[1]
            case .context(.requestId): Array("id".utf8)
            default: nil
            }
        }
        return out
    }

    private static let seeds = Array(0..<20)

    private func check(_ seed: Int, _ body: (_ values: [[UInt8]], _ texts: [String]) throws -> Void) rethrows {
        var dice = Dice(state: UInt64(seed) &* 7919)
        for _ in 0..<200 {
            let values = [dice.value(), dice.value()]
            try body(values, values.map { String(decoding: $0, as: UTF8.self) })
        }
    }

    @Test("What is missing is a text in JSON, quoted by the format or not")
    func missing() throws {
        let format =
            "{\"a\":$context.error.messageString,\"b\":$context.path,\"c\":\"$context.error.message\",\"d\":\"$context.requestId\"}"
        var out: [UInt8] = []
        AccessLogLine(format: try LogFormat(format, apiType: .rest)).append(to: &out) { _ in nil }
        #expect(String(decoding: out, as: UTF8.self).hasPrefix(#"{"a":"-","b":"-","c":"-","d":"-"}"#))
        out = []
        AccessLogLine(format: try LogFormat(format, apiType: .rest)).append(to: &out) { variable in
            variable == .errorMessageString ? Array("null".utf8) : nil
        }
        #expect(String(decoding: out, as: UTF8.self).hasPrefix(#"{"a":null,"b":"-","c":"-","d":"-"}"#))
    }

    @Test("JSON stays one object with the same members, and gives the values back", arguments: seeds)
    func json(_ seed: Int) throws {
        let format = "{\"id\":\"$context.requestId\",\"a\":\"$context.identity.userAgent\",\"b\":$context.path}"
        try check(seed) { values, texts in
            let line = try line(format, values)
            let root = try JSONParser.parse(line).root
            #expect(root.count == 3)
            #expect(root["a"]?.string == texts[0])
            if root["b"]?.kind == .string { #expect(root["b"]?.string == texts[1]) }
            #expect(!line.contains { $0 < 0x20 })
        }
    }

    @Test("CSV stays one record with the same fields", arguments: seeds)
    func csv(_ seed: Int) throws {
        try check(seed) { values, _ in
            let line = try line("$context.identity.userAgent,$context.requestId,$context.path", values)
            #expect(!line.contains { $0 < 0x20 || $0 == 0x7F })
            // RFC 4180, read by hand: commas count outside quotes only.
            var fields = 1
            var isQuoted = false
            for byte in line {
                if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
                if byte == UInt8(ascii: ","), !isQuoted { fields += 1 }
            }
            #expect(fields == 3 && !isQuoted, "\(String(decoding: line, as: UTF8.self))")
        }
    }

    @Test("XML holds no markup but the format's, and nothing that XML does not allow", arguments: seeds)
    func xml(_ seed: Int) throws {
        try check(seed) { values, _ in
            let line = try line(
                "<r i=\"$context.requestId\" a=\"$context.identity.userAgent\">$context.path</r>", values)
            let text = String(decoding: line, as: UTF8.self)
            func count(_ sign: UInt8) -> Int { line.count { $0 == sign } }
            #expect(count(UInt8(ascii: "<")) == 2 && count(UInt8(ascii: ">")) == 2)
            #expect(count(UInt8(ascii: "\"")) == 4)
            #expect(!line.contains { $0 < 0x20 })
            #expect(!text.unicodeScalars.contains { $0.value == 0xFFFE || $0.value == 0xFFFF })
            for part in line.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false).dropFirst() {
                let name = String(decoding: part.prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self)
                let known = ["amp", "lt", "gt", "quot", "apos", "#9", "#10", "#13"].contains(name)
                #expect(known, "\(text.debugDescription)")
            }
        }
    }

    @Test("Text can be taken apart again at the format's own separators", arguments: seeds)
    func text(_ seed: Int) throws {
        try check(seed) { values, _ in
            let line = try line("$context.identity.userAgent|\"$context.path\" $context.requestId", values)
            #expect(!line.contains { $0 < 0x20 || $0 == 0x7F })
            #expect(String(validating: line, as: UTF8.self) != nil)
            // The first bar ends the first field; the first quote without a backslash ends the second.
            let rest = line[(try #require(line.firstIndex(of: UInt8(ascii: "|"))) + 1)...]
            #expect(rest.first == UInt8(ascii: "\""))
            var index = rest.startIndex + 1
            while rest[index] != UInt8(ascii: "\"") { index += rest[index] == UInt8(ascii: "\\") ? 2 : 1 }
            #expect(rest[(index + 1)...].elementsEqual(" id".utf8))
        }
    }

    @Test("A text that begins like JSON and is none is escaped as text")
    func almostJSON() throws {
        let line = try line("{$context.requestId: $context.identity.userAgent}", [Array("a\"}b".utf8), []])
        #expect(String(decoding: line, as: UTF8.self) == "{id: a\\\"\\x7Db}")
    }
}
