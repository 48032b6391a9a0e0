import Foundation
import TestSupport
import Testing

@testable import Recordings

@Suite("The file of a recording")
struct RecordingFileTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gatehouse-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    private static let opening = RecordingFormat.opening + Array(",\"v\":1}}\n".utf8)

    private func content(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }

    @Test("A line that a killed process had left unfinished is cut off, one that lacks only its end is closed")
    func repair() throws {
        try withFolder { folder in
            let path = folder + "/a.gtr.jsonl"
            let opening = RecordSamples.text(Self.opening)
            for (torn, left) in [
                ("{\"a\":1}\n{\"b\":", "{\"a\":1}\n"), ("{\"a\":1}\n{\"b\":2}", "{\"a\":1}\n{\"b\":2}\n"), ("", ""),
                (String(repeating: "x", count: 200_000), ""), ("{\"a\":1}\n", "{\"a\":1}\n"),
            ] {
                try Data((opening + torn).utf8).write(to: URL(fileURLWithPath: path))
                let file = try RecordingFile(path) { Self.opening }
                try file.append(Array("{\"c\":3}\n".utf8))
                #expect(content(path) == opening + left + opening + "{\"c\":3}\n")
                #expect((file.repair != nil) == (left != torn))
            }
        }
    }

    @Test("A file of somebody else, a folder, a link and a recording in use are refused and left as they are")
    func refused() throws {
        try withFolder { folder in
            for (name, text) in [("diary", "my diary\n"), ("json", "{}\n"), ("short", "{\"_gate")] {
                try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
                #expect(throws: RecordingProblem.self) { try RecordingFile("\(folder)/\(name)") { Self.opening } }
                #expect(content("\(folder)/\(name)") == text)
            }
            #expect(throws: RecordingProblem.self) { try RecordingFile(folder) { Self.opening } }
            #expect(throws: RecordingProblem.self) { try RecordingFile("\(folder)/none/a") { Self.opening } }
            #expect(throws: RecordingProblem.self) { try RecordingFile("/dev/null") { Self.opening } }
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/link", withDestinationPath: "\(folder)/target")
            #expect(throws: RecordingProblem.self) { try RecordingFile("\(folder)/link") { Self.opening } }
            let first = try RecordingFile("\(folder)/used") { Self.opening }
            let problem = #expect(throws: RecordingProblem.self) {
                try RecordingFile("\(folder)/used") { Self.opening }
            }
            #expect(problem?.message.contains("another process") == true)
            #expect(first.size == Int64(Self.opening.count))
        }
    }

    @Test("A full file gets another name, and a new one begins with a line of its own")
    func rotation() throws {
        #expect(RecordingFile.name("a/monday.gtr.jsonl", "S") == "a/monday.S.gtr.jsonl")
        #expect(RecordingFile.name("monday", "S") == "monday.S")
        try withFolder { folder in
            let path = folder + "/a.gtr.jsonl"
            let file = try RecordingFile(path) { Self.opening }
            try file.append(Array("1\n".utf8))
            try file.rotate(stamp: "S")
            try file.append(Array("2\n".utf8))
            try file.rotate(stamp: "S")
            let opening = RecordSamples.text(Self.opening)
            #expect(content(folder + "/a.S.gtr.jsonl") == opening + "1\n")
            #expect(content(folder + "/a.S-2.gtr.jsonl") == opening + "2\n")
            #expect(content(path) == opening)
        }
    }

    @Test("The salt is made once, private, and hidden from git; one that is too short is refused")
    func salt() throws {
        try withFolder { folder in
            var random = SystemRandomNumberGenerator()
            #expect(SaltFile.existing(folder: folder + "/") == nil)
            let salt = try SaltFile.load(folder: folder + "/", random: &random)
            #expect(salt.count == 32)
            #expect(try SaltFile.load(folder: folder + "/", random: &random) == salt)
            #expect(SaltFile.existing(folder: folder + "/") == salt)
            #expect(content(folder + "/.gatehouse/.gitignore") == "*\n")
            let file = folder + "/.gatehouse/salt"
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
            _ = try SaltFile.load(folder: folder + "/", random: &random)
            #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
            try Data("short".utf8).write(to: URL(fileURLWithPath: file))
            let problem = #expect(throws: RecordingProblem.self) {
                var random = SystemRandomNumberGenerator()
                _ = try SaltFile.load(folder: folder + "/", random: &random)
            }
            #expect(problem?.code == "GH6009")
        }
    }

    @Test("Files grow to record.maxFileBytes and no further, and no request is lost between them")
    func rotatesAtTheGate() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gatehouse-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let recorder = try Recorder(
            Recorder.Settings(
                path: folder.path + "/a.gtr.jsonl", rules: RecordSamples.rules(maxFileBytes: 3000),
                salt: RecordSamples.salt, programVersion: "test")
        ) { _ in }
        try await GatewayHarness.run(RecorderTests.configuration, observer: recorder) { gate in
            for _ in 0..<20 {
                let before = recorder.counts.written
                _ = try gate.get("/health")
                let deadline = Date().addingTimeInterval(20)
                while recorder.counts.written == before, Date() < deadline { await Task.yield() }
            }
        }
        #expect(recorder.stop() && recorder.counts.written == 20)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.count > 4)
        var entries = 0
        for name in names {
            let reader = try RecordingReader(path: folder.path + "/" + name)
            while let item = try reader.next() {
                if case .entry = item { entries += 1 }
                if case .problem(let problem) = item { Issue.record("\(problem)") }
            }
        }
        #expect(entries == 20)
    }
}
