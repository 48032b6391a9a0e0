import Documents

/// A configuration that one lint reports, with `«` and `»` around what must be underlined, and others that differ a
/// little and are not reported.
struct LintCase: Sendable {
    struct Edit: Sendable {
        var old: String
        var new: String

        init(_ old: String, _ new: String) {
            self.old = old
            self.new = new
        }
    }

    enum Base: Sendable {
        case rest
        case http
        /// A REST API whose authorizer is a function.
        case function
        /// An HTTP API whose authorizer is a function.
        case httpFunction

        var text: String {
            switch self {
            case .rest: GoodConfiguration.rest
            case .http: GoodConfiguration.http
            case .function: GoodConfiguration.function
            case .httpFunction: GoodConfiguration.httpFunction
            }
        }
    }

    var code: String
    var severity: Diagnostic.Severity
    var base: Base
    var edits: [Edit]
    /// Each is a list of edits to the same base.
    var misses: [[Edit]]
    var environment: FakeEnvironment

    init(
        _ code: String, _ severity: Diagnostic.Severity, _ base: Base, _ edits: [Edit],
        misses: [[Edit]], environment: FakeEnvironment = .standard
    ) {
        self.code = code
        self.severity = severity
        self.base = base
        self.edits = edits
        self.misses = misses
        self.environment = environment
    }

    /// A warning in the REST API.
    init(_ code: String, _ edits: [Edit], misses: [[Edit]], environment: FakeEnvironment = .standard) {
        self.init(code, .warning, .rest, edits, misses: misses, environment: environment)
    }

    /// In the REST API.
    init(_ code: String, _ severity: Diagnostic.Severity, _ edits: [Edit], misses: [[Edit]]) {
        self.init(code, severity, .rest, edits, misses: misses)
    }

    /// The base with edits made; nil when a passage does not stand in it.
    func marked(_ edits: [Edit]) -> String? {
        var text = base.text
        for edit in edits {
            guard let changed = text.replacing(edit.old, with: edit.new) else { return nil }
            text = changed
        }
        return text
    }

    static let all = policies + routing + server + backends + tokens + keys + moreKeys + aws
}

extension GoodConfiguration {
    static let function = """
        {
          "version": 1,
          "api": { "type": "REST", "defaultAuthorizer": "fn" },
          "stages": { "dev": {} },
          "authorizers": {
            "fn": { "type": "REQUEST", "identitySource": "method.request.header.Authorization",
                    "authorizerUri": "http://127.0.0.1:9001/2015-03-31/functions/f/invocations",
                    "authorizerResultTtlInSeconds": 0 }
          },
          "integrations": { "mock": { "type": "MOCK" } },
          "routes": {
            "GET /ships": { "integration": "mock" },
            "GET /ships/{id}": { "integration": "mock" }
          }
        }
        """

    static let httpFunction = """
        {
          "version": 1,
          "api": { "type": "HTTP", "defaultAuthorizer": "fn" },
          "authorizers": {
            "fn": { "type": "REQUEST", "identitySource": ["$request.header.Authorization"],
                    "authorizerUri": "http://127.0.0.1:9001/2015-03-31/functions/f/invocations",
                    "authorizerPayloadFormatVersion": "2.0", "enableSimpleResponses": true }
          },
          "integrations": { "mock": { "type": "MOCK" } },
          "routes": {
            "GET /ships": { "integration": "mock" },
            "GET /ships/{id}": { "integration": "mock" }
          }
        }
        """
}
