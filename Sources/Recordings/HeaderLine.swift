import Documents
import Gateway
import Routes

/// The lines of a recording that are no entries.
enum HeaderLine {
    /// What began here, and what is redacted in the entries that follow.
    static func make(_ settings: Recorder.Settings, saltID: [UInt8]) -> [UInt8] {
        let definition = settings.rules.definition
        var writer = JSONWriter()
        writer.object { writer in
            writer.inner("_gatehouse") { writer in
                writer.member("format", RecordingFormat.name)
                writer.member("v", RecordingFormat.version)
                writer.member("gatehouse", settings.programVersion)
                writer.key("created")
                writer.string(Moment.text(settings.clock.now(), digits: 3))
                writer.key("salt")
                writer.string(saltID)
                writer.inner("redaction") { writer in
                    writer.member("signatures", "dropped")
                    writer.member("cookies", "hashed")
                    writer.member("personalClaims", strings: settings.rules.personalClaims.sorted())
                    writer.member("droppedClaims", strings: settings.rules.droppedClaims.sorted())
                    writer.member("headers", strings: definition.headers.map { String(decoding: $0, as: UTF8.self) })
                    writer.member("query", strings: definition.query)
                    writer.member(
                        "bodyPointers", strings: definition.bodyPointers.map { $0.map { "/\($0)" }.joined() })
                    writer.member("maxBodyBytes", definition.maxBodyBytes)
                }
            }
        }
        return writer.bytes + [0x0A]
    }

    static func note(dropped: UInt64) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.inner("_gatehouse") { writer in
                writer.member("note", "dropped")
                writer.member("entries", dropped)
            }
        }
        return writer.bytes + [0x0A]
    }
}
