internal import Documents

/// Compares a document with ``DocumentTables``: names, types, ranges, words, what is missing and what is not built.
struct StructureCheck {
    let context: LoadContext
    /// The text has holes, so that missing keys say nothing.
    let isDamaged: Bool

    func run() {
        guard context.root.kind == .object else {
            if context.root.kind != .invalid {
                context.report(
                    "GH2001", context.root.range, "gateway.json must be an object, not \(context.root.kind.name)")
            }
            return
        }
        check(context.root, DocumentTables.root, owner: nil, isOptional: false)
    }

    // MARK: Sections

    private func check(_ object: JSONValue, _ section: DocumentSection, owner: Range<Int>?, isOptional: Bool) {
        let variant = object["type"].flatMap { context.text($0) }
        let isPlannedVariant = isPlanned(variant, in: section)
        for member in object.members {
            let name = member.name
            guard let key = section.key(name) else {
                // A word without quotes has been reported as no key. It may be the rest of an unquoted secret, which the
                // message and the pointer of a second report would show.
                if !isDamaged || member.key.text.first == UInt8(ascii: "\"") { reportUnknown(member, object, section) }
                continue
            }
            if let api = key.api, let actual = context.apiType, api != actual {
                context.report(
                    "GH2108", member.key.range,
                    "\"\(name)\" is for \(api.rawValue) APIs, and this one is of type \(actual.rawValue)",
                    help: counterpart(of: name).map { "the key here is \"\($0)\"" })
                continue
            }
            if !key.onlyFor.isEmpty, let variant, isKnown(variant, in: section), !key.onlyFor.contains(variant) {
                context.report(
                    "GH2109", member.key.range,
                    "\"\(name)\" does nothing in \(section.title) of type \(variant)",
                    help: "it belongs to type \(key.onlyFor.joined(separator: ", "))")
                continue
            }
            if key.status == .planned, !isPlannedVariant {
                // Saying aloud what happens anyway asks for nothing.
                if let value = key.defaultValue, member.value.text.elementsEqual(value.utf8) { continue }
                context.report(
                    "GH2110", member.key.range, "\"\(name)\" is documented but not built yet",
                    help: "remove it", note: "it is refused because ignoring it could leave something open")
                continue
            }
            check(member.value, key.type, name: name, owner: member.key.range, isOptional: isOptional)
            if key.isSecret { checkSecret(member.value) }
        }
        reportMissing(object, section, variant, owner)
    }

    private func reportMissing(
        _ object: JSONValue, _ section: DocumentSection, _ variant: String?, _ owner: Range<Int>?
    ) {
        if isDamaged { return }
        for key in section.keys where key.isRequired && key.status == .built && object[key.name] == nil {
            if context.isMeant(key.name, in: object) { continue }
            let start = object.range.lowerBound
            context.report(
                "GH2106", owner ?? start..<start + 1, "\(section.title) needs \"\(key.name)\"",
                help: "add \"\(key.name)\" (\(key.summary))")
        }
    }

    private func isKnown(_ variant: String, in section: DocumentSection) -> Bool {
        guard case .choice(let choices)? = section.key("type")?.type else { return false }
        return choices.contains { $0.name == variant }
    }

    private func isPlanned(_ variant: String?, in section: DocumentSection) -> Bool {
        guard case .choice(let choices)? = section.key("type")?.type else { return false }
        return choices.contains { $0.name == variant && $0.status == .planned }
    }

    private func counterpart(of name: String) -> String? {
        switch name {
        case "httpMethod": "integrationMethod"
        case "integrationMethod": "httpMethod"
        default: nil
        }
    }

    private func reportUnknown(_ member: JSONMember, _ object: JSONValue, _ section: DocumentSection) {
        let name = member.name
        let range = member.key.range
        let home = DocumentTables.sections.first { $0.key(name) != nil }
        let inner = section.keys.compactMap(\.type.directSection).first { $0.key(name) != nil }
        if inner == nil, let near = Suggestion.nearest(to: name, among: section.keys.map(\.name)) {
            context.noteMeant(near, in: object)
            context.report(
                "GH2104", range, "unknown key \"\(name)\" in \(section.title)", label: "did you mean \"\(near)\"?",
                help: "rename the key",
                note: consequence(of: near, in: section)
                    + "unknown keys are errors because a misspelt security key must never be ignored",
                fix: Diagnostic.Fix(
                    range: range, replacement: "\"\(near)\"", isSafe: isFree(near, in: object, section)))
            return
        }
        if let home = inner ?? home {
            let place = home.path.isEmpty ? "the top level" : home.title
            context.report(
                "GH2105", range, "\"\(name)\" does not belong in \(section.title)", label: "belongs in \(place)",
                help: "move it to \(home.path.isEmpty ? "the top level" : home.path)")
            return
        }
        context.report(
            "GH2104", range, "unknown key \"\(name)\" in \(section.title)", help: "remove it",
            note: "known here: \(section.keys.map(\.name).joined(separator: ", "))")
    }

    /// Whether a misspelt key can only be this one: the key is not there already, no other misspelt key is near it, and
    /// it would be accepted here.
    private func isFree(_ name: String, in object: JSONValue, _ section: DocumentSection) -> Bool {
        guard let key = section.key(name), key.status == .built, object[name] == nil else { return false }
        if let api = key.api, api != context.apiType { return false }
        let known = section.keys.map(\.name)
        let rivals = object.members.filter { member in
            section.key(member.name) == nil && Suggestion.nearest(to: member.name, among: known) == name
        }
        return rivals.count == 1
    }

    /// What would have happened without the key that was meant.
    private func consequence(of key: String, in section: DocumentSection) -> String {
        guard key == "authorizer", section.path == DocumentTables.route.path,
            let standard = context.root["api"]?["defaultAuthorizer"]?.string
        else { return "" }
        return "without it this route would fall back to defaultAuthorizer \"\(standard)\"; "
    }

    // MARK: Values

    private func check(
        _ value: JSONValue, _ type: DocumentType, name: String, owner: Range<Int>?, isOptional: Bool
    ) {
        if value.kind == .invalid { return }
        guard fits(value, type) else {
            context.report(
                "GH2101", value.range, "\"\(name)\" must be \(type.name), not \(value.kind.name)",
                help: type.writing, fix: retyped(value, type))
            return
        }
        if value.kind == .string { context.expand(value, isOptional: isOptional) }
        switch type {
        case .string, .boolean, .null: break
        case .anything: expandAll(value, isOptional)
        case .foreign: break
        case .integer(let range): checkInteger(value, range, name)
        case .number(let range):
            if let number = value.double, !range.contains(number) {
                context.report(
                    "GH2102", value.range, "\"\(name)\" must be between \(range.lowerBound) and \(range.upperBound)")
            }
        case .choice(let choices): checkChoice(value, choices, name)
        case .list(let element, let minimum):
            if value.count < minimum { context.report("GH2107", value.range, "\"\(name)\" is empty") }
            for item in value.elements {
                check(item, element, name: name, owner: nil, isOptional: isOptional)
            }
        case .map(let element, let names): checkMap(value, element, names, name, isOptional)
        case .section(let section): check(value, section, owner: owner, isOptional: isOptional)
        case .either(let types):
            if let right = types.first(where: { fits(value, $0) }) {
                check(value, right, name: name, owner: owner, isOptional: isOptional)
            }
        }
    }

    /// The same value in the type that is wanted, when it can only mean that: quotes too many or too few, or a list of
    /// one without its brackets.
    private func retyped(_ value: JSONValue, _ type: DocumentType) -> Diagnostic.Fix? {
        func fix(_ text: String) -> Diagnostic.Fix {
            Diagnostic.Fix(range: value.range, replacement: text, isSafe: true)
        }
        let text = String(decoding: value.text, as: UTF8.self)
        switch (type, value.kind) {
        case (.string, .number), (.choice, .number), (.choice, .bool): return fix("\"\(text)\"")
        case (.boolean, .string):
            return value.string == "true" || value.string == "false" ? fix(value.string ?? "") : nil
        case (.integer(let range), .string):
            guard let digits = value.string, let number = Int(digits), "\(number)" == digits, range.contains(number)
            else { return nil }
            return fix(digits)
        case (.list(let element, _), .string): return fits(value, element) ? fix("[\(text)]") : nil
        default: return nil
        }
    }

    private func fits(_ value: JSONValue, _ type: DocumentType) -> Bool {
        switch type {
        case .string, .choice: value.kind == .string
        case .boolean: value.kind == .bool
        case .null: value.kind == .null
        case .integer, .number: value.kind == .number
        case .list: value.kind == .array
        case .map, .section, .foreign: value.kind == .object
        case .either(let types): types.contains { fits(value, $0) }
        case .anything: true
        }
    }

    private func expandAll(_ value: JSONValue, _ isOptional: Bool) {
        if value.kind == .string { context.expand(value, isOptional: isOptional) }
        for element in value.elements { expandAll(element, isOptional) }
        for member in value.members { expandAll(member.value, isOptional) }
    }

    private func checkInteger(_ value: JSONValue, _ range: ClosedRange<Int>, _ name: String) {
        guard let number = value.int64 else {
            context.report("GH2101", value.range, "\"\(name)\" must be a whole number")
            return
        }
        guard let small = Int(exactly: number), range.contains(small) else {
            let words = range.count == 1 ? "\(range.lowerBound)" : "between \(range.lowerBound) and \(range.upperBound)"
            context.report("GH2102", value.range, "\"\(name)\" must be \(words)")
            return
        }
    }

    private func checkChoice(_ value: JSONValue, _ choices: [DocumentChoice], _ name: String) {
        let expansion = context.expand(value)
        if expansion.failed { return }
        let word = expansion.text
        guard let choice = choices.first(where: { $0.name == word }) else {
            let known = choices.map(\.name)
            let near = Suggestion.nearest(to: word, among: known)
            context.report(
                "GH2103", value.range, "\"\(word)\" is no value of \"\(name)\"",
                label: near.map { "did you mean \"\($0)\"?" }, help: "known are \(known.joined(separator: ", "))",
                fix: near.map { near in
                    // Only the case of the letters is wrong: there is nothing else to mean.
                    let isSame = near.lowercased() == word.lowercased() && !expansion.hasExpression
                    return Diagnostic.Fix(range: value.range, replacement: "\"\(near)\"", isSafe: isSame)
                })
            return
        }
        if let api = choice.api, let actual = context.apiType, api != actual {
            context.report(
                "GH2108", value.range,
                "\(name) \(word) is for \(api.rawValue) APIs, and this one is of type \(actual.rawValue)",
                help: word == "TOKEN" ? "use REQUEST with \"identitySource\": [\"$request.header.Authorization\"]" : nil
            )
        } else if choice.status == .planned {
            context.report(
                "GH2110", value.range, "\(name) \"\(word)\" is documented but not built yet",
                note: "it is refused because ignoring it could leave something open")
        }
    }

    private func checkMap(
        _ value: JSONValue, _ element: DocumentType, _ names: DocumentNames, _ name: String, _ isOptional: Bool
    ) {
        for member in value.members {
            let entry = member.name
            if !isName(entry, names) {
                context.report(
                    "GH2112", member.key.range,
                    entry.isEmpty ? "the name is empty" : "\"\(entry)\" is no name for an entry of \"\(name)\"",
                    help: "names may hold letters, digits and \(names.signs)")
            }
            let isOther = names == .stage && context.activeStage != nil && entry != context.activeStage
            check(
                member.value, element, name: entry, owner: member.key.range, isOptional: isOptional || isOther)
        }
    }

    private func isName(_ name: String, _ names: DocumentNames) -> Bool {
        func all(_ signs: String) -> Bool {
            !name.isEmpty && name.utf8.count <= 128
                && name.utf8.allSatisfy { byte in
                    switch byte {
                    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                    default: signs.utf8.contains(byte)
                    }
                }
        }
        return switch names {
        case .anything: true
        case .identifier: all("_.-$")
        case .stage: all("_-") || (name == "$default" && context.apiType != .rest)
        case .variable: all("_")
        }
    }

    private func checkSecret(_ value: JSONValue) {
        guard value.kind == .string else { return }
        let expansion = context.expand(value)
        if expansion.hasDefault {
            context.report(
                "GH4302", .note, value.range, "a default secret stands in the file",
                help: "set the variable wherever the gateway is more than a demo")
        } else if !expansion.hasExpression {
            context.report(
                "GH4301", .warning, value.range, "the secret is written in the file",
                help: "use ${env:NAME}, ${file:path} or ${credential:name}")
        }
    }
}

extension DocumentType {
    /// The section that stands immediately under a key of this type.
    fileprivate var directSection: DocumentSection? { if case .section(let section) = self { section } else { nil } }

    /// How a value of this type is written.
    var writing: String {
        switch self {
        case .string, .choice: "write it in double quotes"
        case .boolean: "write true or false, without quotes"
        case .null: "write null"
        case .integer: "write digits without quotes"
        case .number: "write a number without quotes"
        case .list: "write [ … ]"
        case .map, .section, .foreign: "write { … }"
        case .either(let types): types.map(\.writing).joined(separator: ", or ")
        case .anything: "write a value"
        }
    }

    /// As messages call it.
    var name: String {
        switch self {
        case .string, .choice: "a string"
        case .boolean: "true or false"
        case .null: "null"
        case .integer: "a whole number"
        case .number: "a number"
        case .list: "a list"
        case .map, .section, .foreign: "an object"
        case .either(let types): types.map(\.name).joined(separator: " or ")
        case .anything: "a value"
        }
    }
}

extension DocumentNames {
    fileprivate var signs: String {
        switch self {
        case .identifier: "_ . - $"
        case .stage: "_ -"
        case .variable, .anything: "_"
        }
    }
}
