import Documents
package import Tokens

/// Moves the times of a recorded token so that it is as old now as it was when it was recorded.
package enum TokenAging {
    /// Claims that are moments (RFC 7519 §4.1, OpenID Connect Core §2). Others that look like numbers are left alone.
    private static let times: Set<[UInt8]> = Set(["iat", "nbf", "exp", "auth_time"].map { Array($0.utf8) })

    /// The claims, JSON text of an object, with their times moved by `now - recorded`. Whole seconds stay whole, and what
    /// lay before the request, or behind it, still does.
    package static func claims(_ claims: [UInt8], recorded: WallTime, now: WallTime) -> [UInt8] {
        guard let root = JSONText.parse(claims), root.kind == .object else { return claims }
        var writer = JSONWriter(reserving: claims.count + 16)
        writer.object { writer in
            for member in root.members {
                let name = member.key.utf8 ?? []
                writer.key(name)
                if times.contains(name), let moved = moved(member.value, recorded, now) {
                    writer.raw(moved)
                } else {
                    writer.raw(member.value.text)
                }
            }
        }
        return writer.bytes
    }

    private static func moved(_ value: JSONValue, _ recorded: WallTime, _ now: WallTime) -> [UInt8]? {
        guard let seconds = value.double, seconds.magnitude < 1e15 else { return nil }
        let exact = seconds + (now.value - recorded.value)
        // Rounded away from the request: a token that was good for half a second more still is.
        let whole = seconds > recorded.value ? exact.rounded(.up) : exact.rounded(.down)
        return Array(String(Int64(whole)).utf8)
    }
}
