import Testing

@testable import EventLoop

@Suite("How much is read at once")
struct ReadSizeTests {
    @Test("Reads that are full and passed on make it grow, up to a bound")
    func grows() {
        var size = ReadSize()
        #expect(size.bytes == ReadSize.least)
        var seen: [Int] = []
        for _ in 0..<5 {
            size.took(size.bytes, passedOn: true)
            seen.append(size.bytes)
        }
        #expect(seen == [131_072, 262_144, 262_144, 262_144, 262_144])
    }

    @Test("A read that was not full says nothing of the size")
    func partial() {
        var size = ReadSize()
        size.took(size.bytes - 1, passedOn: true)
        #expect(size.bytes == ReadSize.least)
        size.took(size.bytes, passedOn: true)
        size.took(1, passedOn: true)
        #expect(size.bytes == 2 * ReadSize.least)
    }

    @Test("Bytes that have to wait make it small again, full or not", arguments: [1, ReadSize.most])
    func shrinks(_ count: Int) {
        var size = ReadSize()
        for _ in 0..<5 { size.took(size.bytes, passedOn: true) }
        size.took(count, passedOn: false)
        #expect(size.bytes == ReadSize.least)
    }
}
