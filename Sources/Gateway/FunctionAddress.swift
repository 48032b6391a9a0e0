import Routes
package import Upstream

/// Where a function answers the Lambda Invoke API.
package struct FunctionAddress: Sendable, Hashable {
    package let backend: BackendAddress
    /// `/2015-03-31/functions/NAME/invocations`
    package let target: [UInt8]

    init(_ url: RemoteURL) {
        backend = BackendAddress(
            scheme: url.origin.scheme == .https ? .https : .http, host: url.origin.host, port: url.origin.port)
        target = url.target
    }
}
