import HTTP
import Testing

@Suite("Room for bytes")
struct ByteRoomTests {
    private static func text(expecting count: Int, _ write: (inout ByteRoom) -> Void) -> String {
        var out = Array("before ".utf8)
        out.append(expecting: count, write)
        return String(decoding: out, as: UTF8.self)
    }

    @Test("Parts stand in their order, whether they were expected or not", arguments: [0, 1, 3, 4, 9, 64])
    func order(_ expected: Int) {
        let long = Array(repeating: UInt8(ascii: "z"), count: 3000)
        let text = Self.text(expecting: expected) { room in
            room.put("one ")
            room.put(Array("two ".utf8).span)
            room.put(UInt8(ascii: "3"))
            room.put("")
            room.put([])
            room.put(decimal: 45)
            room.put(long)
            room.put(".")
        }
        #expect(text == "before one two 345" + String(repeating: "z", count: 3000) + ".")
    }

    @Test("Numbers", arguments: [0, 9, 10, 99, 100, 999, 1000, 9999, 10_000, 123_456_789, UInt64.max])
    func decimal(_ value: UInt64) {
        #expect(Self.text(expecting: 20) { $0.put(decimal: value) } == "before \(value)")
        let last = String(String(1000 + value % 1000).dropFirst())
        #expect(Self.text(expecting: 3) { $0.put(threeDigitsOf: value) } == "before " + last)
    }

    @Test("Letters for six bits each, the lowest first")
    func letters() {
        let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        #expect(
            Self.text(expecting: 2) { $0.put(4, lettersOf: alphabet, for: 63 << 12 | 26 << 6 | 1) } == "before Ba_A")
    }

    @Test("What is put into an empty array is not lost when nothing was expected", arguments: [-1, 0, 1])
    func empty(_ expected: Int) {
        var out: [UInt8] = []
        out.append(expecting: expected) { $0.put("all of it") }
        #expect(out == Array("all of it".utf8))
    }

    @Test("Room in an array that others hold leaves theirs as it was")
    func shared() {
        var out = Array("a".utf8)
        let kept = out
        out.append(expecting: 1) { $0.put("b") }
        out.append(copying: kept.span)
        #expect(out == Array("aba".utf8) && kept == Array("a".utf8))
    }
}
