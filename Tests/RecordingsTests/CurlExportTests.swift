import Foundation
import Testing

@testable import Recordings

/// A recording may have been written by anybody, and its export is going to be run.
@Suite("Exports as curl commands")
struct CurlExportTests {
    private static func command(_ change: (inout SentSample) -> Void) throws -> String {
        var sample = SentSample()
        change(&sample)
        return RecordSamples.text(RecordingExport.curl(try sample.entry()))
    }

    @Test(
        "Only http and https addresses become commands",
        arguments: ["-K/tmp/x", "file:///etc/passwd", "gopher://a/", "http:///ships", "http://a/x y", "http://a/\nb"])
    func addresses(_ url: String) throws {
        let text = try Self.command { $0.url = url }
        #expect(!text.contains("curl") && text.hasSuffix("# left out: its address is no http or https URL\n"))
    }

    @Test("What HTTP does not allow as a method or header is left out with its reason")
    func grammar() throws {
        for text in [
            try Self.command { $0.method = "-o" + " x" }, try Self.command { $0.headers.append(("@/etc/passwd", "a")) },
            try Self.command { $0.headers.append(("X", "a\r\nY: b")) },
        ] {
            #expect(!text.contains("curl") && text.contains("# left out: "))
        }
    }

    @Test("Nothing is globbed, HEAD waits for no body, and empty headers stay")
    func forms() throws {
        let globs = try Self.command { $0.url = "http://a/{1,2}/[3-4]" }
        #expect(globs.contains("curl -g -sS --path-as-is -X 'GET' --url 'http://a/{1,2}/[3-4]'"))
        let head = try Self.command { $0.method = "HEAD" }
        #expect(head.contains(" --head --url ") && !head.contains("-X"))
        let empty = try Self.command { $0.headers.append(("X-Empty", "")) }
        #expect(empty.contains("-H 'X-Empty;'") && !empty.contains("X-Empty:"))
    }
}
