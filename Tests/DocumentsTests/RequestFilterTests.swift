import Testing

@testable import Documents

@Suite("Filters of requests")
struct RequestFilterTests {
    private static let fields = ["decision", "route", "status", "total_ms", "principal_id"]

    private func takes(_ filter: String, _ request: [String: String]) throws -> Bool {
        try RequestFilter(filter, fields: Self.fields, aliases: ["who": "principal_id"])
            .matches({ request[$0] }, all: { Array(request.values) })
    }

    @Test(
        "What cannot be read is named with its place",
        arguments: [
            ("decison=deny", "there is no field \"decison\"; did you mean \"decision\"?", 0),
            ("status=200 colour=red", "there is no field \"colour\"; known are", 11),
            ("=deny", "there is no field \"\"", 0),
            ("route=\"DELETE /ships", "a quote is not closed", 6),
            ("total_ms>soon", "\"total_ms>\" needs one number", 0),
            ("total_ms<1,2", "\"total_ms<\" needs one number", 0),
            (", status=200", "a field's name is missing", 0),
        ])
    func mistakes(text: String, message: String, offset: Int) {
        let mistake = #expect(throws: RequestFilter.Mistake.self) {
            try RequestFilter(text, fields: Self.fields)
        }
        #expect(mistake?.message.hasPrefix(message) == true, "\(mistake?.message ?? "")")
        #expect(mistake?.offset == offset)
    }

    private static let request = [
        "decision": "deny", "route": "DELETE /ships/{shipId}", "status": "403", "total_ms": "12.5",
    ]

    @Test(
        "A request is left out when one term does not hold",
        arguments: [
            "decision=allow", "decision!=deny", "decision=allow,none", "decision=deny status=200", "status=2xx",
            "status=5*", "route=\"GET *\"", "route~\"GET \"", "total_ms>12.5", "total_ms>=13", "total_ms<12",
            "status<=402.9", "who=u-100", "who~u", "principal_id>0", "frigate", "decision=den", "decision=\"\"",
            "decision=\"d*n\"",
        ])
    func leftOut(filter: String) throws {
        #expect(try !takes(filter, Self.request))
    }

    @Test(
        "A request is taken when all terms hold",
        arguments: [
            "", "  ", "decision=deny", "DECISION".lowercased() + "=DENY", "decision=allow,deny", "status=4xx",
            "status!=2xx,5xx", "route=\"DELETE /ships/{shipId}\"", "route=\"delete *\"", "route=*ships*", "route~ships",
            "total_ms>12", "total_ms>=12.5", "total_ms<=12.5", "total_ms<13 decision=deny", "who!=u-100", "SHIPS",
            "ships 403", "\"DELETE /\"", "status=403,404",
        ])
    func taken(filter: String) throws {
        #expect(try takes(filter, Self.request))
    }

    @Test("An alias asks for its field, and quotes may hold signs, quotes and backslashes")
    func aliasAndQuotes() throws {
        #expect(try takes("who=u-200", ["principal_id": "u-200"]))
        #expect(try takes(#"who="a \"b\" = \\c, d""#, ["principal_id": #"a "b" = \c, d"#]))
        #expect(try !takes(#"who="a \"b\" = \\c, e""#, ["principal_id": #"a "b" = \c, d"#]))
    }

    @Test("Many stars do not make a filter slow: every one is settled by the last")
    func stars() throws {
        let value = String(repeating: "a", count: 20_000)
        #expect(try !takes("who=" + String(repeating: "*a", count: 200) + "*b", ["principal_id": value]))
    }
}
