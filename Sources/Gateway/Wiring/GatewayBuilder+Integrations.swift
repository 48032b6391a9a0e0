import Authorizers
import Documents
import HTTP
import Routes
import Upstream

/// What is behind the routes, and what is checked before it is asked.
extension GatewayBuilder {
    mutating func makeIntegration(_ definition: IntegrationDefinition) -> CompiledIntegration? {
        switch definition.kind {
        case .planned: return nil
        case .mock(let response): return makeMock(response, definition.span)
        case .httpProxy(let proxy): return makeProxy(proxy, definition)
        case .awsProxy(let proxy):
            guard let address = functionAddress(proxy.uri) else { return nil }
            return .awsProxy(
                AWSProxyPlan(
                    proxy: proxy, address: address,
                    timeoutInMillis: proxy.timeoutInMillis ?? document.server.limits.integrationTimeoutInMillis))
        }
    }

    private mutating func makeMock(_ response: MockResponse, _ span: SourceSpan) -> CompiledIntegration {
        var fields: [UInt8] = []
        for header in response.headers {
            let isField = HeadWriter.field(
                name: Array(header.name.utf8), value: Array(header.value.utf8), to: &fields)
            if !isField { report("GH3322", "\"\(header.name)\" of the MOCK response is not a header field", span) }
        }
        return .mock(response, fields: fields)
    }

    private mutating func makeProxy(
        _ proxy: HTTPProxyDefinition, _ definition: IntegrationDefinition
    ) -> CompiledIntegration? {
        guard let resolved = proxy.resolved[stage.name] else {
            report("GH3323", "the uri has no value for stage \"\(stage.name)\"", definition.span)
            return nil
        }
        let standard = document.server.limits.integrationTimeoutInMillis
        var head = proxy.timeoutInMillis ?? standard
        var idle = head
        let address: BackendAddress
        switch resolved.base {
        case .origin(let origin): address = backend(origin, nil, proxy.lane)
        case .upstream(let name):
            guard let upstream = document.upstream(named: name), let target = upstream.targets.first else { return nil }
            address = backend(target.origin, upstream, proxy.lane)
            head = proxy.timeoutInMillis ?? upstream.timeouts.firstByteInMillis ?? standard
            idle = upstream.timeouts.idleInMillis
        }
        var responses: [CompiledIntegrationResponse]?
        if let written = proxy.responses {
            guard let made = makeResponses(written) else { return nil }
            responses = made
        }
        return .httpProxy(
            HTTPProxyPlan(
                definition: definition, proxy: proxy, address: address, path: resolved.path, headInMillis: head,
                idleInMillis: idle, responses: responses))
    }

    private mutating func makeResponses(_ written: IntegrationResponses) -> [CompiledIntegrationResponse]? {
        var made: [CompiledIntegrationResponse] = []
        for response in written.responses {
            var pattern: ValidationExpression?
            if let text = response.selectionPattern {
                do throws(ValidationExpression.Problem) {
                    pattern = try ValidationExpression(text.value)
                } catch {
                    report("GH3324", "the expression cannot be used: \(error.message)", text.span)
                    return nil
                }
            }
            made.append(CompiledIntegrationResponse(definition: response, pattern: pattern))
        }
        return made
    }

    // MARK: Validators

    mutating func makeSchemas() {
        for model in document.models {
            do throws(BodySchemaCompiler.Problem) {
                schemas[model.name] = try BodySchemaCompiler.compile(model, among: document.models)
            } catch {
                let home = document.models.first { $0.name == error.model } ?? model
                let span = home.isInline ? document.source.span(error.range) : home.span
                report(
                    "GH3330", "model \"\(model.name)\" cannot be used: \(error.message)", span, help: error.help)
            }
        }
    }

    /// Nil when one of its models cannot be used, which has been reported.
    func makeValidator(_ validation: RequestValidation) -> RequestValidator? {
        var models: [(contentType: [UInt8], schema: BodySchema)] = []
        if validation.checksBody {
            for model in validation.models {
                guard let schema = schemas[model.name.value] else { return nil }
                models.append((Array(model.contentType.utf8), schema))
            }
        }
        return RequestValidator(
            required: validation.checksParameters ? validation.required : [], models: models)
    }

    /// `lane` is the integration's own, which is nearer than the upstream's.
    private func backend(
        _ origin: UpstreamOrigin, _ upstream: UpstreamDefinition?, _ lane: LaneName?
    ) -> BackendAddress {
        var address = BackendAddress(
            scheme: origin.scheme == .https ? .https : .http, host: origin.host, port: origin.port,
            lane: (lane ?? upstream?.lane ?? .fast) == .fast ? .fast : .classic)
        guard let upstream else { return address }
        address.connectInMillis = upstream.timeouts.connectInMillis
        address.connections = upstream.limits.connections
        address.pending = upstream.limits.pending
        address.retries = upstream.retry.attempts
        address.retriesConnect = upstream.retry.occasions.contains(.connect)
        address.retriesReset = upstream.retry.occasions.contains(.reset)
        address.retriesUnavailable = upstream.retry.occasions.contains(.unavailable)
        address.retryBudgetPercent = upstream.retry.budgetPercent
        return address
    }
}
