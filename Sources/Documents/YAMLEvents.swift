internal import CYaml

/// What libyaml finds in a text, one after the other, with places in bytes. The only file that speaks to the library.
struct YAMLEvent {
    enum Kind {
        case documentStart
        case documentEnd
        case alias(name: [UInt8])
        /// A plain scalar stands without quotes, so that it may be a number, a boolean or null.
        case scalar(text: [UInt8], isPlain: Bool, tag: String?, anchor: [UInt8]?)
        case listStart(tag: String?, anchor: [UInt8]?)
        case mapStart(tag: String?, anchor: [UInt8]?)
        case end
    }

    var kind: Kind
    var range: Range<Int>

    /// All events of a text, which must be UTF-8. Nesting beyond `maximumDepth` ends the reading before the library's own
    /// stacks grow.
    static func all(
        of bytes: [UInt8], maximumDepth: Int, maximumEvents: Int
    ) throws(YAMLError) -> [YAMLEvent] {
        var places = Places(bytes)
        var events: [YAMLEvent] = []
        var failure: YAMLError?
        unsafe bytes.withUnsafeBufferPointer { buffer in
            var parser = unsafe yaml_parser_t()
            guard unsafe yaml_parser_initialize(&parser) == 1 else {
                failure = YAMLError(.tooLarge, 0..<0)
                return
            }
            defer { unsafe yaml_parser_delete(&parser) }
            unsafe yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
            // Told the encoding, the library takes a byte-order mark for text.
            let text = unsafe SourceText.hasByteOrderMark(bytes) ? buffer.dropFirst(3) : buffer[...]
            let input = unsafe UnsafeBufferPointer(rebasing: text)
            unsafe yaml_parser_set_input_string(&parser, input.baseAddress, input.count)
            var depth = 0
            while true {
                var event = unsafe yaml_event_t()
                guard unsafe yaml_parser_parse(&parser, &event) == 1 else {
                    let place = places.offset(of: unsafe Int(parser.problem_mark.index))
                    let words = unsafe parser.problem.map { unsafe String(cString: $0) }
                    failure = YAMLError(.syntax, place..<min(place + 1, bytes.count), detail: words)
                    return
                }
                defer { unsafe yaml_event_delete(&event) }
                if unsafe event.type == YAML_STREAM_END_EVENT { return }
                let start = places.offset(of: unsafe Int(event.start_mark.index))
                let end = max(start, places.offset(of: unsafe Int(event.end_mark.index)))
                guard let kind = unsafe kind(of: event) else { continue }
                switch kind {
                case .listStart, .mapStart: depth += 1
                case .end: depth -= 1
                default: break
                }
                if depth > maximumDepth || events.count >= maximumEvents {
                    failure = YAMLError(depth > maximumDepth ? .tooDeep : .tooLarge, start..<end)
                    return
                }
                events.append(YAMLEvent(kind: kind, range: start..<end))
            }
        }
        if let failure { throw failure }
        return events
    }

    private static func kind(of event: yaml_event_t) -> Kind? {
        switch unsafe event.type {
        case YAML_DOCUMENT_START_EVENT: .documentStart
        case YAML_DOCUMENT_END_EVENT: .documentEnd
        case YAML_ALIAS_EVENT: .alias(name: unsafe octets(event.data.alias.anchor) ?? [])
        case YAML_SCALAR_EVENT:
            .scalar(
                text: unsafe Array(
                    UnsafeBufferPointer(start: event.data.scalar.value, count: event.data.scalar.length)),
                isPlain: unsafe event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE,
                tag: unsafe text(event.data.scalar.tag), anchor: unsafe octets(event.data.scalar.anchor))
        case YAML_SEQUENCE_START_EVENT:
            .listStart(
                tag: unsafe text(event.data.sequence_start.tag),
                anchor: unsafe octets(event.data.sequence_start.anchor))
        case YAML_MAPPING_START_EVENT:
            .mapStart(
                tag: unsafe text(event.data.mapping_start.tag), anchor: unsafe octets(event.data.mapping_start.anchor))
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: .end
        default: nil
        }
    }

    private static func octets(_ pointer: UnsafeMutablePointer<UInt8>?) -> [UInt8]? {
        guard var cursor = unsafe pointer else { return nil }
        var out: [UInt8] = []
        while unsafe cursor.pointee != 0 {
            unsafe out.append(cursor.pointee)
            unsafe cursor += 1
        }
        return out
    }

    private static func text(_ pointer: UnsafeMutablePointer<UInt8>?) -> String? {
        unsafe octets(pointer).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// Turns libyaml's places, counted in characters, into byte offsets. Places come in rising order, or nearly so.
private struct Places {
    private let bytes: [UInt8]
    /// Known pair to go on from.
    private var character = 0
    private var byte: Int

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        // The library is not shown a byte-order mark.
        byte = SourceText.hasByteOrderMark(bytes) ? 3 : 0
    }

    mutating func offset(of target: Int) -> Int {
        while character < target, byte < bytes.count {
            byte += 1
            while byte < bytes.count, bytes[byte] & 0xC0 == 0x80 { byte += 1 }
            character += 1
        }
        while character > target, byte > 0 {
            byte -= 1
            while byte > 0, bytes[byte] & 0xC0 == 0x80 { byte -= 1 }
            character -= 1
        }
        return byte
    }
}
