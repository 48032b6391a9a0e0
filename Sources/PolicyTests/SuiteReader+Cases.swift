import Documents
import Routes

extension SuiteReader {
    // MARK: Requests

    /// `METHOD /path`, or a map with headers and body.
    mutating func request(_ node: DataNode) -> TestRequestLine? {
        if let text = node.string { return requestLine(text, node.range) }
        guard let parts = members(node, of: "request") else { return nil }
        guard let method = text(parts["method"], "method"), let path = text(parts["path"], "path") else {
            if parts["method"] == nil || parts["path"] == nil {
                report(.missingKey, node.range, "a request needs \"method\" and \"path\"")
            }
            return nil
        }
        guard var line = requestLine("\(method) \(path)", node.range) else { return nil }
        line.headers = headers(parts["headers"])
        if let node = parts["sourceIp"], let address = text(node, "sourceIp") {
            // A block is no address, and neither is what only looks like one.
            if address.utf8.contains(UInt8(ascii: "/")) || AddressBlock(address) == nil {
                report(
                    .notAllowed, node.range, "\"sourceIp\" is an IP address",
                    help: "write one, such as 203.0.113.7 or 2001:db8::7")
            }
            line.sourceIP = address
        }
        if let body = parts["body"] { line.body = body.string.map { Array($0.utf8) } ?? body.json }
        return line
    }

    mutating func requestLine(_ text: String, _ range: Range<Int>) -> TestRequestLine? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[1].hasPrefix("/"),
            text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else {
            report(.notARequest, range, "this is no request", help: "write METHOD /path, such as GET /ships/42")
            return nil
        }
        return TestRequestLine(
            method: String(parts[0]), path: String(parts[1]), headers: [], body: [], range: range)
    }

    mutating func headers(_ node: DataNode?) -> [(name: String, value: String)] {
        var out: [(name: String, value: String)] = []
        for member in map(node, "headers") {
            // Several lines of one name are written as a list.
            for value in member.value.list ?? [member.value] {
                guard let text = word(value, member.key) else { continue }
                let isField =
                    !member.key.isEmpty && member.key.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3A }
                    && text.utf8.allSatisfy { $0 >= 0x20 || $0 == 0x09 }
                if isField {
                    out.append((member.key, text))
                } else {
                    report(.notAllowed, member.keyRange, "\"\(member.key)\" is not a header line")
                }
            }
        }
        return out
    }

    // MARK: Matrices

    mutating func matrix(_ node: DataNode) -> TestMatrix? {
        let problems = diagnostics.count
        guard let parts = members(node, of: "a matrix") else { return nil }
        var columns: [Int] = []
        if let written = parts["columns"] {
            for column in list(written, "columns") {
                guard let index = principal(named: column) else { continue }
                if columns.contains(index) { report(.twice, column.range, "the column stands twice") }
                columns.append(index)
            }
            if columns.count != written.list?.count { return nil }
        } else {
            columns = standardColumns
        }
        if parts["columns"] == nil, !brokenPrincipals.isEmpty { return nil }
        if columns.isEmpty {
            report(.missingKey, node.range.lowerBound..<node.range.lowerBound + 1, "a matrix needs principals")
            return nil
        }
        var rows: [TestMatrix.Row] = []
        for member in map(parts["rows"], "rows") {
            guard let request = requestLine(member.key, member.keyRange),
                let cells = cells(member.value, count: columns.count)
            else { continue }
            rows.append(TestMatrix.Row(request: request, cells: cells))
        }
        if diagnostics.count == problems, rows.isEmpty {
            report(.empty, parts["rows"]?.range ?? node.range, "a matrix needs rows, { \"GET /path\": [cells] }")
        }
        return TestMatrix(
            name: text(parts["name"], "name") ?? "matrix", range: parts["name"]?.range ?? node.range, columns: columns,
            rows: rows)
    }

    private mutating func cells(_ node: DataNode, count: Int) -> [TestMatrix.Cell]? {
        guard let list = node.list else {
            // One cell for all.
            return cell(node).map { Array(repeating: $0, count: count) }
        }
        if list.count != count {
            report(
                .cellCount, node.range, "the row has \(list.count) cells for \(count) columns",
                help: "write ~ for a cell that demands nothing")
            return nil
        }
        let made = list.compactMap { cell($0) }
        return made.count == count ? made : nil
    }

    private mutating func cell(_ node: DataNode) -> TestMatrix.Cell? {
        expectation(of: node).map { TestMatrix.Cell(expected: $0, range: node.range) }
    }

    private mutating func expectation(of node: DataNode) -> CellExpectation? {
        switch node.content {
        case .null: return .unstated
        case .string("allow"): return .allow
        case .string("deny"): return .deny
        case .string("deny!"): return .explicitDeny
        case .string("no_route"): return .noRoute
        case .string("~"): return .unstated
        default: break
        }
        if let status = node.integer, (100...599).contains(status) { return .status(status) }
        let near = node.word.flatMap { Suggestion.nearest(to: $0, among: CellExpectation.words) }
        report(
            .notAllowed, node.range, "a cell cannot say this", label: near.map { "did you mean \"\($0)\"?" },
            help:
                "write allow, deny (403, nothing allows it), deny! (403 by an explicit Deny), a status, no_route, or ~")
        return nil
    }

    // MARK: Cases

    mutating func testCase(_ node: DataNode) -> TestCase? {
        guard let parts = members(node, of: "a case") else { return nil }
        guard let name = parts["name"], let text = text(name, "name") else {
            if parts["name"] == nil { report(.missingKey, node.range, "a case needs a \"name\"") }
            return nil
        }
        return testCase(parts, node, name: text, range: name.range, principal: principal(named: parts["as"]))
    }

    private mutating func testCase(
        _ parts: [String: DataNode], _ node: DataNode, name: String, range: Range<Int>, principal: Int?
    ) -> TestCase? {
        guard let written = parts["request"], let request = request(written) else {
            if parts["request"] == nil { report(.missingKey, node.range, "a case needs a \"request\"") }
            return nil
        }
        guard let expected = parts["expect"] else {
            report(.missingKey, range, "a case needs \"expect\": without it nothing is tested")
            return nil
        }
        let problems = diagnostics.count
        let expectation = expectation(expected)
        if expectation.isEmpty, diagnostics.count == problems {
            report(.empty, expected.range, "\"expect\" demands nothing")
        }
        return TestCase(
            name: name, range: range, request: request, principal: principal, expectation: expectation,
            backend: parts["backend"].flatMap { backend($0) })
    }

    private mutating func backend(_ node: DataNode) -> BackendScript? {
        guard let parts = members(node, of: "backend") else { return nil }
        let status = parts["status"]?.integer ?? 200
        guard (200...599).contains(status) else {
            report(.notAllowed, node.range, "a backend's status lies between 200 and 599")
            return nil
        }
        let body = parts["body"].map { $0.string.map { Array($0.utf8) } ?? $0.json } ?? []
        return BackendScript(status: status, headers: headers(parts["headers"]), body: body)
    }

    mutating func sequence(_ node: DataNode) -> TestSequence? {
        guard let parts = members(node, of: "a sequence") else { return nil }
        guard let name = parts["name"], let text = text(name, "name") else {
            if parts["name"] == nil { report(.missingKey, node.range, "a sequence needs a \"name\"") }
            return nil
        }
        let standard = principal(named: parts["as"])
        var steps: [TestSequence.Step] = []
        let problems = diagnostics.count
        for (index, each) in list(parts["steps"], "steps").enumerated() {
            guard let step = members(each, of: "a step") else { continue }
            if let advance = step["advance"] {
                if step.count > 1 {
                    report(.notAllowed, each.range, "a step that advances the clock does nothing else")
                }
                if let seconds = duration(advance, "advance") { steps.append(.advance(seconds)) }
                continue
            }
            let own = step["as"].map { principal(named: $0) } ?? standard
            if let made = testCase(
                step, each, name: "\(text), step \(index + 1)", range: each.range, principal: own)
            {
                steps.append(.request(made))
            }
        }
        if diagnostics.count == problems, !steps.contains(where: { if case .request = $0 { true } else { false } }) {
            report(.empty, node.range, "the sequence asks for nothing")
        }
        return TestSequence(name: text, range: name.range, steps: steps)
    }

    // MARK: Expectations

    private mutating func expectation(_ node: DataNode) -> TestExpectation {
        var out = TestExpectation()
        guard let parts = members(node, of: "expect") else { return out }
        if let node = parts["decision"], let word = expectation(of: node) {
            switch word {
            case .status:
                report(
                    .notAllowed, node.range, "a decision is allow, deny or deny!", help: "write \"status\" for a status"
                )
            case .noRoute:
                report(
                    .notAllowed, node.range, "a decision is allow, deny or deny!", help: "write reason: no_route")
            case .allow, .deny, .explicitDeny, .unstated: break
            }
            out.decision = TestExpectation.Part(value: word, range: node.range)
        }
        out.statement = part(parts["statement"], "statement")
        out.reason = part(parts["reason"], "reason")
        if let node = parts["cache"], let word = text(node, "cache") {
            if !["hit", "miss", "off"].contains(word) {
                report(.notAllowed, node.range, "\"cache\" is hit, miss or off")
            }
            out.cache = TestExpectation.Part(value: word, range: node.range)
        }
        if let node = parts["status"] {
            if let status = node.integer, (100...599).contains(status) {
                out.status = TestExpectation.Part(value: status, range: node.range)
            } else {
                report(.notAllowed, node.range, "\"status\" lies between 100 and 599")
            }
        }
        out.principalID = parts["principalId"].map {
            TestExpectation.Part(value: ValueMatcher.text($0), range: $0.range)
        }
        out.context = map(parts["context"], "context").map {
            TestExpectation.Field(name: $0.key, matcher: ValueMatcher.text($0.value), range: $0.keyRange)
        }
        out.headers = fields(parts["headers"])
        out.body = parts["body"].map { TestExpectation.Part(value: ValueMatcher($0), range: $0.range) }
        if let node = parts["policy"] {
            let expected: PolicyExpectation = node.string == "snapshot" ? .snapshot : .matches(ValueMatcher(node))
            if node.string != nil, node.string != "snapshot" {
                report(.notAllowed, node.range, "\"policy\" is snapshot, or a document")
            }
            out.policy = TestExpectation.Part(value: expected, range: node.range)
        }
        if let node = parts["upstream"], let each = members(node, of: "upstream") {
            var upstream = TestExpectation.Upstream()
            upstream.method = part(each["method"], "method")
            upstream.path = each["path"].map { TestExpectation.Part(value: ValueMatcher($0), range: $0.range) }
            upstream.headers = fields(each["headers"])
            out.upstream = TestExpectation.Part(value: upstream, range: node.range)
        }
        return out
    }

    private mutating func part(_ node: DataNode?, _ name: String) -> TestExpectation.Part<String>? {
        guard let node, let text = text(node, name) else { return nil }
        return TestExpectation.Part(value: text, range: node.range)
    }

    private mutating func fields(_ node: DataNode?) -> [TestExpectation.Field] {
        map(node, "headers").map {
            TestExpectation.Field(name: $0.key, matcher: ValueMatcher.text($0.value), range: $0.keyRange)
        }
    }
}
