import Testing

@testable import Recordings

/// Names and places that say that something is a secret, in headers, addresses, forms and JSON.
@Suite("Telling names")
struct TellingNamesTests {
    private static let secret = "Opaque7Value9Here"
    private static let json = Array("application/json".utf8)

    private static func header(_ name: String, _ value: String) -> String {
        let tokens = RecordSamples.tokens()
        let kind = HeaderKind(Array(name.lowercased().utf8), tokens.rules)
        return RecordSamples.text(MessageRedactor(tokens: tokens).header(kind, Array(value.utf8)))
    }

    private static func body(_ text: String, type: String = "application/json") -> String {
        switch RecordSamples.messages().body(Array(text.utf8), type: Array(type.utf8), encoding: []) {
        case .kept(let bytes): RecordSamples.text(bytes)
        case .leftOut(let reason): "left out: \(reason)"
        }
    }

    @Test(
        "Headers",
        arguments: [
            "X-Vault-Token", "Private-Token", "X-Goog-Api-Key", "Ocp-Apim-Subscription-Key", "X-Functions-Key",
            "X-Api-Token", "X-Hub-Signature-256", "X-Auth", "X-Access-Key", "X-Secret-Key", "X-Session-Id", "X-Session",
            "Authentication", "X-Authorization", "X-Refresh-Token", "Cookie2", "Set-Cookie2",
        ])
    func headers(name: String) {
        #expect(Self.header(name, Self.secret).hasPrefix("h:"))
    }

    @Test(
        "Addresses in headers",
        arguments: [
            "https://a.example/cb#access_token=%", "https://a.example/cb?a=1#access_token=%&b=2",
            "https://bob:%@a.example/", "//bob:%@a.example/", "/cb?next=https%3A%2F%2Fa%2Fcb%23access_token%3D%",
            "/cb?next=/cb?access_token=%", "/cb?a=1;password=%", "/cb?password[]=%", "/cb?user[password]=%",
            "/cb?pass%2577ord=%", "/a;jsessionid=%", "/cb?next=https%3A%2F%2Fbob%3A%%40a.example%2F",
            "/cb?password=a;%", "/cb?X-Amz-Signature=%", "https://a.example/#/in?id_token=%",
        ])
    func addresses(frame: String) {
        let address = Self.planted(frame)
        for name in ["Location", "Referer", "X-Rewrite-Url", "X-Original-Uri"] {
            #expect(!Self.header(name, address).contains(Self.secret), "\(name): \(address)")
        }
    }

    /// The secret in place of the only `%` that begins no escape.
    private static func planted(_ frame: String) -> String {
        let bytes = Array(frame.utf8)
        var out: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            let isEscape =
                index + 2 < bytes.count && bytes[(index + 1)...(index + 2)].allSatisfy { Hexadecimal.value($0) != nil }
            out += byte == 0x25 && !isEscape ? Array(secret.utf8) : [byte]
        }
        return RecordSamples.text(out)
    }

    @Test(
        "What names nothing secret stays to the byte",
        arguments: [
            "https://a.example/cb?a=1;b=2&c#part", "/cb?next=%2Fships%3Fpage%3D2", "5; url=https://a.example/x?y=1",
            "<https://a.example/?page=2>; rel=\"next\"", "/a;v=1/b", "mailbox@a.example",
        ])
    func plain(address: String) {
        #expect(Self.header("Location", address) == address)
    }

    @Test("Endless addresses in addresses end")
    func nested() {
        let address = "/a" + String(repeating: "?a=", count: 20_000) + Self.secret
        #expect(!Self.header("Location", address).contains(Self.secret))
    }

    @Test("Authorization keeps no word but a known scheme")
    func schemes() {
        #expect(Self.header("Authorization", "\(Self.secret) realm=x").hasPrefix("h:"))
        #expect(Self.header("Authorization", "Basic \(Self.secret)").hasPrefix("Basic h:"))
        #expect(!Self.header("Authorization", "\(Self.secret) realm=x").contains(Self.secret))
    }

    @Test("Beside a token, the rest of a secret header is hashed")
    func besideTokens() {
        for name in ["X-Api-Key", "Authorization"] {
            let value = Self.header(name, "\(Self.secret) eyJhbGciOiJub25lIn0.e30. x\(Self.secret)")
            #expect(!value.contains(Self.secret) && value.contains("eyJhbGciOiJub25lIn0."))
        }
    }

    @Test(
        "Members of JSON",
        arguments: [
            "SecretAccessKey", "api_token", "private_token", "user_password", "device_code", "code_verifier",
            "password[]",
            "user[password]", "api_key ", "X-Amz-Signature", "user-pin",
        ])
    func members(name: String) {
        for value in ["\"%\"", "[\"%\"]", "{\"value\":[{\"x\":\"%\"}]}"] {
            let written = Self.body("{\"a\":1,\"\(name)\":\(value.replacing("%", with: Self.secret))}")
            #expect(!written.contains(Self.secret) && written.contains("h:"), "\(written)")
        }
        #expect(
            !Self.body("a=1&\(name)=\(Self.secret)", type: "application/x-www-form-urlencoded").contains(Self.secret))
    }

    @Test("Personal members of any kind")
    func personal() {
        for text in [#"{"emails":["kathryn@a.example"]}"#, #"{"email":{"work":"kathryn@a.example"}}"#] {
            #expect(!Self.body(text).contains("kathryn"))
        }
    }

    @Test("Texts that declare a secret are looked through, or left out")
    func texts() {
        let secret = Self.secret
        for text in [
            "data: {\"access_token\":\"%\"}\n\n", "\u{FEFF}{\"password\":\"%\"}", "{\"password\":\"%\",\"x\":",
            "{'password':'%'}", "password=%&a=b", "a=b&password=%", "<password>%</password>",
            "-----BEGIN PRIVATE KEY-----\n%\n-----END PRIVATE KEY-----", "see https://bob:%@a.example/",
        ] {
            for type in ["", "text/plain", "text/xml"] {
                #expect(!Self.body(text.replacing("%", with: secret), type: type).contains(secret), "\(text)")
            }
        }
        #expect(Self.body("password=\(secret)&a=b", type: "").hasSuffix("&a=b"))
        #expect(Self.body("<password>\(secret)</password>", type: "text/xml") == "left out: secret")
        #expect(Self.body("at 12:30 all is well: a=b", type: "text/plain") == "at 12:30 all is well: a=b")
    }

    @Test("Strings of JSON that declare a secret")
    func strings() {
        let secret = Self.secret
        for text in [
            #"{"body":"{\"password\":\"%\"}"}"#, #"{"query":"mutation { login(password: \"%\") { x } }"}"#,
            #"{"url":"https://a.example/cb?access_token=%"}"#, #"{"url":"https://a.example/cb#access_token=%"}"#,
            #"{"url":"https://bob:%@a.example/"}"#, #"{"url":"https://a/k?X-Amz-Signature=%&x=1"}"#,
        ] {
            #expect(!Self.body(text.replacing("%", with: secret)).contains(secret), "\(text)")
        }
        #expect(
            Self.body(#"{"url":"https://a.example/cb?access_token=x&b=1"}"#).contains(
                "https://a.example/cb?access_token=h:"))
    }

    @Test("Names that speak about secrets hold none")
    func harmless() {
        let text = #"{"token_type":"Bearer","token_endpoint":"https://a.example/token","passwordPolicy":"long"}"#
        #expect(Self.body(text) == text)
    }

    @Test("What is wrapped deeper than we look is not written")
    func depth() throws {
        var text = try RecordSamples.token().map { "%" + RecordSamples.text(Hexadecimal.digits([$0])) }.joined()
        for _ in 0..<4 { text = text.replacing("%", with: "%25") }
        let clean = TextRedactor(tokens: RecordSamples.tokens(), literals: LiteralList()).clean(Array(text.utf8))
        #expect(RecordSamples.text(clean) == "redacted")
    }
}
