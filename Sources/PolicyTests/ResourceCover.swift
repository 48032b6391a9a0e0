import HTTP
import Policies
import Routes

/// Reasoning about which requests a policy resource covers. What it says is proven; it may say no where the truth is yes.
struct ResourceCover {
    /// Text that a pattern describes, symbol by symbol.
    enum Symbol: Hashable {
        case byte(UInt8)
        /// Exactly one character, of which nothing is known.
        case one
        /// One or more bytes, of which nothing is known.
        case some
        /// Any number of bytes.
        case any
    }

    let prefix: MethodARN.Prefix
    /// The route keys that the authorizer guards.
    let keys: [RouteKey]

    /// `METHOD/path` as a pattern of this API and stage; nil for an ARN of which that cannot be said.
    func pattern(_ resource: PolicyResource) -> [UInt8]? {
        switch resource.form {
        case .everything: return [UInt8(ascii: "*")]
        case .short, .arn:
            guard let whole = prefix.expand(resource.text) else { return nil }
            let bytes = Array(whole.utf8)
            guard bytes.starts(with: prefix.bytes) else { return nil }
            return Array(bytes.dropFirst(prefix.bytes.count))
        }
    }

    /// What is to be covered so that nothing about a resource is left out: the resource itself, or one by one the kinds
    /// of requests that can be about it. Empty when none can be; nil when the resource cannot be reasoned about.
    func requests(about resource: PolicyResource) -> [[Symbol]]? {
        guard let pattern = pattern(resource) else { return nil }
        return requests(matching: pattern)
    }

    func requests(matching pattern: [UInt8]) -> [[Symbol]] { requests.filter { Self.overlaps(pattern, $0) } }

    /// Whether one of the resources covers all requests of a kind, or all of the resource that they are about.
    func covers(_ outer: [PolicyResource], _ request: [Symbol], of inner: PolicyResource) -> Bool {
        let whole = pattern(inner).map { Self.symbols(of: $0) }
        return outer.contains { resource in
            guard let pattern = pattern(resource) else { return false }
            return Self.covers(pattern, request) || (whole.map { Self.covers(pattern, $0) } ?? false)
        }
    }

    /// `METHOD/path` of all requests that the routes take, as symbols; with and without a slash at the end, and with
    /// literals as a careless reader folds them, because a Deny of the folded path counts too.
    private var requests: [[Symbol]] {
        keys.flatMap { key -> [[Symbol]] in
            guard case .pattern(let verb, let pattern) = key.kind else { return [[.any]] }
            let method: [Symbol] = verb == .any ? [.some] : verb.rawValue.utf8.map { .byte($0) }
            return [false, true].flatMap { isFolded -> [[Symbol]] in
                var symbols = method
                for segment in pattern.segments {
                    symbols.append(.byte(0x2F))
                    switch segment {
                    case .literal(let bytes):
                        let shown = isFolded ? Array(NormalPath.fold([0x2F] + bytes).dropFirst()) : bytes
                        symbols += shown.map { .byte($0) }
                    case .parameter, .greedy: symbols.append(.some)
                    }
                }
                return [symbols, symbols + [.byte(0x2F)]]
            }
        }
    }

    static func symbols(of pattern: [UInt8]) -> [Symbol] {
        pattern.map { $0 == 0x2A ? .any : $0 == 0x3F ? .one : .byte($0) }
    }

    /// Whether the pattern matches all texts that the symbols describe.
    static func covers(_ pattern: [UInt8], _ symbols: [Symbol]) -> Bool {
        search(pattern, symbols) { wanted, symbol in
            switch symbol {
            case .byte(let byte): wanted == byte || (wanted == 0x3F && byte < 0x80)
            case .one: wanted == 0x3F
            case .some, .any: false
            }
        }
    }

    /// Whether some text is described by both. Cautious the other way: it may say yes where the truth is no.
    static func overlaps(_ pattern: [UInt8], _ symbols: [Symbol]) -> Bool {
        let width = symbols.count + 1
        var seen = [Bool](repeating: false, count: (pattern.count + 1) * width)
        var open = [0]
        func add(_ row: Int, _ column: Int, _ open: inout [Int]) {
            let place = row * width + column
            if !seen[place] {
                seen[place] = true
                open.append(place)
            }
        }
        while let place = open.popLast() {
            let (row, column) = (place / width, place % width)
            if row == pattern.count, column == symbols.count { return true }
            let isStar = row < pattern.count && pattern[row] == 0x2A
            if isStar { add(row + 1, column, &open) }
            guard column < symbols.count else { continue }
            let symbol = symbols[column]
            if symbol == .any || symbol == .some, row < pattern.count { add(row + 1, column, &open) }
            if symbol == .any || symbol == .some { add(row, column + 1, &open) }
            if isStar { add(row, column + 1, &open) }
            guard row < pattern.count, !isStar else { continue }
            switch symbol {
            case .byte(let byte):
                if pattern[row] == byte || pattern[row] == 0x3F { add(row + 1, column + 1, &open) }
            case .one: add(row + 1, column + 1, &open)
            case .some, .any: add(row + 1, column + 1, &open)
            }
        }
        return false
    }

    /// A star takes any symbols; everything else is asked one by one.
    private static func search(
        _ pattern: [UInt8], _ symbols: [Symbol], _ fits: (UInt8, Symbol) -> Bool
    ) -> Bool {
        let width = symbols.count + 1
        var seen = [Bool](repeating: false, count: (pattern.count + 1) * width)
        var open = [0]
        while let place = open.popLast() {
            if seen[place] { continue }
            seen[place] = true
            let (row, column) = (place / width, place % width)
            if row == pattern.count {
                if column == symbols.count { return true }
                continue
            }
            if pattern[row] == 0x2A {
                open.append(place + width)
                if column < symbols.count { open.append(place + 1) }
            } else if column < symbols.count, fits(pattern[row], symbols[column]) {
                open.append(place + width + 1)
            }
        }
        return false
    }
}
