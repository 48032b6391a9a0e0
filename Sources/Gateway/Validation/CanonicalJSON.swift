import Documents

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

/// Numbers for the values of one document: equal values have the same number. Each value is looked at once, however many
/// lists it stands in.
struct ValueNumbers {
    private enum Form: Hashable {
        case scalar([UInt8])
        case array([Int])
        /// Names and values by turns, sorted by name.
        case object([Int])
    }

    // Swift seeds its hashes for each process, so nobody sends values that all fall together.
    private var known: [Form: Int] = [:]
    /// By the place in the document. Only of lists and objects: a scalar is as quickly looked up by its bytes.
    private var places: [Int: Int] = [:]

    private static let valueCost = 500
    private static let byteCost = 10

    /// Nil when `budget`, in nanoseconds or so, does not suffice. What it cost is taken from `budget`.
    mutating func number(of value: JSONValue, budget: inout Int) -> Int? {
        budget -= Self.valueCost
        if budget < 0 { return nil }
        switch value.kind {
        case .array:
            let place = value.range.lowerBound
            if let number = places[place] { return number }
            var elements: [Int] = []
            for element in value.elements {
                guard let number = number(of: element, budget: &budget) else { return nil }
                elements.append(number)
            }
            let number = intern(.array(elements))
            places[place] = number
            return number
        case .object:
            let place = value.range.lowerBound
            if let number = places[place] { return number }
            var pairs: [(name: Int, value: Int)] = []
            for member in value.members {
                guard let name = number(of: member.key, budget: &budget),
                    let inner = number(of: member.value, budget: &budget)
                else { return nil }
                pairs.append((name, inner))
            }
            pairs.sort { $0.name < $1.name }
            let number = intern(.object(pairs.flatMap { [$0.name, $0.value] }))
            places[place] = number
            return number
        default:
            budget -= value.range.count * Self.byteCost
            if budget < 0 { return nil }
            return intern(.scalar(CanonicalJSON.bytes(value)))
        }
    }

    private mutating func intern(_ form: Form) -> Int {
        if let number = known[form] { return number }
        known[form] = known.count
        return known.count - 1
    }
}
