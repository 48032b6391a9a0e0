import Routes
import Testing

struct DiagnosticCodeTests {
    @Test("Every code has a title, a cause, an example and a remedy", arguments: DiagnosticCode.all.map(\.code))
    func complete(_ code: String) throws {
        let found = try #require(DiagnosticCode[code])
        #expect(found.title.utf8.count >= 5)
        #expect(found.explanation.utf8.count >= 20)
        #expect(found.example.utf8.count >= 3, "\(code) has no example")
        #expect(found.remedy.utf8.count >= 20, "\(code) has no remedy")
        #expect(found.remedy.last == ".")
    }

    @Test("No code stands twice")
    func unique() {
        #expect(Set(DiagnosticCode.all.map(\.code)).count == DiagnosticCode.all.count)
    }
}
