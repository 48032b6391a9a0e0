import Documents
import HTTP

/// The parameters of a query as events show them: decoded once, grouped by name, in the order of their first places.
struct EventQuery: EventMultimap {
    private(set) var entries: [EventEntry<[UInt8]>] = []

    /// REST APIs split at semicolons too.
    init(_ query: [UInt8], splitsAtSemicolon: Bool) {
        var places: [[UInt8]: Int] = [:]
        let ampersand = UInt8(ascii: "&")
        let semicolon = splitsAtSemicolon ? UInt8(ascii: ";") : ampersand
        for parameter in query.split(whereSeparator: { $0 == ampersand || $0 == semicolon }) {
            let name = parameter.prefix { $0 != UInt8(ascii: "=") }
            let value = Self.text(parameter[name.endIndex...].dropFirst())
            let key = Self.text(name)
            if let place = places[key] {
                entries[place].values.append(value)
            } else {
                places[key] = entries.count
                entries.append(EventEntry(name: key, values: [value]))
            }
        }
    }

    /// Decoded, and repaired when it is no UTF-8: names that JSON could not tell apart must not stand twice.
    private static func text(_ component: ArraySlice<UInt8>) -> [UInt8] {
        let bytes = QueryString.decode(component)
        return UTF8Sequence.isValid(bytes) ? bytes : Array(String(decoding: bytes, as: UTF8.self).utf8)
    }
}
