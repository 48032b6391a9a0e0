import Foundation
import TestSupport
import Testing

@testable import FunctionHost

/// The `node` of this machine.
private enum Node {
    static let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"

    static let isHere = path.split(separator: ":").contains {
        FileManager.default.isExecutableFile(atPath: "\($0)/node")
    }
}

/// Node handlers by the bootstrap, with the `node` of this machine.
@Suite("Node functions", .enabled(if: Node.isHere, "there is no node in the PATH"))
struct NodeBootstrapTests {
    private static let path = Node.path

    private static func invoke(
        _ files: [String: String], handler: String, event: String = "{}"
    ) async throws -> InvocationOutcome {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("node-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files {
            let file = folder.appendingPathComponent(name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        let plan = FunctionPlan(
            name: "n", command: ["node", "-e", NodeBootstrap.text, handler], folder: folder.path, arn: "arn:n",
            timeoutInMillis: 60_000)
        let host = try FunctionHost(
            FunctionHost.Options(executable: try Program.path(), path: path, log: { _ in }))
        let outcome = await withCheckedContinuation { continuation in
            host.invoke(host.reserve(), plan, requestID: "r-1", payload: Array(event.utf8)) {
                continuation.resume(returning: $0)
            }
        }
        await host.stop()
        return outcome
    }

    private static func text(_ outcome: InvocationOutcome, isError: Bool) -> String? {
        guard case .payload(let bytes, isError) = outcome else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(
        "What a handler answers",
        arguments: [
            ("f.js", "exports.handler = async (event) => ({ rank: event.rank })", "f.handler", #"{"rank":"15"}"#),
            (
                "f.js", "exports.handler = (event, context, done) => setTimeout(() => done(null, 7), 5)", "f.handler",
                "7"
            ),
            ("f.js", "exports.handler = async () => {}", "f.handler", "null"),
            ("f.js", "exports.handler = async (e, context) => context.awsRequestId", "f.handler", #""r-1""#),
            (
                "f.js", "exports.handler = (e, c) => { setTimeout(() => c.succeed({ ok: 1 }), 5) }", "f.handler",
                #"{"ok":1}"#
            ),
            ("f.js", "exports.handler = (...all) => setTimeout(() => all[2](null, 8), 5)", "f.handler", "8"),
            ("f.js", "exports.handler = (e, c, done) => {}", "f.handler", "null"),
            ("f.js", "exports.handler = () => new Promise(() => {})", "f.handler", "null"),
            ("f.js", "exports.handler = () => ({ v: 1 })", "f.handler", "null"),
            ("f.mjs", "export const handler = async () => [1, 2]", "f.handler", "[1,2]"),
            ("src/f.js", "exports.deep = { handler: async () => 1 }", "src/f.deep.handler", "1"),
        ])
    func answers(file: String, code: String, handler: String, expected: String) async throws {
        let outcome = try await Self.invoke([file: code], handler: handler, event: #"{"rank":"15"}"#)
        #expect(Self.text(outcome, isError: false) == expected, "\(outcome)")
    }

    @Test(
        "What goes wrong says what it was",
        arguments: [
            ("exports.handler = async () => { throw new Error('Unauthorized') }", "f.handler", "Unauthorized"),
            ("exports.handler = (e, c, done) => done(new TypeError('no'))", "f.handler", "TypeError"),
            ("exports.other = 1", "f.handler", "Runtime.HandlerNotFound"),
            ("exports.handler = (", "f.handler", "Runtime.UserCodeSyntaxError"),
            ("require('nothing-of-this-name')", "f.handler", "Runtime.ImportModuleError"),
            ("exports.handler = 1", "g.handler", "Runtime.ImportModuleError"),
            (
                "exports.handler = () => { Promise.reject(new Error('stray')); return new Promise(() => {}) }",
                "f.handler",
                "Runtime.UnhandledPromiseRejection"
            ),
            ("exports.handler = async () => process.exit(3)", "f.handler", "exit status 3"),
            (
                "exports.handler = () => { setTimeout(() => { throw new Error('late') }, 1); return new Promise(() => {}) }",
                "f.handler", "late"
            ),
        ])
    func failures(code: String, handler: String, expected: String) async throws {
        let outcome = try await Self.invoke(["f.js": code], handler: handler)
        #expect(Self.text(outcome, isError: true)?.contains(expected) == true, "\(outcome)")
    }
}
