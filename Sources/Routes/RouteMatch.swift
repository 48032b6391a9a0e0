/// The outcome of matching one request.
package enum RouteMatch: Sendable, Hashable {
    case matched(RouteHit)
    case miss(RouteMiss)
}

/// The route that takes a request.
package struct RouteHit: Sendable, Hashable {
    /// Index of the route in the order the table was built from.
    package var route: Int
    /// Values as ranges of the path, parallel to the route key's ``RouteKey/parameterNames``.
    package var parameters: PathParameters
    /// HTTP APIs, path ending in `/`: the guarded route that takes the path without the slash, unless its twin with the
    /// slash is declared. Its authorizer must allow the request as well.
    package var alsoGuardedBy: Int?
}

/// Why no route takes a request. ``RouteTable/nearest(method:path:)`` tells more when somebody asks.
package enum RouteMiss: Sendable, Hashable {
    case noPath
    /// A route has the path, none of these has the method.
    case noMethod
}

/// The route that a missed request was probably meant for, and what keeps it away.
package struct NearestRoute: Sendable, Hashable {
    package enum Difference: Sendable, Hashable {
        case method(expected: [UInt8], found: [UInt8])
        /// Counted from 1.
        case segment(number: Int, expected: [UInt8], found: [UInt8])
        /// The request ends before this segment.
        case missing(number: Int, expected: [UInt8])
        /// The request goes on after the route's end.
        case extra(number: Int, found: [UInt8])
        /// One of the two ends in a slash.
        case trailingSlash
    }

    package var route: Int
    package var difference: Difference

    /// `segment 1: "ship" is not "ships"`; escape control characters before printing.
    package var text: String {
        func word(_ bytes: [UInt8]) -> String { "\"\(String(decoding: bytes, as: UTF8.self))\"" }
        return switch difference {
        case .method(let expected, let found): "method \(word(found)) is not \(word(expected))"
        case .segment(let number, let expected, let found): "segment \(number): \(word(found)) is not \(word(expected))"
        case .missing(let number, let expected): "segment \(number): \(word(expected)) is missing"
        case .extra(let number, let found): "segment \(number): \(word(found)) is too much"
        case .trailingSlash: "a slash at the end makes another path"
        }
    }
}
