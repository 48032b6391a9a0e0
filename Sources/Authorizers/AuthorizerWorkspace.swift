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

    package var cachedTokens: Int { cache?.count ?? 0 }
}
