/// Decides whether a policy resource with `*` and `?` can cover any request that a route takes.
enum ResourceOverlap {
    /// What a route's path may hold at one place.
    private enum Symbol {
        case byte(UInt8)
        /// One or more bytes other than `/`.
        case segment
        /// One or more bytes.
        case rest
    }

    static func covers(method: String, path: String, anyOf keys: [RouteKey]) -> Bool {
        let path = Array(path.utf8)
        return keys.contains { covers(method: method, path: path, $0) }
    }

    /// Whether a resource and a route differ before the first sign in either that stands for several texts: what tells
    /// most of thousands of routes apart.
    private static func differsEarly(_ glob: [UInt8], _ pattern: PathPattern) -> Bool {
        var place = 0
        func differs(_ byte: UInt8) -> Bool? {
            guard place < glob.count, glob[place] != UInt8(ascii: "*"), glob[place] != UInt8(ascii: "?") else {
                return false
            }
            if glob[place] != byte { return true }
            place += 1
            return nil
        }
        for (index, segment) in pattern.segments.enumerated() {
            if index > 0, let answer = differs(UInt8(ascii: "/")) { return answer }
            guard case .literal(let bytes) = segment else { return false }
            for byte in bytes { if let answer = differs(byte) { return answer } }
        }
        return false
    }

    /// Whether a pattern over `API/stage/METHOD/path` covers a request of one of these routes; `prefix` is the part up
    /// to the method.
    static func covers(resource: String, prefix: String, anyOf keys: [RouteKey]) -> Bool {
        let glob = Array(resource.utf8)
        let start = prefix.utf8.map { Symbol.byte($0) }
        return keys.contains { key in
            guard case .pattern(let verb, let pattern) = key.kind else { return overlaps(glob, start + [.rest]) }
            let method: [Symbol] = verb == .any ? [.segment] : verb.rawValue.utf8.map { .byte($0) }
            let whole = start + method + [.byte(UInt8(ascii: "/"))] + symbols(of: pattern)
            return overlaps(glob, whole) || overlaps(glob, whole + [.byte(UInt8(ascii: "/"))])
        }
    }

    private static func covers(method: String, path: [UInt8], _ key: RouteKey) -> Bool {
        guard case .pattern(let verb, let pattern) = key.kind else { return true }
        if differsEarly(path, pattern) { return false }
        if verb != .any, !overlaps(Array(method.utf8), verb.rawValue.utf8.map { .byte($0) }) { return false }
        let symbols = symbols(of: pattern)
        return overlaps(path, symbols)
            || overlaps(path, symbols + [.byte(UInt8(ascii: "/"))])
    }

    /// A route's path without its leading slash.
    private static func symbols(of pattern: PathPattern) -> [Symbol] {
        var symbols: [Symbol] = []
        for (index, segment) in pattern.segments.enumerated() {
            if index > 0 { symbols.append(.byte(UInt8(ascii: "/"))) }
            switch segment {
            case .literal(let bytes): symbols += bytes.map { .byte($0) }
            case .parameter: symbols.append(.segment)
            case .greedy: symbols.append(.rest)
            }
        }
        return symbols
    }

    /// Is there a text that both describe? A table over both, so the cost is their product.
    private static func overlaps(_ glob: [UInt8], _ symbols: [Symbol]) -> Bool {
        let star = UInt8(ascii: "*")
        let any = UInt8(ascii: "?")
        // Each repeating symbol is one place where it is first met and one where it goes on.
        var states: [(symbol: Symbol, repeats: Bool)] = []
        for symbol in symbols {
            states.append((symbol, false))
            if case .byte = symbol { continue }
            states.append((symbol, true))
        }
        let width = states.count + 1
        var seen = [Bool](repeating: false, count: (glob.count + 1) * width)
        var open = [0]
        seen[0] = true
        func add(_ row: Int, _ column: Int) {
            let place = row * width + column
            if !seen[place] {
                seen[place] = true
                open.append(place)
            }
        }
        while let place = open.popLast() {
            let row = place / width
            let column = place % width
            if row == glob.count, column == states.count { return true }
            // A repeating symbol may end; a star may be empty.
            if column < states.count, states[column].repeats { add(row, column + 1) }
            if row < glob.count, glob[row] == star { add(row + 1, column) }
            guard row < glob.count, column < states.count else { continue }
            let state = states[column]
            guard fits(glob[row], state.symbol, star, any) else { continue }
            let nextRow = glob[row] == star ? row : row + 1
            add(nextRow, state.repeats ? column : column + 1)
        }
        return false
    }

    /// Can the glob's character and the symbol stand for the same byte?
    private static func fits(_ glob: UInt8, _ symbol: Symbol, _ star: UInt8, _ any: UInt8) -> Bool {
        if glob == star || glob == any { return true }
        return switch symbol {
        case .byte(let byte): byte == glob
        case .segment: glob != UInt8(ascii: "/")
        case .rest: true
        }
    }
}
