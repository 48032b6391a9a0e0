import Routes

/// What a value of a test file looks like; the reader, the schema and the reference agree by ``TestFileTable``.
indirect enum TestFileForm: Sendable {
    /// Anything at all: claims, bodies, answers of functions.
    case anything
    case text
    /// A text that a regular expression finds something in.
    case pattern(String)
    /// A text, a number or a boolean, which stands for its text.
    case scalar
    case words([String])
    case null
    case integer(ClosedRange<Int>)
    /// Members that a place names.
    case place(String)
    case map(TestFileForm, names: String? = nil)
    case list(TestFileForm)
    case either([TestFileForm])
}

/// One key of a test file.
struct TestFileKey: Sendable {
    var name: String
    var form: TestFileForm
    /// For editors: what the key means.
    var summary: String
    var isRequired = false

    init(_ name: String, _ form: TestFileForm, _ summary: String, required: Bool = false) {
        self.name = name
        self.form = form
        self.summary = summary
        isRequired = required
    }
}

/// Every key of test files: what the reader knows, what `--help` lists and what the schema says.
enum TestFileTable {
    struct Place: Sendable {
        /// As messages name it.
        var name: String
        var keys: [TestFileKey]
        /// One of these must be there.
        var needsAny: [String] = []
    }

    static let requestLine = TestFileForm.pattern("^[^ /]+ /[^ ]*$")
    static let duration = TestFileForm.either([.integer(0...(1 << 40) - 1), .pattern("^[0-9]{1,8}[smhd]$")])
    static let cell = TestFileForm.either([
        .words(CellExpectation.words + ["~"]), .integer(100...599), .null,
    ])
    private static let headers = TestFileForm.map(.either([.scalar, .list(.scalar)]))
    private static let request = TestFileForm.either([requestLine, .place("request")])
    private static let percent = TestFileForm.integer(0...100)

    static let places: [Place] = [
        Place(
            name: "the file",
            keys: [
                TestFileKey("version", .integer(1...1), "Version of the format", required: true),
                TestFileKey("config", .text, "The gateway.json under test, from the folder of this file"),
                TestFileKey("stage", .text, "The stage whose policies and variables count"),
                TestFileKey(
                    "clock", .either([.pattern("^[0-9]{4}-"), .integer(Int(Int32.min)...(1 << 40))]),
                    "What time it is: 2026-11-21T12:00:00Z, or seconds since 1970. It stands still"),
                TestFileKey("principals", .map(.place("a principal")), "Who calls, by name"),
                TestFileKey("functions", .map(.anything), "What authorizer functions answer, by authorizer"),
                TestFileKey("matrix", .list(.place("a matrix")), "Tables: requests by principals"),
                TestFileKey("cases", .list(.place("a case")), "Single requests with more to demand"),
                TestFileKey("sequences", .list(.place("a sequence")), "Requests that share caches and a clock"),
                TestFileKey("coverage", .place("coverage"), "Percentages that must be reached"),
                TestFileKey("$schema", .text, "For editors"),
            ], needsAny: ["matrix", "cases", "sequences"]),
        Place(
            name: "a principal",
            keys: [
                TestFileKey("extends", .text, "Another principal; claims and headers are taken over one by one"),
                TestFileKey("claims", .map(.anything), "Claims of the token; null leaves one out"),
                TestFileKey("token", .either([presets, .place("token")]), "What is different about the token"),
                TestFileKey("headers", headers, "Sent with every request of the principal"),
            ]),
        Place(
            name: "token",
            keys: [
                TestFileKey("preset", presets, "What is wrong with the token"),
                TestFileKey("lifetime", duration, "From issue to expiry: 90s, 5m, 1h (the default) or 7d"),
                TestFileKey("value", .text, "Sent as it is instead of a token that is made"),
                TestFileKey("type", .text, "typ of the header"),
                TestFileKey("authorizer", .text, "Whose key signs, instead of that of the route's authorizer"),
            ]),
        Place(
            name: "a matrix",
            keys: [
                TestFileKey("name", .text, "For reports"),
                TestFileKey("columns", .list(.text), "Principals, one for each cell of a row; all when absent"),
                TestFileKey(
                    "rows", .map(.either([cell, .list(cell)]), names: "^[^ /]+ /[^ ]*$"),
                    "METHOD /path: a cell for each column, or one for all", required: true),
            ]),
        Place(
            name: "a case",
            keys: [
                TestFileKey("name", .text, "For reports and snapshots", required: true),
                TestFileKey("request", request, "METHOD /path, or its parts", required: true),
                TestFileKey("as", .text, "Who calls; nobody when absent"),
                TestFileKey("expect", .place("expect"), "What is demanded", required: true),
                TestFileKey("backend", .place("backend"), "What the backend answers; it is never asked"),
            ]),
        Place(
            name: "a sequence",
            keys: [
                TestFileKey("name", .text, "For reports and snapshots", required: true),
                TestFileKey("as", .text, "Who calls where a step says nothing"),
                TestFileKey(
                    "steps", .list(.place("a step")), "Requests, and spans of time between them", required: true),
            ]),
        Place(
            name: "a step",
            keys: [
                TestFileKey("request", request, "METHOD /path, or its parts"),
                TestFileKey("as", .text, "Who calls"),
                TestFileKey("expect", .place("expect"), "What is demanded"),
                TestFileKey("backend", .place("backend"), "What the backend answers"),
                TestFileKey("advance", duration, "Moves the clock, and does nothing else"),
            ]),
        Place(
            name: "request",
            keys: [
                TestFileKey("method", .text, "The method", required: true),
                TestFileKey("path", .pattern("^/[^ ]*$"), "Path and query", required: true),
                TestFileKey("headers", headers, "Header lines; several of one name as a list"),
                TestFileKey("body", .anything, "A text as it is, anything else as its JSON"),
                TestFileKey("sourceIp", .pattern("^[0-9A-Fa-f.:]+$"), "The client's address (127.0.0.1 when absent)"),
            ]),
        Place(name: "expect", keys: expectations),
        Place(
            name: "upstream",
            keys: [
                TestFileKey("method", .text, "The method"),
                TestFileKey("path", .anything, "Path and query"),
                TestFileKey("headers", .map(.anything), "Header lines, by name"),
            ]),
        Place(
            name: "backend",
            keys: [
                TestFileKey("status", .integer(200...599), "The status (200 when absent)"),
                TestFileKey("headers", headers, "Header lines"),
                TestFileKey("body", .anything, "A text as it is, anything else as its JSON"),
            ]),
        Place(
            name: "coverage",
            keys: [
                TestFileKey("routes", percent, "Routes that a check states something about"),
                TestFileKey("cells", percent, "Route by principal"),
                TestFileKey("statements", percent, "Statements that decided a check"),
                TestFileKey("claims", percent, "Checks of tokens that refused somebody"),
            ]),
    ]

    private static let presets = TestFileForm.words(TokenRecipe.Preset.allCases.map(\.rawValue))

    private static let expectations = [
        TestFileKey("decision", .words(["allow", "deny", "deny!"]), "What the gate decides"),
        TestFileKey("statement", .text, "The Sid that decides, or the statement's number"),
        TestFileKey("reason", .text, "allowed, or the stable word of the log, such as expired or no_route"),
        TestFileKey("status", .integer(100...599), "Of the client's answer"),
        TestFileKey("principalId", .anything, "What the authorizer calls the caller"),
        TestFileKey("context", .map(.anything), "What the authorizer hands on"),
        TestFileKey(
            "policy", .either([.words(["snapshot"]), .map(.anything)]), "The IAM document in force for the caller"),
        TestFileKey("body", .anything, "Of the client's answer"),
        TestFileKey("headers", .map(.anything), "Of the client's answer"),
        TestFileKey("upstream", .place("upstream"), "What the HTTP backend would get"),
        TestFileKey("cache", .words(["hit", "miss", "off"]), "Whether the authorizer's result was kept"),
    ]

    static func place(_ name: String) -> Place? { places.first { $0.name == name } }
}
