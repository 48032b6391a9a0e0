package import Gateway
import HTTP
import Routes

/// About whom tests state something, route by route. Nothing is decided for it.
package struct RouteReach: Sendable {
    /// By index of the route.
    private var callers: [Set<String>]

    package init(routes: Int) {
        callers = Array(repeating: [], count: routes)
    }

    /// How many principals, those without a name counted as one.
    package func count(of route: Int) -> Int { callers[route].count }

    package mutating func add(_ suite: TestSuite, in snapshot: GatewaySnapshot) {
        let limits = snapshot.wireLimits
        func route(of line: TestRequestLine) -> Int? {
            let wire = TestWire.make(
                method: line.method, path: line.path, fields: line.headers, bodyCount: line.body.count, limits: limits)
            guard case .head(let head) = wire else { return nil }
            return TestWire.target(of: head, in: snapshot).route
        }
        func name(_ principal: Int?) -> String { principal.map { suite.principals[$0].name } ?? "" }
        for matrix in suite.matrices {
            for row in matrix.rows {
                guard let route = route(of: row.request) else { continue }
                for (column, cell) in row.cells.enumerated() where cell.expected != .unstated {
                    callers[route].insert(name(matrix.columns[column]))
                }
            }
        }
        var cases = suite.cases
        for sequence in suite.sequences {
            for case .request(let each) in sequence.steps { cases.append(each) }
        }
        for each in cases where !each.expectation.isEmpty {
            if let route = route(of: each.request) { callers[route].insert(name(each.principal)) }
        }
    }
}
