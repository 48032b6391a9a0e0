import CLibcurl

/// The `CURLM` of one driver: safe calls around libcurl's multi interface.
///
/// Every call runs with the driver registered as the one that callbacks of this thread reach.
@safe final class MultiHandle {
    private let raw: OpaquePointer

    /// Nil when libcurl has no memory.
    init?() {
        guard let handle = unsafe curl_multi_init() else { return nil }
        unsafe raw = OpaquePointer(handle)
        unsafe _ = gh_curl_multi_set_socket_callback(
            pointer,
            { easy, fd, what, _, _ in
                unsafe CurlCallbacks.socket(easy, fd, what)
                return 0
            })
        unsafe _ = gh_curl_multi_set_timer_callback(
            pointer,
            { _, milliseconds, _ in
                CurlCallbacks.timer(milliseconds)
                return 0
            })
        // The default follows the number of handles, so that a dip in load would close warm connections.
        unsafe _ = gh_curl_multi_set_long(pointer, CURLMOPT_MAXCONNECTS, 4096)
    }

    deinit { unsafe _ = curl_multi_cleanup(pointer) }

    private var pointer: UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(raw) }

    /// False when libcurl refuses.
    func add(_ easy: EasyReference) -> Bool { unsafe curl_multi_add_handle(pointer, easy.pointer) == CURLM_OK }

    func remove(_ easy: EasyReference) { unsafe _ = curl_multi_remove_handle(pointer, easy.pointer) }

    /// Lets a transfer go on that one of its callbacks had paused.
    func resume(_ easy: EasyHandle) { unsafe _ = curl_easy_pause(easy.pointer, CURLPAUSE_CONT) }

    /// Tells libcurl of a ready socket; nil means that time has passed.
    func act(_ fd: Int32?, readable: Bool = false, writable: Bool = false, failed: Bool = false) {
        var mask: Int32 = 0
        if readable { mask |= CURL_CSELECT_IN }
        if writable { mask |= CURL_CSELECT_OUT }
        if failed { mask |= CURL_CSELECT_ERR }
        var running: Int32 = 0
        unsafe _ = curl_multi_socket_action(pointer, fd ?? gh_curl_socket_timeout(), mask, &running)
    }

    /// The next finished transfer, by its name, and libcurl's verdict.
    func takeFinished() -> (TransferID, CURLcode)? {
        var easy: UnsafeMutableRawPointer?
        var code = CURLE_OK
        guard unsafe gh_curl_multi_take_done(pointer, &easy, &code) == 1 else { return nil }
        var name: UInt = 0
        unsafe _ = gh_curl_get_name(easy, &name)
        return (TransferID(name: name), code)
    }

    /// Must be called once in the process before any handle is made.
    static func prepareLibrary() { _ = gh_curl_global_init() }
}
