#if PCRE2
    import CPCRE2
#endif

/// A regular expression of a configuration, for values that anybody may send.
///
/// AWS's dialect is Java's; PCRE2 reads nearly all of it alike. Matching is limited in steps and depth, so that a
/// hostile value costs a bounded time. `identityValidationExpression` must match the whole value, and whatever cannot be
/// decided within the limits does not match; the patterns of schemas are searched for, and say when they gave up.
@safe package final class ValidationExpression: Sendable {
    /// Why an expression cannot be used.
    package struct Problem: Error, Sendable, Hashable {
        package var message: String
        /// Offset in the expression's UTF-8.
        package var offset: Int
    }

    /// What the expression is for.
    package enum Use: Sendable {
        /// It must match the whole value, byte by byte.
        case wholeValue
        /// It is searched for in text of UTF-8, character by character.
        case search
    }

    /// Whether this build has the library.
    package static var isAvailable: Bool {
        #if PCRE2
            true
        #else
            false
        #endif
    }

    #if PCRE2
        // Compiled patterns are immutable and may be shared (pcre2api, "Multithreading"); the address is kept as a
        // number, which says that no Swift code looks behind it.
        private let address: UInt
        private var code: OpaquePointer? { unsafe OpaquePointer(bitPattern: address) }
        private static let stepLimit: UInt32 = 100_000
        private static let heapLimitKiB: UInt32 = 1024

        // About a nanosecond each: what an item of the expression, a byte that it runs over, and a search cost.
        private static let itemCost = 32
        private static let byteCost = 4
        private static let searchCost = 400
        private static let searchHeapKiB: UInt32 = 16 * 1024

        private let hasReferences: Bool

        package init(_ text: String, for use: Use = .wholeValue) throws(Problem) {
            let options =
                switch use {
                case .wholeValue: UInt32(PCRE2_ANCHORED) | UInt32(PCRE2_ENDANCHORED)
                case .search: UInt32(PCRE2_UTF) | UInt32(PCRE2_DOLLAR_ENDONLY) | UInt32(PCRE2_AUTO_CALLOUT)
                }
            var number: Int32 = 0
            var offset = 0
            let pattern = Array(text.utf8)
            let compiled = unsafe pattern.withUnsafeBufferPointer { buffer in
                unsafe pcre2_compile_8(
                    buffer.baseAddress, buffer.count,
                    options | UInt32(PCRE2_NEVER_BACKSLASH_C), &number, &offset, nil)
            }
            guard let compiled = unsafe compiled else {
                throw Problem(message: Self.message(number), offset: offset)
            }
            address = UInt(bitPattern: compiled)
            var highest: UInt32 = 0
            _ = unsafe pcre2_pattern_info_8(compiled, UInt32(PCRE2_INFO_BACKREFMAX), &highest)
            hasReferences = highest > 0
        }

        deinit { unsafe pcre2_code_free_8(code) }

        /// Whether the whole value matches; false, too, when the limits did not let it be decided.
        package func matches(_ value: [UInt8]) -> Bool {
            guard let data = unsafe pcre2_match_data_create_8(1, nil),
                let limits = unsafe pcre2_match_context_create_8(nil)
            else { return false }
            defer {
                unsafe pcre2_match_data_free_8(data)
                unsafe pcre2_match_context_free_8(limits)
            }
            unsafe pcre2_set_match_limit_8(limits, Self.stepLimit)
            unsafe pcre2_set_heap_limit_8(limits, Self.heapLimitKiB)
            let result = unsafe value.withUnsafeBufferPointer { buffer in
                unsafe pcre2_match_8(code, buffer.baseAddress, buffer.count, 0, 0, data, limits)
            }
            return result >= 0
        }

        /// What a search has spent. The library counts its own steps anew for every place where a match could begin, so
        /// it is counted here, at every item of the expression.
        private struct Spending {
            var remaining: Int
            var last: Int
            var extra: Int
        }

        /// Whether the expression is found in `text`, which must be UTF-8; nil when `budget`, in nanoseconds or so, or
        /// the library's limits did not let it be decided. What it cost is taken from `budget`.
        package func isFound(in text: [UInt8], budget: inout Int) -> Bool? {
            guard let data = unsafe pcre2_match_data_create_8(1, nil),
                let limits = unsafe pcre2_match_context_create_8(nil)
            else { return nil }
            defer {
                unsafe pcre2_match_data_free_8(data)
                unsafe pcre2_match_context_free_8(limits)
            }
            unsafe pcre2_set_heap_limit_8(limits, Self.searchHeapKiB)
            // A reference to a group compares bytes that nobody sees, at most the whole text.
            var spending = Spending(
                remaining: budget - Self.searchCost - text.count * Self.byteCost, last: 0,
                extra: Self.itemCost + (hasReferences ? text.count : 0))
            defer { budget = spending.remaining }
            if spending.remaining < 0 { return nil }
            let result = unsafe withUnsafeMutablePointer(to: &spending) { pointer in
                _ = unsafe pcre2_set_callout_8(
                    limits,
                    { block, data in
                        guard let block = unsafe block, let data = unsafe data else { return PCRE2_ERROR_CALLOUT }
                        let spending = unsafe data.assumingMemoryBound(to: Spending.self)
                        let position = unsafe block.pointee.current_position
                        let run = unsafe abs(position - spending.pointee.last)
                        unsafe spending.pointee.last = position
                        unsafe spending.pointee.remaining -=
                            spending.pointee.extra + run * ValidationExpression.byteCost
                        return unsafe spending.pointee.remaining < 0 ? PCRE2_ERROR_CALLOUT : 0
                    }, pointer)
                return unsafe text.withUnsafeBufferPointer { buffer in
                    unsafe pcre2_match_8(code, buffer.baseAddress, buffer.count, 0, 0, data, limits)
                }
            }
            if result >= 0 { return true }
            return result == PCRE2_ERROR_NOMATCH ? false : nil
        }

        private static func message(_ number: Int32) -> String {
            var buffer = [UInt8](repeating: 0, count: 256)
            let count = unsafe buffer.withUnsafeMutableBufferPointer {
                unsafe pcre2_get_error_message_8(number, $0.baseAddress, $0.count)
            }
            return String(decoding: buffer.prefix(max(0, Int(count))), as: UTF8.self)
        }
    #else
        package init(_ text: String, for use: Use = .wholeValue) throws(Problem) {
            throw Problem(
                message: "this build has no regular expressions: install libpcre2-dev and build again", offset: 0)
        }

        package func matches(_ value: [UInt8]) -> Bool { false }

        package func isFound(in text: [UInt8], budget: inout Int) -> Bool? { nil }
    #endif
}
