#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The system's resolver.
enum HostLookup {
    /// Why a name does not resolve; nil when it does. Blocks as long as the resolver likes.
    static func problem(_ host: String) -> String? {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        var found: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, nil, &hints, &found)
        if let found = unsafe found { unsafe freeaddrinfo(found) }
        if code == 0 { return nil }
        guard let text = unsafe gai_strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }
}
