import TestRandom
import Testing

@testable import Policies

@Suite("Wildcards")
struct WildcardTests {
    /// Matching as the definition says it, over scalars, exponential: the yardstick.
    private func naive(_ pattern: ArraySlice<UInt16>, _ value: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let first = pattern.first else { return value.isEmpty }
        let rest = pattern.dropFirst()
        if first == Wildcard.star {
            return naive(rest, value) || (!value.isEmpty && naive(pattern, value.dropFirst()))
        }
        guard let head = value.first else { return false }
        if first == Wildcard.anyScalar { return naive(rest, value.dropFirst()) }
        let bytes = Array(String(head).utf8)
        guard pattern.count >= bytes.count, zip(pattern, bytes).allSatisfy({ $0 == UInt16($1) }) else { return false }
        return naive(pattern.dropFirst(bytes.count), value.dropFirst())
    }

    @Test("Random patterns over a small alphabet agree with the definition")
    func agreesWithNaive() {
        var generator = SeededRandom(seed: 0x5EED)
        let alphabet: [Unicode.Scalar] = ["a", "b", "/", "\u{E9}", "\u{20AC}", "\u{1F600}"]
        let wild: [Unicode.Scalar] = alphabet + ["*", "*", "?", "?"]
        var hits = 0
        for _ in 0..<20_000 {
            let value = (0..<Int.random(in: 0...7, using: &generator)).map { _ in
                alphabet.randomElement(using: &generator) ?? "a"
            }
            let pattern = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
                wild.randomElement(using: &generator) ?? "*"
            }
            let text = String(String.UnicodeScalarView(pattern))
            let bytes = Array(String(String.UnicodeScalarView(value)).utf8)
            let tokens = Wildcard.tokens(text.utf8)
            let expected = naive(tokens[...], value[...])
            hits += expected ? 1 : 0
            #expect(Wildcard.matches(tokens, bytes) == expected, "\(text) on \(value)")
            let reach = Wildcard.reach(tokens, tokens.indices, bytes, bytes.indices)
            #expect(reach >= 0 && reach <= bytes.count)
            if expected { #expect(reach == bytes.count) }
        }
        #expect(hits > 1_000, "the generator must produce matches too")
    }

    /// The same definition as a table, for lengths at which the other yardstick never ends; ASCII only.
    private func tabled(_ pattern: [UInt16], _ value: [UInt8]) -> Bool {
        var reached = [true] + [Bool](repeating: false, count: value.count)
        for token in pattern {
            var next = [Bool](repeating: false, count: value.count + 1)
            for index in 0...value.count {
                if token == Wildcard.star {
                    next[index] = reached[index] || (index > 0 && next[index - 1])
                } else if index > 0, reached[index - 1] {
                    next[index] = token == Wildcard.anyScalar || token == UInt16(value[index - 1])
                }
            }
            reached = next
        }
        return reached[value.count]
    }

    @Test("Long pieces that nearly match everywhere are found, and only where they are")
    func longPieces() {
        var generator = SeededRandom(seed: 0xA11)
        var hits = 0
        for round in 0..<400 {
            // Long runs of one letter with few others: every attempt gets far before it fails.
            func run(_ length: Int) -> [UInt8] {
                (0..<length).map { _ in Int.random(in: 0..<60, using: &generator) == 0 ? 0x62 : 0x61 }
            }
            let value = run(Int.random(in: 0...900, using: &generator))
            var pattern: [UInt8] = []
            var place = 0
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                pattern.append(UInt8(ascii: "*"))
                let length = Int.random(in: 1...120, using: &generator)
                // Half of the pieces stand in the value, so that both answers occur.
                if round.isMultiple(of: 2), place + length < value.count {
                    pattern += value[place..<(place + length)]
                    place += length
                } else {
                    pattern += run(length)
                }
                if Int.random(in: 0..<8, using: &generator) == 0 { pattern.append(UInt8(ascii: "?")) }
            }
            pattern.append(UInt8(ascii: "*"))
            let tokens = Wildcard.tokens(pattern)
            let expected = tabled(tokens, value)
            hits += expected ? 1 : 0
            #expect(Wildcard.matches(tokens, value) == expected, "\(pattern) on \(value)")
        }
        #expect(hits > 100 && hits < 390, "\(hits)")
    }

    @Test("A piece that begins inside a scalar is not found inside one")
    func insideScalar() {
        let value = Array(String(repeating: "\u{20AC}", count: 400).utf8)
        let inside: [UInt16] = [Wildcard.star] + value[1..<900].map(UInt16.init) + [Wildcard.star]
        #expect(!Wildcard.matches(inside, value))
        let whole: [UInt16] = [Wildcard.star] + value[3..<900].map(UInt16.init) + [Wildcard.star]
        #expect(Wildcard.matches(whole, value))
    }

    @Test("Whole document patterns agree with component matching, whatever fast path they take")
    func fastPathsAgree() throws {
        var generator = SeededRandom(seed: 7)
        let pieces = ["a", "b", "*", "?", "/", ":", "ab", "**", "\u{20AC}"]
        func text(_ length: Int) -> String {
            (0..<length).map { _ in pieces.randomElement(using: &generator) ?? "a" }.joined()
        }
        var hits = 0
        for _ in 0..<5_000 {
            let patterns = (0..<3).map { _ in
                (Bool.random(using: &generator) ? "arn:aws:x:y:z:" : "arn:a*:x:?:z:")
                    + text(Int.random(in: 0...5, using: &generator))
            }
            let value = Array(
                ("arn:aws:x:y:z:" + text(Int.random(in: 0...5, using: &generator))).utf8)
            let document = try PolicyDocument(statements: [PolicyStatement(effect: .allow, resources: patterns)])
            let expected = patterns.contains { ARNPattern.matches(Wildcard.tokens($0.utf8), value) }
            hits += expected ? 1 : 0
            let outcome = PolicyEvaluator.decide(PolicyRequest(resource: value), by: document).outcome
            #expect((outcome == .allow) == expected, "\(patterns) on \(String(decoding: value, as: UTF8.self))")
        }
        #expect(hits > 500)
    }

    @Test("A pattern made to backtrack stays cheap on 2 KB")
    func hostile() {
        let value = [UInt8](repeating: UInt8(ascii: "a"), count: 2048)
        for pattern in [
            String(repeating: "*a", count: 40) + "b", String(repeating: "*a", count: 500) + "b*",
            String(repeating: "*?a", count: 300) + "b*", "*" + String(repeating: "a", count: 1000) + "b*",
        ] {
            #expect(!Wildcard.matches(Wildcard.tokens(pattern.utf8), value))
        }
        #expect(Wildcard.matches(Wildcard.tokens((String(repeating: "*a", count: 2048)).utf8), value))
    }

    @Test("A byte that is not UTF-8 counts as one character and never reads past the end")
    func illFormed() {
        for value: [UInt8] in [[0xFF], [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0x80], [0xF8]] {
            #expect(!Wildcard.matches(Wildcard.tokens("".utf8), value))
            #expect(Wildcard.matches(Wildcard.tokens(String(repeating: "?", count: value.count).utf8), value))
            #expect(Wildcard.matches(Wildcard.tokens("*".utf8), value))
        }
    }

    @Test("An incomplete ARN covers what is missing; one that is complete stays within its components")
    func incompleteARN() {
        #expect(decide(statements: statement("Allow", resource: "arn:aws:s3:*")) == "implicitDeny")
        #expect(
            decide(statements: statement("Allow", resource: "arn:aws:execute-api:eu-west-1:*/GET/x")) == "implicitDeny")
        #expect(decide(statements: statement("Allow", resource: "arn:aws:execute-api:eu-*:api1/*")) == "implicitDeny")
        #expect(decide(statements: statement("Allow", resource: "arn:aws")) == "implicitDeny")
        #expect(decide(statements: statement("Allow", resource: "**")) == "implicitDeny")
        #expect(decide(statements: statement("Allow", resource: "arn:aws:execute-api:*")) == "allow")
        #expect(decide(statements: statement("Allow", resource: "arn:aws:execute-api:*:*")) == "allow")
        #expect(decide(statements: statement("Deny", resource: "arn:aws:execute-api:**")) == "explicitDeny")
    }
}
