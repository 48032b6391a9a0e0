/// Cuts a HAR file into its entries without holding more than one of them: a pure automaton over bytes that knows `log`,
/// `entries`, `creator` and `browser`. Where an entry is no JSON, it looks for the next object that is one.
struct HARSplitter {
    enum Event {
        /// The JSON text of one entry, from 1, with its first byte in the file.
        case entry([UInt8], number: Int, offset: Int64)
        /// An entry beyond the bound was passed over.
        case tooLarge(number: Int, offset: Int64)
        /// The entry is no JSON; its text up to the byte that cannot stand there.
        case broken([UInt8], number: Int, offset: Int64)
        /// What stands in the list behind this entry is none; 0 before the first.
        case stray(behind: Int, offset: Int64)
        /// In the place of an entry stands something that is no object.
        case other(number: Int, offset: Int64)
        /// JSON text of `creator` or `browser`.
        case program([UInt8])
    }

    private enum Target {
        case entry(Int)
        case program
        /// An object that may be an entry, behind something broken.
        case candidate
    }

    /// There was a `log.entries` list.
    private(set) var hasEntries = false
    /// The list was closed, or there is no telling.
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
    /// Where something begins that stands in the list and is no object.
    private var other: Int64?
    /// Something was broken, and no entry has been found since.
    private var isSearching = false
    private var target: Target?
    private var walk = JSONWalk()
    private var buffer: [UInt8] = []
    private var isTooLarge = false
    private var start: Int64 = 0

    /// How deep entries stand: in the list, in the log, in the file's object.
    private static let depthOfEntries = 3

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
        if target != nil { return collect(byte, handle) }
        if isSearching {
            if byte == UInt8(ascii: "{") { begin(.candidate, byte) }
            return
        }
        if isInString { return inString(byte) }
        if isInEntries, depth == Self.depthOfEntries { noteOther(byte, handle) }
        switch byte {
        case UInt8(ascii: "\""):
            isInString = true
            if depth <= 2 {
                key = []
                isReadingKey = true
            }
        case UInt8(ascii: "{"), UInt8(ascii: "["): open(byte)
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            if isInEntries, depth == Self.depthOfEntries, byte == UInt8(ascii: "}") { return stray(handle) }
            depth -= 1
            close()
        case UInt8(ascii: ","): if depth <= 2 { key = [] }
        case UInt8(ascii: ":"): if isInEntries, depth == Self.depthOfEntries { stray(handle) }
        default: break
        }
    }

    /// In the list itself: a text, a number, `true`, `false` or `null` is an entry that is none, unless it turns out to be
    /// a part of a damaged one.
    private mutating func noteOther(_ byte: UInt8, _ handle: (Event) -> Void) {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "]"):
            guard let start = other else { return }
            other = nil
            entries += 1
            handle(.other(number: entries, offset: start))
        case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: ":"): break
        default: other = other ?? offset
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

    /// A container begins at the current depth.
    private mutating func open(_ byte: UInt8) {
        let isObject = byte == UInt8(ascii: "{")
        if isInEntries, depth == Self.depthOfEntries {
            entries += 1
            openEntry = offset
            return begin(.entry(entries), byte)
        }
        if depth == 1, isObject, key.elementsEqual("log".utf8) {
            isInLog = true
        } else if depth == 2, isInLog, !isObject, key.elementsEqual("entries".utf8) {
            isInEntries = true
            hasEntries = true
        } else if depth == 2, isInLog, isObject,
            key.elementsEqual("creator".utf8) || key.elementsEqual("browser".utf8)
        {
            return begin(.program, byte)
        }
        depth += 1
    }

    /// A container has ended, and its bracket is no longer counted.
    private mutating func close() {
        if isInEntries, depth == 2 {
            isInEntries = false
            isComplete = true
        } else if isInLog, depth == 1 {
            isInLog = false
        }
    }

    // MARK: One value

    private mutating func begin(_ new: Target, _ byte: UInt8) {
        target = new
        walk = JSONWalk()
        _ = walk.step(byte)
        buffer.removeAll(keepingCapacity: true)
        buffer.append(byte)
        isTooLarge = false
        start = offset
    }

    private mutating func collect(_ byte: UInt8, _ handle: (Event) -> Void) {
        if !isTooLarge {
            if buffer.count >= largest {
                isTooLarge = true
                buffer = []
            } else {
                buffer.append(byte)
            }
        }
        switch walk.step(byte) {
        case .inside:
            // Another file begins behind a broken one.
            if case .candidate = target, walk.hasLog { beginFile(byte) }
        case .closed: end(handle)
        case .broken:
            switch target {
            case .entry(let number): handle(.broken(buffer, number: number, offset: start))
            case .candidate where walk.hasRequest:
                entries += 1
                handle(.broken(buffer, number: entries, offset: start))
            case .candidate, .program, nil: break
            }
            search()
            if byte == UInt8(ascii: "{") { begin(.candidate, byte) }
        }
    }

    private mutating func end(_ handle: (Event) -> Void) {
        defer {
            target = nil
            openEntry = nil
            // Room for an unusual entry is not kept.
            if buffer.capacity > 1 << 20 { buffer = [] }
        }
        switch target {
        case .program: if !isTooLarge { handle(.program(buffer)) }
        case .entry(let number): give(number, handle)
        case .candidate:
            guard walk.hasRequest else { return }
            entries += 1
            give(entries, handle)
            goOnInEntries()
        case nil: break
        }
    }

    private func give(_ number: Int, _ handle: (Event) -> Void) {
        handle(isTooLarge ? .tooLarge(number: number, offset: start) : .entry(buffer, number: number, offset: start))
    }

    // MARK: Behind something broken

    private mutating func stray(_ handle: (Event) -> Void) {
        other = nil
        handle(.stray(behind: entries, offset: offset))
        search()
    }

    private mutating func search() {
        target = nil
        openEntry = nil
        isSearching = true
        isInString = false
        isEscaped = false
        // Where the list ends can no longer be said.
        isComplete = true
    }

    private mutating func goOnInEntries() {
        isSearching = false
        isInLog = true
        isInEntries = true
        hasEntries = true
        depth = Self.depthOfEntries
    }

    /// The object that was taken for a candidate is a whole HAR file, and its key `log` has just been read.
    private mutating func beginFile(_ byte: UInt8) {
        target = nil
        isSearching = false
        isInLog = false
        isInEntries = false
        depth = 1
        key = Array("log".utf8)
        isReadingKey = false
    }
}
