import Documents
import HTTP
package import Routes

/// An answer as it is compared: recorded or got, without secrets.
package struct ReplayedAnswer: Sendable {
    package var status: Int
    /// Names in lower case.
    package var headers: [(name: [UInt8], value: [UInt8])]
    /// Nil when it was not kept, or cannot be looked through.
    package var body: [UInt8]?

    package init(status: Int, headers: [(name: [UInt8], value: [UInt8])] = [], body: [UInt8]? = nil) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// What the recording says that the client got. A source that kept no answer leaves what the gate decided.
    init(recorded entry: RecordedEntry) {
        let response = entry.document.root["response"]
        let seen = Int(clamping: response?["status"]?.int64 ?? 0)
        status = seen > 0 ? seen : entry.status
        headers = (response?["headers"]?.elements.map { $0 } ?? []).compactMap { line in
            guard let name = line["name"]?.utf8, let value = line["value"]?.utf8 else { return nil }
            return (name.map(ByteKind.lowercased), value)
        }
        let isLeftOut = entry.document.root["_gatehouse"]?["responseBodyLeftOut"]?.string != nil
        let text = response?["content"]?["text"]?.utf8
        let size = response?["content"]?["size"]?.int64 ?? 0
        body = isLeftOut || (text == nil && size > 0) ? nil : text ?? []
        if seen == 0 { body = nil }
    }

    /// The first value of a header; `name` in lower case.
    func header(_ name: String) -> [UInt8]? { headers.first { $0.name.elementsEqual(name.utf8) }?.value }

    var hasHeaders: Bool { !headers.isEmpty }
}

/// Takes the secrets out of what the target answers, before anything else looks at it: comparisons and reports see the
/// form in which it would have been recorded.
package struct AnswerRedaction: Sendable {
    private let rules: RedactionRules
    private let salt: [UInt8]

    /// Without the salt of the project another one serves: pseudonyms are then not equal, but nothing is shown either.
    package init(record: RecordDefinition?, salt: [UInt8]?) {
        rules = RedactionRules(record ?? RecordDefinition())
        var random = SystemRandomNumberGenerator()
        self.salt = salt ?? (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    /// `sent` are the field lines of the request: what was secret in them is looked for in the answer.
    func clean(status: Int, fields: [([UInt8], [UInt8])], body: [UInt8]?, sent: [UInt8]) -> ReplayedAnswer {
        let tokens = TokenRedactor(rules: rules, pseudonyms: Pseudonyms(salt: salt))
        var messages = MessageRedactor(tokens: tokens)
        let answered = fields.map { RawField($0.0, $0.1, tokens.headers) }
        for field in FieldText.lines(sent, tokens.headers) + answered { messages.learn(field.kind, field.value) }
        func first(_ name: String) -> [UInt8] { answered.first { $0.lower.elementsEqual(name.utf8) }?.value ?? [] }
        var kept: [UInt8]?
        if let body,
            case .kept(let clean) = messages.body(
                body, type: first("content-type"), encoding: first("content-encoding"))
        {
            kept = clean
        }
        return ReplayedAnswer(
            status: status,
            headers: answered.map { field in
                (messages.text.clean(field.name).map(ByteKind.lowercased), messages.header(field.kind, field.value))
            }, body: kept)
    }

    /// Whether a member of a body speaks of a secret or of a person, so that its value is not compared.
    func hides(_ member: [UInt8]) -> Bool { rules.isSecretMember(member) || rules.isPersonalMember(member) }
}
