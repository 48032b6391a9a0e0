import Documents
import Testing

@testable import PolicyTests

@Suite struct ReportMaskTests {
    @Test("A failed check of what the backend would see shows neither the token nor another secret") func reports()
        throws
    {
        let bench = try Bench(
            Fleet.rest().replacing("\"forwardAuthorization\": false", with: "\"forwardAuthorization\": true"),
            """
            version: 1
            principals:
              cadet: { claims: { rank: cadet } }
            cases:
              - name: the token stays here
                request: { method: GET, path: "/ships?access_token=QUERYSECRET&page=2", headers: { X-Secret: hunter2hunter2 } }
                as: cadet
                expect: { upstream: { headers: { Authorization: absent, X-Secret: absent, X-Rank: admiral } } }
            """)
        let report = bench.report(try bench.run())
        let texts = [
            HumanReport().render(report), PlainReport.render(report), TAPReport.render(report),
            JUnitReport.render(report), GitHubReport.render(report), HTMLReport.render(report),
            String(decoding: JSONReport.render(report), as: UTF8.self),
        ]
        for text in texts {
            #expect(!text.contains("eyJ") && !text.contains("hunter2") && !text.contains("QUERYSECRET"))
        }
        #expect(texts[0].contains("got   a value of "))
        // What is no secret is still said.
        #expect(texts[0].contains("cadet") && texts[0].contains("page=2"))
    }

    @Test("Members of bodies, contexts and claims whose names say so are hidden") func members() throws {
        let answer = "{ apiToken: ANSWERSECRET, nested: [{ password: NESTEDSECRET, page: 2 }] }"
        let bench = try Bench(
            Fleet.rest().replacing("\"context\": {", with: "\"context\": { \"apiToken\": \"$claims.apiToken\","),
            """
            version: 1
            principals:
              cadet: { claims: { rank: cadet, apiToken: CLAIMSECRET } }
            cases:
              - name: one
                request: GET /ships
                as: cadet
                backend: { status: 200, headers: { Content-Type: application/json }, body: \(answer) }
                expect: { body: { apiToken: OTHERSECRET }, context: { apiToken: THIRDSECRET } }
              - name: two
                request: GET /ships
                as: cadet
                backend: { status: 200, headers: { Content-Type: application/json }, body: \(answer) }
                expect: { body: { nested: FOURTH } }
            """)
        let run = try bench.run()
        #expect(run.failures.count == 2)
        let report = bench.report(run)
        let texts = [
            PlainReport.render(report), TAPReport.render(report), JUnitReport.render(report),
            HTMLReport.render(report), String(decoding: JSONReport.render(report), as: UTF8.self),
        ]
        for text in texts { #expect(!text.contains("SECRET"), "\(text)") }
        #expect(texts[4].contains("page"))
    }

    @Test(
        "Tokens, credentials and secret parameters are hidden wherever they stand",
        arguments: [
            ("Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "Bearer …"), ("\"Bearer abc\"", "\"Bearer …\""),
            ("basic dXNlcjpwYXNz", "basic …"), ("x=eyJhIjoxfQ.eyJiIjoyfQ.c2ln,y", "x=<token, 26 bytes>,y"),
            ("/a?access_token=abc&page=2", "/a?access_token=…&page=2"),
            ("/a?q=eyJhIjoxfQ.x.y", "/a?q=<token, 14 bytes>"),
        ])
    func hidden(text: String, shown: String) {
        #expect(ReportMask.hide(text) == shown)
    }

    @Test("Other text stays as it is", arguments: ["", "ALLOW by ReadFleet", "/a?page=2&x", "eyJ", "a  b", "bearer"])
    func plain(text: String) {
        #expect(ReportMask.hide(text) == text)
    }
}
