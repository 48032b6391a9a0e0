/// What the path normaliser refuses; the defaults are the strict ones.
package struct PathOptions: Sendable, Hashable {
    /// What happens to one class of paths with two readings.
    package enum Choice: UInt8, Sendable, Hashable {
        /// The request is refused.
        case reject
        /// The triplets stay as they are, and the segment is matched as one.
        case keep
    }

    /// `%2F` and `%5C`.
    package var encodedSlash: Choice
    /// `%252e`, `%252f`, `%255c`: separators and dots for a backend that decodes twice.
    package var doubleEncoding: Choice

    package init(encodedSlash: Choice = .reject, doubleEncoding: Choice = .reject) {
        self.encodedSlash = encodedSlash
        self.doubleEncoding = doubleEncoding
    }

    /// The profile `strict`.
    package static let strict = PathOptions()

    /// The profile `aws`: what API Gateway does not refuse is kept.
    package static let aws = PathOptions(encodedSlash: .keep, doubleEncoding: .keep)
}

/// Why a path has no normal form.
package struct PathRefusal: Error, Sendable, Hashable {
    /// One of the `path…` codes.
    package let code: RefusalCode

    package init(_ code: RefusalCode) {
        self.code = code
    }

    /// The answer to the client: 400; the connection may live on, since framing is not in doubt.
    package var requestRefusal: RequestRefusal { RequestRefusal(code) }
}
