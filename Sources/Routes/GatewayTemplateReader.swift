internal import Documents

/// Reads the body of a gateway response: text in which `$context.NAME`, `$stageVariables.NAME` and
/// `$method.request.PLACE.NAME`, with or without braces, are put in; `method.request.…` may also stand without its `$`.
/// Nothing else is looked at: no template language is run, as on AWS.
struct GatewayTemplateReader {
    let reader: ParameterReader

    private static let starts = ["context.", "stageVariables.", "method.request."].map { Array($0.utf8) }
    private static let bare = Array("method.request.".utf8)

    func read(_ value: JSONValue) -> [GatewayResponseValue] {
        let text = Array((reader.context.text(value) ?? "").utf8)
        var parts: [GatewayResponseValue] = []
        var literal: [UInt8] = []
        var index = 0
        while index < text.count {
            guard let (word, end) = word(in: text, at: index) else {
                literal.append(text[index])
                index += 1
                continue
            }
            guard let part = reader.gatewayValue(word) else {
                reader.fail(
                    value, "\"$\(word)\" is no variable of a gateway response",
                    "write $context.NAME or $stageVariables.NAME")
                return []
            }
            if !literal.isEmpty { parts.append(.source(.literal(literal))) }
            literal = []
            parts.append(part)
            index = end
        }
        if !literal.isEmpty || parts.isEmpty { parts.append(.source(.literal(literal))) }
        return parts
    }

    /// A variable that begins here, without its `$` and braces, and where it ends.
    private func word(in text: [UInt8], at index: Int) -> (String, Int)? {
        let isVariable = text[index] == UInt8(ascii: "$")
        var start = index + (isVariable ? 1 : 0)
        let isBraced = isVariable && start < text.count && text[start] == UInt8(ascii: "{")
        if isBraced { start += 1 }
        let known = isVariable ? Self.starts : [Self.bare]
        guard known.contains(where: { text[start...].starts(with: $0) }) else { return nil }
        var end = start
        while end < text.count, ParameterSource.isNameByte(text[end]), text[end] != UInt8(ascii: "$") { end += 1 }
        while end > start, text[end - 1] == UInt8(ascii: ".") { end -= 1 }
        let word = String(decoding: text[start..<end], as: UTF8.self)
        if isBraced {
            guard end < text.count, text[end] == UInt8(ascii: "}") else { return nil }
            end += 1
        }
        // Text such as "method.request.example" is no variable unless it says so.
        if !isVariable, reader.gatewayValue(word) == nil { return nil }
        return (word, end)
    }
}
