internal import Documents

/// Reads the members of one object by the table of its section: absent members give the table's default, members of
/// the wrong type (already reported) too.
struct ObjectReader {
    let context: LoadContext
    let section: DocumentSection
    let value: JSONValue?

    init(_ value: JSONValue?, _ section: DocumentSection, _ context: LoadContext) {
        self.value = value
        self.section = section
        self.context = context
    }

    /// A member as written.
    subscript(_ name: String) -> JSONValue? { value?[name] }

    /// The reader of an inner object.
    func inner(_ name: String, _ section: DocumentSection) -> ObjectReader {
        ObjectReader(value?[name], section, context)
    }

    func located(_ name: String) -> Located<String>? { self[name].flatMap { context.located($0) } }

    func text(_ name: String) -> String {
        if let text = self[name].flatMap({ context.text($0) }) { return text }
        return section.key(name)?.defaultValue.map { String($0.dropFirst().dropLast()) } ?? ""
    }

    func int(_ name: String) -> Int { optionalInt(name) ?? section.key(name)?.defaultValue.flatMap { Int($0) } ?? 0 }

    func optionalInt(_ name: String) -> Int? { self[name]?.int64.flatMap { Int(exactly: $0) } }

    /// A number with or without a fraction.
    func number(_ name: String) -> Double? { self[name]?.double }

    func bool(_ name: String) -> Bool { self[name]?.bool ?? (section.key(name)?.defaultValue == "true") }

    func choice<Choice: RawRepresentable<String>>(_ name: String, or fallback: Choice) -> Choice {
        Choice(rawValue: text(name)) ?? fallback
    }

    /// A list of strings; a single string counts as a list of one.
    func texts(_ name: String) -> [Located<String>] {
        guard let value = self[name] else { return [] }
        if let single = context.located(value) { return [single] }
        return value.elements.compactMap { context.located($0) }
    }

    /// Place of a member's value, or of the object when it is absent.
    func span(_ name: String) -> SourceSpan { context.span(self[name]?.range ?? value?.range ?? 0..<0) }
}
