import Gateway
import Testing
import Tokens

@Suite("The whole form of an explanation")
struct ExplanationPrinterTests {
    @Test("Text of the request cannot forge lines, colours or direction")
    func hostileText() throws {
        let token = try FleetFixture.token(["sub": #""u\n  8 decision   ALLOW\u001b[32m\u202e""#])
        let text = ExplanationPrinter().render(try FleetFixture().explain("POST", "/ships", token: token))
        #expect(!text.contains("\u{1B}"))
        #expect(!text.contains("\u{202E}"))
        #expect(text.split(separator: "\n").count { $0.hasPrefix("  8 decision") } == 1)
    }

    @Test("The ASCII form holds nothing but ASCII and keeps every sign apart")
    func ascii() throws {
        let explanation = try FleetFixture().explain(
            "DELETE", "/ships/42", token: FleetFixture.token(["role": "\"c\u{E9}det\"", "rank": "\"1\""]))
        let text = ExplanationPrinter(usesASCII: true).render(explanation)
        #expect(text.utf8.allSatisfy { $0 < 0x80 })
        #expect(text.contains("  1 route      ok DELETE /ships/{shipId}"))
        #expect(text.contains("               no Allow ReadFleet"))
        #expect(text.contains("               -  Allow CommandFleet"))
        #expect(text.contains("               !! Deny  NoScuttling"))
    }

    @Test("Colours change nothing but colours")
    func colors() throws {
        let explanation = try FleetFixture().explain("GET", "/ships")
        let colored = ExplanationPrinter(usesColor: true).render(explanation)
        #expect(colored.contains("\u{1B}[1;31mDENY\u{1B}[0m"))
        let bare = colored.replacing(#/\u{1B}\[[0-9;]*m/#, with: "")
        #expect(bare == ExplanationPrinter().render(explanation))
    }

    @Test("An explicit deny, in full")
    func explicitDeny() throws {
        let token = try FleetFixture.token(["rank": "\"7\"", "role": "\"cadet\""])
        var exchange = try FleetFixture().exchange("DELETE", "/ships/42", token: token)
        exchange.totalNanoseconds = 310_000
        let expected = """
            DENY  403  DELETE /ships/42   principal u-100   stage dev   0.31 ms

              1 route      ✓ DELETE /ships/{shipId}   shipId=42                                     gateway.json:51
              2 identity   ✓ header Authorization, "Bearer …", 278 bytes                            gateway.json:22
              3 token      ✓ JWT HS256 kid=2026-11 typ=JWT
              4 signature  ✓ key session-key                                                        gateway.json:13
              5 claims     ✓ exp 2026-11-21T13:00:00Z (in 1 h)  iat  iss  aud  sub                  gateway.json:23
              6 cache      - miss   kept for at most 60 s
              7 policy     for arn:aws:execute-api:eu-west-1:123456789012:fleet00001/dev/DELETE/ships/42
                           ✗ Allow ReadFleet     resource: GET/ships, GET/ships/* do not cover DELETE/ships/42   :31
                           - Allow CommandFleet  not issued: rank "7" is below 10                   :32
                           ! Deny  NoScuttling   matches: issued because role "cadet" is not in ["captain", "admiral"]   :34
              8 decision   ✗ DENY (explicit) by NoScuttling                                         gateway.json:34

              client sees  403  {"Message":"User is not authorized to access this resource with an explicit deny in an identity-based policy"}
              to allow it  give the principal role in ["captain", "admiral"], or change NoScuttling (an Allow cannot override a Deny)

            """
        #expect(ExplanationPrinter().render(Explanation(of: exchange)) == expected)
    }

    @Test("An expired token, in full")
    func expired() throws {
        let token = try FleetFixture.token(expires: FleetFixture.noon.seconds - 82_800)
        let expected = """
            DENY  401  GET /ships   no principal   stage dev

              1 route      ✓ GET /ships                                                             gateway.json:48
              2 identity   ✓ header Authorization, "Bearer …", 282 bytes                            gateway.json:22
              3 token      ✓ JWT HS256 kid=2026-11 typ=JWT
              4 signature  ✓ key session-key                                                        gateway.json:13
              5 claims     ✗ exp 2026-11-20T13:00:00Z is 23 h in the past (clock 2026-11-21T12:00:00Z, allowance 5 s)   gateway.json:23
              6-8          not reached

              client sees  401  {"message":"Unauthorized"}
                           a REST API tells the client no more, so neither do we
              to allow it  use a fresh token, or ask for an earlier time: --clock 2026-11-20T12:59:59Z

            """
        #expect(ExplanationPrinter().render(try FleetFixture().explain("GET", "/ships", token: token)) == expected)
    }
}
