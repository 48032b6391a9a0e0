import BenchmarkSupport
import Foundation
import Tokens

/// What a verification costs, beside the same primitive of libcrypto in the same run.
///
/// Prints one line for each figure; exit status 1 when a demanded one is missed. `--rounds N`: more rounds, less noise.
@main
enum TokenBenchmark {
    static func main() throws {
        let arguments = CommandLine.arguments
        var rounds = 7
        if let place = arguments.firstIndex(of: "--rounds"), place + 1 < arguments.count {
            rounds = Int(arguments[place + 1]) ?? rounds
        }
        var judge = Judge()
        if !arguments.contains("--requests-only") {
            try algorithms(rounds, &judge)
            try secretAndCache(rounds, &judge)
            try garbage(&judge)
        }
        try RequestBenchmark.run(rounds * 3, &judge)
        exit(judge.hasMissed ? 1 : 0)
    }

    static let now = WallTime(seconds: 1_760_000_000)

    static let payload = Array(
        #"{"iss":"https://issuer.example","sub":"user-1001","aud":"gatehouse","iat":1759999940,"exp":1760000600}"#.utf8)

    /// A token, and everything that is needed to find it good.
    struct Sample {
        let token: [UInt8]
        let keys: KeySet
        let verifier: TokenVerifier

        init(_ name: String, payload: [UInt8] = TokenBenchmark.payload) throws {
            guard let algorithm = SignatureAlgorithm(name: name) else { throw BarePrimitive.Failure() }
            let key = try JWKGenerator.generate(for: algorithm, keyID: Array("2026-10".utf8))
            token = try TokenSigner(key: SigningKey(jwk: key.privateJWK)).sign(payload: payload)
            keys = try KeySet(jwks: key.keySet, generation: 1)
            verifier = TokenVerifier(
                rules: TokenRules(
                    algorithms: AlgorithmList(algorithm), issuers: ["https://issuer.example"],
                    audiences: ["gatehouse"]))
        }

        func verify(_ context: VerificationContext) throws {
            _ = try verifier.verify(token, with: keys, at: TokenBenchmark.now, using: context)
        }
    }

    private static func algorithms(_ rounds: Int, _ judge: inout Judge) throws {
        judge.say(
            "verification of one token beside `openssl speed -seconds 1 PRIMITIVE`, least of \(rounds) rounds, interleaved"
        )
        let cases: [(name: String, primitive: String?, limit: Double?)] = [
            ("RS256", "rsa2048", 1.15), ("PS256", "rsa2048", 1.15), ("ES256", "ecdsap256", 1.15),
            ("ES384", "ecdsap384", nil), ("ES512", "ecdsap521", nil), ("ES256K", nil, nil),
            ("Ed25519", "ed25519", nil), ("Ed448", "ed448", nil),
        ]
        for each in cases {
            let sample = try Sample(each.name)
            let context = VerificationContext()
            // Ten milliseconds at a time, so that a slice without interruption is likely.
            let estimate = try Stopwatch.nanoseconds(20) { try sample.verify(context) }
            let count = max(10, Int(10_000_000 / max(1, estimate)))
            var ours = Least()
            var theirs = Least()
            var bare = Least()
            let primitive = each.primitive == "rsa2048" ? try BarePrimitive(isPSS: each.name == "PS256") : nil
            for _ in 0..<rounds {
                for _ in 0..<8 {
                    ours.add(try Stopwatch.nanoseconds(count) { try sample.verify(context) })
                    if let primitive { bare.add(try Stopwatch.nanoseconds(count) { try primitive.verify() }) }
                }
                if let name = each.primitive, let value = try LibcryptoSpeed.verification(name) { theirs.add(value) }
            }
            var line = "\(Figure.pad(each.name, 9))\(Figure.pad(ours.text, 12))"
            if let name = each.primitive {
                line +=
                    "\(Figure.pad(name, 10))\(Figure.pad(theirs.text, 12))ratio \(Figure.rounded(ours.value / theirs.value))"
            }
            if primitive != nil {
                line += "   bare EVP_PKEY_verify \(bare.text), ratio \(Figure.rounded(ours.value / bare.value))"
            }
            // `openssl speed` has no PSS: there the bare call of the same primitive counts.
            let same = each.name == "PS256" ? bare.value : theirs.value
            judge.note(line, isGood: each.limit.map { ours.value <= $0 * same } ?? true)
        }
    }

    private static func secretAndCache(_ rounds: Int, _ judge: inout Judge) throws {
        // A token of 300 bytes.
        var sample = try Sample("HS256")
        var padding = 0
        while sample.token.count < 300 {
            padding += 1
            let member = #","p":"\#(String(repeating: "x", count: padding))"}"#
            sample = try Sample("HS256", payload: payload.dropLast() + Array(member.utf8))
        }
        let context = VerificationContext()
        var least = Least()
        for _ in 0..<rounds * 4 { least.add(try Stopwatch.nanoseconds(20_000) { try sample.verify(context) }) }
        judge.note(
            "HS256    \(least.text) for a token of \(sample.token.count) bytes (at most 2.5 us)",
            isGood: least.value < 2500)

        let verified = try sample.verifier.verify(sample.token, with: sample.keys, at: now, using: context)
        let cache = TokenCache<[UInt8]>(seed: (1, 2))
        let policy = PolicyID(1)
        cache.insert([1], for: verified, policy: policy, at: now)
        var hit = Least()
        for _ in 0..<rounds * 4 {
            hit.add(
                try Stopwatch.nanoseconds(50_000) {
                    guard cache.value(for: sample.token, policy: policy, generation: 1, at: now) != nil else {
                        throw BarePrimitive.Failure()
                    }
                })
        }
        judge.note("cached   \(hit.text) for the same token (at most 400 ns)", isGood: hit.value <= 400)
    }

    /// Refusals before any key is chosen: the costliest of several shapes.
    private static func garbage(_ judge: inout Judge) throws {
        for (size, limit) in [(16_384, 50_000.0), (1_000_000, 5_000_000.0)] {
            var rules = TokenRules(algorithms: .standard, issuers: nil, audiences: nil)
            rules.maxTokenBytes = 2_000_000
            let verifier = TokenVerifier(rules: rules)
            var worst = (name: "", value: 0.0)
            for (name, token) in Garbage.shapes(size) {
                let context = VerificationContext()
                var least = Least()
                for _ in 0..<9 {
                    least.add(
                        Stopwatch.nanoseconds(max(2, 4_000_000 / size)) {
                            do { _ = try verifier.verify(token, with: .empty, at: now, using: context) } catch {}
                        })
                }
                if least.value > worst.value { worst = (name, least.value) }
            }
            judge.note(
                "garbage  \(size) bytes: at worst \(Figure.text(worst.value)) (\(worst.name); at most \(Figure.text(limit)))",
                isGood: worst.value < limit)
        }
    }
}
