import EventLoop
import Foundation
import Gateway
import Routes
import TestSupport
import Testing
import Tokens

@testable import Recordings

/// A recording in a file, and what is needed to send it somewhere.
final class SendBench {
    let path: String
    private let folder: URL
    var mode = ReplayTokens.resign
    var pace = ReplayPace.asap
    var maxGap: Double?
    var concurrency = 8
    var keepsOrder = false
    var allowsUnsafe = false
    var learnsNoise = false
    var choice = SendingPlan.Choice()
    var ignored: [String] = []
    var prefix = ""
    var headInMillis = 20_000
    var printed: [TokenIdentity: [UInt8]] = [:]
    let stop = SendingStop()
    /// Called with the progress on the sender's thread.
    var onProgress: (SendingProgress) -> Void = { _ in }

    init(_ lines: String = "") throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("gatehouse-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appendingPathComponent("test.gtr.jsonl").path
        if !lines.isEmpty {
            try Data(("{\"_gatehouse\":{\"format\":\"gatehouse-recording\",\"v\":1}}\n" + lines).utf8)
                .write(to: URL(fileURLWithPath: path))
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    static func document(_ configuration: String = RecorderTests.configuration) throws -> GatewayDocument {
        try GatewayHarness.compile(configuration, backendPort: 1).snapshot.document
    }

    /// Records what the body asks of a gateway.
    func record(
        script: @escaping StubBackend.Script = { _ in .answer(200) }, _ body: (GatewayHarness) async throws -> Void
    ) async throws {
        let settings = Recorder.Settings(
            path: path, rules: RecordSamples.rules(), salt: RecordSamples.salt, programVersion: "test")
        let recorder = try Recorder(settings) { _ in }
        try await GatewayHarness.run(RecorderTests.configuration, observer: recorder, script: script) {
            try await body($0)
        }
        #expect(recorder.stop())
    }

    func composer(port: UInt16) throws -> RequestComposer {
        RequestComposer(
            target: try ReplayTarget("http://127.0.0.1:\(port)\(prefix)"), allowsUnsafe: allowsUnsafe,
            headInMillis: headInMillis, document: try Self.document())
    }

    func plan(port: UInt16 = 1) throws -> SendingPlan {
        var maker = TokenMaker(mode, document: try Self.document())
        return try SendingPlan(
            RecordingReader(path: path), choice: choice, pace: pace, maxGap: maxGap, composer: composer(port: port),
            tokens: &maker, at: WallTime(seconds: 2_000_000_000))
    }

    func send(
        port: UInt16, clock: @escaping () -> WallTime = { WallTime(seconds: 2_000_000_000) }
    ) throws -> ReplaySender.Outcome {
        var noise = AnswerNoise()
        for word in ignored { try noise.ignore(word) }
        var maker = TokenMaker(mode, document: try Self.document())
        maker.printed = printed
        let sender = try ReplaySender(
            plan(port: port), from: EntryFetch(path: path), composer: composer(port: port), tokens: maker,
            noise: noise, redaction: AnswerRedaction(record: nil, salt: RecordSamples.salt), settings: settings,
            stop: stop, wall: clock, report: onProgress)
        return sender.run()
    }

    var settings: ReplaySender.Settings {
        ReplaySender.Settings(
            concurrency: concurrency, keepsOrder: keepsOrder, pace: pace, learnsNoise: learnsNoise)
    }

    func report(_ outcome: ReplaySender.Outcome, port: UInt16 = 8080) throws -> SendingReport {
        SendingReport(
            plan: try plan(port: port), outcome: outcome, recording: "monday.gtr.jsonl",
            target: try ReplayTarget("http://127.0.0.1:\(port)\(prefix)"), tokens: "re-signed", settings: settings,
            failOn: [.newlyAllowed, .newlyDenied, .status, .unanswered])
    }
}
