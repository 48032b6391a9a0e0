import Documents
import Foundation
import Gateway
import Routes
import Testing
import Upstream

/// Which uris of functions a configuration may hold, for authorizers and integrations alike.
@Suite("Places of functions in a configuration")
struct FunctionPlaceTests {
    private static let path = "/2015-03-31/functions/f/invocations"

    /// What the builder says of a gateway whose one route goes to the function at `uri`.
    private func build(_ uri: String, forAuthorizer: Bool) throws -> GatewayBuilder.Result {
        let good = "http://127.0.0.1:9001\(Self.path)"
        let text = """
            { "version": 1, "api": { "type": "REST", "defaultStage": "dev" },
              "stages": { "dev": { "stageVariables": {
                "host": "127.0.0.1:9001", "name": "f", "twice": "${stageVariables.name}", "blank": "a b" } } },
              "authorizers": { "a": { "type": "TOKEN", "identitySource": "method.request.header.Authorization",
                "authorizerUri": "\(forAuthorizer ? uri : good)" } },
              "routes": { "GET /x": { "authorizer": "a",
                "integration": { "type": "AWS_PROXY", "uri": "\(forAuthorizer ? good : uri)" } } } }
            """
        let source = SourceText(name: "gateway.json", bytes: Array(text.utf8))
        let (document, diagnostics) = DocumentLoader(environment: FolderEnvironment(folder: URL(fileURLWithPath: "/")))
            .load(source)
        return GatewayBuilder.build(try #require(document, "\(diagnostics.map(\.message))"))
    }

    @Test(
        "What is no place of a function is refused with its reason",
        arguments: [
            ("http://127.0.0.1:9001/f", "must end in"), ("http://127.0.0.1:9001", "must end in"),
            ("http://192.0.2.1\(path)", "this machine only"), ("ftp://127.0.0.1\(path)", "expected a URL"),
            ("http://127.0.0.1:9001/{path}\(path)", "nothing of a request"),
            ("http://${stageVariables.nobody}\(path)", "has no variable \"nobody\""),
            ("http://${stageVariables.blank}\(path)", "holds a character"),
            ("http://127.0.0.1:9001/2015-03-31/functions/${stageVariables.twice}/invocations", "holds a character"),
            ("function:f", "nothing here runs the function \"f\""),
            ("arn:aws:lambda:eu-west-1:123456789012:function:f", "nothing here runs the function \"f\""),
            (
                "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/"
                    + "arn:aws:lambda:eu-west-1:123456789012:function:f/invocations",
                "nothing here runs the function \"f\""
            ),
        ], [true, false])
    func refuses(_ place: (uri: String, reason: String), forAuthorizer: Bool) throws {
        guard case .refused(let problems) = try build(place.uri, forAuthorizer: forAuthorizer) else {
            Issue.record("accepted")
            return
        }
        #expect(problems.map(\.code) == ["GH3325"])
        let said = problems.map { "\($0.message) \($0.note ?? "")" }.joined()
        #expect(said.contains(place.reason), "\(said)")
    }

    @Test("The variables of the stage are put in", arguments: [true, false])
    func variables(forAuthorizer: Bool) throws {
        let uri = "http://${stageVariables.host}/2015-03-31/functions/${stageVariables.name}/invocations"
        guard case .snapshot(let snapshot, _) = try build(uri, forAuthorizer: forAuthorizer) else {
            Issue.record("refused")
            return
        }
        guard case .awsProxy(let plan) = snapshot.routes[0].integration,
            case .function(_, let authorizer)? = snapshot.routes[0].authorizer
        else {
            Issue.record("no functions")
            return
        }
        for address in [plan.address, authorizer] {
            #expect(address.host == "127.0.0.1")
            #expect(address.text == "http://127.0.0.1:9001\(Self.path)")
        }
    }
}
