/// Who is next among requests that wait for a slow signature check. Pure: no clock, no thread.
///
/// Two lanes, each with one place for every client address, taken in turn, and within an address first come, first
/// served: who sends many requests waits behind his own. A connection that has sent a wrong signature stands in the
/// second lane from then on, and the second lane gets every eighth turn while the first is not empty. So forgers wait for
/// one another, and a client with good tokens for nobody but its like.
struct VerificationQueue<Job> {
    /// Names one request in the queue.
    typealias Ticket = UInt64

    private struct Waiting {
        var job: Job
        var connection: UInt64
    }

    /// The tickets of one address, taken from the front without moving the rest.
    private struct Line {
        var tickets: [Ticket] = []
        private var first = 0

        var isEmpty: Bool { first == tickets.count }

        mutating func next() -> Ticket? {
            guard first < tickets.count else { return nil }
            first += 1
            let ticket = tickets[first - 1]
            if first > 64, first * 2 > tickets.count {
                tickets.removeFirst(first)
                first = 0
            }
            return ticket
        }
    }

    private struct Lane {
        /// Tickets by address; an address is here while it has any.
        var byAddress: [[UInt8]: Line] = [:]
        /// Addresses in the order of their turns; those before `first` are used up.
        var order: [[UInt8]] = []
        var first = 0

        mutating func append(_ ticket: Ticket, _ address: [UInt8]) {
            if byAddress[address] == nil { order.append(address) }
            byAddress[address, default: Line()].tickets.append(ticket)
        }

        mutating func next() -> Ticket? {
            guard first < order.count else { return nil }
            let address = order[first]
            first += 1
            if first > 64, first * 2 > order.count {
                order.removeFirst(first)
                first = 0
            }
            guard let ticket = byAddress[address]?.next() else { return nil }
            if byAddress[address]?.isEmpty == true {
                byAddress[address] = nil
            } else {
                order.append(address)
            }
            return ticket
        }
    }

    /// More requests than this do not wait.
    let capacity: Int
    private var waiting: [Ticket: Waiting] = [:]
    private var trusted = Lane()
    private var suspected = Lane()
    /// Connections that have sent a wrong signature.
    private var suspects: Set<UInt64> = []
    private var lastTicket: Ticket = 0
    private var turns = 0

    private static var suspectLimit: Int { 65_536 }

    init(capacity: Int = 16_384) {
        self.capacity = capacity
    }

    var count: Int { waiting.count }

    /// Nil when no more may wait.
    mutating func add(_ job: Job, connection: UInt64, address: [UInt8]) -> Ticket? {
        guard waiting.count < capacity else { return nil }
        lastTicket += 1
        waiting[lastTicket] = Waiting(job: job, connection: connection)
        if suspects.contains(connection) {
            suspected.append(lastTicket, address)
        } else {
            trusted.append(lastTicket, address)
        }
        return lastTicket
    }

    /// The request has gone; nothing is spent on it.
    mutating func cancel(_ ticket: Ticket) { waiting[ticket] = nil }

    /// The next job with its ticket and connection, which are out of the queue then.
    mutating func next() -> (ticket: Ticket, job: Job, connection: UInt64)? {
        while !waiting.isEmpty {
            turns += 1
            let ticket =
                turns % 8 == 0 ? suspected.next() ?? trusted.next() : trusted.next() ?? suspected.next()
            guard let ticket else { return nil }
            // Those that were cancelled are passed over, and take nobody's turn.
            if let found = waiting.removeValue(forKey: ticket) { return (ticket, found.job, found.connection) }
            turns -= 1
        }
        trusted = Lane()
        suspected = Lane()
        return nil
    }

    /// What a connection has sent turned out to be forged.
    mutating func suspect(_ connection: UInt64) {
        // Numbers of connections are never used again; forgetting all is cheaper than keeping the age of each.
        if suspects.count >= Self.suspectLimit { suspects.removeAll() }
        suspects.insert(connection)
    }
}
