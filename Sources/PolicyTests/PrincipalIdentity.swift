import Documents
import Routes

extension TestPrincipal {
    /// The same for two principals of one name whose requests are the same: files may give one name to different people.
    package var identity: String {
        var writer = JSONWriter()
        writer.array { writer in
            writer.string(name)
            for claim in claims.sorted(by: { $0.name < $1.name }) {
                writer.string(claim.name)
                claim.value.write(to: &writer)
            }
            writer.string("token")
            for part in [token.preset?.rawValue, "\(token.lifetime)", token.value, token.type, token.authorizer] {
                if let part { writer.string(part) } else { writer.null() }
            }
            for header in headers {
                writer.string(header.name)
                writer.string(header.value)
            }
        }
        return writer.text
    }

    /// By the test file itself; those of gateway.json have no place in it.
    var isDeclared: Bool { !range.isEmpty }
}

extension TestSuite {
    /// The principals that a matrix, a case or a sequence speaks about, by index.
    var usedPrincipals: Set<Int> {
        var used = Set(matrices.flatMap(\.columns))
        used.formUnion(cases.compactMap(\.principal))
        for case .request(let each) in sequences.flatMap(\.steps) {
            if let principal = each.principal { used.insert(principal) }
        }
        return used
    }
}
