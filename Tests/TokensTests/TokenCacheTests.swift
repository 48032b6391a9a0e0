import TestRandom
import Testing

@testable import Tokens

@Suite struct TokenCacheTests {
    private let policy = PolicyID(1)
    private let start = Issuer.time

    private func cache(_ change: (inout TokenCacheLimits) -> Void = { _ in }) -> TokenCache<Int> {
        var limits = TokenCacheLimits.standard
        change(&limits)
        return TokenCache(limits: limits, seed: (11, 22))
    }

    private func verified(
        _ number: Int = 0, exp: Int = 1_760_000_600, generation: UInt64 = 1, extra: String = "",
        _ change: (inout TokenRules) -> Void = { _ in }
    ) throws -> VerifiedToken {
        let issuer = try Issuer.named("HS256")
        var rules = issuer.rules
        change(&rules)
        let claims = #"{"iss":"https://issuer.example","aud":"api","jti":"\#(number)","exp":\#(exp)\#(extra)}"#
        return try TokenVerifier(rules: rules).verify(
            try issuer.token(claims), with: issuer.keys.withGeneration(generation), at: start,
            using: VerificationContext())
    }

    private func after(_ seconds: Int64, _ nanoseconds: UInt32 = 0) -> WallTime {
        WallTime(seconds: start.seconds + seconds, nanoseconds: nanoseconds)
    }

    // MARK: Misses

    @Test("Other octets, another policy or another generation find nothing")
    func identity() throws {
        let cache = cache()
        let token = try verified()
        #expect(cache.value(for: token.bytes, policy: policy, generation: 1, at: start) == nil)
        cache.insert(7, for: token, policy: policy, at: start)
        #expect(cache.value(for: token.bytes, policy: PolicyID(2), generation: 1, at: start) == nil)
        for place in token.bytes.indices {
            var other = token.bytes
            other[place] ^= 1
            #expect(cache.value(for: other, policy: policy, generation: 1, at: start) == nil)
        }
        #expect(cache.value(for: Array(token.bytes.dropLast()), policy: policy, generation: 1, at: start) == nil)
        #expect(cache.value(for: token.bytes + [0x41], policy: policy, generation: 1, at: start) == nil)
        #expect(cache.value(for: [], policy: policy, generation: 1, at: start) == nil)
        #expect(cache.value(for: token.bytes, policy: policy, generation: 1, at: start) == 7)
        let buffer = [1, 2] + token.bytes + [3]
        #expect(cache.value(for: buffer[2..<buffer.count - 1], policy: policy, generation: 1, at: start) == 7)
        #expect(cache.value(for: token.bytes, policy: policy, generation: 2, at: start) == nil)
        #expect(cache.count == 0, "the entry of the old keys is gone")
        #expect(cache.value(for: token.bytes, policy: policy, generation: 1, at: start) == nil)
    }

    @Test("A token that expires between two questions is found before and not after")
    func expiry() throws {
        let cache = cache { $0.lifetime = 10_000 }
        let token = try verified(exp: 1_760_000_030)
        cache.insert(1, for: token, policy: policy, at: start)
        #expect(cache.value(for: token.bytes, policy: policy, generation: 1, at: after(29, 999_000_000)) == 1)
        #expect(cache.value(for: token.bytes, policy: policy, generation: 1, at: after(30)) == nil)
        #expect(cache.count == 0)
        #expect(cache.byteCount == 0)
    }

    @Test("Skew counts for the cache as it does for the verifier, and so does the maximum age")
    func skewAndAge() throws {
        let cache = cache { $0.lifetime = 10_000 }
        let skewed = try verified(1, exp: 1_760_000_030) { $0.clockSkew = 5 }
        cache.insert(1, for: skewed, policy: policy, at: start)
        #expect(cache.value(for: skewed.bytes, policy: policy, generation: 1, at: after(34)) == 1)
        #expect(cache.value(for: skewed.bytes, policy: policy, generation: 1, at: after(35)) == nil)
        let aged = try verified(2, extra: #","iat":1760000000"#) { $0.maxAge = 50 }
        cache.insert(2, for: aged, policy: policy, at: after(35))
        #expect(cache.value(for: aged.bytes, policy: policy, generation: 1, at: after(49)) == 2)
        #expect(cache.value(for: aged.bytes, policy: policy, generation: 1, at: after(50)) == nil)
    }

    @Test("After its lifetime a token is verified again although it has not expired")
    func lifetime() throws {
        let cache = cache()
        let token = try verified()
        cache.insert(1, for: token, policy: policy, at: start)
        #expect(cache.value(for: token.bytes, policy: policy, generation: 1, at: after(59)) == 1)
        #expect(cache.value(for: token.bytes, policy: policy, generation: 1, at: after(60)) == nil)
    }

    @Test("A clock that goes back makes the cache forget everything, one that trembles does not")
    func clockBackwards() throws {
        let cache = cache()
        let token = try verified()
        cache.insert(1, for: token, policy: policy, at: after(10))
        #expect(cache.value(for: token.bytes, policy: policy, generation: 1, at: after(9)) == 1)
        #expect(cache.value(for: token.bytes, policy: policy, generation: 1, at: after(8, 999_000_000)) == nil)
        #expect(cache.count == 0)
        #expect(cache.statistics.clears == 1)
        cache.insert(2, for: token, policy: policy, at: after(9))
        #expect(cache.value(for: token.bytes, policy: policy, generation: 1, at: after(9)) == 2)
    }

    @Test("A token that is not valid yet by a clock that went back a little is not served")
    func notYetValid() throws {
        let cache = cache()
        let token = try verified(extra: #","nbf":1760000000"#)
        cache.insert(1, for: token, policy: policy, at: start)
        #expect(cache.value(for: token.bytes, policy: policy, generation: 1, at: after(-1, 500_000_000)) == nil)
        #expect(cache.value(for: token.bytes, policy: policy, generation: 1, at: start) == 1)
    }

    @Test("Tokens that are too long, already expired or too costly are not kept")
    func notKept() throws {
        let token = try verified()
        let short = cache { $0.tokenBytes = token.bytes.count - 1 }
        short.insert(1, for: token, policy: policy, at: start)
        #expect(short.count == 0)
        #expect(short.value(for: token.bytes, policy: policy, generation: 1, at: start) == nil)
        let small = cache { $0.bytes = 300 }
        small.insert(1, for: token, policy: policy, at: start)
        #expect(small.count == 0)
        let none = cache { $0.entries = 0 }
        none.insert(1, for: token, policy: policy, at: start)
        #expect(none.count == 0)
        let late = cache()
        late.insert(1, for: token, policy: policy, at: after(600))
        #expect(late.count == 0)
        let exact = cache { $0.tokenBytes = token.bytes.count }
        exact.insert(1, for: token, policy: policy, at: start)
        #expect(exact.count == 1)
    }

    // MARK: Bounds

    @Test("Entries and bytes never exceed their bounds, and everything that is counted can be found")
    func bounds() throws {
        let tokens = try (0..<300).map { try verified($0) }
        let cache = cache { limits in
            limits.entries = 50
            limits.bytes = 30_000
        }
        for (number, token) in tokens.enumerated() {
            cache.insert(number, for: token, policy: policy, at: start, valueBytes: number % 7 * 300)
            #expect(cache.count <= 50)
            #expect(cache.byteCount <= 30_000)
        }
        let found = tokens.indices.filter { number in
            cache.value(for: tokens[number].bytes, policy: policy, generation: 1, at: start) == number
        }
        #expect(found.count == cache.count)
        #expect(cache.statistics.evictions == UInt64(300 - cache.count))
        cache.removeAll()
        #expect(cache.count == 0)
        #expect(cache.byteCount == 0)
        cache.insert(5, for: tokens[5], policy: policy, at: start)
        #expect(cache.value(for: tokens[5].bytes, policy: policy, generation: 1, at: start) == 5)
    }

    @Test("A flood of tokens that come once does not push out the tokens in use")
    func scan() throws {
        let hot = try (0..<20).map { try verified($0) }
        let cache = cache { $0.entries = 100 }
        for (number, token) in hot.enumerated() { cache.insert(number, for: token, policy: policy, at: start) }
        for token in hot { _ = cache.value(for: token.bytes, policy: policy, generation: 1, at: start) }
        for number in 1000..<2500 {
            cache.insert(number, for: try verified(number), policy: policy, at: start)
        }
        for (number, token) in hot.enumerated() {
            #expect(cache.value(for: token.bytes, policy: policy, generation: 1, at: start) == number)
        }
    }

    @Test("The same token again replaces its value")
    func replacement() throws {
        let cache = cache()
        let token = try verified()
        for value in 1...5 { cache.insert(value, for: token, policy: policy, at: start) }
        #expect(cache.count == 1)
        #expect(cache.value(for: token.bytes, policy: policy, generation: 1, at: start) == 5)
    }

    @Test("Values are let go with their entries")
    func values() throws {
        final class Payload {}
        let cache = TokenCache<Payload>(seed: (1, 2))
        let token = try verified()
        weak var kept: Payload?
        do {
            let payload = Payload()
            kept = payload
            cache.insert(payload, for: token, policy: policy, at: start)
        }
        #expect(kept != nil)
        #expect(cache.value(for: token.bytes, policy: policy, generation: 1, at: after(60)) == nil)
        #expect(kept == nil)
    }

    @Test("Against a plain model the cache never gives a wrong value, whatever is asked of it")
    func model() throws {
        let tokens = try (0..<60).map { try verified($0, exp: 1_760_000_000 + 20 + $0) }
        let cache = cache { limits in
            limits.entries = 16
            limits.lifetime = 25
        }
        var random = SeededRandom(seed: 3)
        var model: [Int: (value: Int, time: Int64)] = [:]
        var hits = 0
        for step in 0..<20_000 {
            let now = Int64(step / 300)
            let number = Int.random(in: 0..<60, using: &random) * Int.random(in: 0...1, using: &random)
            if Int.random(in: 0...1, using: &random) == 0 {
                if now < 20 + Int64(number) {
                    cache.insert(step, for: tokens[number], policy: policy, at: after(now))
                    model[number] = (step, now)
                }
            } else if let value = cache.value(for: tokens[number].bytes, policy: policy, generation: 1, at: after(now))
            {
                hits += 1
                #expect(model[number]?.value == value)
                #expect(now < (model[number]?.time ?? -100) + 25)
                #expect(now < 20 + Int64(number))
            }
        }
        #expect(hits > 1000)
    }

    @Test("Hashes depend on every octet, the length, the policy and the seed")
    func hashes() {
        var seen: Set<UInt64> = []
        for count in 0..<80 {
            var token = [UInt8](repeating: 0, count: count)
            #expect(seen.insert(TokenHash(seed: (5, 6)).hash(token.span, 1)).inserted)
            for place in 0..<count {
                token[place] = 1
                #expect(seen.insert(TokenHash(seed: (5, 6)).hash(token.span, 1)).inserted)
                token[place] = 0
            }
        }
        let token = Array("token".utf8)
        let hash = TokenHash(seed: (5, 6)).hash(token.span, 1)
        #expect(TokenHash(seed: (5, 6)).hash(token.span, 2) != hash)
        #expect(TokenHash(seed: (5, 7)).hash(token.span, 1) != hash)
        #expect(TokenHash(seed: (4, 6)).hash(token.span, 1) != hash)
    }
}
