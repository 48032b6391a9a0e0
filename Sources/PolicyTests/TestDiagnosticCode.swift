/// The codes of test files and test runs: `GH7001` and above. Append-only.
package enum TestDiagnosticCode: String, Sendable, CaseIterable {
    case unknownKey = "GH7001"
    case wrongType = "GH7002"
    case missingKey = "GH7003"
    case notAllowed = "GH7004"
    case unknownPrincipal = "GH7005"
    case cellCount = "GH7006"
    case notARequest = "GH7007"
    case inheritsItself = "GH7008"
    case unknownAuthorizer = "GH7009"
    case empty = "GH7010"
    case twice = "GH7011"
    case noBackend = "GH7012"
    case failed = "GH7101"
    case untestedRoute = "GH7102"
    case coverage = "GH7103"
    case survivor = "GH7104"
    case missingSnapshot = "GH7105"
    case obsoleteSnapshot = "GH7106"
    case cannotMint = "GH7107"

    package var title: String {
        switch self {
        case .unknownKey: "unknown key in a test file"
        case .wrongType: "wrong type in a test file"
        case .missingKey: "missing key in a test file"
        case .notAllowed: "value not allowed in a test file"
        case .unknownPrincipal: "no such principal"
        case .cellCount: "row with the wrong number of cells"
        case .notARequest: "not a request"
        case .inheritsItself: "principal that inherits from itself"
        case .unknownAuthorizer: "no such authorizer"
        case .empty: "nothing is tested"
        case .twice: "name used twice"
        case .noBackend: "no backend to answer"
        case .failed: "a check failed"
        case .untestedRoute: "route without a test"
        case .coverage: "coverage below its goal"
        case .survivor: "change that no test notices"
        case .missingSnapshot: "snapshot missing"
        case .obsoleteSnapshot: "snapshot that nothing uses"
        case .cannotMint: "token that cannot be made"
        }
    }

    package var explanation: String {
        switch self {
        case .unknownKey:
            "A misspelt key would leave something untested without a word, so unknown keys are errors. "
                + "`gatehouse test --help` names the keys."
        case .wrongType: "The value is of another type than the key takes."
        case .missingKey: "The part cannot be tested without this key."
        case .notAllowed: "The key takes one of a few words, or text of one form."
        case .unknownPrincipal: "The name is not among \"principals\" of the file."
        case .cellCount: "A row has one cell for each column, or one cell for all. A cell that demands nothing is ~."
        case .notARequest: "A request is METHOD /path, such as GET /ships/42, as it would come over the wire."
        case .inheritsItself:
            "\"extends\" goes in a circle, so nobody says what the principal is, or through more than 64 principals."
        case .unknownAuthorizer: "The name is not among \"authorizers\" of the configuration."
        case .empty:
            "A test file without rows, cases and sequences would pass whatever the gate does, and so would a case that "
                + "demands nothing."
        case .twice:
            "Two parts of the file have the same name, so a report could not tell them apart, or would keep their "
                + "snapshots in one file."
        case .noBackend:
            "Tests do not ask the backend. Say \"allow\", or give the case a \"backend\" answer, to speak about what it "
                + "answers."
        case .failed: "The gate decided otherwise than the test demands; the trace says why."
        case .untestedRoute:
            "No check states what becomes of a request that this route takes. Add a row: `gatehouse init --tests` "
                + "writes one with every cell open."
        case .coverage: "The tests reach less of the configuration than --min-coverage or \"coverage\" demands."
        case .survivor:
            "The configuration was changed in memory in this way and every check still passed: if somebody makes the "
                + "change by mistake, nobody will notice."
        case .missingSnapshot: "Run `gatehouse test --update` and look at what it writes before you commit it."
        case .obsoleteSnapshot: "The file belongs to no case; `gatehouse test --update` deletes it."
        case .cannotMint:
            "No key of the authorizer can sign with one of its algorithms, or the claims are no JSON object."
        }
    }

    /// What brings it about.
    package var example: String { advice.example }
    /// What to do.
    package var remedy: String { advice.remedy }

    private var advice: (example: String, remedy: String) {
        switch self {
        case .unknownKey: ("matrixes: [ … ]", "Rename the key as suggested, or remove it.")
        case .wrongType: ("cases: { name: first }", "Write the value as docs/reference/test-file.md shows it.")
        case .missingKey: ("cases: [{ name: first, request: GET /ships }]", "Add the key that is named.")
        case .notAllowed: ("GET /ships: [alow]", "Write one of the words that the message lists.")
        case .unknownPrincipal: ("as: capitan", "Correct the name, or add it to \"principals\".")
        case .cellCount:
            ("columns: [a, b], rows: { GET /: [allow] }", "Give the row a cell for each column; ~ leaves one open.")
        case .notARequest: ("/ships: [allow]", "Put the method first: GET /ships.")
        case .inheritsItself: ("a: { extends: b }, b: { extends: a }", "Let one of them stand on its own.")
        case .unknownAuthorizer:
            (
                "functions: { session: allow } where session verifies tokens itself",
                "Name an authorizer that asks a function."
            )
        case .empty: ("matrix: []", "Add a row, a case or a sequence.")
        case .twice: ("two cases called \"login\"", "Give one of them another name.")
        case .noBackend:
            (
                "expect: { status: 200 } on a route with a backend",
                "Write decision: allow, or add backend: { status: 200 }."
            )
        case .failed:
            (
                "DELETE /ships/42: [allow] where a statement denies it",
                "Correct the configuration, or the cell; the command that is shown explains the decision."
            )
        case .untestedRoute: ("a new route \"GET /logbook\" and no row for it", "Add a row for the route.")
        case .coverage:
            ("--min-coverage statements=100 while one decides no check", "Add what the arrows say, or lower the goal.")
        case .survivor:
            (
                "audience removed, and no test uses a token for another audience",
                "Add what the arrow says, such as a principal with token: wrongAudience."
            )
        case .missingSnapshot:
            (
                "policy: snapshot, run with --ci before anybody kept it",
                "Run gatehouse test --update and commit __snapshots__."
            )
        case .obsoleteSnapshot: ("a case was renamed", "Run gatehouse test --update.")
        case .cannotMint:
            (
                "a secret of 8 bytes, or algorithms that no key fits",
                "Give the authorizer a key that fits its algorithms."
            )
        }
    }
}
