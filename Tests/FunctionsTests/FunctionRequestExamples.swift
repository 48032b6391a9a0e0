import Documents
import Foundation
import Functions
import HTTP
import Routes

/// Requests that several suites look at.
enum Example {
    static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
    static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// The text of `fixtures/events/NAME.json` without its line end.
    static func golden(_ name: String) throws -> String {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = tests.deletingLastPathComponent().appending(path: "fixtures/events/\(name).json")
        return String(decoding: try Data(contentsOf: file).dropLast(), as: UTF8.self)
    }

    static func fields(_ lines: [(String, String)]) -> FieldLines {
        var fields = FieldLines()
        for (name, value) in lines { fields.append(name: bytes(name), value: bytes(value)) }
        return fields
    }

    /// A GET on a REST API, without headers of its own.
    static func rest(
        _ lines: [(String, String)] = [], path: String = "/ships/42", query: String = ""
    ) -> FunctionRequest {
        var request = FunctionRequest(apiType: .rest)
        request.accountID = bytes("123456789012")
        request.apiID = bytes("a1b2c3d4e5")
        request.deploymentID = bytes("dep1")
        request.stage = bytes("dev")
        request.routeKey = bytes("GET /ships/{id}")
        request.resourcePath = bytes("/ships/{id}")
        request.resourceID = bytes("r1")
        request.method = bytes("GET")
        request.rawPath = bytes(path)
        request.query = bytes(query)
        request.fields = fields(lines)
        request.clientAddress = bytes("203.0.113.7")
        request.forwardedFor = bytes("203.0.113.7")
        request.forwardedPort = bytes("443")
        request.forwardedProto = bytes("https")
        request.host = bytes("api.example.com:8443")
        request.requestID = bytes("c6af9ac6-7b61-4e16-9a41-93e8deadbeef")
        request.extendedRequestID = bytes("JJbxmFxxIAMFfDQ=")
        request.traceID = bytes("Root=1-55267630-00000000000000000000000a")
        request.seconds = 1_428_582_896
        request.milliseconds = 7
        request.methodARN = bytes("arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/dev/GET/ships/42")
        return request
    }

    static func http(
        _ lines: [(String, String)] = [], path: String = "/ships/42", query: String = ""
    ) -> FunctionRequest {
        var request = rest(lines, path: path, query: query)
        request.apiType = .http
        request.stage = bytes("$default")
        request.methodARN = bytes("arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/$default/GET/ships/42")
        return request
    }

    /// The value at a JSON pointer, as JSON text; nil when it is not there.
    static func at(_ pointer: String, in json: [UInt8]) throws -> String? {
        var value = try JSONParser.parse(json).root
        for part in pointer.split(separator: "/") {
            if value.kind == .array, let index = Int(part) {
                guard let next = Array(value.elements).dropFirst(index).first else { return nil }
                value = next
            } else {
                guard let next = value[String(part)] else { return nil }
                value = next
            }
        }
        return String(decoding: value.text, as: UTF8.self)
    }

    static func keys(_ pointer: String, in json: [UInt8]) throws -> [String] {
        let text = try at(pointer, in: json) ?? "{}"
        return try JSONParser.parse(bytes(text)).root.members.map(\.name)
    }
}
