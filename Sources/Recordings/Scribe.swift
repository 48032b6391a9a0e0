import Authorizers
import Gateway
import HTTP
import Routes
import Tokens

/// Makes lines of exchanges, without secrets: redacts, and looks once more before a line goes out. Every worker has one
/// at hand; none is used by two at a time.
struct Scribe {
    /// Of the rules by which it redacts.
    let version: Int
    private var writer: EntryWriter
    private var watch = SignatureWatch()

    init(rules: RedactionRules, version: Int, pseudonyms: Pseudonyms) {
        self.version = version
        writer = EntryWriter(tokens: TokenRedactor(rules: rules, pseudonyms: pseudonyms))
    }

    /// Nil when a secret was about to be written.
    mutating func line(of exchange: Exchange) -> [UInt8]? {
        let line = writer.line(of: exchange)
        // What came in as a credential, without the help of the redaction.
        if let token = exchange.identity?.token { watch.remember(token.bytes[...]) }
        let fields = exchange.head.fields
        for field in fields.all(.authorization) { watch.remember(fields.value(of: field)) }
        return watch.finds(in: line[...]) ? nil : line
    }
}
