import CLibcurl

/// A `curl_slist` over one block of text: the nodes and the strings are ours, libcurl only reads them.
///
/// One block per transfer is reused, so that a request costs no allocation per field line.
@safe final class HeaderList {
    private var text: UnsafeMutablePointer<CChar>
    private var textCapacity: Int
    private var nodes: UnsafeMutablePointer<curl_slist>
    private var nodeCapacity: Int
    private var textCount = 0
    private var nodeCount = 0

    init() {
        textCapacity = 2048
        nodeCapacity = 48
        unsafe text = .allocate(capacity: textCapacity)
        unsafe nodes = .allocate(capacity: nodeCapacity)
    }

    deinit {
        unsafe text.deallocate()
        unsafe nodes.deallocate()
    }

    /// Fills the list from complete field lines and some lines of libcurl's own forms (`Accept:` leaves a line out).
    /// The result is valid until the next call.
    func fill(_ fields: [UInt8], own: [[UInt8]]) -> UnsafeMutablePointer<curl_slist>? {
        reserve(text: fields.count + own.reduce(0) { $0 + $1.count + 1 } + 64, nodes: fields.count / 4 + own.count + 1)
        textCount = 0
        nodeCount = 0
        var start = 0
        while start < fields.count {
            var end = start
            while end < fields.count, fields[end] != 0x0D { end += 1 }
            appendLine(fields, start, end)
            start = end + 2
        }
        for line in own { appendLine(line, 0, line.count) }
        guard nodeCount > 0 else { return nil }
        unsafe nodes[nodeCount - 1].next = nil
        return unsafe nodes
    }

    private func appendLine(_ bytes: [UInt8], _ start: Int, _ end: Int) {
        unsafe nodes[nodeCount].data = text + textCount
        unsafe nodes[nodeCount].next = nodes + nodeCount + 1
        nodeCount += 1
        var last = end
        // libcurl reads "Name:" as "leave this line out" and "Name;" as "send it without a value".
        let isEmptyValue = end - start >= 2 && bytes[end - 1] == 0x20 && bytes[end - 2] == 0x3A
        if isEmptyValue { last = end - 2 }
        for index in start..<last {
            unsafe text[textCount] = CChar(bitPattern: bytes[index])
            textCount += 1
        }
        if isEmptyValue {
            unsafe text[textCount] = CChar(0x3B)
            textCount += 1
        }
        unsafe text[textCount] = 0
        textCount += 1
    }

    private func reserve(text wanted: Int, nodes wantedNodes: Int) {
        if wanted > textCapacity {
            unsafe text.deallocate()
            textCapacity = wanted * 2
            unsafe text = .allocate(capacity: textCapacity)
        }
        if wantedNodes > nodeCapacity {
            unsafe nodes.deallocate()
            nodeCapacity = wantedNodes * 2
            unsafe nodes = .allocate(capacity: nodeCapacity)
        }
    }
}
