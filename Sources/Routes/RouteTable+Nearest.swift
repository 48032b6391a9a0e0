extension RouteTable {
    /// The route that a missed request comes closest to; nil when none is near. For explanations: it looks at every
    /// route.
    package func nearest(method: [UInt8], path: [UInt8]) -> NearestRoute? {
        let hasSlash = path.count > 1 && path.last == UInt8(ascii: "/")
        let segments = path.dropFirst().split(separator: UInt8(ascii: "/"))
        var best: (score: Int, route: NearestRoute)?
        for (index, key) in keys.enumerated() {
            guard case .pattern(let verb, let pattern) = key.kind else { continue }
            guard let (score, difference) = compare(pattern, verb, method, segments, hasSlash) else { continue }
            if score > best?.score ?? 0 { best = (score, NearestRoute(route: index, difference: difference)) }
        }
        return best?.route
    }

    /// Higher is nearer: four points for each equal segment, none for a request that shares nothing.
    private func compare(
        _ pattern: PathPattern, _ verb: RouteVerb, _ method: [UInt8], _ segments: [ArraySlice<UInt8>], _ hasSlash: Bool
    ) -> (score: Int, difference: NearestRoute.Difference)? {
        var score = 0
        var difference: NearestRoute.Difference?
        var isOpenEnded = false
        for (position, segment) in pattern.segments.enumerated() {
            if case .greedy(let name) = segment {
                isOpenEnded = true
                if position >= segments.count {
                    difference = difference ?? .missing(number: position + 1, expected: Array("{\(name)+}".utf8))
                }
                break
            }
            guard position < segments.count else {
                difference = difference ?? .missing(number: position + 1, expected: Self.text(of: segment))
                score -= 2
                continue
            }
            let found = segments[position]
            guard case .literal(let expected) = segment else {
                score += 1
                continue
            }
            if found.elementsEqual(expected) {
                score += 4
            } else {
                let isLikely = Self.isNear(expected, found)
                // Two different words are two different places.
                if difference != nil, !isLikely { return nil }
                score += isLikely ? 2 : -2
                difference = difference ?? .segment(number: position + 1, expected: expected, found: Array(found))
            }
        }
        if !isOpenEnded, segments.count > pattern.segments.count {
            let number = pattern.segments.count + 1
            difference = difference ?? .extra(number: number, found: Array(segments[number - 1]))
            score -= 2
        }
        if difference == nil, apiType == .http, hasSlash != pattern.hasTrailingSlash, !isOpenEnded {
            difference = .trailingSlash
        }
        let hasVerb = verb == .any || verb.rawValue.utf8.elementsEqual(method)
        guard let difference else {
            return hasVerb ? nil : (score + 3, .method(expected: Array(verb.rawValue.utf8), found: method))
        }
        return (hasVerb ? score + 1 : score, difference)
    }

    private static func text(of segment: PathPattern.Segment) -> [UInt8] {
        switch segment {
        case .literal(let bytes): bytes
        case .parameter(let name): Array("{\(name)}".utf8)
        case .greedy(let name): Array("{\(name)+}".utf8)
        }
    }

    /// One is the beginning of the other, or most of their letters agree from either end.
    private static func isNear(_ first: [UInt8], _ second: ArraySlice<UInt8>) -> Bool {
        let one = first.map(ParameterSource.lowercased)
        let two = second.map(ParameterSource.lowercased)
        var same = 0
        while same < min(one.count, two.count), one[same] == two[same] { same += 1 }
        var tail = 0
        while tail < min(one.count, two.count) - same,
            one[one.count - 1 - tail] == two[two.count - 1 - tail]
        {
            tail += 1
        }
        return (same + tail) * 3 >= max(one.count, two.count) * 2
    }
}
