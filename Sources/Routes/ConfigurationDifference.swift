import Documents

/// What a new configuration changes for somebody who guards the gate: how many routes differ, who may do more than
/// before, and what only a restart would change.
///
/// Pure: it compares two documents that loaded well. In doubt (two patterns that cannot be compared, a condition that
/// was rewritten) a change is told, never left out.
package struct ConfigurationDifference: Sendable, Hashable {
    /// One change that may let somebody do more than before, or that changes who decides.
    package struct Change: Sendable, Hashable, CustomStringConvertible {
        package enum Kind: String, Sendable, Hashable, CaseIterable {
            /// Requests that an authorizer guarded need none any more.
            case becamePublic
            /// A route that was not there before, and that needs no authorizer.
            case newPublicRoute
            /// Another authorizer decides.
            case authorizerChanged
            /// The same authorizer, but it asks another function or is of another kind.
            case authorizerReplaced
            case scopesLoosened
            /// The policy allows resources that it did not.
            case allowWidened
            /// The policy no longer denies what it did.
            case denyNarrowed
            /// A statement's `when` was rewritten; which way cannot be told.
            case conditionChanged
            /// Tokens are accepted that were not.
            case tokenRulesLoosened
            case keyChanged
            /// A setting of the server or the API that protects something is weaker.
            case settingLoosened
            /// A rate or a quota lets more through, or an API key is no longer asked for.
            case limitLoosened
        }

        package var kind: Kind
        /// What has changed: a route key, `authorizer NAME`, `key NAME` or a setting.
        package var subject: String
        package var text: String

        package var description: String { "\(subject) \(text)" }
    }

    /// Route keys, compared by what they take, not by the names of their parameters.
    package private(set) var addedRoutes: [String] = []
    package private(set) var removedRoutes: [String] = []
    /// Other authorizer, scopes or integration.
    package private(set) var changedRoutes: [String] = []
    /// `authorizer NAME`, `integration NAME`, `key NAME`, `upstream NAME` and top-level members such as `server` that are
    /// written differently, have come or are gone.
    package private(set) var changedParts: [String] = []
    /// In the order routes, authorizers, keys, settings; each once.
    package private(set) var changes: [Change] = []
    /// Keys of gateway.json with a new value that only a restart puts in force.
    package private(set) var restarts: [String] = []

    /// `stageName` is the stage that is served.
    package init(from old: GatewayDocument, to new: GatewayDocument, stage stageName: String) {
        compareRoutes(old, new)
        compareAuthorizers(old, new)
        compareKeys(old, new)
        compareLimits(old, new)
        changedParts = Self.changedParts(WrittenDocument(old), WrittenDocument(new))
        compareSettings(old, new, stageName)
        compareRestarts(old, new)
    }

    /// One line: `1 route changed, 1 authorizer changed`, or `no difference`.
    package var summary: String {
        var parts: [String] = []
        func count(_ number: Int, _ noun: String, _ verb: String) {
            if number > 0 { parts.append("\(number) \(noun)\(number == 1 ? "" : "s") \(verb)") }
        }
        count(addedRoutes.count, "route", "added")
        count(removedRoutes.count, "route", "removed")
        count(changedRoutes.count, "route", "changed")
        for (_, noun) in Self.namedSections {
            count(changedParts.count { $0.hasPrefix(noun + " ") }, noun, "changed")
        }
        for name in changedParts where !name.contains(" ") { parts.append("\(name) changed") }
        return parts.isEmpty ? "no difference" : parts.joined(separator: ", ")
    }

    mutating func note(_ kind: Change.Kind, _ subject: String, _ text: String) {
        let change = Change(kind: kind, subject: subject, text: text)
        if !changes.contains(change) { changes.append(change) }
    }

    mutating func noteRoutes(added: [String], removed: [String], changed: [String]) {
        addedRoutes = added
        removedRoutes = removed
        changedRoutes = changed
    }

    // MARK: Keys

    private mutating func compareKeys(_ old: GatewayDocument, _ new: GatewayDocument) {
        for key in new.keys {
            guard let before = old.key(named: key.name) else { continue }
            if key.material != before.material || key.algorithm?.value != before.algorithm?.value {
                note(.keyChanged, "key \(key.name)", "changed: other signatures are believed")
            }
        }
    }

    // MARK: Settings

    private mutating func compareSettings(_ old: GatewayDocument, _ new: GatewayDocument, _ stageName: String) {
        func loosened(_ subject: String, _ text: String, if condition: Bool) {
            if condition { note(.settingLoosened, subject, text) }
        }
        if let before = old.revocations {
            loosened("revocations", "removed: revoked tokens pass again", if: new.revocations == nil)
            loosened(
                "revocations", "are read from another file",
                if: new.revocations.map { $0.path != before.path } ?? false)
        }
        let (before, after) = (old.server, new.server)
        loosened(
            "server.trustedProxies", "believes more peers",
            if: !Set(after.trustedProxies).isSubset(of: before.trustedProxies))
        loosened(
            "server.reservedHeaders", "protects fewer names",
            if: !Set(before.reservedHeaders).isSubset(of: after.reservedHeaders))
        loosened(
            "server.pathNormalization.ambiguous", "allows paths with two readings",
            if: before.ambiguousPaths == .reject && after.ambiguousPaths == .allow)
        loosened(
            "server.pathNormalization.encodedSlash", "keeps encoded slashes",
            if: before.encodedSlash == .reject && after.encodedSlash == .keep)
        loosened("api.profile", "is aws", if: old.api.profile == .strict && new.api.profile == .aws)
        let wasDebugged = old.stage(named: stageName)?.debug ?? false
        loosened(
            "stages.\(stageName).debug", "is on: answers say why",
            if: !wasDebugged && new.stage(named: stageName)?.debug == true)
    }

    /// What workers take over when they start, and keep.
    private mutating func compareRestarts(_ old: GatewayDocument, _ new: GatewayDocument) {
        let (before, after) = (old.server, new.server)
        func needs(_ name: String, if differs: Bool) { if differs { restarts.append(name) } }
        needs("server.listen", if: before.listen.map(\.value) != after.listen.map(\.value))
        needs("server.admin", if: before.admin?.value != after.admin?.value)
        needs("server.workers", if: before.workers != after.workers)
        var limits = after.limits
        // The only limit that is read for each request.
        limits.integrationTimeoutInMillis = before.limits.integrationTimeoutInMillis
        needs("server.limits", if: before.limits != limits)
        needs("server.timeouts", if: before.timeouts != after.timeouts)
        needs("server.headerNames", if: before.headerNames != after.headerNames)
        needs("server.log.format", if: before.log.format != after.log.format)
        needs("usage.file", if: old.usage?.path != new.usage?.path)
        needs("tokenCache", if: old.tokenCache != new.tokenCache)
        needs("api.type (for the Keep-Alive lines of answers)", if: old.api.type != new.api.type)
    }
}
