/// Room at the end of an array, reserved at once for the parts of a head or a line: a part costs one comparison and one
/// copy, and no reference is counted.
///
/// Parts that find no room go behind it in an array of their own, so that a guess that was too small costs time and loses
/// nothing.
@safe
@usableFromInline
package struct ByteRoom: ~Copyable {
    @usableFromInline
    let start: UnsafeMutablePointer<UInt8>
    @usableFromInline
    var capacity: Int
    @usableFromInline
    var count = 0
    @usableFromInline
    var rest: [UInt8] = []

    @usableFromInline
    init(_ start: UnsafeMutablePointer<UInt8>, capacity: Int) {
        unsafe self.start = unsafe start
        self.capacity = capacity
    }

    @inlinable
    @inline(__always)
    package mutating func put(_ byte: UInt8) {
        guard count < capacity else { return putBehind(byte) }
        unsafe (start + count).initialize(to: byte)
        count += 1
    }

    /// Text of the program itself, in ASCII.
    @inlinable
    @inline(__always)
    package mutating func put(_ text: StaticString) {
        unsafe put(text.utf8Start, text.utf8CodeUnitCount)
    }

    @inlinable
    @inline(__always)
    package mutating func put(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            unsafe put(base, buffer.count)
        }
    }

    @inlinable
    @inline(__always)
    package mutating func put(_ bytes: [UInt8]) { put(bytes.span) }

    /// The characters of `alphabet`, which has 64 of them, for the lowest six bits of `bits`, the next six, and so on.
    @inlinable
    package mutating func put(_ count: Int, lettersOf alphabet: StaticString, for bits: UInt64) {
        precondition(alphabet.utf8CodeUnitCount == 64)
        var bits = bits
        guard count <= capacity - self.count else {
            for _ in 0..<count {
                unsafe putBehind(alphabet.utf8Start[Int(truncatingIfNeeded: bits & 63)])
                bits >>= 6
            }
            return
        }
        for offset in 0..<count {
            unsafe (start + self.count + offset).initialize(
                to: alphabet.utf8Start[Int(truncatingIfNeeded: bits & 63)])
            bits >>= 6
        }
        self.count += count
    }

    /// A number in decimal digits.
    package mutating func put(decimal value: UInt64) {
        if value < 10 { return put(0x30 &+ UInt8(truncatingIfNeeded: value)) }
        if value < 1000 {
            if value >= 100 { put(0x30 &+ UInt8(truncatingIfNeeded: value / 100)) }
            put(0x30 &+ UInt8(truncatingIfNeeded: value / 10 % 10))
            return put(0x30 &+ UInt8(truncatingIfNeeded: value % 10))
        }
        // From the last digit on: a division by ten is a multiplication, one by a power of ten is not.
        var digits = InlineArray<20, UInt8>(repeating: 0x30)
        var first = digits.count
        var rest = value
        while rest > 0 {
            first -= 1
            digits[first] = 0x30 &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        for index in first..<digits.count { put(digits[index]) }
    }

    /// The last three decimal digits of a number, with leading zeros.
    @inlinable
    @inline(__always)
    package mutating func put(threeDigitsOf value: UInt64) {
        put(0x30 &+ UInt8(truncatingIfNeeded: value / 100 % 10))
        put(0x30 &+ UInt8(truncatingIfNeeded: value / 10 % 10))
        put(0x30 &+ UInt8(truncatingIfNeeded: value % 10))
    }

    @inlinable
    @inline(__always)
    mutating func put(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
        guard count <= capacity - self.count else { return unsafe putBehind(bytes, count) }
        unsafe (start + self.count).update(from: bytes, count: count)
        self.count += count
    }

    // From the first part without room on, everything goes behind.

    @usableFromInline
    @inline(never)
    mutating func putBehind(_ byte: UInt8) {
        capacity = count
        rest.append(byte)
    }

    @usableFromInline
    @inline(never)
    mutating func putBehind(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
        guard count > 0 else { return }
        capacity = self.count
        unsafe rest.append(contentsOf: UnsafeBufferPointer(start: bytes, count: count))
    }
}

extension [UInt8] {
    /// Appends what `write` puts into the room, of which about `count` bytes are expected.
    @inlinable
    @inline(__always)
    package mutating func append(expecting count: Int, _ write: (inout ByteRoom) -> Void) {
        var rest: [UInt8] = []
        // An empty array without any room has no place to begin at.
        append(addingCapacity: Swift.max(count, 1)) { output in
            unsafe output.withUnsafeMutableBufferPointer { buffer, initialized in
                guard let base = buffer.baseAddress else { return }
                var room = unsafe ByteRoom(base + initialized, capacity: buffer.count - initialized)
                write(&room)
                initialized += room.count
                rest = room.rest
            }
        }
        if !rest.isEmpty { append(contentsOf: rest) }
    }

    /// Appends the bytes of a span in one copy.
    @inlinable
    @inline(__always)
    package mutating func append(copying bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}
