import Documents
import Foundation
import Routes
import TestSupport
import Testing

@testable import Recordings

@Suite("What a killed gateway leaves in its pipe")
struct KeptPipeTests {
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gatehouse-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.path)
    }

    private static func content(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }

    @Test("Nobody moves the lines any more: the keeper writes them, behind what the file holds")
    func kept() async throws {
        try await withFolder { folder in
            let path = folder + "/a"
            try Data("1\n".utf8).write(to: URL(fileURLWithPath: path))
            var pipe: KeptPipe? = try KeptPipe(path: path)
            #expect(pipe?.offer(Array("2\n".utf8)) == 2 && pipe?.offer(Array("3\n".utf8)) == 2)
            #expect(Self.content(path) == "1\n")
            // Closing is what the end of the process does too; it waits for the keeper.
            pipe = nil
            #expect(Self.content(path) == "1\n2\n3\n")
        }
    }

    @Test("What was moved is not written again, and what was not is")
    func moved() async throws {
        try await withFolder { folder in
            let path = folder + "/a"
            let file = try RecordingFile(path) { Array("0\n".utf8) }
            var pipe: KeptPipe? = try KeptPipe(path: path)
            _ = pipe?.offer(Array("1\n".utf8))
            if let pipe { try file.append(2, from: pipe) }
            #expect(Self.content(path) == "0\n1\n" && file.size == 4)
            _ = pipe?.offer(Array("2\n".utf8))
            pipe = nil
            #expect(Self.content(path) == "0\n1\n2\n")
        }
    }

    @Test("A full pipe makes lines wait in order, and a full backlog drops whole lines and counts them")
    func backlog() async throws {
        try await withFolder { folder in
            let path = folder + "/a"
            let file = try RecordingFile(path) { [] }
            let stream = LineStream(pipe: try KeptPipe(path: path), backlog: 100_000)
            let lines = (0..<200_000).map { "line \($0)\n" }
            var wakes = 0
            for line in lines where stream.append(Array(line.utf8)) { wakes += 1 }
            #expect(wakes == 1 && stream.dropped > 0)
            let piece = stream.take()
            #expect(piece.pipeEntries + piece.lineEntries + Int(piece.dropped) == lines.count)
            try file.append(piece.pipeBytes, from: stream.pipe)
            try file.append(piece.lines)
            let kept = lines.prefix(lines.count - Int(piece.dropped)).joined()
            #expect(Self.content(path) == kept)
            #expect(stream.append(Array("behind\n".utf8)))
            try file.append(stream.take().pipeBytes, from: stream.pipe)
            #expect(Self.content(path) == kept + "behind\n")
        }
    }

    @Test("A reload changes what is redacted, what of bodies is kept, and says so in the file")
    func reload() async throws {
        try await withFolder { folder in
            let path = folder + "/a.gtr.jsonl"
            let recorder = try Recorder(
                Recorder.Settings(
                    path: path, rules: RecordSamples.rules(), salt: RecordSamples.salt, programVersion: "test")
            ) { _ in }
            func configuration(_ record: String) -> String {
                OfflineGate.configuration(
                    routes: #", "ANY /session": { "authorizationType": "NONE", "integration": "mock" }"#,
                    more: #" "server": { "listen": "${env:LISTEN}" }, "# + record)
            }
            try await GatewayHarness.run(configuration(""), observer: recorder) { gate in
                let ask = "GET /session?ticket=abcdefgh-ijkl HTTP/1.1\r\nHost: a\r\nX-Ticket: mnopqrst-uvwx\r\n\r\n"
                _ = try gate.ask(ask)
                #expect(recorder.capturedBodyBytes == 65_536)
                let more =
                    #" "record": { "redact": { "headers": ["x-ticket"], "query": ["ticket"] }, "maxBodyBytes": 1 }, "#
                try await gate.reload(configuration(more))
                _ = try gate.ask(ask)
                _ = try gate.ask(ask)
            }
            #expect(recorder.capturedBodyBytes == 1)
            #expect(recorder.stop() && recorder.counts.written == 3)
            let lines = Self.content(path).split(separator: "\n")
            #expect(lines.count == 5 && lines[2].contains("\"x-ticket\"") && lines[2].contains("gatehouse-recording"))
            #expect(lines[1].contains("abcdefgh-ijkl") && lines[1].contains("mnopqrst-uvwx"))
            for line in lines[3...] { #expect(!line.contains("abcdefgh-ijkl") && !line.contains("mnopqrst-uvwx")) }
            #expect(lines[1].contains("\"text\":\"ok\"") && !lines[4].contains("\"text\":\"ok\""))
            let reader = try RecordingReader(path: path)
            var entries = 0
            while let item = try reader.next() { if case .entry = item { entries += 1 } }
            #expect(entries == 3)
        }
    }
}
