/// Whether a documented part of the format does something yet.
package enum DocumentStatus: String, Sendable, Hashable {
    case built
    /// Refused with a diagnostic that says so; never ignored.
    case planned
}

/// One documented value of a key that takes one word of several.
package struct DocumentChoice: Sendable, Hashable, ExpressibleByStringLiteral {
    package var name: String
    package var status: DocumentStatus
    /// Set when only one API type knows the value.
    package var api: ApiType?

    package init(_ name: String, status: DocumentStatus = .built, api: ApiType? = nil) {
        self.name = name
        self.status = status
        self.api = api
    }

    package init(stringLiteral value: String) {
        self.init(value)
    }
}

/// What a value of gateway.json may look like.
package indirect enum DocumentType: Sendable {
    case string
    case boolean
    case null
    case integer(ClosedRange<Int>)
    /// May have a fraction.
    case number(ClosedRange<Double>)
    case choice([DocumentChoice])
    case list(of: DocumentType, minimum: Int)
    /// An object with names of the author's choosing.
    case map(of: DocumentType, names: DocumentNames)
    case section(DocumentSection)
    /// The first whose JSON kind fits.
    case either([DocumentType])
    /// Judged by hand.
    case anything
    /// An object in another language, in which `${…}` has a meaning of its own: its texts are left as they are.
    case foreign

    package static func list(of type: DocumentType) -> DocumentType { .list(of: type, minimum: 0) }
}

/// What the author may use as names in a map.
package enum DocumentNames: Sendable, Hashable {
    /// Letters, digits and `_ . - $`.
    case identifier
    /// A stage: letters, digits, `_` and `-`, or `$default` on HTTP APIs.
    case stage
    /// Letters, digits and `_`.
    case variable
    /// Judged by hand.
    case anything
}

/// One documented key: decoder, JSON Schema and reference page all come from this.
package struct DocumentKey: Sendable {
    package var name: String
    package var type: DocumentType
    /// One line without a full stop.
    package var summary: String
    package var isRequired: Bool
    /// JSON text of the value that counts when the key is absent; nil when absence means something of its own.
    package var defaultValue: String?
    package var status: DocumentStatus
    /// Must not be written literally.
    package var isSecret: Bool
    /// Set when only one API type knows the key.
    package var api: ApiType?
    /// In sections with a `type`: the types that know the key; empty means all.
    package var onlyFor: [String]

    package init(
        _ name: String, _ type: DocumentType, _ summary: String, required: Bool = false, default value: String? = nil,
        status: DocumentStatus = .built, secret: Bool = false, api: ApiType? = nil, onlyFor: [String] = []
    ) {
        self.name = name
        self.type = type
        self.summary = summary
        self.isRequired = required
        self.defaultValue = value
        self.status = status
        self.isSecret = secret
        self.api = api
        self.onlyFor = onlyFor
    }
}

/// An object of gateway.json with its keys.
package struct DocumentSection: Sendable {
    /// Where it stands, with `NAME` and `KEY` for what the author chooses: `authorizers.NAME.jwt`. Empty for the root.
    package var path: String
    /// As used in sentences: `a route`.
    package var title: String
    package var keys: [DocumentKey]

    package init(_ path: String, _ title: String, _ keys: [DocumentKey]) {
        self.path = path
        self.title = title
        self.keys = keys
    }

    package func key(_ name: String) -> DocumentKey? { keys.first { $0.name == name } }
}
