import CLibcurl
import EventLoop

/// One `CURL` easy handle that only connects, and then may carry bytes.
@safe final class DialHandle {
    let reference: EasyReference
    /// Whose connection it is; set while the connection stays libcurl's.
    weak var dialer: Dialer?
    /// What OpenSSL has refused must be offered again from the same place, so bytes wait here.
    private var staging: UnsafeMutableRawBufferPointer?
    private var staged = 0..<0
    /// Whether libcurl has taken any of what was staged last.
    private var hasLeft = false

    private static let stagingSize = 16_384

    /// Nil when libcurl has no memory.
    init?(address: BackendAddress) {
        guard let handle = unsafe curl_easy_init() else { return nil }
        unsafe reference = EasyReference(handle)
        CurlSettings.apply(address, to: reference)
        unsafe _ = gh_curl_set_long(pointer, CURLOPT_CONNECT_ONLY, 1)
        // Kept connections are ours to end.
        unsafe _ = gh_curl_set_long(pointer, CURLOPT_MAXAGE_CONN, 1 << 30)
    }

    deinit {
        unsafe curl_easy_cleanup(pointer)
        unsafe staging?.deallocate()
    }

    private var pointer: UnsafeMutableRawPointer { unsafe reference.pointer }

    func rename(_ id: TransferID) { unsafe _ = gh_curl_set_name(pointer, CURLOPT_PRIVATE, id.name) }

    /// The socket of the connection; -1 when there is none.
    var socket: Int32 { unsafe gh_curl_last_socket(pointer) }

    func receive(into buffer: inout [UInt8]) -> Socket.Outcome {
        var count = 0
        let code = unsafe buffer.withUnsafeMutableBytes {
            unsafe curl_easy_recv(pointer, $0.baseAddress, $0.count, &count)
        }
        switch code {
        case CURLE_OK: return count == 0 ? .ended : .bytes(count)
        case CURLE_AGAIN: return .wouldBlock
        default: return .failed
        }
    }

    /// Whether bytes that count as sent are still here.
    var isHolding: Bool { !staged.isEmpty }

    /// Takes of both buffers, the second behind the first, what fits, and gives libcurl what it takes.
    func send(_ first: WireBuffer, _ second: WireBuffer) -> Socket.Outcome {
        switch sendStaged() {
        case .bytes: break
        case let other: return other
        }
        let place: UnsafeMutableRawBufferPointer
        if let staging = unsafe staging {
            unsafe place = staging
        } else {
            unsafe place = .allocate(byteCount: Self.stagingSize, alignment: 16)
            unsafe staging = place
        }
        var count = 0
        for buffer in [first, second] where !buffer.isEmpty {
            let piece = min(buffer.count, Self.stagingSize - count)
            unsafe buffer.bytes.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(rebasing: place[count..<(count + piece)]).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: source[buffer.sent..<(buffer.sent + piece)]))
            }
            count += piece
        }
        staged = 0..<count
        hasLeft = false
        // When a part of these bytes has left, all count as sent, so that nothing is sent twice; reading tells of the end.
        if case .failed = sendStaged(), !hasLeft { return .failed }
        return .bytes(count)
    }

    /// ``Socket/Outcome/bytes(_:)`` when nothing is left here.
    private func sendStaged() -> Socket.Outcome {
        while !staged.isEmpty, let place = unsafe staging?.baseAddress {
            var sent = 0
            let code = unsafe curl_easy_send(pointer, place + staged.lowerBound, staged.count, &sent)
            if code == CURLE_AGAIN { return .wouldBlock }
            guard code == CURLE_OK else {
                staged = 0..<0
                return .failed
            }
            hasLeft = hasLeft || sent > 0
            staged = (staged.lowerBound + sent)..<staged.upperBound
        }
        return .bytes(0)
    }

    /// Ends the connection.
    func close() { dialer?.close(self) }
}
