import Glibc

/// A refused call of the operating system.
package struct SystemError: Error, Sendable, Hashable {
    /// The errno.
    package let code: Int32
    /// The call's name, such as `bind`.
    package let call: String

    package init(code: Int32, call: String) {
        self.code = code
        self.call = call
    }

    /// The kernel's words for the code.
    package var reason: String { unsafe String(cString: strerror(code)) }

    /// Passes a result through, or throws what a shim returned as minus the errno.
    package static func check(_ result: Int32, _ call: String) throws(SystemError) -> Int32 {
        if result < 0 { throw SystemError(code: -result, call: call) }
        return result
    }
}
