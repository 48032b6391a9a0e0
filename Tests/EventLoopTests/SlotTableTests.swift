import Testing

@testable import EventLoop

@Suite("Slots with generations")
struct SlotTableTests {
    @Test("A name that was given up finds nothing, also when its slot is in use again")
    func staleName() {
        var table = SlotTable<String>()
        let first = table.insert("first")
        #expect(take { table.remove(first.slot, first.generation) } == "first")
        #expect(table[first.slot, first.generation] == nil)
        let second = table.insert("second")
        #expect(second.slot == first.slot)
        #expect(second.generation != first.generation)
        #expect(table[first.slot, first.generation] == nil)
        #expect(take { table.remove(first.slot, first.generation) } == nil)
        #expect(table[second.slot, second.generation] == "second")
    }

    @Test("A stale name fills nothing, and a slot that never was is empty")
    func foreignNames() {
        var table = SlotTable<Int>()
        let place = table.insert(1)
        _ = table.remove(place.slot, place.generation)
        table.fill(place, with: 2)
        #expect(table.count == 0)
        #expect(table[99, 1] == nil)
        #expect(take { table.remove(99, 1) } == nil)
    }

    @Test("A reserved slot counts once it is filled, and filling again replaces")
    func reserve() {
        var table = SlotTable<Int>()
        let place = table.reserve()
        #expect(table.count == 0)
        #expect(table[place.slot, place.generation] == nil)
        table.fill(place, with: 1)
        table.fill(place, with: 2)
        #expect(table.count == 1)
        #expect(table[place.slot, place.generation] == 2)
        #expect(table.all == [2])
    }

    @Test("Ten thousand insertions and removals use no more slots than were alive at once")
    func reuse() {
        var table = SlotTable<Int>()
        var alive: [(slot: UInt32, generation: UInt32)] = []
        for number in 0..<10_000 {
            alive.append(table.insert(number))
            if alive.count > 7 {
                let gone = alive.remove(at: number % alive.count)
                #expect(take { table.remove(gone.slot, gone.generation) } != nil)
            }
        }
        #expect(table.count == 7)
        #expect(table.capacity == 8)
    }
}

@Suite("Deadlines")
struct DeadlineTableTests {
    private func time(_ milliseconds: UInt64) -> MonotonicTime {
        MonotonicTime(nanoseconds: milliseconds * 1_000_000)
    }

    @Test("Nothing is due before its time, and never twice")
    func order() {
        var table = DeadlineTable()
        #expect(table.nextScan == .distantFuture)
        #expect(take { table.expired(at: time(5)) } == [])
        table.set(0, to: time(100))
        table.set(1, to: time(50))
        #expect(take { table.expired(at: time(49)) } == [])
        #expect(take { table.expired(at: time(50)) } == [1])
        #expect(take { table.take(1, at: time(50)) })
        #expect(!take { table.take(1, at: time(50)) })
        #expect(take { table.expired(at: time(99)) } == [])
        #expect(take { table.expired(at: time(100)) } == [0])
    }

    @Test("A deadline that is moved or cleared while others fire is not taken")
    func movedWhileFiring() {
        var table = DeadlineTable()
        for slot in 0..<3 { table.set(slot, to: time(10)) }
        #expect(take { table.expired(at: time(10)) } == [0, 1, 2])
        #expect(take { table.take(0, at: time(10)) })
        table.clear(1)
        table.set(2, to: time(30))
        #expect(!take { table.take(1, at: time(10)) })
        #expect(!take { table.take(2, at: time(10)) })
        #expect(take { table.expired(at: time(30)) } == [2])
    }

    @Test("Scans are a resolution apart, so many timers cost no more than a few")
    func resolution() {
        var table = DeadlineTable()
        table.set(0, to: time(100))
        #expect(take { table.expired(at: time(100)) } == [0])
        #expect(take { table.take(0, at: time(100)) })
        table.set(0, to: time(101))
        #expect(table.nextScan == time(110))
        #expect(take { table.expired(at: time(105)) } == [])
        #expect(take { table.expired(at: time(110)) } == [0])
    }

    @Test("Times far away saturate instead of wrapping round")
    func saturation() {
        let start = time(1)
        #expect(start.advanced(milliseconds: .max) == .distantFuture)
        #expect(start.advanced(milliseconds: -5) == start)
        #expect(start.advanced(nanoseconds: .max) == .distantFuture)
        #expect(start.since(time(2)) == 0)
        #expect(time(5).since(time(2)) == 3_000_000)
    }
}

/// Lets an expectation look at the result of a change.
private func take<Result>(_ body: () -> Result) -> Result { body() }
