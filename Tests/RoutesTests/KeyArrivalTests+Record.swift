import Routes

extension KeyArrivalTests {
    private static func record(
        _ key: String, _ text: String, _ expected: String, read: @escaping @Sendable (RecordDefinition) -> String
    ) -> Arrival {
        Arrival(key, "\"version\": 1,", "\"version\": 1, \"record\": \(text),", expected) { read($0.record) }
    }

    private static func redact(
        _ key: String, _ text: String, _ expected: String, read: @escaping @Sendable (RecordDefinition) -> String
    ) -> Arrival {
        record("record.redact.\(key)", "{ \"redact\": { \(text) } }", expected, read: read)
    }

    static let record = [
        record("record", "{}", "65536 1073741824 0") { "\($0.maxBodyBytes) \($0.maxFileBytes) \($0.maxFileSeconds)" },
        record("record.redact", "{ \"redact\": {} }", "0") { "\($0.headers.count)" },
        record("record.maxBodyBytes", "{ \"maxBodyBytes\": 7 }", "7") { "\($0.maxBodyBytes)" },
        record("record.maxFileBytes", "{ \"maxFileBytes\": 7 }", "7") { "\($0.maxFileBytes)" },
        record("record.maxFileSeconds", "{ \"maxFileSeconds\": 7 }", "7") { "\($0.maxFileSeconds)" },
        redact("headers", "\"headers\": [\"X-Ticket\"]", "x-ticket") {
            $0.headers.map { String(decoding: $0, as: UTF8.self) }.joined()
        },
        redact("claims", "\"claims\": { \"drop\": [\"a\"] }", "a") { $0.droppedClaims.joined() },
        redact("claims.pseudonymise", "\"claims\": { \"pseudonymise\": [\"a\", \"b.c\"] }", "a b.c") {
            $0.pseudonymousClaims.joined(separator: " ")
        },
        redact("claims.drop", "\"claims\": { \"drop\": [\"a\"] }", "a") { $0.droppedClaims.joined() },
        redact("query", "\"query\": [\"ticket\"]", "ticket") { $0.query.joined() },
        redact("bodyPointers", "\"bodyPointers\": [\"/card/a~1b\", \"\"]", "card a/b;") {
            $0.bodyPointers.map { $0.joined(separator: " ") }.joined(separator: ";")
        },
    ]
}
