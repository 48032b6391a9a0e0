/// Finds members of an object whose name an earlier member has, compared after unescaping, by octets.
enum JSONRepeatedNames {
    /// The nodes of the later names; each is a repetition of some earlier one.
    ///
    /// Few members are compared pairwise, many are sorted, so that a hostile object costs n log n.
    static func find(in object: Int, _ nodes: [JSONNode], _ bytes: [UInt8]) -> [Int] {
        let count = Int(nodes[object].count)
        if count < 2 { return [] }
        var names: [Int] = []
        names.reserveCapacity(count)
        var child = object + 1
        for _ in 0..<count {
            names.append(child)
            child = Int(nodes[child + 1].next)
        }
        if count <= 16 {
            return (1..<count).filter { later in
                (0..<later).contains { isSame(nodes[names[$0]], nodes[names[later]], bytes) }
            }.map { names[$0] }
        }
        let sorted = names.map { (octets: octets(nodes[$0], bytes), node: $0) }.sorted { first, second in
            first.octets.lexicographicallyPrecedes(second.octets)
                || (first.octets == second.octets && first.node < second.node)
        }
        return (1..<count).filter { sorted[$0].octets == sorted[$0 - 1].octets }.map { sorted[$0].node }
    }

    private static func isSame(_ one: JSONNode, _ two: JSONNode, _ bytes: [UInt8]) -> Bool {
        if one.flag || two.flag { return octets(one, bytes) == octets(two, bytes) }
        guard one.end - one.start == two.end - two.start else { return false }
        return bytes[Int(one.start)..<Int(one.end)].elementsEqual(bytes[Int(two.start)..<Int(two.end)])
    }

    private static func octets(_ name: JSONNode, _ bytes: [UInt8]) -> [UInt8] {
        let raw = bytes[Int(name.start)..<Int(name.end)]
        return name.flag ? JSONEscape.decode(raw) : Array(raw)
    }
}
