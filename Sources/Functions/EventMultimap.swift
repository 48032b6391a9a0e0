import Documents

/// A name with all its values, in the order of the request.
struct EventEntry<Value: Collection<UInt8> & Sendable>: Sendable {
    /// As shown.
    var name: [UInt8]
    var values: [Value]
}

/// Headers or query parameters, in the forms in which events show them.
protocol EventMultimap: Sendable {
    associatedtype Value: Collection<UInt8> & Sendable
    var entries: [EventEntry<Value>] { get }
}

extension EventMultimap {
    /// Name to last value.
    func writeSingle(to writer: inout JSONWriter) {
        write(to: &writer) { values, writer in
            if let last = values.last { writer.string(last) } else { writer.string([]) }
        }
    }

    /// Name to all values.
    func writeMultiple(to writer: inout JSONWriter) {
        write(to: &writer) { values, writer in
            writer.array { writer in for value in values { writer.string(value) } }
        }
    }

    /// Name to all values, joined by commas.
    func writeJoined(to writer: inout JSONWriter) {
        write(to: &writer) { values, writer in
            writer.string(Array(values.joined(separator: [UInt8(ascii: ",")])))
        }
    }

    private func write(to writer: inout JSONWriter, _ values: ([Value], inout JSONWriter) -> Void) {
        writer.object { writer in
            for entry in entries {
                writer.key(entry.name)
                values(entry.values, &writer)
            }
        }
    }
}
