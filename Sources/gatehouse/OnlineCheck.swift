import Authorizers
import Documents
import EventLoop
import Gateway
import Routes
import Upstream

/// What only the network can tell about a configuration: hosts that do not resolve, key sets that do not come.
struct OnlineCheck {
    let keys: KeyService

    private static let limit = Duration.seconds(8)

    init() throws(CommandFailure) {
        do throws(SystemError) {
            keys = try KeyService(readFile: { _ in nil }, notify: { _ in })
        } catch {
            throw CommandFailure("no thread for keys: \(error.reason)", ExitCodes.unavailable)
        }
    }

    /// The problems, as errors: a gateway in this place could not serve.
    func run(_ snapshot: GatewaySnapshot) async -> [Diagnostic] { hosts(snapshot) + (await keySets(snapshot)) }

    private func hosts(_ snapshot: GatewaySnapshot) -> [Diagnostic] {
        var places: [(host: String, span: SourceSpan)] = []
        func add(_ host: String?, _ span: SourceSpan) {
            guard let host else { return }
            if !places.contains(where: { $0.host == host }) { places.append((host, span)) }
        }
        for route in snapshot.routes {
            let definition = snapshot.document.integrations[route.definition.integration]
            switch (route.integration, definition.kind) {
            case (.httpProxy(let plan), .httpProxy(let proxy)): add(plan.address.host, proxy.uri.span)
            case (.awsProxy(let plan), .awsProxy(let proxy)): add(plan.address.host, proxy.uri.span)
            default: break
            }
            if case .function(_, let address)? = route.authorizer,
                let uri = route.authorizer?.definition.functionUri
            {
                add(address.host, uri.span)
            }
        }
        return places.compactMap { place in
            guard let problem = HostLookup.problem(place.host) else { return nil }
            return Diagnostic(
                code: "GH5001", message: "host \"\(place.host)\" is not found: \(problem)",
                source: snapshot.document.source, range: place.span.range,
                help: "correct the name, or check the resolver of this machine")
        }
    }

    private func keySets(_ snapshot: GatewaySnapshot) async -> [Diagnostic] {
        let watches = snapshot.keyWatches.filter(\.slot.isRemote)
        if watches.isEmpty { return [] }
        do throws(SystemError) {
            try await keys.adopt(snapshot)
        } catch {
            return [Diagnostic(code: "GH5002", message: "no keys can be fetched: \(error.reason)")]
        }
        let start = ContinuousClock.now
        while watches.contains(where: { $0.slot.keys == nil && $0.slot.problem == nil }),
            ContinuousClock.now - start < Self.limit
        {
            do { try await Task.sleep(for: .milliseconds(10)) } catch { break }
        }
        return watches.compactMap { watch in
            if watch.slot.keys != nil { return nil }
            let span = snapshot.document.key(named: watch.slot.name)?.span
            return Diagnostic(
                code: "GH5002",
                message: "the keys of \"\(watch.slot.name)\" do not come: \(watch.slot.problem ?? "no answer in time")",
                source: snapshot.document.source, range: span?.range,
                help: "open its URL from this machine: it must answer 200 with a key set")
        }
    }
}
