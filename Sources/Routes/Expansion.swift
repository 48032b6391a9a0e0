internal import Documents

/// Puts `${env:NAME}`, `${env:NAME:-default}`, `${file:path}` and `${credential:name}` into one string.
///
/// What comes in is not read again for expressions. `${stageVariables.x}` and the like belong to run time and stay.
struct Expansion {
    let context: LoadContext
    let value: JSONValue
    let severity: Diagnostic.Severity

    private static let kinds = ["env", "file", "credential"]
    private static let runTime = ["stageVariables.", "context.", "request.", "response."]

    init(context: LoadContext, value: JSONValue, severity: Diagnostic.Severity) {
        self.context = context
        self.value = value
        self.severity = severity
    }

    mutating func run(_ raw: [UInt8]) -> LoadContext.ExpandedText {
        var result = LoadContext.ExpandedText(text: "")
        var out: [UInt8] = []
        var index = 0
        let dollar = UInt8(ascii: "$")
        let open = UInt8(ascii: "{")
        while index < raw.count {
            guard raw[index] == dollar, index + 1 < raw.count else {
                out.append(raw[index])
                index += 1
                continue
            }
            if raw[index + 1] == dollar, index + 2 < raw.count, raw[index + 2] == open {
                out += [dollar, open]
                index += 3
                continue
            }
            guard raw[index + 1] == open else {
                out.append(raw[index])
                index += 1
                continue
            }
            guard let close = raw[index...].firstIndex(of: UInt8(ascii: "}")) else {
                fail("GH2504", index..<raw.count, "the expression is not closed", help: "add \"}\", or write $${")
                result.failed = true
                out += raw[index...]
                break
            }
            let range = index..<close + 1
            index = close + 1
            let inner = raw[(range.lowerBound + 2)..<close]
            if Self.runTime.contains(where: { inner.starts(with: $0.utf8) }) {
                out += raw[range]
                continue
            }
            result.hasExpression = true
            if inner.starts(with: "env:".utf8), Self.hasDefault(inner) { result.hasDefault = true }
            if let bytes = resolve(inner, range) { out += bytes } else { result.failed = true }
        }
        result.text = String(decoding: out, as: UTF8.self)
        return result
    }

    private static func hasDefault(_ inner: ArraySlice<UInt8>) -> Bool { split(inner.dropFirst(4)).fallback != nil }

    private static func split(_ text: ArraySlice<UInt8>) -> (name: ArraySlice<UInt8>, fallback: ArraySlice<UInt8>?) {
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")), text[(colon + 1)...].first == UInt8(ascii: "-") else {
            return (text, nil)
        }
        return (text[..<colon], text[(colon + 2)...])
    }

    private func resolve(_ inner: ArraySlice<UInt8>, _ range: Range<Int>) -> [UInt8]? {
        guard let colon = inner.firstIndex(of: UInt8(ascii: ":")) else {
            fail(
                "GH2504", range, "unknown expression",
                help: "known are ${env:NAME}, ${file:path} and ${credential:name}; $${ is a literal ${")
            return nil
        }
        let kind = String(decoding: inner[..<colon], as: UTF8.self)
        let argument = inner[(colon + 1)...]
        let (name, fallback) = kind == "env" ? Self.split(argument) : (argument, nil)
        let word = String(decoding: name, as: UTF8.self)
        if name.isEmpty, Self.kinds.contains(kind) {
            fail("GH2504", range, "the expression names nothing", help: "write ${\(kind):NAME}")
            return nil
        }
        do throws(DocumentReadFailure) {
            switch kind {
            case "env":
                if let text = context.environment.variable(word) { return Array(text.utf8) }
                if let fallback { return Array(fallback) }
                fail(
                    "GH2501", range, "environment variable \(word) is not set",
                    help: "set it, or write ${env:\(word):-default}")
                return nil
            case "file":
                return try text(context.environment.contents(ofFile: word), range)
            case "credential":
                return try text(context.environment.credential(word), range)
            default:
                let near = Suggestion.nearest(to: kind, among: Self.kinds)
                fail(
                    "GH2504", range, "unknown expression \"\(kind):\"",
                    help: near.map { "did you mean \"\($0):\"?" } ?? "known are env:, file: and credential:")
                return nil
            }
        } catch {
            let isFile = kind == "file"
            fail(
                isFile ? "GH2502" : "GH2503", range,
                "cannot read \(isFile ? "file" : "credential") \"\(word)\": \(error.reason)")
            return nil
        }
    }

    private func text(_ content: [UInt8], _ range: Range<Int>) -> [UInt8]? {
        let trimmed = Self.withoutFinalNewline(content)
        guard trimmed.elementsEqual(String(decoding: trimmed, as: UTF8.self).utf8) else {
            fail("GH2505", range, "the content is not UTF-8 text", help: "use a key such as \"secretFile\"")
            return nil
        }
        return Array(trimmed)
    }

    static func withoutFinalNewline(_ content: [UInt8]) -> ArraySlice<UInt8> {
        var trimmed = content[...]
        if trimmed.last == 0x0A { trimmed = trimmed.dropLast() }
        if trimmed.count < content.count, trimmed.last == 0x0D { trimmed = trimmed.dropLast() }
        return trimmed
    }

    private func fail(_ code: String, _ part: Range<Int>, _ message: String, help: String? = nil) {
        context.report(code, severity, context.range(of: part, in: value), message, help: help)
    }
}
