/// Finds the route of a request: a tree of path segments, built once and only read afterwards.
///
/// All children of all nodes stand in one open hash table keyed by node and segment bytes, so ten thousand siblings
/// cost what ten do. Matching works on the normal form of the path, by whole segments, case-sensitively, visits each
/// node at most once and allocates nothing unless a route has more than two parameters.
///
/// Precedence, REST: at every level literal before `{name}` before `{name+}`, going back to a greedy parent; a route
/// that lacks the verb is passed over. HTTP: a full match first, then the greedy ones, then `$default`. Everywhere the
/// exact verb before `ANY`.
package struct RouteTable: Sendable {
    package struct Entry: Sendable {
        package var key: RouteKey
        /// An authorizer must say yes.
        package var isGuarded: Bool

        package init(key: RouteKey, isGuarded: Bool) {
            self.key = key
            self.isGuarded = isGuarded
        }
    }

    private struct Node: Sendable {
        var parent: Int32
        /// The segment's bytes in `octets`; empty for parameters.
        var start: Int32
        var end: Int32
        var parameter: Int32 = -1
        /// Index of the first of eight slots, one for each verb; -1 when no route ends here.
        var exact: Int32 = -1
        var slashed: Int32 = -1
        var greedy: Int32 = -1
    }

    private static let slotsPerEnd = RouteVerb.allCases.count

    package let apiType: ApiType
    package let keys: [RouteKey]
    private let guarded: [Bool]
    private var nodes: [Node]
    private var octets: [UInt8]
    /// Node indexes; -1 is free. A power of two in size, at most half full.
    private var children: [Int32]
    /// Route indexes by verb; -1 is none.
    private var slots: [Int32]
    private var fallback: Int32 = -1
    /// Where each route's entries begin in `parameterSegments`; one more at the end.
    private var firstParameter: [Int32] = [0]
    /// Numbers of the segments that are parameters; a greedy one is complemented.
    private var parameterSegments: [Int32] = []

    /// Of several routes of the same shape the first counts; the loader refuses such documents.
    package init(routes: [Entry], apiType: ApiType) {
        self.apiType = apiType
        keys = routes.map(\.key)
        guarded = routes.map(\.isGuarded)
        nodes = [Node(parent: -1, start: 0, end: 0)]
        octets = []
        slots = []
        let segments = routes.reduce(0) { $0 + ($1.key.pattern?.segments.count ?? 0) }
        var size = 16
        while size < segments * 2 + 2 { size *= 2 }
        children = [Int32](repeating: -1, count: size)
        for (index, route) in routes.enumerated() {
            insert(route.key, Int32(index))
            for (number, segment) in (route.key.pattern?.segments ?? []).enumerated() {
                switch segment {
                case .literal: break
                case .parameter: parameterSegments.append(Int32(number))
                case .greedy: parameterSegments.append(~Int32(number))
                }
            }
            firstParameter.append(Int32(parameterSegments.count))
        }
    }

    // MARK: Building

    private mutating func insert(_ key: RouteKey, _ route: Int32) {
        guard case .pattern(let verb, let pattern) = key.kind else {
            if fallback < 0 { fallback = route }
            return
        }
        var node = 0
        for segment in pattern.segments {
            switch segment {
            case .literal(let bytes): node = literalChild(of: node, bytes)
            case .parameter:
                if nodes[node].parameter < 0 {
                    nodes.append(Node(parent: Int32(node), start: 0, end: 0))
                    nodes[node].parameter = Int32(nodes.count - 1)
                }
                node = Int(nodes[node].parameter)
            case .greedy:
                if nodes[node].greedy < 0 { nodes[node].greedy = makeEnd() }
                return setSlot(nodes[node].greedy, verb, route)
            }
        }
        if pattern.hasTrailingSlash {
            if nodes[node].slashed < 0 { nodes[node].slashed = makeEnd() }
            setSlot(nodes[node].slashed, verb, route)
        } else {
            if nodes[node].exact < 0 { nodes[node].exact = makeEnd() }
            setSlot(nodes[node].exact, verb, route)
        }
    }

    private mutating func literalChild(of node: Int, _ bytes: [UInt8]) -> Int {
        let slot = slot(of: node, bytes.span, 0, bytes.count)
        if children[slot] >= 0 { return Int(children[slot]) }
        let start = octets.count
        octets += bytes
        nodes.append(Node(parent: Int32(node), start: Int32(start), end: Int32(octets.count)))
        children[slot] = Int32(nodes.count - 1)
        return nodes.count - 1
    }

    private mutating func makeEnd() -> Int32 {
        slots += [Int32](repeating: -1, count: Self.slotsPerEnd)
        return Int32(slots.count - Self.slotsPerEnd)
    }

    private mutating func setSlot(_ end: Int32, _ verb: RouteVerb, _ route: Int32) {
        let slot = Int(end) + Self.number(of: verb)
        if slots[slot] < 0 { slots[slot] = route }
    }

    // MARK: Matching

    package func match(method: [UInt8], path: [UInt8]) -> RouteMatch {
        match(method: method.span, path: path.span)
    }

    /// `path` is the normal form of the request's path; anything that does not begin with `/` is a miss.
    package func match(method: Span<UInt8>, path: Span<UInt8>) -> RouteMatch {
        guard path.count > 0, path[0] == UInt8(ascii: "/") else { return .miss(.noPath) }
        var search = Search(verb: Self.number(of: method), end: path.count)
        let hasSlash = path.count > 1 && path[path.count - 1] == UInt8(ascii: "/")
        switch apiType {
        case .rest:
            while search.end > 1, path[search.end - 1] == UInt8(ascii: "/") { search.end -= 1 }
            search.allowsGreedy = true
            let route = find(0, from: 1, path, &search)
            guard route >= 0 else { return .miss(search.sawPath ? .noMethod : .noPath) }
            return .matched(hit(route, path, end: search.end))
        case .http:
            search.isSlashed = hasSlash
            if hasSlash { search.end -= 1 }
            let route = findHTTP(path, &search)
            guard route >= 0 else { return .miss(search.sawPath ? .noMethod : .noPath) }
            var found = hit(route, path, end: path.count)
            if hasSlash {
                // Backends seldom tell /x/ from /x: whoever guards /x guards both.
                var bare = Search(verb: search.verb, end: search.end)
                let other = findHTTP(path, &bare)
                if other >= 0, other != route, guarded[Int(other)], !isTwin(Int(route), of: Int(other)) {
                    found.alsoGuardedBy = Int(other)
                }
            }
            return .matched(found)
        }
    }

    private struct Search {
        /// Slot of the method; -1 for methods without one.
        var verb: Int
        /// Where the last segment ends, before a trailing slash.
        var end: Int
        var isSlashed = false
        var allowsGreedy = false
        /// A route's path fitted, whatever its verb.
        var sawPath = false

        init(verb: Int, end: Int) {
            self.verb = verb
            self.end = end
        }
    }

    private func findHTTP(_ path: Span<UInt8>, _ search: inout Search) -> Int32 {
        search.allowsGreedy = false
        let exact = find(0, from: 1, path, &search)
        if exact >= 0 { return exact }
        search.allowsGreedy = true
        let greedy = find(0, from: 1, path, &search)
        return greedy >= 0 || search.verb < 0 ? greedy : fallback
    }

    /// `/x/` declared beside `/x` speaks for itself; `/{name}/` does not speak for `/x`.
    private func isTwin(_ route: Int, of other: Int) -> Bool {
        guard var bare = keys[route].pattern, bare.hasTrailingSlash else { return false }
        bare.hasTrailingSlash = false
        return bare.shape == keys[other].pattern?.shape
    }

    /// Descends from a node with the path from `start` on; the depth is bounded by the longest route.
    private func find(_ index: Int, from start: Int, _ path: Span<UInt8>, _ search: inout Search) -> Int32 {
        if start >= search.end {
            let end = search.isSlashed && index != 0 ? nodes[index].slashed : nodes[index].exact
            return pick(end, &search)
        }
        var end = start
        while end < search.end, path[end] != UInt8(ascii: "/") { end += 1 }
        let child = children[slot(of: index, path, start, end)]
        if child >= 0 {
            let found = find(Int(child), from: end + 1, path, &search)
            if found >= 0 { return found }
        }
        if nodes[index].parameter >= 0, end > start {
            let found = find(Int(nodes[index].parameter), from: end + 1, path, &search)
            if found >= 0 { return found }
        }
        return search.allowsGreedy ? pick(nodes[index].greedy, &search) : -1
    }

    private func pick(_ end: Int32, _ search: inout Search) -> Int32 {
        guard end >= 0 else { return -1 }
        search.sawPath = true
        if search.verb > 0, slots[Int(end) + search.verb] >= 0 { return slots[Int(end) + search.verb] }
        // ANY is short for the seven methods that routes and policies can name. `delete` must not slip past what
        // guards DELETE: backends exist that read it so.
        return search.verb > 0 ? slots[Int(end)] : -1
    }

    /// Where in `children` the node for this segment stands, or would stand.
    private func slot(of node: Int, _ path: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var slot = Self.hash(node, path, start, end) & (children.count - 1)
        while children[slot] >= 0, !isChild(Int(children[slot]), of: node, path, start, end) {
            slot = (slot + 1) & (children.count - 1)
        }
        return slot
    }

    private func isChild(_ child: Int, of node: Int, _ path: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        let candidate = nodes[child]
        guard Int(candidate.parent) == node, Int(candidate.end - candidate.start) == end - start else { return false }
        var own = Int(candidate.start)
        for index in start..<end {
            if octets[own] != path[index] { return false }
            own += 1
        }
        return true
    }

    private func hit(_ route: Int32, _ path: Span<UInt8>, end: Int) -> RouteHit {
        var found = RouteHit(route: Int(route), parameters: PathParameters())
        var place = Int(firstParameter[found.route])
        let last = Int(firstParameter[found.route + 1])
        if place == last { return found }
        var start = 1
        var segment: Int32 = 0
        while place < last {
            if parameterSegments[place] == ~segment {
                found.parameters.append(min(start, end)..<end)
                break
            }
            var stop = start
            while stop < end, path[stop] != UInt8(ascii: "/") { stop += 1 }
            if parameterSegments[place] == segment {
                found.parameters.append(start..<stop)
                place += 1
            }
            start = stop + 1
            segment += 1
        }
        return found
    }

    // MARK: Helpers

    /// Whether routes can be declared for a method: one of the seven, byte by byte.
    package static func declares(_ method: Span<UInt8>) -> Bool { number(of: method) > 0 }

    /// FNV-1a: the table's content is the operator's, so nobody can fill a slot from outside.
    private static func hash(_ node: Int, _ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325 ^ (UInt64(truncatingIfNeeded: node) &* 0x9E37_79B9_7F4A_7C15)
        for index in start..<end { value = (value ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01B3 }
        value ^= value >> 32
        return Int(truncatingIfNeeded: value & 0x7FFF_FFFF_FFFF_FFFF)
    }

    private static func number(of verb: RouteVerb) -> Int {
        switch verb {
        case .any: 0
        case .delete: 1
        case .get: 2
        case .head: 3
        case .options: 4
        case .patch: 5
        case .post: 6
        case .put: 7
        }
    }

    /// Methods are case-sensitive: `get` is not GET. -1 for a method that no route can be declared for.
    private static func number(of method: Span<UInt8>) -> Int {
        guard method.count >= 3, method.count <= 7 else { return -1 }
        var word: UInt64 = 0
        for index in 0..<method.count { word = word << 8 | UInt64(method[index]) }
        switch word {
        case 0x44_45_4C_45_54_45: return 1
        case 0x47_45_54: return 2
        case 0x48_45_41_44: return 3
        case 0x4F_50_54_49_4F_4E_53: return 4
        case 0x50_41_54_43_48: return 5
        case 0x50_4F_53_54: return 6
        case 0x50_55_54: return 7
        default: return -1
        }
    }
}
