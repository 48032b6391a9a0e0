import Documents
import HTTP

/// The parameters of a query as events show them: decoded once, grouped by name, in the order of their first places.
struct EventQuery: Sendable {
    struct Entry: Sendable {
        var name: [UInt8]
        var values: [[UInt8]]
    }

    private(set) var entries: [Entry] = []

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
                entries.append(Entry(name: key, values: [value]))
            }
        }
    }

    /// Decoded, and repaired when it is no UTF-8: names that JSON could not tell apart must not stand twice.
    private static func text(_ component: ArraySlice<UInt8>) -> [UInt8] {
        let bytes = QueryString.decode(component)
        return UTF8Sequence.isValid(bytes) ? bytes : Array(String(decoding: bytes, as: UTF8.self).utf8)
    }

    // MARK: Writing

    /// Name to last value.
    func writeSingle(to writer: inout JSONWriter) {
        writer.object { writer in
            for entry in entries {
                writer.key(entry.name)
                writer.string(entry.values.last ?? [])
            }
        }
    }

    /// Name to all values.
    func writeMultiple(to writer: inout JSONWriter) {
        writer.object { writer in
            for entry in entries {
                writer.key(entry.name)
                writer.array { writer in for value in entry.values { writer.string(value) } }
            }
        }
    }

    /// Name to all values, joined by commas.
    func writeJoined(to writer: inout JSONWriter) {
        writer.object { writer in
            for entry in entries {
                writer.key(entry.name)
                writer.string(Array(entry.values.joined(separator: [UInt8(ascii: ",")])))
            }
        }
    }
}
