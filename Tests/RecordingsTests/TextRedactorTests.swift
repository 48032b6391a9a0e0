import Documents
import Foundation
import TestSupport
import Testing
import Tokens

@testable import Recordings

@Suite("Secrets in texts")
struct TextRedactorTests {
    /// Ways in which a token may stand in a text.
    static let disguises: [(name: String, write: @Sendable ([UInt8]) -> [UInt8])] = [
        ("plain", { $0 }),
        ("behind a word", { Array("token:".utf8) + $0 + Array(" and more".utf8) }),
        ("glued to a word", { Array("jwt_".utf8) + $0 }),
        ("at the end of a sentence", { $0 + [UInt8(ascii: ".")] }),
        ("with a fourth part", { $0 + Array(".abcdefgh".utf8) }),
        ("in quotes", { Array("{\"t\":\"".utf8) + $0 + Array("\"}".utf8) }),
        ("percent-encoded dots", { encode($0) { $0 == UInt8(ascii: ".") } }),
        ("wholly percent-encoded", { encode($0) { _ in true } }),
        ("percent-encoded twice", { encode(encode($0) { _ in true }) { $0 == UInt8(ascii: "%") } }),
        ("base64", { Array(Data($0).base64EncodedString().utf8) }),
        ("base64 behind one byte", { Array(Data([0x20] + $0).base64EncodedString().utf8) }),
        ("base64 behind two bytes", { Array(Data([0x20, 0x22] + $0).base64EncodedString().utf8) }),
        ("base64 behind a slash", { Array("/a/".utf8) + Array(Data($0).base64EncodedString().utf8) }),
        (
            "base64 of JSON",
            { Array(Data(Array("{\"a\":1,\"t\":\"".utf8) + $0 + Array("\"}".utf8)).base64EncodedString().utf8) }
        ),
        (
            "base64 of base64",
            { Array(Data(Array(Data($0).base64EncodedString().utf8)).base64EncodedString().utf8) }
        ),
        ("percent-encoded base64", { encode(Array(Data($0).base64EncodedString().utf8)) { _ in true } }),
        ("hexadecimal", { Hexadecimal.digits($0) }),
        ("JSON escapes", { bytes in bytes.flatMap { Array(String(format: "\\u%04x", $0).utf8) } }),
        ("one JSON escape", { Array("\\u0065".utf8) + $0.dropFirst() }),
    ]

    private static func encode(_ bytes: [UInt8], _ chosen: (UInt8) -> Bool) -> [UInt8] {
        bytes.flatMap { chosen($0) ? Array(String(format: "%%%02X", $0).utf8) : [$0] }
    }

    /// Everything that a text says when all its disguises are taken off, one after the other.
    static func layers(_ text: [UInt8], depth: Int = 0) -> [[UInt8]] {
        if depth == 4 { return [text] }
        var found = [text]
        var others: [[UInt8]] = []
        others.append(Array((String(decoding: text, as: UTF8.self).removingPercentEncoding ?? "").utf8))
        others.append(JSONUnescape.lenient(text))
        var run: [UInt8] = []
        for byte in text + [0] {
            if ByteKind.isBase64(byte) {
                run.append(byte)
                continue
            }
            if run.count >= 16 {
                for offset in 0..<4 { others.append(LenientBase64.decode(run[offset...])) }
                others.append(
                    stride(from: 0, to: run.count - 1, by: 2).compactMap {
                        guard let high = Hexadecimal.value(run[$0]), let low = Hexadecimal.value(run[$0 + 1]) else {
                            return nil
                        }
                        return high << 4 | low
                    })
            }
            run = []
        }
        for other in others where other != text && !other.isEmpty { found += layers(other, depth: depth + 1) }
        return found
    }

    @Test("A signature is dropped in every disguise", arguments: disguises.indices)
    func signatures(index: Int) throws {
        let token = try RecordSamples.token()
        let disguise = Self.disguises[index]
        let text = disguise.write(token)
        let isHidden = Self.layers(text).contains { $0.holds(RecordSamples.signature(token)) }
        #expect(isHidden, "\(disguise.name): the test does not hide what it should")
        let clean = TextRedactor(tokens: RecordSamples.tokens(), literals: LiteralList()).clean(text)
        for layer in Self.layers(clean) {
            #expect(!layer.holds(RecordSamples.signature(token)), "\(disguise.name)")
            #expect(!layer.holds("kathryn@fleet.example"), "\(disguise.name)")
        }
    }

    @Test("What is no token stays as it is")
    func innocent() {
        let redactor = TextRedactor(tokens: RecordSamples.tokens(), literals: LiteralList())
        for text in [
            "www.example.com", "key.bundle.min.js", "/ships/42?limit=10&page=2", "100%", "a%20b", "1.2.3",
            "0123456789abcdef0123456789abcdef", "text/html; q=0.9, */*;q=0.8", "monkey.eyes.keyring",
            "aGVsbG8gd29ybGQsIHRoaXMgaXMgbm8gdG9rZW4gYXQgYWxs", "C:\\users\\new", "W/\"5d8c72a5edda8d6a:0\"",
        ] {
            #expect(RecordSamples.text(redactor.clean(Array(text.utf8))) == text)
        }
    }

    @Test("Header and claims stay readable, personal claims keep their format, and the same person has the same name")
    func claims() throws {
        let token = try RecordSamples.token()
        let redacted = RecordSamples.tokens().redacted(token: token)
        let parts = redacted.text.split(separator: UInt8(ascii: "."))
        #expect(parts.count == 3 && parts[2].elementsEqual("redacted".utf8))
        #expect(parts[0] == token.split(separator: UInt8(ascii: "."))[0])
        let claims = try #require(JSONText.parse(LenientBase64.decode(parts[1])))
        #expect(claims["rank"]?.string == "captain" && claims["sub"]?.string == "u-200")
        #expect(claims["exp"]?.int64 == 1_795_266_000)
        let email = try #require(claims["email"]?.string)
        #expect(email.hasPrefix("p-") && email.hasSuffix("@fleet.example") && !email.contains("kathryn"))
        let phone = try #require(claims["phone_number"]?.string)
        #expect(phone.count == 15 && phone.hasPrefix("+") && phone != "+49 170 1234567")
        let date = try #require(claims["birthdate"]?.string)
        #expect(Moment.parse(Array("\(date)T00:00:00Z".utf8)) != nil && date != "1961-05-20")
        #expect(redacted.pseudonyms == ["email", "name", "nickname", "phone_number", "birthdate"])
        #expect(RecordSamples.tokens().redacted(token: token).text == redacted.text)
        let other = TokenRedactor(rules: RecordSamples.rules(), pseudonyms: Pseudonyms(salt: Array("other".utf8)))
        #expect(other.redacted(token: token).text != redacted.text)
    }

    @Test("What was redacted once stays as it is")
    func idempotent() throws {
        let redactor = TextRedactor(tokens: RecordSamples.tokens(), literals: LiteralList())
        let once = redactor.clean(Array("Bearer ".utf8) + (try RecordSamples.token()))
        #expect(redactor.clean(once) == once)
    }

    @Test("Encrypted and cut tokens lose everything behind their header")
    func others() throws {
        let redactor = TextRedactor(tokens: RecordSamples.tokens(), literals: LiteralList())
        let header = RecordSamples.text(Base64URL.encode(Array(#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#.utf8)))
        #expect(
            RecordSamples.text(redactor.clean(Array("\(header).Zm9v.YmFy.YmF6.cXV4".utf8)))
                == "\(header).redacted.redacted.redacted.redacted")
        let token = try RecordSamples.token()
        let cut = Array(token[..<(token.count - 20)])
        #expect(!redactor.clean(cut).holds(Array(RecordSamples.signature(token).prefix(8))))
    }
}
