package import Documents
package import Routes
package import Tokens

/// One `*.gatetest.yaml` or `.jsonc` that has been read and found right. Places are byte offsets in ``source``.
package struct TestSuite: Sendable {
    package var source: SourceText
    /// As written: from the folder of the file. Nil leaves it to the command.
    package var configuration: (path: String, range: Range<Int>)?
    package var stage: String?
    /// What time it is when a check begins; it moves only by `advance`.
    package var clock: WallTime
    /// In source order, with everything inherited put in.
    package var principals: [TestPrincipal]
    package var functions: [FunctionScript]
    package var matrices: [TestMatrix]
    package var cases: [TestCase]
    package var sequences: [TestSequence]
    package var goals: CoverageGoals

    /// Files that `policy: snapshot` is kept in, with the places of the cases.
    package var snapshotNames: [(name: String, range: Range<Int>)] {
        var out: [(name: String, range: Range<Int>)] = []
        func add(_ name: String, _ each: TestCase) {
            guard case .snapshot? = each.expectation.policy?.value else { return }
            out.append((PolicySnapshotFile.name(suite: source.name, case: name), each.range))
        }
        for each in cases { add(each.name, each) }
        for sequence in sequences {
            var number = 0
            for case .request(let each) in sequence.steps {
                number += 1
                add(PolicySnapshotFile.step(number, of: sequence.name), each)
            }
        }
        return out
    }

    /// The clock of files that name none: tests must not change their meaning from day to day.
    package static let standardClock = WallTime(seconds: 1_767_225_600)
}

/// Somebody who calls.
package struct TestPrincipal: Sendable {
    package var name: String
    package var range: Range<Int>
    /// In source order; null takes a claim away that would be filled in.
    package var claims: [(name: String, value: DataNode)]
    package var token: TokenRecipe
    /// Sent with every request of the principal.
    package var headers: [(name: String, value: String)]
}

extension TestPrincipal {
    /// A principal of gateway.json, for test files of that configuration.
    package init(_ definition: PrincipalDefinition) {
        var claims: [(name: String, value: DataNode)] = []
        for claim in definition.claims {
            guard let document = try? JSONParser.parse(claim.json) else { continue }
            claims.append((claim.name, DataNode(document.root)))
        }
        var token = TokenRecipe()
        token.preset = definition.preset
        token.lifetime = definition.lifetimeInSeconds
        self.init(name: definition.name, range: 0..<0, claims: claims, token: token, headers: [])
    }
}

/// How a principal's token is made.
package struct TokenRecipe: Sendable {
    /// As the principals of gateway.json have them.
    package typealias Preset = PrincipalDefinition.Preset

    package var preset: Preset?
    /// Seconds from issue to expiry.
    package var lifetime = 3600
    /// Sent as it is instead of a minted token: for functions that know tokens of their own.
    package var value: String?
    /// `typ` of the header; `JWT` when nil.
    package var type: String?
    /// Whose key signs, instead of that of the route's authorizer: a token for one authorizer sent to another.
    package var authorizer: String?
}

/// What an authorizer's function answers, by principal.
package struct FunctionScript: Sendable {
    package enum Answer: Sendable {
        /// A policy that allows, or denies, the method that is asked for.
        case allow
        case deny
        /// The error that becomes a 401.
        case unauthorized
        case error(String)
        case timeout
        /// The function's own answer, as JSON.
        case payload([UInt8])
    }

    package var authorizer: String
    package var range: Range<Int>
    /// Answers to everybody who has none of their own.
    package var standard: Answer?
    package var answers: [String: Answer]
}

/// Method, path and headers of a request, before it is put on the wire.
package struct TestRequestLine: Sendable {
    package var method: String
    package var path: String
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    package var range: Range<Int>
    /// Text of the client's address.
    package var sourceIP = "127.0.0.1"

    package var text: String { "\(method) \(path)" }
}

/// Routes by principals.
package struct TestMatrix: Sendable {
    package struct Cell: Sendable {
        package var expected: CellExpectation
        package var range: Range<Int>
    }

    package struct Row: Sendable {
        package var request: TestRequestLine
        package var cells: [Cell]
    }

    package var name: String
    package var range: Range<Int>
    /// Indices of ``TestSuite/principals``.
    package var columns: [Int]
    package var rows: [Row]
}

/// What a cell, or `decision` of a case, demands.
package enum CellExpectation: Sendable, Hashable {
    case allow
    /// 403 because nothing allows it.
    case deny
    /// 403 by an explicit Deny.
    case explicitDeny
    case status(Int)
    /// No route takes the request.
    case noRoute
    /// `~`: nothing is demanded, and nothing counts as tested.
    case unstated

    /// Those that are words, for suggestions.
    static let words = ["allow", "deny", "deny!", "no_route"]

    package var text: String {
        switch self {
        case .allow: "allow"
        case .deny: "deny"
        case .explicitDeny: "deny!"
        case .status(let status): "\(status)"
        case .noRoute: "no_route"
        case .unstated: "~"
        }
    }
}

package struct TestCase: Sendable {
    package var name: String
    package var range: Range<Int>
    package var request: TestRequestLine
    /// Index of ``TestSuite/principals``; nil sends no token.
    package var principal: Int?
    package var expectation: TestExpectation
    /// What the backend answers; nil when nobody asks it.
    package var backend: BackendScript?
}

package struct BackendScript: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
}

/// Steps that share caches and a clock.
package struct TestSequence: Sendable {
    package enum Step: Sendable {
        case request(TestCase)
        /// Seconds.
        case advance(Int)
    }

    package var name: String
    package var range: Range<Int>
    package var steps: [Step]
}

/// What a case demands; every part has its place.
package struct TestExpectation: Sendable {
    package struct Part<Value: Sendable>: Sendable {
        package var value: Value
        package var range: Range<Int>
    }

    package struct Field: Sendable {
        package var name: String
        package var matcher: ValueMatcher
        package var range: Range<Int>
    }

    package struct Upstream: Sendable {
        package var method: Part<String>?
        package var path: Part<ValueMatcher>?
        package var headers: [Field] = []

        package var isEmpty: Bool { method == nil && path == nil && headers.isEmpty }
    }

    package var decision: Part<CellExpectation>?
    package var statement: Part<String>?
    package var reason: Part<String>?
    package var status: Part<Int>?
    package var principalID: Part<ValueMatcher>?
    package var context: [Field] = []
    package var policy: Part<PolicyExpectation>?
    package var body: Part<ValueMatcher>?
    package var headers: [Field] = []
    package var upstream: Part<Upstream>?
    package var cache: Part<String>?

    /// Whether nothing is demanded: `decision: ~`, `upstream: {}` and `body: {}` are words about nothing.
    package var isEmpty: Bool {
        (decision.map { $0.value == .unstated } ?? true) && statement == nil && reason == nil && status == nil
            && principalID == nil && context.isEmpty
            && (policy?.value.isEmpty ?? true) && (body?.value.isEmpty ?? true) && headers.isEmpty
            && (upstream?.value.isEmpty ?? true) && cache == nil
    }
}

package enum PolicyExpectation: Sendable {
    /// The document kept beside the tests.
    case snapshot
    case matches(ValueMatcher)

    var isEmpty: Bool { if case .matches(let matcher) = self { matcher.isEmpty } else { false } }
}

/// Percentages that a run must reach; nil demands nothing.
package struct CoverageGoals: Sendable, Hashable {
    package var routes: Int?
    package var cells: Int?
    package var statements: Int?
    package var claims: Int?

    package init(routes: Int? = nil, cells: Int? = nil, statements: Int? = nil, claims: Int? = nil) {
        self.routes = routes
        self.cells = cells
        self.statements = statements
        self.claims = claims
    }

    package static let names = ["routes", "cells", "statements", "claims"]

    package subscript(_ name: String) -> Int? {
        get {
            switch name {
            case "routes": routes
            case "cells": cells
            case "statements": statements
            case "claims": claims
            default: nil
            }
        }
        set {
            switch name {
            case "routes": routes = newValue
            case "cells": cells = newValue
            case "statements": statements = newValue
            case "claims": claims = newValue
            default: break
            }
        }
    }

    /// The stricter of both.
    package func merging(_ other: CoverageGoals) -> CoverageGoals {
        var out = self
        for name in Self.names { out[name] = [self[name], other[name]].compactMap { $0 }.max() }
        return out
    }
}
