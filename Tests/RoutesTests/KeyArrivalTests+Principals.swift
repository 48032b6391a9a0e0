import Routes

extension KeyArrivalTests {
    private static func principal(
        _ key: String, _ json: String, _ expected: String, read: @escaping @Sendable (PrincipalDefinition) -> String
    ) -> Arrival {
        Arrival(
            key, "\"version\": 1,",
            "\"version\": 1, \"principals\": { \"b\": { \"claims\": { \"x\": 1 } }, \"a\": \(json) },",
            expected
        ) { document in document.principal(named: "a").map(read) ?? "none" }
    }

    private static func claims(_ principal: PrincipalDefinition) -> String {
        principal.claims.map { "\($0.name)=\(String(decoding: $0.json, as: UTF8.self))" }.joined(separator: " ")
    }

    static let principals: [Arrival] = [
        principal("principals", "{}", "a", read: \.name),
        principal("principals.NAME.extends", "{ \"extends\": \"b\" }", "x=1", read: claims),
        principal("principals.NAME.claims", "{ \"claims\": { \"sub\": \"u\" } }", "sub=\"u\"", read: claims),
        principal("principals.NAME.token", "{ \"token\": \"algNone\" }", "algNone") { $0.preset?.rawValue ?? "none" },
        principal("principals.NAME.token.lifetime", "{ \"token\": { \"lifetime\": \"90s\" } }", "90") {
            "\($0.lifetimeInSeconds)"
        },
    ]
}
