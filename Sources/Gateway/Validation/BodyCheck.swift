import Authorizers
import Documents

/// Judges one body by a ``BodySchema``.
struct BodyCheck {
    let nodes: [BodySchema.Node]
    /// The first few, in words.
    private(set) var problems: [String] = []
    /// How many schemas may still be asked.
    private var budget = 2_000_000
    private var depth = 0
    /// Inside of alternatives nothing is told: another may fit.
    private var isQuiet = 0
    private var path = ""

    private static let depthLimit = 200
    private static let mostProblems = 8

    init(nodes: [BodySchema.Node]) {
        self.nodes = nodes
    }

    private mutating func fail(_ text: String) -> Bool {
        if isQuiet == 0, problems.count < Self.mostProblems {
            problems.append(path.isEmpty ? text : "\(path): \(text)")
        }
        return false
    }

    mutating func fits(_ value: JSONValue, _ index: Int) -> Bool {
        budget -= 1
        depth += 1
        defer { depth -= 1 }
        // Too deep is too much, too: else a "not" above would turn what was not decided into a yes.
        if depth > Self.depthLimit { budget = -1 }
        if budget < 0 { return fail("the body asks for more work than a model may cost") }
        let node = nodes[index]
        // Nothing stands beside a reference (draft 4, JSON Reference).
        if let reference = node.reference { return fits(value, reference) }
        if !node.kinds.isEmpty, !node.kinds.contains(where: { Self.is(value, $0) }) {
            return fail(
                "\(value.kind.name) where \(node.kinds.map(\.rawValue).joined(separator: " or ")) is allowed")
        }
        if let allowed = node.allowed, !allowed.contains(CanonicalJSON.bytes(value)) {
            return fail("the value is none of those in enum")
        }
        var isGood = true
        switch value.kind {
        case .number: isGood = number(value, node)
        case .string: isGood = string(value, node)
        case .array: isGood = array(value, node)
        case .object: isGood = object(value, node)
        default: break
        }
        return combined(value, node) && isGood
    }

    private static func `is`(_ value: JSONValue, _ kind: BodySchema.Kind) -> Bool {
        switch kind {
        case .null: value.kind == .null
        case .boolean: value.kind == .bool
        case .number: value.kind == .number
        // Draft 4: a number without a fraction.
        case .integer: value.int64 != nil || (value.numberText?.contains { ".eE".contains($0) } == false)
        case .string: value.kind == .string
        case .array: value.kind == .array
        case .object: value.kind == .object
        }
    }

    // MARK: Combinations

    private mutating func combined(_ value: JSONValue, _ node: BodySchema.Node) -> Bool {
        var isGood = true
        for each in node.allOf where !fits(value, each) { isGood = false }
        isQuiet += 1
        defer { isQuiet -= 1 }
        if !node.anyOf.isEmpty {
            var found = false
            for each in node.anyOf where !found { found = fits(value, each) }
            if !found { isGood = aloud("the value fits no schema of anyOf") }
        }
        if !node.oneOf.isEmpty {
            var count = 0
            for each in node.oneOf where fits(value, each) { count += 1 }
            if count != 1 { isGood = aloud("the value fits \(count) schemas of oneOf, not one") }
        }
        if let not = node.not, fits(value, not) { isGood = aloud("the value fits the schema of not") }
        // What could not be decided for want of budget must not pass through a "not".
        return isGood && budget >= 0
    }

    private mutating func aloud(_ text: String) -> Bool {
        isQuiet -= 1
        defer { isQuiet += 1 }
        return fail(text)
    }

    // MARK: Scalars

    private mutating func number(_ value: JSONValue, _ node: BodySchema.Node) -> Bool {
        guard let number = value.double, number.isFinite else { return fail("the number is too large to be judged") }
        if let minimum = node.minimum, number < minimum || (node.minimumIsExclusive && number == minimum) {
            return fail("the number is below the minimum")
        }
        if let maximum = node.maximum, number > maximum || (node.maximumIsExclusive && number == maximum) {
            return fail("the number is above the maximum")
        }
        if let divisor = node.multipleOf {
            let quotient = number / divisor
            let isWhole = abs(quotient - quotient.rounded()) <= 1e-9 * max(1, abs(quotient))
            if !isWhole { return fail("the number is no multiple of multipleOf") }
        }
        return true
    }

    private mutating func string(_ value: JSONValue, _ node: BodySchema.Node) -> Bool {
        let bytes = value.utf8 ?? []
        // Characters are counted, not bytes.
        let length = bytes.count { $0 & 0xC0 != 0x80 }
        if !node.lengths.contains(length) {
            return fail(length < node.lengths.lowerBound ? "the text is too short" : "the text is too long")
        }
        if let pattern = node.pattern, !pattern.matches(bytes) { return fail("the text does not match its pattern") }
        return true
    }

    // MARK: Containers

    private mutating func array(_ value: JSONValue, _ node: BodySchema.Node) -> Bool {
        if !node.elementCounts.contains(value.count) {
            return fail(value.count < node.elementCounts.lowerBound ? "too few elements" : "too many elements")
        }
        if node.isUnique {
            var seen: Set<[UInt8]> = []
            for element in value.elements where !seen.insert(CanonicalJSON.bytes(element)).inserted {
                return fail("two elements are the same")
            }
        }
        var isGood = true
        for (index, element) in value.elements.enumerated() {
            let schema: Int?
            if node.tuple.isEmpty {
                schema = node.items
            } else if index < node.tuple.count {
                schema = node.tuple[index]
            } else {
                switch node.additionalItems {
                case .allowed: schema = nil
                case .refused: return fail("more elements than items allows")
                case .schema(let rest): schema = rest
                }
            }
            guard let schema else { break }
            if !inner("[\(index)]", element, schema) { isGood = false }
            if !isGood, isQuiet > 0 { return false }
        }
        return isGood
    }

    private mutating func object(_ value: JSONValue, _ node: BodySchema.Node) -> Bool {
        if !node.memberCounts.contains(value.count) {
            return fail(value.count < node.memberCounts.lowerBound ? "too few members" : "too many members")
        }
        var isGood = true
        let missing = node.required.filter { value[$0] == nil }
        if !missing.isEmpty {
            let names = missing.map { "\"\(String(decoding: $0, as: UTF8.self))\"" }.joined(separator: ",")
            isGood = fail("object has missing required properties ([\(names)])")
        }
        for (name, needs) in node.dependencies where value[name] != nil {
            switch needs {
            case .names(let names):
                if names.contains(where: { value[$0] == nil }) {
                    isGood = fail("a member asks for others that are missing")
                }
            case .schema(let schema): if !fits(value, schema) { isGood = false }
            }
        }
        guard !node.properties.isEmpty || !node.patternProperties.isEmpty || !node.additionalProperties.isAllowed else {
            return isGood
        }
        for member in value.members where !fits(member, node) {
            isGood = false
            if isQuiet > 0 { return false }
        }
        return isGood
    }

    private mutating func fits(_ member: JSONMember, _ node: BodySchema.Node) -> Bool {
        let name = member.key.utf8 ?? []
        var isGood = true
        var isKnown = false
        if let schema = node.properties[name] {
            isKnown = true
            if !inner(".\(String(decoding: name, as: UTF8.self))", member.value, schema) { isGood = false }
        }
        for (pattern, schema) in node.patternProperties where pattern.matches(name) {
            isKnown = true
            if !inner(".*", member.value, schema) { isGood = false }
        }
        if isKnown { return isGood }
        switch node.additionalProperties {
        case .allowed: return true
        // Its name is the sender's and may be anything.
        case .refused: return fail("object has properties which are not allowed by the schema")
        case .schema(let schema): return inner(".*", member.value, schema)
        }
    }

    private mutating func inner(_ step: String, _ value: JSONValue, _ schema: Int) -> Bool {
        guard isQuiet == 0 else { return fits(value, schema) }
        let before = path
        path += step
        defer { path = before }
        return fits(value, schema)
    }
}

extension BodySchema.Rest {
    fileprivate var isAllowed: Bool { if case .allowed = self { true } else { false } }
}

/// One spelling for equal JSON values: members sorted, numbers by their value.
enum CanonicalJSON {
    static func bytes(_ value: JSONValue) -> [UInt8] {
        var out: [UInt8] = []
        append(value, to: &out)
        return out
    }

    private static func append(_ value: JSONValue, to out: inout [UInt8]) {
        switch value.kind {
        case .number:
            if let whole = value.int64 {
                out += Array("\(whole)".utf8)
            } else if let number = value.double, number.rounded() == number, abs(number) < 1e15 {
                out += Array("\(Int64(number))".utf8)
            } else {
                out += Array("\(value.double ?? 0)".utf8)
            }
        case .string: JSONWriter.appendQuoted(value.utf8 ?? [], to: &out)
        case .array:
            out.append(UInt8(ascii: "["))
            for element in value.elements {
                append(element, to: &out)
                out.append(UInt8(ascii: ","))
            }
            out.append(UInt8(ascii: "]"))
        case .object:
            out.append(UInt8(ascii: "{"))
            let members = value.members.map { ($0.key.utf8 ?? [], $0.value) }
            for (name, member) in members.sorted(by: { $0.0.lexicographicallyPrecedes($1.0) }) {
                JSONWriter.appendQuoted(name, to: &out)
                out.append(UInt8(ascii: ":"))
                append(member, to: &out)
                out.append(UInt8(ascii: ","))
            }
            out.append(UInt8(ascii: "}"))
        case .null, .bool, .invalid: out += value.text
        }
    }
}
