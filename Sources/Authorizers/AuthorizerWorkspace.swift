package import Tokens

/// What one worker needs to authorize without locks: prepared signature contexts and its verified-token cache.
package final class AuthorizerWorkspace {
    let verification = VerificationContext()
    /// Nil when the configuration turns the cache off.
    let cache: TokenCache<AuthorizedIdentity>?

    /// `seed` keys the cache's hash, so that nobody outside can aim at one bucket.
    package init(cacheLimits: TokenCacheLimits?, seed: (UInt64, UInt64)) {
        cache = cacheLimits.map { TokenCache(limits: $0, seed: seed) }
    }

    /// The list as this worker last saw it, with the box it came from.
    private var revocations: (box: RevocationBox, generation: UInt64, list: RevocationList)?

    /// One atomic read when nothing has changed.
    func isRevoked(_ token: VerifiedToken, by box: RevocationBox) -> Bool {
        let generation = box.generation
        if let known = revocations, known.box === box, known.generation == generation {
            return !known.list.isEmpty && known.list.isRevoked(token)
        }
        let list = box.list
        revocations = (box, generation, list)
        return !list.isEmpty && list.isRevoked(token)
    }

    package var cachedTokens: Int { cache?.count ?? 0 }
}
