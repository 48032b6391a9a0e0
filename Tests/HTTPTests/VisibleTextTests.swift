import HTTP
import Testing

@Suite("Visible text")
struct VisibleTextTests {
    @Test("Of every byte at every place, those that quotes can hold as they are", arguments: [1, 7, 8, 9, 16, 21])
    func quotable(_ count: Int) {
        for place in 0..<count {
            for byte in UInt8.min...UInt8.max {
                var text = [UInt8](repeating: UInt8(ascii: "a"), count: count)
                text[place] = byte
                let expected = byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
                let found = VisibleText.isQuotable(text.span)
                #expect(found == expected, "\(byte) at \(place)")
            }
        }
        let none: [UInt8] = []
        let isQuotable = VisibleText.isQuotable(none.span)
        #expect(isQuotable)
    }
}
