/// Which entries of a recording count: words such as `id=…`, `route=…`, `decision=deny`, `method=GET`, `path=/ships*`,
/// `principal=…`, `status=403`, `line=2211`. All of them must hold.
package struct EntryFilter: Sendable {
    package enum Field: String, Sendable, CaseIterable {
        case id, route, decision, method, path, principal, status, reason, authorizer, line
    }

    private struct Test: Sendable {
        var field: Field
        var pattern: [UInt8]
    }

    private let tests: [Test]

    /// Nil when a word is not understood.
    package init?(_ words: [String]) {
        var tests: [Test] = []
        for word in words {
            guard let equals = word.firstIndex(of: "="), let field = Field(rawValue: String(word[..<equals])) else {
                return nil
            }
            tests.append(Test(field: field, pattern: Array(word[word.index(after: equals)...].utf8)))
        }
        self.tests = tests
    }

    package func takes(_ entry: RecordedEntry) -> Bool {
        tests.allSatisfy { Self.matches($0.pattern[...], value(of: $0.field, entry)[...]) }
    }

    private func value(of field: Field, _ entry: RecordedEntry) -> [UInt8] {
        switch field {
        case .id: Array(entry.id.utf8)
        case .route: Array((entry.routeKey ?? "").utf8)
        case .decision: Array(entry.decision.utf8)
        case .method: entry.method
        case .path: Array(entry.target.prefix { $0 != UInt8(ascii: "?") })
        case .principal: Array((entry.principal ?? "").utf8)
        case .status: Array("\(entry.status)".utf8)
        case .reason: Array((entry.reason ?? "").utf8)
        case .authorizer: Array((entry.authorizer ?? "").utf8)
        case .line: Array("\(entry.number)".utf8)
        }
    }

    /// `*` stands for any characters.
    private static func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        let parts = pattern.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false)
        guard parts.count > 1, let first = parts.first, let last = parts.last else {
            return pattern.elementsEqual(text)
        }
        guard text.starts(with: first), text.count >= first.count + last.count,
            text.suffix(last.count).elementsEqual(last)
        else { return false }
        var rest = text.dropFirst(first.count).dropLast(last.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            var found: Int?
            var index = rest.startIndex
            while index + part.count <= rest.endIndex, found == nil {
                if rest[index..<index + part.count].elementsEqual(part) { found = index }
                index += 1
            }
            guard let found else { return false }
            rest = rest[(found + part.count)...]
        }
        return true
    }
}
