import Testing

@testable import EventLoop

private final class Numbered: TurnEnd {
    let number: Int

    init(_ number: Int) {
        self.number = number
    }

    func turnEnded() {}
}

@Suite("Who is called at the end of a turn")
struct TurnEndQueueTests {
    @Test(
        "Nobody is passed over or called twice, however the queue is filled and emptied", arguments: [1, 2, 3, 7, 50])
    func order(step: Int) {
        var queue = TurnEndQueue()
        var asked = 0
        var called = 0
        for round in 0..<200 {
            // More come than are taken, then fewer.
            for _ in 0..<(round < 100 ? step + 1 : step / 2) {
                queue.append(Numbered(asked))
                asked += 1
            }
            for _ in 0..<step {
                guard let target = queue.popFirst() as? Numbered else { break }
                #expect(target.number == called)
                called += 1
            }
        }
        while let target = queue.popFirst() as? Numbered {
            #expect(target.number == called)
            called += 1
        }
        #expect(called == asked)
        #expect(queue.isEmpty)
    }

    @Test("What is put off goes before those who have asked since")
    func putOff() {
        var left = TurnEndQueue()
        for number in 0..<3 { left.append(Numbered(number)) }
        _ = left.popFirst()
        var since = TurnEndQueue()
        since.append(Numbered(3))
        left.append(since)
        var numbers: [Int] = []
        while let target = left.popFirst() as? Numbered { numbers.append(target.number) }
        #expect(numbers == [1, 2, 3])
    }
}
