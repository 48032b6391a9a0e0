import Authorizers
import Documents
import Foundation
import Gateway
import HTTP
import Routes

/// A gateway made of a text, asked without sockets.
struct GateBench {
    let snapshot: GatewaySnapshot

    /// The text is refused; the codes of its problems.
    struct Refused: Error {
        var codes: [String]
    }

    init(_ text: String) throws {
        let source = SourceText(name: "gateway.json", bytes: Array(text.utf8))
        let folder = FileManager.default.temporaryDirectory
        let (document, diagnostics) = DocumentLoader(environment: FolderEnvironment(folder: folder)).load(source)
        guard let document else { throw Refused(codes: diagnostics.map(\.code)) }
        switch GatewayBuilder.build(document) {
        case .snapshot(let snapshot, _): self.snapshot = snapshot
        case .refused(let problems): throw Refused(codes: problems.map(\.code))
        }
    }

    /// One public route, or those that are given.
    init(
        _ type: ApiType, integration: String = #""type": "HTTP_PROXY", "uri": "http://127.0.0.1:3000/up""#,
        key: String = "ANY /x/{id}", members: String = "", top: String = "", api: String = ""
    ) throws {
        try self.init(
            """
            { "version": 1, "api": { "type": "\(type.rawValue)", "apiId": "a1b2"\(api) }, \(top)
              "routes": { "\(key)": { "authorizationType": "NONE", "integration": { \(integration) }\(members) } } }
            """)
    }

    func exchange(_ method: String, _ target: String, _ headers: [String] = []) throws -> Exchange {
        var text = "\(method) \(target) HTTP/1.1\r\nHost: gate.example\r\n"
        for header in headers { text += "\(header)\r\n" }
        var parser = RequestParser(limits: HeadLimits())
        let bytes = Array("\(text)\r\n".utf8)
        guard case .head(let head, _) = parser.parse(bytes.span) else { throw FixtureProblem(text: "not a request") }
        var random = CountingGenerator()
        return Exchange(
            id: RequestID(using: &random), snapshot: snapshot, head: head, client: Array("192.0.2.1".utf8),
            peer: Array("192.0.2.1".utf8), isSecure: false, localPort: 8080, receivedAt: FleetFixture.noon)
    }

    private func run(
        _ method: String, _ target: String, _ headers: [String], _ body: String,
        function: String = "{}"
    ) throws -> (OfflineGate.Outcome, Exchange) {
        var exchange = try exchange(method, target, headers)
        let outcome = OfflineGate.run(
            &exchange, in: AuthorizerWorkspace(cacheLimits: nil, seed: (1, 2)), body: Array(body.utf8)
        ) { _ in .payload(Array(function.utf8), isFunctionError: false) }
        return (outcome, exchange)
    }

    /// Lines that the backend would get, names in lower case; empty when it gets nothing.
    func sent(
        _ method: String = "GET", _ target: String = "/x/1", _ headers: [String] = [], body: String = ""
    ) throws -> [String] {
        guard case .forwarded(let request) = try run(method, target, headers, body).0 else { return [] }
        return Self.lines(request.fields)
    }

    /// What the client gets from the gateway itself.
    func answer(
        _ method: String = "GET", _ target: String = "/x/1", _ headers: [String] = [], body: String = "",
        function: String = "{}"
    ) throws -> (status: Int, lines: [String], body: String)? {
        guard case .answered(let answer) = try run(method, target, headers, body, function: function).0 else {
            return nil
        }
        return (Int(answer.status), Self.lines(answer.fields), String(decoding: answer.body, as: UTF8.self))
    }

    /// What the client gets when the backend answers with these lines.
    func answer(to headers: [String], status: Int = 200, body: String = "") throws -> (status: Int, lines: [String]) {
        let exchange = try run("GET", "/x/1", [], "").1
        let text = (["HTTP/1.1 \(status) ", "Content-Length: \(body.utf8.count)"] + headers).joined(separator: "\r\n")
        var parser = ResponseParser(limits: HeadLimits(), method: .get)
        let bytes = Array("\(text)\r\n\r\n".utf8)
        guard case .head(let head, _) = parser.parse(bytes.span) else { throw FixtureProblem(text: "not an answer") }
        let answer = OfflineGate.answer(head, body: Array(body.utf8), to: exchange)
        return (Int(answer.status), Self.lines(answer.fields))
    }

    private static func lines(_ fields: [UInt8]) -> [String] {
        String(decoding: fields, as: UTF8.self).components(separatedBy: "\r\n").filter { !$0.isEmpty }.map { line in
            guard let colon = line.firstIndex(of: ":") else { return line }
            return line[..<colon].lowercased() + line[colon...]
        }
    }
}
