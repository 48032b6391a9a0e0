/// Text of visible ASCII, looked at eight bytes at a time.
package enum VisibleText {
    /// Whether every byte is one of `!` to `~`.
    static func isVisible(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count >= 8 else {
            for index in bytes.indices where bytes[index] &- 0x21 >= 0x5E { return false }
            return true
        }
        var index = 0
        while index < bytes.count {
            let within = ByteWord.leading(bytes.count - index)
            if ByteWord(bytes, from: index).outsideVisible & within != 0 { return false }
            index += 8
        }
        return true
    }

    /// Whether the bytes can stand between quotes as they are: visible, without quotes and backslashes. Nearly all values
    /// of log lines can.
    package static func isQuotable(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count >= 8 else {
            for index in bytes.indices {
                let byte = bytes[index]
                if byte &- 0x21 >= 0x5E || byte == 0x22 || byte == 0x5C { return false }
            }
            return true
        }
        var index = 0
        while index < bytes.count {
            let word = ByteWord(bytes, from: index)
            let special = word.outsideVisible | word.marks(of: 0x22) | word.marks(of: 0x5C)
            if special & ByteWord.leading(bytes.count - index) != 0 { return false }
            index += 8
        }
        return true
    }
}
