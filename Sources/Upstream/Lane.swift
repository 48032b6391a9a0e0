/// Who speaks HTTP on a connection to a backend; libcurl resolves, connects and does TLS on both.
package enum Lane: String, Sendable, Hashable, CaseIterable {
    /// Our own strict HTTP/1.1 over libcurl's connections: an answer that breaks the grammar is refused, and what was
    /// sent is known exactly.
    case fast
    /// libcurl's own HTTP, with guards around it.
    case classic
}
