import Authorizers
import Gateway
import HTTP
import Policies
import Routes
import Tokens
import Upstream

/// How well an answer of AWS is known.
enum Evidence: String, CaseIterable, Sendable {
    /// Somebody published the bytes of a real answer.
    case captured
    /// AWS's documentation says so.
    case documented
    /// Neither: from experience, or inferred.
    case believed
}

/// One answer that the gateway gives by itself.
struct AnswerRow: Sendable {
    var situation: String
    var api: ApiType
    var failure: GatewayFailure
    /// Of status and body.
    var evidence: Evidence
    /// What is less well known than the rest.
    var note = ""

    init(_ situation: String, _ api: ApiType, _ failure: GatewayFailure, _ evidence: Evidence, _ note: String = "") {
        self.situation = situation
        self.api = api
        self.failure = failure
        self.evidence = evidence
        self.note = note
    }

    private static let resource = MethodARN.Prefix(
        region: "eu-west-1", account: "123456789012", api: "a1b2", stage: "dev"
    ).arn(method: Array("GET".utf8)[...], path: Array("/x".utf8)[...])

    static let all: [AnswerRow] = [
        AnswerRow(
            "identity missing, not matching, or refused as `Unauthorized`", .rest, .unauthorized(.tokenMissing),
            .captured),
        AnswerRow("no Allow matches", .rest, .implicitDeny, .captured),
        AnswerRow("a Deny matches", .rest, .explicitDeny, .captured, "the text since 2024"),
        AnswerRow(
            "an authorizer's function fails or gives no verdict", .rest,
            .authorizerFailed(AuthorizerFailure(reason: "x", detail: "x")), .captured),
        AnswerRow(
            "keys of a token cannot be fetched", .rest, .unauthorized(.keysUnavailable), .believed,
            "AWS has such authorizers since 2026"),
        AnswerRow("a scope is missing", .rest, .unauthorized(.insufficientScope), .believed),
        AnswerRow(
            "the resource policy does not allow", .rest,
            .resourcePolicy(ResourceRefusal(isExplicit: false, resource: resource)), .captured),
        AnswerRow(
            "the resource policy denies", .rest, .resourcePolicy(ResourceRefusal(isExplicit: true, resource: resource)),
            .believed, "its last words"),
        AnswerRow("no route", .rest, .noRoute, .captured),
        AnswerRow("no such stage in the path", .rest, .unknownStage, .captured),
        AnswerRow(
            "demanded parameters are missing", .rest, .parametersMissing(["a", "b"]), .captured, "the space is believed"
        ),
        AnswerRow("the body does not fit its model", .rest, .bodyInvalid(["x"]), .captured, "the space is believed"),
        AnswerRow("a mapping looks into a body that is no JSON", .rest, .bodyNotJSON, .believed),
        AnswerRow("no template for the body", .rest, .mediaTypeUnsupported, .believed),
        AnswerRow("a mapping cannot be carried out", .rest, .mappingFailed, .captured),
        AnswerRow("no integration response for the status", .rest, .noIntegrationResponse(500), .documented),
        AnswerRow("the function may not be called", .rest, .functionNotPermitted(403), .captured),
        AnswerRow(
            "the function fails, or answers what no proxy answer is", .rest, .functionFailed(reason: "x", detail: "x"),
            .captured),
        AnswerRow("the function's base 64 is none", .rest, .answerNotDecodable, .believed),
        AnswerRow("the integration is too slow", .rest, .upstream(UpstreamError(.headTimeout)), .captured),
        AnswerRow(
            "the integration cannot be reached", .rest, .upstream(UpstreamError(.connect)), .believed, "the space"),
        AnswerRow("the integration breaks off", .rest, .upstream(UpstreamError(.reset)), .believed),
        AnswerRow(
            "too many requests wait for the integration", .rest, .upstream(UpstreamError(.overloaded)), .believed,
            "AWS throttles instead"),
        AnswerRow("the body is too large", .rest, .refused(RequestRefusal(.bodyTooLarge)), .believed),
        AnswerRow(
            "the method ARN has more than 1600 bytes", .rest, .refused(RequestRefusal(.targetTooLong)), .documented,
            "the JSON around the text"),
        AnswerRow("the headers are too large", .rest, .refused(RequestRefusal(.headTooLarge)), .believed),
        AnswerRow(
            "no token", .http, .unauthorized(.tokenMissing), .captured,
            "of JWT authorizers; the same for functions is believed"),
        AnswerRow(
            "a scope is missing", .http, .unauthorized(.insufficientScope), .documented, "the header is believed"),
        AnswerRow("the authorizer says no", .http, .refusedByFunction, .believed),
        AnswerRow(
            "an authorizer's function fails", .http, .authorizerFailed(AuthorizerFailure(reason: "x", detail: "x")),
            .documented),
        AnswerRow("no route, no stage", .http, .noRoute, .documented),
        AnswerRow(
            "the function fails, or its answer cannot be read", .http, .functionFailed(reason: "x", detail: "x"),
            .documented),
        AnswerRow("the integration is too slow", .http, .upstream(UpstreamError(.headTimeout)), .captured),
        AnswerRow("the integration cannot be reached", .http, .upstream(UpstreamError(.connect)), .believed),
        AnswerRow("the integration breaks off", .http, .upstream(UpstreamError(.reset)), .believed),
        AnswerRow("the body is too large", .http, .refused(RequestRefusal(.bodyTooLarge)), .believed),
        AnswerRow("the headers are too large", .http, .refused(RequestRefusal(.headTooLarge)), .believed),
    ]
}
