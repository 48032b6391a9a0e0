/// Tokens, subjects, keys and issuers that are refused at once, whatever their tokens say.
///
/// Asked on every request, after the token cache. Each question costs four look-ups, however long the list is.
package struct RevocationList: Sendable {
    /// One table for each selector, by its place: asked on every request, so nothing is hashed to find the table.
    private var tables = [[[UInt8]: [Revocation]]](repeating: [:], count: Revocation.Selector.allCases.count)
    package private(set) var count = 0

    package init() {}

    package init(_ revocations: some Sequence<Revocation>) {
        for revocation in revocations { insert(revocation) }
    }

    package var isEmpty: Bool { count == 0 }

    /// Reads JSON lines. What can be read counts, and the rest is reported: whether a broken list is acceptable is for
    /// the caller to say. A last line without a line break counts when it is complete, and is reported when it is not.
    package static func parse(_ text: [UInt8]) -> (list: RevocationList, problems: [RevocationProblem]) {
        var list = RevocationList()
        var problems: [RevocationProblem] = []
        var start = 0
        var number = 0
        while start < text.count {
            number += 1
            let end = text[start...].firstIndex(of: 0x0A) ?? text.count
            let line = Array(text[start..<end])
            if line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) {
                do throws(RevocationProblem.Cause) {
                    list.insert(try Revocation(parsing: line))
                } catch {
                    let cause = end == text.count && error == .notJSON ? .unfinished : error
                    problems.append(RevocationProblem(line: number, cause: cause))
                }
            }
            start = end + 1
        }
        return (list, problems)
    }

    package mutating func insert(_ revocation: Revocation) {
        let place = revocation.selector.place
        var same = tables[place][revocation.value] ?? []
        if same.contains(revocation) { return }
        same.append(revocation)
        tables[place][revocation.value] = same
        count += 1
    }

    /// The entries of both.
    package func union(_ other: RevocationList) -> RevocationList {
        var both = self
        for revocation in other.tables.flatMap({ $0.values }).joined() { both.insert(revocation) }
        return both
    }

    /// Without the entries that have no meaning any more.
    package func removingExpired(at now: WallTime) -> RevocationList {
        RevocationList(
            tables.flatMap { $0.values }.joined().filter { revocation in
                revocation.until.map { now.value < $0 } ?? true
            })
    }

    /// The entry that refuses this token, if there is one.
    package func revocation(of token: VerifiedToken) -> Revocation? {
        if count == 0 { return nil }
        return find(.tokenID, token.claims.tokenID, token) ?? find(.subject, token.claims.subject, token)
            ?? find(.keyID, token.keyID, token) ?? find(.issuer, token.claims.issuer, token)
    }

    package func isRevoked(_ token: VerifiedToken) -> Bool { revocation(of: token) != nil }

    /// Whether the list speaks of what a recorded token says. Pseudonyms match nothing.
    package func isRevoked(_ token: RecordedToken, keyID: [UInt8]?) -> Bool {
        if count == 0 { return false }
        let issuedAt = token.issuedAt
        let found =
            find(.tokenID, token.claims.tokenID, issuedAt) ?? find(.subject, token.claims.subject, issuedAt)
            ?? find(.keyID, keyID, issuedAt) ?? find(.issuer, token.claims.issuer, issuedAt)
        return found != nil
    }

    private func find(
        _ selector: Revocation.Selector, _ value: @autoclosure () -> [UInt8]?, _ token: VerifiedToken
    ) -> Revocation? {
        find(selector, value(), token.issuedAt)
    }

    private func find(
        _ selector: Revocation.Selector, _ value: @autoclosure () -> [UInt8]?, _ issued: @autoclosure () -> Double?
    ) -> Revocation? {
        // Most lists know only one kind of entry: the claim is not even read for the others.
        let place = selector.place
        guard !tables[place].isEmpty, let value = value() else { return nil }
        return tables[place][value]?.first { revocation in
            guard let limit = revocation.issuedBefore, let issuedAt = issued() else { return true }
            return issuedAt < limit
        }
    }
}

extension Revocation.Selector {
    fileprivate var place: Int {
        switch self {
        case .tokenID: 0
        case .subject: 1
        case .keyID: 2
        case .issuer: 3
        }
    }
}
