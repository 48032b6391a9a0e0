extension NormalPath {
    /// The form that careless backends may read instead of the normal form, or nil when it is the same.
    ///
    /// Every segment is cut at `;` or `%3B` and loses dots and `%20` at its end, `%3F` and `%23` end the path, kept
    /// encoded separators become `/`, runs of `/` one, and ASCII letters lose their case (those of triplets keep it).
    /// Only to be compared: when it selects another route with another demand, the request is ambiguous. Literals of
    /// routes are compared in the same form, see `fold`.
    package func foldedVariant() -> [UInt8]? {
        guard mayFold else { return nil }
        let source = bytes
        let folded = Self.fold(source)
        return folded.elementsEqual(source) ? nil : folded
    }

    /// False when there are certainly no ``otherReadings``, as for nearly every path.
    package var hasOtherReadings: Bool {
        mayFold || (range.count > 1 && storage[Int(range.end) - 1] == 0x2F)
    }

    /// What careless backends may read instead of this path, if anything: the folded form, and either form without the
    /// slash at its end.
    package var otherReadings: [ArraySlice<UInt8>] {
        let own = bytes
        let folded = foldedVariant()
        var readings: [ArraySlice<UInt8>] = folded.map { [$0[...]] } ?? []
        for form in [own, folded?[...]].compactMap({ $0 }) where form.count > 1 && form.last == 0x2F {
            let bare = form.dropLast()
            if !bare.elementsEqual(own) { readings.append(bare) }
        }
        return readings
    }

    /// The folded form of any path in normal form, a route's literal parts for example.
    package static func fold(_ path: ArraySlice<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(path.count)
        var index = path.startIndex
        var skipping = false
        while index < path.endIndex {
            let byte = path[index]
            if byte == 0x2F || Triplet.slash.stands(in: path, at: index)
                || Triplet.backslash.stands(in: path, at: index)
            {
                endSegment(&output)
                if output.last != 0x2F { output.append(0x2F) }
                skipping = false
                index += byte == 0x2F ? 1 : 3
            } else if Triplet.questionMark.stands(in: path, at: index) || Triplet.numberSign.stands(in: path, at: index)
            {
                break
            } else if byte == 0x3B || Triplet.semicolon.stands(in: path, at: index) {
                skipping = true
                index += 1
            } else if skipping {
                index += 1
            } else if byte == 0x25, path.endIndex - index > 2 {
                output.append(contentsOf: path[index..<(index + 3)])
                index += 3
            } else {
                output.append(ByteClass.lower(byte))
                index += 1
            }
        }
        endSegment(&output)
        return output
    }

    /// Takes dots and blanks off the end of the last segment.
    private static func endSegment(_ output: inout [UInt8]) {
        while let last = output.last {
            if last == 0x2E || last == 0x20 {
                output.removeLast()
            } else if output.count >= 3, Triplet.space.stands(in: output[...], at: output.count - 3) {
                output.removeLast(3)
            } else {
                return
            }
        }
    }

    /// Quick no for the usual path: lower-case names without parameters, triplets or final dots.
    package var mayFold: Bool {
        if isSimple { return false }
        let path = storage.span.extracting(range.indices)
        var previous: UInt8 = 0
        for index in 0..<path.count {
            let byte = path[index]
            if byte == 0x25 || byte == 0x3B || byte &- 0x41 < 26 { return true }
            if previous == 0x2E, byte == 0x2F { return true }
            previous = byte
        }
        return previous == 0x2E
    }
}
