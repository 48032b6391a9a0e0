package import Routes

/// Reads path parameters from the path as the client wrote it, as AWS's events show them: inner slashes and
/// percent-encoding stay (settled by the page on paths: data for functions, never an input to a decision).
package enum PathParameters {
    /// `path` is the path without its stage. Where it does not line up with the pattern segment by segment, because it
    /// holds dot segments for example, `fallback` is the answer: the parameters of the path that was decided by.
    package static func read(
        _ pattern: PathPattern, path: [UInt8], apiType: ApiType, fallback: [NamedValue]
    ) -> [NamedValue] {
        let slash = UInt8(ascii: "/")
        var out: [NamedValue] = []
        var rest = path[...]
        for piece in path.split(separator: slash) where isDots(piece) { return fallback }
        for segment in pattern.segments {
            rest = rest.drop { $0 == slash }
            guard !rest.isEmpty else { return fallback }
            let value = rest.prefix { $0 != slash }
            switch segment {
            case .literal: break
            case .parameter(let name): out.append(NamedValue(name: Array(name.utf8), value: Array(value)))
            case .greedy(let name):
                // REST ignores a slash at the end, and its parameter does not show it.
                if apiType == .rest { while rest.last == slash { rest.removeLast() } }
                out.append(NamedValue(name: Array(name.utf8), value: Array(rest)))
                return out
            }
            rest = rest[value.endIndex...]
        }
        return rest.allSatisfy { $0 == slash } ? out : fallback
    }

    /// Whether a segment is `.` or `..`, also when its dots are percent-encoded.
    private static func isDots(_ segment: ArraySlice<UInt8>) -> Bool {
        var dots = 0
        var rest = segment
        while let first = rest.first {
            if first == UInt8(ascii: ".") {
                rest.removeFirst()
            } else if rest.count > 2, rest.starts(with: "%2".utf8),
                rest[rest.startIndex + 2] | 0x20 == UInt8(ascii: "e")
            {
                rest.removeFirst(3)
            } else {
                return false
            }
            dots += 1
        }
        return dots == 1 || dots == 2
    }
}
