import Testing

@testable import Gateway

@Suite("Tokens in what functions print")
struct TokenMaskTests {
    private static func masked(_ text: String) -> String {
        String(decoding: TokenMask.masked(Array(text.utf8)), as: UTF8.self)
    }

    @Test(
        "Every way to begin a token's header",
        arguments: [
            "eyJhbGciOiJIUzI1NiJ9.e30.c2ln", "eyAiYWxnIjoiSFMyNTYifQ.e30.c2ln", "ewoiYWxnIjoiSFMyNTYifQ.e30.c2ln",
            "IHsiYWxnIjoiSFMyNTYifQ.e30.c2ln", "Cgp7ImFsZyI6IkhTMjU2In0.e30.c2ln", "eyJhbGciOiJub25lIn0.e30.",
            "xeyJhbGciOiJIUzI1NiJ9.e30.c2ln", "eyJhbGciOiJIUzI1NiJ9.a.b.c.d",
        ])
    func tokens(token: String) {
        #expect(Self.masked("with \"Bearer \(token)\" in it") == "with \"Bearer [token]\" in it")
    }

    @Test(
        "What is no token stays",
        arguments: [
            "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/dev/GET/ships", "www.example.com has an address",
            "version 1.2.3 of com.example.gateway", "a line of plain words, and eyJ alone", "",
        ])
    func others(text: String) { #expect(Self.masked(text) == text) }

    @Test("A long word is read once")
    func linear() { #expect(Self.masked(String(repeating: "eyJ", count: 500_000)).utf8.count == 1_500_000) }
}
