/// Who uses a `CURLM` and is called back by it, on one thread.
class CurlClient {
    /// The transfer that libcurl means, as long as it is in libcurl's hands.
    func transfer(ofHandle id: TransferID) -> ClassicTransfer? { nil }

    /// libcurl wants to be told when a socket is ready; `what` is one of `CURL_POLL_…`.
    func socketChanged(_ fd: Int32, _ what: Int32) {}

    /// libcurl wants nothing of a socket any more. It may be closed already.
    func socketUnwatched(_ fd: Int32, for id: TransferID, isKept: @autoclosure () -> Bool) {}

    /// A new socket has this number: whatever had it before is gone.
    func socketOpened(_ fd: Int32) { socketCloses(fd) }

    /// The socket is about to be closed.
    func socketCloses(_ fd: Int32) {}

    /// libcurl wants to be called after this time; a negative one takes that back.
    func timerChanged(_ milliseconds: Int) {}
}
