import Functions
import Testing

@Suite("Base 64")
struct Base64Tests {
    @Test(
        "The test vectors of RFC 4648 §10",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func vectors(plain: String, encoded: String) {
        #expect(Example.text(Base64.encode(Example.bytes(plain))) == encoded)
        #expect(Base64.decode(Example.bytes(encoded)) == Example.bytes(plain))
        #expect(Base64.decode(Example.bytes(encoded.replacing("=", with: ""))) == Example.bytes(plain))
    }

    @Test("All octets come back")
    func roundTrip() {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for count in 0...8 {
            #expect(Base64.decode(Base64.encode(Array(bytes.dropLast(count)))) == bytes.dropLast(count))
        }
    }
}
