import Documents
import Foundation
import PolicyTests
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite struct ReportTests {
    /// Two checks, one of which fails, with names that markup and terminals might obey.
    private func report() throws -> TestReport {
        let bench = try Bench(
            Fleet.rest(),
            """
            version: 1
            principals:
              "<i>&'\\"": { claims: { rank: cadet } }
            matrix:
              - name: "a\\u001b[31m<script>alert(1)</script>, %0A # \\\\"
                rows:
                  GET /ships: allow
                  POST /ships: deny!
            """)
        return bench.report(try bench.run())
    }

    @Test("A failure points at its cell, says why, and how to see it again") func human() throws {
        let text = HumanReport().render(try report())
        #expect(text.contains("error[GH7101]: "))
        #expect(text.contains("--> tests/a.gatetest.yaml:8:20"))
        #expect(text.contains("^^^^^ expected an explicit Deny"))
        #expect(text.contains("got   DENY 403 (implicit): no Allow matches, and no Deny does either"))
        #expect(
            text.contains(
                "-  Allow CommandFleet  not issued: rank \"cadet\" is not in [\"captain\", \"admiral\"]   gateway.json:15"
            ))
        #expect(text.contains("show  gatehouse authorize POST /ships --test tests/a.gatetest.yaml --as '<i>&'\\''\"'"))
        #expect(text.contains("2 checks: 1 passed, 1 failed   1 ms"))
        #expect(text.contains("routes 2/5"))
    }

    @Test("No report obeys what a name says") func hostile() throws {
        let report = try report()
        let texts = [
            HumanReport().render(report), HumanReport(usesASCII: true, isQuiet: true).render(report),
            PlainReport.render(report), TAPReport.render(report), JUnitReport.render(report),
            GitHubReport.render(report), HTMLReport.render(report),
        ]
        for text in texts { #expect(!text.unicodeScalars.contains("\u{1B}")) }
        #expect(!JUnitReport.render(report).contains("<script"))
        let html = HTMLReport.render(report)
        #expect(!html.contains("<script") && !html.contains("<i>"))
        #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        #expect(html.contains("default-src 'none'") && !html.contains("src=") && !html.contains("href="))
    }

    @Test("TAP counts its points and escapes directives") func tap() throws {
        let lines = TAPReport.render(try report()).split(separator: "\n")
        #expect(lines[0] == "TAP version 13" && lines[1] == "1..2")
        #expect(lines.count { $0.hasPrefix("ok ") } == 1 && lines.count { $0.hasPrefix("not ok ") } == 1)
        #expect(lines[2].contains("%0A \\# \\\\"))
        #expect(lines.contains("  at: \"tests/a.gatetest.yaml:8:20\""))
    }

    @Test("JUnit is well-formed and its counts are right") func junit() throws {
        let parser = XMLCounter()
        let text = JUnitReport.render(try report())
        #expect(parser.parse(text))
        #expect(parser.names == ["testsuites": 1, "testsuite": 1, "testcase": 2, "failure": 1])
        #expect(text.contains("tests=\"2\" failures=\"1\" errors=\"0\""))
        #expect(text.contains("file=\"tests/a.gatetest.yaml\" line=\"8\""))
    }

    @Test("HTML is balanced and says what failed in words") func html() throws {
        let text = HTMLReport.render(try report())
        for tag in [
            "table", "tr", "td", "th", "section", "details", "ul", "li", "p", "h1", "h2", "h3", "div", "pre", "main",
        ] {
            let opened = text.components(separatedBy: "<\(tag)>").count + text.components(separatedBy: "<\(tag) ").count
            #expect(opened - 2 == text.components(separatedBy: "</\(tag)>").count - 1, "\(tag)")
        }
        #expect(text.contains("deny! ✗ failed") && text.contains("allow ✓"))
        #expect(text.contains("prefers-color-scheme:dark"))
    }

    @Test("JSON has every check, its place and its trace") func json() throws {
        let document = try JSONParser.parse(JSONReport.render(try report()))
        let root = document.root
        #expect(root["passed"]?.bool == false && root["checks"]?.int64 == 2 && root["failures"]?.int64 == 1)
        let file = Array(try #require(root["configurations"]).elements)[0]["files"].map { Array($0.elements)[0] }
        let check = try #require(file?["checks"].map { Array($0.elements)[1] })
        #expect(check["line"]?.int64 == 8 && check["kind"]?.string == "cell")
        let failure = try #require(check["failures"].map { Array($0.elements)[0] })
        #expect(failure["expected"]?.string == "an explicit Deny")
        #expect(failure["trace"]?.count == 3)
    }

    @Test("GitHub's commands are one line each") func github() throws {
        let lines = GitHubReport.render(try report()).split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines[0].hasPrefix("::error file=tests/a.gatetest.yaml,line=8,col=20,title=a"))
        #expect(lines[0].contains("%2C %250A # \\%3A POST"))
        #expect(lines.count { $0.hasPrefix("::warning file=gateway.json,line=") } == 2)
    }

    @Test("No secret and no token stands in a report") func secrets() throws {
        let report = try report()
        let texts = [
            HumanReport().render(report), JUnitReport.render(report), HTMLReport.render(report),
            String(decoding: JSONReport.render(report), as: UTF8.self),
        ]
        for text in texts { #expect(!text.contains("0123456789abcdef0123456789abcdef") && !text.contains("eyJ")) }
    }

    @Test("The page for reviewers says what each case asks for whom, and what it demands") func demands() throws {
        let bench = try Bench(
            Fleet.rest(),
            """
            version: 1
            \(Fleet.principals)
            cases:
              - name: one
                request: { method: GET, path: /ships, headers: { X-A: HIDDEN }, sourceIp: 203.0.113.7 }
                as: captain
                expect: { decision: allow, statement: ReadFleet, upstream: { headers: { X-Rank: captain } } }
            sequences:
              - name: two
                as: cadet
                steps:
                  - { advance: 90s }
                  - { request: GET /ships, as: anonymous, expect: { status: 401, reason: missing_identity } }
            """)
        let page = HTMLReport.render(bench.report(try bench.run()))
        for line in [
            "<li>GET /ships as captain from 203.0.113.7 with X-A: decision allow, statement ReadFleet, header X-Rank upstream</li>",
            "<li>GET /ships as anonymous, after 90 s: status 401, reason missing_identity</li>",
        ] {
            #expect(page.contains(line), "\(page)")
        }
        #expect(!page.contains("HIDDEN"))
    }
}

private final class XMLCounter: NSObject, XMLParserDelegate {
    var names: [String: Int] = [:]

    func parse(_ text: String) -> Bool {
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = self
        return parser.parse()
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        names[name, default: 0] += 1
    }
}
