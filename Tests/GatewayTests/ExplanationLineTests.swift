import Gateway
import Routes
import Testing
import Tokens
import Upstream

@Suite("The one-line form of an explanation")
struct ExplanationLineTests {
    static func line(_ exchange: Exchange) -> String {
        var out: [UInt8] = []
        ExplanationLine.append(exchange, to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    @Test("Nothing of a token that was not verified is shown")
    func unverified() throws {
        let token = try FleetFixture.token()
        let parts = token.split(separator: 0x2E)
        let payload = Base64URL.encode(Array(#"{"sub":"EVIL","iss":"EVIL","aud":"EVIL"}"#.utf8))
        let text = Self.line(
            try FleetFixture().exchange(
                "GET", "/ships", token: Array(parts[0]) + [0x2E] + payload + [0x2E] + Array(parts[2])))
        #expect(!text.contains("EVIL"))
        #expect(text.contains("bad_signature"))
    }

    @Test("Of a verified token that is refused for its claims only the code and the time are shown")
    func refusedClaims() throws {
        let fleet = try FleetFixture()
        let issuer = Self.line(try fleet.exchange("GET", "/ships", token: FleetFixture.token(["iss": "\"EVIL\""])))
        #expect(!issuer.contains("EVIL"))
        #expect(issuer.contains("iss_mismatch"))
        var exchange = try fleet.exchange(
            "GET", "/ships", token: FleetFixture.token(expires: FleetFixture.noon.seconds - 82_800))
        exchange.status = 401
        let old = Self.line(exchange)
        #expect(old.contains("DENY  401  GET    /ships"))
        #expect(old.contains("exp 23 h ago"))
    }

    @Test("Of a good token only the subject is shown, and not even that when the log hides principals")
    func subject() throws {
        let token = try FleetFixture.token(["nickname": "\"spark\""])
        let clear = Self.line(try FleetFixture().exchange("GET", "/ships", token: token))
        #expect(clear.contains("u-100"))
        #expect(!clear.contains("spark") && !clear.contains("captain") && !clear.contains("15 "))
        let hidden = try FleetFixture(
            .rest, [("\"server\": {", "\"server\": { \"log\": { \"principal\": \"off\" },")])
        #expect(!Self.line(try hidden.exchange("GET", "/ships", token: token)).contains("u-100"))
    }

    @Test("A subject cannot forge a second line or colours")
    func hostileSubject() throws {
        let token = try FleetFixture.token(["sub": #""a\r\nb\u001b[31m""#])
        let text = Self.line(try FleetFixture().exchange("GET", "/ships", token: token))
        #expect(text.utf8.allSatisfy { $0 >= 0x20 })
        #expect(text.contains("a??b?[31m"))
    }

    @Test("An unknown path names the nearest route")
    func noRoute() throws {
        var exchange = try FleetFixture().exchange("GET", "/ship/42")
        exchange.status = 403
        let text = Self.line(exchange)
        #expect(text.contains("----  403  GET    /ship/42"))
        #expect(text.contains("no route (nearest GET /ships/{shipId})"))
    }

    @Test("An explicit deny names the statement and its line")
    func explicitDeny() throws {
        let token = try FleetFixture.token(["role": "\"cadet\""])
        var exchange = try FleetFixture().exchange("DELETE", "/ships/42", token: token)
        exchange.status = 403
        exchange.totalNanoseconds = 3_400_000
        let id = String(decoding: exchange.id.short, as: UTF8.self)
        let expected =
            "12:00:00.000  DENY  403  DELETE /ships/42               u-100        session miss   "
            + "explicit: NoScuttling (:34)  total 3.4 ms  \(id)"
        #expect(Self.line(exchange) == expected)
    }

    @Test("A request that was passed on shows the backend's time, and what went wrong there")
    func upstream() throws {
        var exchange = try FleetFixture().exchange("GET", "/ships", token: FleetFixture.token())
        exchange.status = 200
        exchange.upstreamNanoseconds = 3_100_000
        exchange.totalNanoseconds = 3_400_000
        let text = Self.line(exchange)
        #expect(text.contains("ALLOW 200  GET    /ships"))
        #expect(text.contains("up 3.1 ms  total 3.4 ms"))
        exchange.failure = .upstream(UpstreamError(.connect))
        #expect(Self.line(exchange).contains("upstream: connect"))
        #expect(Self.line(exchange).contains("ALLOW"))
    }
}
