import Authorizers
import Documents

/// Judges one body by a ``BodySchema``.
struct BodyCheck {
    let nodes: [BodySchema.Node]
    /// The first few, in words.
    private(set) var problems: [String] = []
    /// The work that the body may still cost, in nanoseconds or so: schemas that are asked, steps of patterns, and bytes
    /// that are compared. Below zero nothing fits any more.
    private var budget: Int
    private var numbers = ValueNumbers()
    private var depth = 0
    /// Inside of alternatives nothing is told: another may fit.
    private var isQuiet = 0
    private var path = ""

    private static let depthLimit = 200
    private static let mostProblems = 8
    private static let schemaCost = 100
    private static let memberCost = 100
    private static let byteCost = 10
    private static let compareCost = 5

    /// - Parameter bodyBytes: of the whole body. Large bodies may cost more, in proportion.
    init(nodes: [BodySchema.Node], bodyBytes: Int) {
        self.nodes = nodes
        budget = 30_000_000 + 50 * bodyBytes
    }

    /// Whether something could not be decided: then the body does not fit, whatever was made of that on the way.
    var isExhausted: Bool { budget < 0 }

    private mutating func fail(_ text: String) -> Bool {
        if isQuiet == 0, problems.count < Self.mostProblems {
            problems.append(path.isEmpty ? text : "\(path): \(text)")
        }
        return false
    }

    mutating func fits(_ value: JSONValue, _ index: Int) -> Bool {
        let isContainer = value.kind == .array || value.kind == .object
        budget -= Self.schemaCost + (isContainer ? 0 : value.range.count)
        depth += 1
        defer { depth -= 1 }
        // Too deep is too much, too: else a "not" above would turn what was not decided into a yes.
        if depth > Self.depthLimit { budget = -1 }
        if budget < 0 { return false }
        let node = nodes[index]
        // Nothing stands beside a reference (draft 4, JSON Reference).
        if let reference = node.reference { return fits(value, reference) }
        if !node.kinds.isEmpty, !node.kinds.contains(where: { Self.is(value, $0) }) {
            return fail(
                "\(value.kind.name) where \(node.kinds.map(\.rawValue).joined(separator: " or ")) is allowed")
        }
        if let allowed = node.allowed {
            budget -= value.range.count * Self.byteCost + allowed.count * Self.byteCost
            if budget < 0 { return false }
            if !allowed.contains(CanonicalJSON.bytes(value)) { return fail("the value is none of those in enum") }
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
        if let pattern = node.pattern, !isFound(pattern, bytes) { return fail("the text does not match its pattern") }
        return true
    }

    /// False, and everything with it, when that could not be decided.
    private mutating func isFound(_ pattern: ValidationExpression, _ text: [UInt8]) -> Bool {
        if let found = pattern.isFound(in: text, budget: &budget) { return found }
        budget = -1
        return false
    }

    // MARK: Containers

    private mutating func array(_ value: JSONValue, _ node: BodySchema.Node) -> Bool {
        if !node.elementCounts.contains(value.count) {
            return fail(value.count < node.elementCounts.lowerBound ? "too few elements" : "too many elements")
        }
        if node.isUnique {
            var seen: Set<Int> = []
            for element in value.elements {
                guard let number = numbers.number(of: element, budget: &budget) else { return false }
                if !seen.insert(number).inserted { return fail("two elements are the same") }
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
            if !isGood, isQuiet > 0 || isExhausted { return false }
        }
        return isGood
    }

    private mutating func object(_ value: JSONValue, _ node: BodySchema.Node) -> Bool {
        if !node.memberCounts.contains(value.count) {
            return fail(value.count < node.memberCounts.lowerBound ? "too few members" : "too many members")
        }
        budget -= value.count * (node.required.count + node.dependencies.count) * Self.compareCost
        if budget < 0 { return false }
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
            if isQuiet > 0 || isExhausted { return false }
        }
        return isGood
    }

    private mutating func fits(_ member: JSONMember, _ node: BodySchema.Node) -> Bool {
        budget -= Self.memberCost
        let name = member.key.utf8 ?? []
        var isGood = true
        var isKnown = false
        if let schema = node.properties[name] {
            isKnown = true
            if !inner(".\(String(decoding: name, as: UTF8.self))", member.value, schema) { isGood = false }
        }
        for (pattern, schema) in node.patternProperties where isFound(pattern, name) {
            isKnown = true
            if !inner(".*", member.value, schema) { isGood = false }
        }
        if isKnown || budget < 0 { return isGood && budget >= 0 }
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
