import Authorizers
import Functions
import HTTP
import Policies
package import Routes

/// The events that functions would get for a request: for people who write such functions.
package enum OfflineEvents {
    /// The event of an authorizer function in front of the request's route, in the form that `version` asks for. Nil
    /// when the request has no guarded route.
    package static func authorizer(_ exchange: Exchange, _ version: PayloadFormat) -> [UInt8]? {
        let builder = ExplanationBuilder(exchange)
        guard let path = exchange.path, let route = builder.guardingRoute,
            let definition = exchange.snapshot.routes[route].authorizer?.definition
        else { return nil }
        let resource =
            exchange.resource ?? exchange.snapshot.arn.arn(method: exchange.head.methodBytes, path: path.bytes)
        let identity = IdentityRequest(
            head: exchange.head, stage: exchange.snapshot.stage, variables: ExchangeVariables(exchange))
        let values: [[UInt8]] = definition.identitySources.compactMap { source in
            if case .one(let value) = IdentityReader.read(source.value, from: identity) { value } else { nil }
        }
        if definition.type == .token {
            return TokenAuthorizerEvent.json(token: values.first ?? [], methodARN: resource.bytes)
        }
        var request = FunctionEvents.request(exchange)
        request.methodARN = resource.bytes
        if exchange.snapshot.apiType == .rest { return AuthorizerEvent.rest(request) }
        return version == .version1
            ? AuthorizerEvent.http1(request, identitySource: values)
            : AuthorizerEvent.http2(request, identitySource: values)
    }

    /// The event of a function behind the request's route, with what its authorizer has found.
    package static func integration(_ exchange: Exchange, _ version: PayloadFormat, body: [UInt8]) -> [UInt8] {
        let request = FunctionEvents.request(exchange)
        let values = FunctionEvents.authorizerValues(exchange)
        if exchange.snapshot.apiType == .rest {
            return ProxyEvent.rest(request, authorizer: values, body: body, binary: BinaryMediaTypes([]))
        }
        return version == .version1
            ? ProxyEvent.http1(request, authorizer: values, body: body)
            : ProxyEvent.http2(request, authorizer: values, body: body)
    }
}
