import Testing

@testable import Gateway

@Suite("Queue of slow signature checks")
struct VerificationQueueTests {
    private func drain(_ queue: inout VerificationQueue<String>) -> [String] {
        var jobs: [String] = []
        while let next = queue.next() { jobs.append(next.job) }
        return jobs
    }

    @Test("Nothing waits in an empty queue, and nothing waits beyond its capacity")
    func bounds() {
        var queue = VerificationQueue<String>(capacity: 2)
        #expect(drain(&queue) == [])
        let tickets = (1...3).map { queue.add("abc".map(String.init)[$0 - 1], connection: UInt64($0), address: [1]) }
        #expect(tickets.map { $0 != nil } == [true, true, false])
        #expect(drain(&queue) == ["a", "b"])
        #expect(queue.count == 0)
        let again = queue.add("c", connection: 3, address: [1])
        #expect(again != nil)
    }

    @Test("Addresses take turns, and each is served in its own order")
    func turns() {
        var queue = VerificationQueue<String>()
        for name in ["a1", "a2", "a3"] { _ = queue.add(name, connection: 1, address: [1]) }
        _ = queue.add("b1", connection: 2, address: [2])
        for name in ["c1", "c2"] { _ = queue.add(name, connection: 3, address: [3]) }
        #expect(drain(&queue) == ["a1", "b1", "c1", "a2", "c2", "a3"])
    }

    @Test("A long line of one address is served in its order, beside others")
    func longLine() {
        var queue = VerificationQueue<String>()
        for index in 0..<1000 { _ = queue.add("a\(index)", connection: 1, address: [1]) }
        _ = queue.add("b", connection: 2, address: [2])
        let order = drain(&queue)
        #expect(order[1] == "b")
        #expect(order.filter { $0 != "b" } == (0..<1000).map { "a\($0)" })
        _ = queue.add("a", connection: 1, address: [1])
        #expect(drain(&queue) == ["a"])
    }

    @Test("Who has sent a forged token waits behind those who have not, and yet gets every eighth turn")
    func suspects() {
        var queue = VerificationQueue<String>()
        queue.suspect(9)
        for index in 0..<3 { _ = queue.add("forger \(index)", connection: 9, address: [1]) }
        for index in 0..<16 { _ = queue.add("good \(index)", connection: 1, address: [1]) }
        let order = drain(&queue)
        #expect(order.prefix(7).allSatisfy { $0.hasPrefix("good") })
        #expect(order[7] == "forger 0")
        #expect(order[15] == "forger 1")
        #expect(order.last == "forger 2")
        #expect(order.count == 19)
        // Nobody else at the address is blamed.
        _ = queue.add("neighbour", connection: 10, address: [1])
        _ = queue.add("forger", connection: 9, address: [1])
        #expect(drain(&queue) == ["neighbour", "forger"])
    }

    @Test("A request that has gone is passed over and takes nobody's turn")
    func cancelled() {
        var queue = VerificationQueue<String>()
        let first = queue.add("a1", connection: 1, address: [1]) ?? 0
        _ = queue.add("a2", connection: 1, address: [1])
        let only = queue.add("b1", connection: 2, address: [2]) ?? 0
        queue.cancel(first)
        queue.cancel(only)
        queue.cancel(only)
        #expect(queue.count == 1)
        #expect(drain(&queue) == ["a2"])
        #expect(drain(&queue) == [])
    }

    @Test("A long life with many addresses keeps every order and loses nobody")
    func long() {
        var queue = VerificationQueue<String>(capacity: 100_000)
        var served: [String: Int] = [:]
        var given: [String: Int] = [:]
        for round in 0..<4000 {
            let address = UInt8(round % 7)
            if round % 11 == 0 { queue.suspect(UInt64(address)) }
            let name = "\(address)"
            given[name, default: 0] += 1
            _ = queue.add("\(name) \(given[name] ?? 0)", connection: UInt64(address), address: [address])
            guard round % 3 > 0, let next = queue.next() else { continue }
            let parts = next.job.split(separator: " ")
            served[String(parts[0]), default: 0] += 1
        }
        for job in drain(&queue) { served[String(job.split(separator: " ")[0]), default: 0] += 1 }
        #expect(served == given)
    }
}
