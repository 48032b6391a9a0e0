import HTTP

extension FuzzTarget {
    /// Request heads: the verdict must not depend on how the bytes arrive.
    package static let request = FuzzTarget("request") { input in
        var whole = RequestParser(limits: HeadLimits())
        let expected = describe(whole.parse(input.span))
        for size in pieceSizes(input) {
            var parser = RequestParser(limits: HeadLimits())
            let got = feed(input, size) { describe(parser.parse($0)) }
            if got != expected { return "in pieces of \(size): \(got ?? "more"), whole: \(expected ?? "more")" }
        }
        return nil
    }

    /// Response heads, for a request that may upgrade and for HEAD.
    package static let response = FuzzTarget("response") { input in
        for (method, upgrade) in [(Method.get, true), (.head, false)] {
            var whole = ResponseParser(limits: HeadLimits(), method: method, upgradeAsked: upgrade)
            let expected = describe(whole.parse(input.span))
            for size in pieceSizes(input) {
                var parser = ResponseParser(limits: HeadLimits(), method: method, upgradeAsked: upgrade)
                let got = feed(input, size) { describe(parser.parse($0)) }
                if got != expected { return "in pieces of \(size): \(got ?? "more"), whole: \(expected ?? "more")" }
            }
        }
        return nil
    }

    /// Chunked bodies: data, end and refusals must not depend on how the bytes arrive.
    package static let chunks = FuzzTarget("chunks") { input in
        let expected = decode(input, input.count)
        for size in pieceSizes(input) where decode(input, size) != expected {
            return "pieces of \(size) make another body"
        }
        return nil
    }

    /// Path normal form: one more pass changes nothing, and no dot segment or empty segment is left inside.
    package static let path = FuzzTarget("path") { input in
        for options in [PathOptions.strict, .aws] {
            do throws(PathRefusal) {
                let first = Array(try NormalPath.normalize(input, options: options).bytes)
                guard first.first == UInt8(ascii: "/") else { return "no slash at the beginning" }
                let segments = first.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
                for segment in segments.dropFirst().dropLast() where segment.isEmpty { return "an empty segment" }
                if segments.contains(where: { $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8) }) {
                    return "a dot segment"
                }
                if first.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) { return "a raw octet that is none of a path" }
                let second = Array(try NormalPath.normalize(first, options: options).bytes)
                if second != first { return "not a normal form" }
            } catch {
                continue
            }
        }
        return nil
    }

    private static func pieceSizes(_ input: [UInt8]) -> [Int] {
        // Byte by byte is quadratic where a parser starts over, which would show as a slow input.
        input.count > 4096 ? [509] : [1, 2, 7, max(1, input.count / 2)]
    }

    private static func feed(_ input: [UInt8], _ size: Int, _ parse: (Span<UInt8>) -> String?) -> String? {
        var end = 0
        repeat {
            end = min(end + size, input.count)
            if let verdict = parse(input.span.extracting(0..<end)) { return verdict }
        } while end < input.count
        return nil
    }

    private static func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }

    private static func describe(_ outcome: RequestParser.Outcome) -> String? {
        switch outcome {
        case .needMore: return nil
        case .refuse(let refusal): return "refused \(refusal.code.rawValue)"
        case .head(let head, let consumed):
            let fields = head.fields.map {
                "\($0.id) \(text(head.fields.name(of: $0))) \(text(head.fields.value(of: $0)))"
            }
            return """
                \(text(head.methodBytes)) \(text(head.targetBytes)) \(head.targetForm) \(text(head.rawPath)) \
                \(text(head.queryBytes)) \(text(head.hostBytes)) \(head.version) \(head.framing) \(head.keepAlive) \
                \(head.expectsContinue) \(head.upgrade) \(consumed) \(fields)
                """
        }
    }

    private static func describe(_ outcome: ResponseParser.Outcome) -> String? {
        switch outcome {
        case .needMore: nil
        case .refuse(let refusal): "refused \(refusal.code.rawValue)"
        case .head(let head, let consumed): "final \(describe(head)) \(consumed)"
        case .interim(let head, let consumed): "interim \(describe(head)) \(consumed)"
        }
    }

    private static func describe(_ head: ResponseHead) -> String {
        let fields = head.fields.map { "\($0.id) \(text(head.fields.name(of: $0))) \(text(head.fields.value(of: $0)))" }
        return "\(head.version) \(head.status) \(text(head.reasonBytes)) \(head.framing) \(head.keepAlive) \(fields)"
    }

    private static func decode(_ input: [UInt8], _ size: Int) -> [UInt8] {
        var decoder = ChunkedDecoder()
        var out: [UInt8] = []
        var start = 0
        while start < input.count {
            let end = min(start + max(1, size), input.count)
            let piece = input.span.extracting(start..<end)
            var offset = 0
            var goesOn = true
            while goesOn {
                switch decoder.next(piece, at: &offset) {
                case .needMore: goesOn = false
                case .data(let range): for index in range { out.append(piece[index]) }
                case .end: return out + Array(" end \(start + offset)".utf8)
                case .refuse(let code): return out + Array(" refused \(code.rawValue)".utf8)
                }
            }
            start = end
        }
        return out
    }
}
