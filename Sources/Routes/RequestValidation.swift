package import Documents

/// What a route of a REST API demands of a request before its backend is asked.
package struct RequestValidation: Sendable {
    /// A parameter that must be there, and not blank.
    package struct Parameter: Sendable, Hashable {
        /// In the order in which AWS names what is missing.
        package enum Place: String, Sendable, Hashable, CaseIterable {
            case header
            case path
            case queryString = "querystring"
        }

        package var place: Place
        package var name: [UInt8]
    }

    /// The model of one content type.
    package struct Model: Sendable {
        /// Lower case, or `$default` for all that have none.
        package var contentType: String
        /// An entry of ``GatewayDocument/models``.
        package var name: Located<String>
    }

    package var validatesParameters = false
    package var validatesBody = false
    /// Those that the route marks with true, sorted by place and name.
    package var required: [Parameter] = []
    package var models: [Model] = []

    package static let none = RequestValidation()

    /// Whether there is anything to check.
    package var checksParameters: Bool { validatesParameters && !required.isEmpty }
    package var checksBody: Bool { validatesBody && !models.isEmpty }
}

/// One entry of `models`.
package struct ModelDefinition: Sendable {
    package var name: String
    package var span: SourceSpan
    /// The JSON Schema as written; what it means is not this module's matter.
    package var schema: JSONValue
    /// Written in the file itself, so that offsets lead to their places.
    package var isInline: Bool
}
