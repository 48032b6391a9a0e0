/// Cuts a HAR file into its entries without holding more than one of them: a pure automaton over bytes that follows
/// strings and brackets, and knows `log`, `entries`, `creator` and `browser`.
struct HARSplitter {
    enum Event {
        /// The JSON text of one entry, from 1, with its first byte in the file.
        case entry([UInt8], number: Int, offset: Int64)
        /// An entry beyond the bound was passed over.
        case tooLarge(number: Int, offset: Int64)
        /// JSON text of `creator` or `browser`.
        case program([UInt8])
    }

    private enum Target {
        case entry(Int)
        case program
    }

    /// There was a `log.entries` list.
    private(set) var hasEntries = false
    /// The list was closed.
    private(set) var isComplete = false
    /// Entries that were begun.
    private(set) var entries = 0
    /// Where the entry that is being read began; nil between entries.
    private(set) var openEntry: Int64?

    private let largest: Int
    private var depth = 0
    private var offset: Int64 = 0
    private var isInString = false
    private var isEscaped = false
    /// The last string at the depth of a key that matters.
    private var key: [UInt8] = []
    private var isReadingKey = false
    private var isInLog = false
    private var isInEntries = false
    private var target: Target?
    private var targetDepth = 0
    private var buffer: [UInt8] = []
    private var isTooLarge = false
    private var start: Int64 = 0

    init(largest: Int) {
        self.largest = largest
    }

    /// Reads on; events come in the order of the file.
    mutating func feed(_ bytes: [UInt8], _ handle: (Event) -> Void) {
        for byte in bytes {
            step(byte, handle)
            offset += 1
        }
    }

    private mutating func step(_ byte: UInt8, _ handle: (Event) -> Void) {
        if target != nil { collect(byte) }
        if isInString { return inString(byte) }
        switch byte {
        case UInt8(ascii: "\""):
            isInString = true
            if target == nil, depth <= 2 {
                key = []
                isReadingKey = true
            }
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            open(byte)
            depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth -= 1
            close(handle)
        case UInt8(ascii: ","): if target == nil, depth <= 2 { key = [] }
        default: break
        }
    }

    private mutating func inString(_ byte: UInt8) {
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInString = false
            isReadingKey = false
            return
        }
        if isReadingKey, key.count < 32 { key.append(byte) }
    }

    /// A container begins at the current depth, before it is counted.
    private mutating func open(_ byte: UInt8) {
        guard target == nil else { return }
        let isObject = byte == UInt8(ascii: "{")
        if isInEntries, depth == 3 {
            entries += 1
            begin(.entry(entries), byte)
            openEntry = offset
        } else if depth == 1, isObject, key.elementsEqual("log".utf8) {
            isInLog = true
        } else if depth == 2, isInLog, !isObject, key.elementsEqual("entries".utf8) {
            isInEntries = true
            hasEntries = true
        } else if depth == 2, isInLog, isObject,
            key.elementsEqual("creator".utf8) || key.elementsEqual("browser".utf8)
        {
            begin(.program, byte)
        }
    }

    private mutating func begin(_ new: Target, _ byte: UInt8) {
        target = new
        targetDepth = depth
        buffer = [byte]
        isTooLarge = false
        start = offset
    }

    private mutating func collect(_ byte: UInt8) {
        if isTooLarge { return }
        if buffer.count >= largest {
            isTooLarge = true
            buffer = []
        } else {
            buffer.append(byte)
        }
    }

    /// A container has ended, and its bracket is no longer counted.
    private mutating func close(_ handle: (Event) -> Void) {
        if let ended = target {
            guard depth == targetDepth else { return }
            target = nil
            switch ended {
            case .program: if !isTooLarge { handle(.program(buffer)) }
            case .entry(let number):
                openEntry = nil
                handle(
                    isTooLarge
                        ? .tooLarge(number: number, offset: start) : .entry(buffer, number: number, offset: start))
            }
            buffer = []
        } else if isInEntries, depth == 2 {
            isInEntries = false
            isComplete = true
        } else if isInLog, depth == 1 {
            isInLog = false
        }
    }
}
