import HTTP

/// A request that a function's runtime makes, read from method and path (Lambda Runtime API, 2018-06-01).
enum RuntimeCall: Hashable {
    /// `GET /2018-06-01/runtime/invocation/next`
    case next
    /// `POST /2018-06-01/runtime/invocation/ID/response`
    case response(requestID: String)
    /// `POST /2018-06-01/runtime/invocation/ID/error`
    case error(requestID: String)
    /// `POST /2018-06-01/runtime/init/error`
    case initError
    /// The path is known, the method is another.
    case wrongMethod
    case unknown

    init(method: Method, path: ArraySlice<UInt8>) {
        let parts = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard parts.count >= 5, parts[0].isEmpty, parts[1] == "2018-06-01", parts[2] == "runtime" else {
            self = .unknown
            return
        }
        switch (parts[3], parts.count) {
        case ("invocation", 5) where parts[4] == "next": self = method == .get ? .next : .wrongMethod
        case ("invocation", 6) where parts[5] == "response":
            self = method == .post ? .response(requestID: parts[4]) : .wrongMethod
        case ("invocation", 6) where parts[5] == "error":
            self = method == .post ? .error(requestID: parts[4]) : .wrongMethod
        case ("init", 5) where parts[4] == "error": self = method == .post ? .initError : .wrongMethod
        default: self = .unknown
        }
    }
}
