package import FunctionHost
import Routes
package import Upstream

/// Where a function is: behind a server that speaks the Lambda Invoke API, or run by this gateway.
package struct FunctionAddress: Sendable, Hashable {
    package enum Place: Sendable, Hashable {
        /// The target is `/2015-03-31/functions/NAME/invocations`.
        case server(BackendAddress, target: [UInt8])
        case hosted(FunctionPlan)
    }

    package let place: Place

    init(_ url: RemoteURL) {
        place = .server(
            BackendAddress(
                scheme: url.origin.scheme == .https ? .https : .http, host: url.origin.host, port: url.origin.port),
            target: url.target)
    }

    init(_ plan: FunctionPlan) { place = .hosted(plan) }

    /// Who is asked, as people write it: `http://127.0.0.1:9001`, `function:verify`.
    package var origin: String {
        switch place {
        case .server(let backend, _): "\(backend.scheme.rawValue)://\(backend.authority)"
        case .hosted(let plan): "function:\(plan.name)"
        }
    }

    /// Host and port; the name of a function that is run here.
    package var authority: String {
        switch place {
        case .server(let backend, _): backend.authority
        case .hosted: origin
        }
    }

    /// The host that must be found; nil for a function that is run here.
    package var host: String? {
        if case .server(let backend, _) = place { backend.host } else { nil }
    }

    /// The address as people write it.
    package var text: String {
        switch place {
        case .server(_, let target): origin + String(decoding: target, as: UTF8.self)
        case .hosted: origin
        }
    }
}
