#if PCRE2
    import CPCRE2
#endif

/// The regular expression of `identityValidationExpression`, which the whole value must match.
///
/// AWS's dialect is Java's; PCRE2 reads nearly all of it alike. Matching is limited in steps and depth, so that a
/// hostile value costs a bounded time: whatever cannot be decided within the limits does not match.
@safe package final class ValidationExpression: Sendable {
    /// Why an expression cannot be used.
    package struct Problem: Error, Sendable, Hashable {
        package var message: String
        /// Offset in the expression's UTF-8.
        package var offset: Int
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

        package init(_ text: String) throws(Problem) {
            var number: Int32 = 0
            var offset = 0
            let pattern = Array(text.utf8)
            let compiled = unsafe pattern.withUnsafeBufferPointer { buffer in
                unsafe pcre2_compile_8(
                    buffer.baseAddress, buffer.count,
                    UInt32(PCRE2_ANCHORED) | UInt32(PCRE2_ENDANCHORED) | UInt32(PCRE2_NEVER_BACKSLASH_C), &number,
                    &offset, nil)
            }
            guard let compiled = unsafe compiled else {
                throw Problem(message: Self.message(number), offset: offset)
            }
            address = UInt(bitPattern: compiled)
        }

        deinit { unsafe pcre2_code_free_8(code) }

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

        private static func message(_ number: Int32) -> String {
            var buffer = [UInt8](repeating: 0, count: 256)
            let count = unsafe buffer.withUnsafeMutableBufferPointer {
                unsafe pcre2_get_error_message_8(number, $0.baseAddress, $0.count)
            }
            return String(decoding: buffer.prefix(max(0, Int(count))), as: UTF8.self)
        }
    #else
        package init(_ text: String) throws(Problem) {
            throw Problem(
                message: "this build has no regular expressions: install libpcre2-dev and build again", offset: 0)
        }

        package func matches(_ value: [UInt8]) -> Bool { false }
    #endif
}
