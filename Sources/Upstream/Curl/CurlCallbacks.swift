import CLibcurl
import CPlatform
import EventLoop

/// The entry points that libcurl calls. Each finds whoever is inside libcurl on this thread, and the transfer by its
/// number; a number that is no longer in use ends the transfer on libcurl's side and touches nothing of ours.
enum CurlCallbacks {
    /// Runs `body`, in which libcurl may call back, with `client` as the one to be called.
    static func entering<Result>(_ client: CurlClient, _ body: () -> Result) -> Result {
        let outer = unsafe gh_thread_slot_get()
        unsafe gh_thread_slot_set(Unmanaged.passUnretained(client).toOpaque())
        defer { unsafe gh_thread_slot_set(outer) }
        return body()
    }

    // The slot holds the client only while that client is further down this thread's own stack, so it is alive.
    private static var client: CurlClient? {
        guard let slot = unsafe gh_thread_slot_get() else { return nil }
        return unsafe Unmanaged<CurlClient>.fromOpaque(slot).takeUnretainedValue()
    }

    private static func transfer(_ name: UnsafeMutableRawPointer?) -> ClassicTransfer? {
        let id = TransferID(name: UInt(bitPattern: name))
        return client?.transfer(ofHandle: id)
    }

    static func write(
        _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ name: UnsafeMutableRawPointer?
    ) -> Int {
        guard let transfer = unsafe transfer(name), let bytes = unsafe bytes else { return 0 }
        let buffer = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count).assumingMemoryBound(
            to: UInt8.self)
        switch unsafe transfer.received(Span(_unsafeElements: buffer)) {
        case .taken: return size * count
        case .pause: return gh_curl_writefunc_pause()
        case .stop: return 0
        }
    }

    static func header(
        _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ name: UnsafeMutableRawPointer?
    ) -> Int {
        guard let transfer = unsafe transfer(name), let bytes = unsafe bytes else { return 0 }
        let buffer = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count).assumingMemoryBound(
            to: UInt8.self)
        return unsafe transfer.receivedHeadLine(Span(_unsafeElements: buffer)) ? size * count : 0
    }

    static func read(
        _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ name: UnsafeMutableRawPointer?
    ) -> Int {
        guard let transfer = unsafe transfer(name), let bytes = unsafe bytes else { return gh_curl_readfunc_abort() }
        let buffer = unsafe UnsafeMutableRawBufferPointer(start: bytes, count: size * count)
        switch unsafe transfer.upload.take(into: buffer) {
        case .bytes(let taken):
            transfer.uploadProgressed()
            return taken
        case .wait:
            transfer.isUploadPaused = true
            transfer.lane.uploadWaits(transfer)
            return gh_curl_readfunc_pause()
        case .end:
            transfer.uploadEnded()
            return 0
        }
    }

    /// Called before each sending of the request on a connection: the only place where libcurl's own resending can be
    /// stopped (it resends when a kept connection dies before an answer, whatever the method).
    static func aboutToSend(_ name: UnsafeMutableRawPointer?) -> Int32 {
        guard let transfer = unsafe transfer(name), transfer.maySend() else { return CURL_PREREQFUNC_ABORT }
        return CURL_PREREQFUNC_OK
    }

    static func socket(_ easy: UnsafeMutableRawPointer?, _ fd: Int32, _ what: Int32) {
        guard let client else { return }
        if what != CURL_POLL_REMOVE { return client.socketChanged(fd, what) }
        var name: UInt = 0
        if let easy = unsafe easy { unsafe _ = gh_curl_get_name(easy, &name) }
        unsafe client.socketUnwatched(
            fd, for: TransferID(name: name), isKept: gh_curl_last_socket(easy) == fd)
    }

    /// A socket was made for a connection.
    static func opened(_ fd: Int32) {
        client?.socketOpened(fd)
    }

    /// Closes a connection's socket for libcurl, which would otherwise close it behind our watch's back.
    static func close(_ fd: Int32) {
        client?.socketCloses(fd)
        Socket.close(fd)
    }

    static func timer(_ milliseconds: Int) {
        client?.timerChanged(milliseconds)
    }
}
