import Testing

@testable import Tokens

@Suite struct Base64URLTests {
    @Test(
        "Text that is not canonical base64url is refused",
        arguments: [
            "A", "AAAAA", "AA=", "AA==", "AAA=", "AA+A", "AA/A", "A AA", "AAAA\n", "AB", "AAB", "AP", "AAD", ".", "é",
        ])
    func refuses(_ text: String) {
        #expect(Base64URL.decode(text.utf8) == nil)
    }

    @Test("Every octet that is not in the alphabet is refused at every place")
    func alphabet() {
        let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        for place in 0..<7 {
            for octet in UInt8.min...UInt8.max where !alphabet.contains(octet) {
                var text = Array("AAAAAAA".utf8)
                text[place] = octet
                #expect(Base64URL.decode(text) == nil, "octet \(octet) at \(place)")
            }
        }
    }

    @Test("What is encoded decodes to itself, for every length and without padding")
    func roundTrip() {
        for count in 0..<70 {
            let octets = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
            let text = Base64URL.encode(octets)
            #expect(text.count == (count * 8 + 5) / 6)
            #expect(Base64URL.decode(text) == octets)
        }
    }

    @Test("The examples of RFC 4648 section 10 come out without their padding")
    func examples() {
        let pairs = ["": "", "f": "Zg", "fo": "Zm8", "foo": "Zm9v", "foob": "Zm9vYg", "fooba": "Zm9vYmE"]
        for (plain, encoded) in pairs {
            #expect(Base64URL.encode(plain.utf8) == Array(encoded.utf8))
            #expect(Base64URL.decode(encoded.utf8) == Array(plain.utf8))
        }
    }
}
