import CLibcurl
import HTTP

/// One `CURL` easy handle, bound to one backend; options that do not change are set once.
@safe final class EasyHandle {
    let reference: EasyReference
    private let list = HeaderList()
    private var mode = Mode.none
    private var target: [CChar] = []
    private var isReuseForbidden = false

    /// How libcurl is told the method; switching costs option calls, so the last one is remembered.
    private enum Mode: Equatable {
        case none
        case get
        case head
        /// Without a body, and without a length.
        case plain([UInt8])
        /// With `Content-Length: 0`.
        case empty([UInt8])
        case upload([UInt8])
    }

    /// Whether this libcurl forgets the last answer's head when a handle is used again.
    static let mayServeAgain = gh_curl_version_number() >= 0x080000

    /// Nil when libcurl has no memory.
    init?(address: BackendAddress) {
        guard let handle = unsafe curl_easy_init() else { return nil }
        unsafe reference = EasyReference(handle)
        configure(address)
    }

    deinit { unsafe curl_easy_cleanup(pointer) }

    var pointer: UnsafeMutableRawPointer { unsafe reference.pointer }

    private func configure(_ address: BackendAddress) {
        CurlSettings.apply(address, to: reference)
        set(CURLOPT_PATH_AS_IS, 1)
        set(CURLOPT_HTTP09_ALLOWED, 0)
        set(CURLOPT_HTTP_CONTENT_DECODING, 0)
        set(CURLOPT_HTTP_TRANSFER_DECODING, 1)
        set(CURLOPT_MAXAGE_CONN, 60)
        unsafe _ = gh_curl_set_data_callback(
            pointer, CURLOPT_WRITEFUNCTION, { unsafe CurlCallbacks.write($0, $1, $2, $3) })
        unsafe _ = gh_curl_set_data_callback(
            pointer, CURLOPT_HEADERFUNCTION, { unsafe CurlCallbacks.header($0, $1, $2, $3) })
        unsafe _ = gh_curl_set_data_callback(
            pointer, CURLOPT_READFUNCTION, { unsafe CurlCallbacks.read($0, $1, $2, $3) })
        unsafe _ = gh_curl_set_prereq_callback(pointer, { name, _, _, _, _ in unsafe CurlCallbacks.aboutToSend(name) })
    }

    private func set(_ option: CURLoption, _ value: Int) {
        unsafe _ = gh_curl_set_long(pointer, option, value)
    }

    private func set(_ option: CURLoption, _ value: String) {
        unsafe _ = gh_curl_set_text(pointer, option, value)
    }

    /// Gives the handle the number by which callbacks find it, once for its life.
    func rename(_ id: TransferID) {
        for option in [CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_READDATA, CURLOPT_PREREQDATA, CURLOPT_PRIVATE] {
            unsafe _ = gh_curl_set_name(pointer, option, id.name)
        }
    }

    /// The connection must not serve another request after this one.
    func forbidReuse() {
        isReuseForbidden = true
        set(CURLOPT_FORBID_REUSE, 1)
    }

    private static let noAccept = Array("Accept:".utf8)
    private static let noExpect = Array("Expect:".utf8)
    private static let noContentType = Array("Content-Type:".utf8)

    /// Sets method, target, fields and framing of the next transfer.
    func prepare(_ request: UpstreamRequest) {
        if isReuseForbidden {
            isReuseForbidden = false
            set(CURLOPT_FORBID_REUSE, 0)
        }
        prepareMethod(request)
        target.removeAll(keepingCapacity: true)
        let wanted = request.target
        target.reserveCapacity(wanted.count + 1)
        for byte in wanted { target.append(CChar(bitPattern: byte)) }
        target.append(0)
        unsafe _ = target.withUnsafeBufferPointer {
            unsafe gh_curl_set_text(pointer, CURLOPT_REQUEST_TARGET, $0.baseAddress)
        }
        var own = [Self.noAccept, Self.noExpect]
        let fields = request.fields
        if FieldBlock.contains("accept", in: fields) { own.removeFirst() }
        if case .empty = mode, !FieldBlock.contains("content-type", in: fields) {
            own.append(Self.noContentType)
        }
        unsafe _ = gh_curl_set_list(pointer, CURLOPT_HTTPHEADER, list.fill(fields, own: own))
    }

    private func prepareMethod(_ request: UpstreamRequest) {
        let wanted: Mode
        switch request.body {
        case .length, .stream: wanted = .upload(request.methodBytes)
        case .none:
            switch request.method {
            case .get: wanted = .get
            case .head: wanted = .head
            case .post, .put, .patch: wanted = .empty(request.methodBytes)
            default: wanted = .plain(request.methodBytes)
            }
        }
        if wanted != mode { enter(wanted) }
        if case .length(let length) = request.body {
            unsafe _ = gh_curl_set_offset(pointer, CURLOPT_INFILESIZE_LARGE, Int(clamping: length))
        } else if case .stream = request.body {
            unsafe _ = gh_curl_set_offset(pointer, CURLOPT_INFILESIZE_LARGE, -1)
        }
    }

    private func enter(_ wanted: Mode) {
        mode = wanted
        set(CURLOPT_UPLOAD, 0)
        set(CURLOPT_NOBODY, 0)
        set(CURLOPT_HTTPGET, 1)
        switch wanted {
        case .none, .get: setMethod(nil)
        case .head:
            setMethod(nil)
            set(CURLOPT_NOBODY, 1)
        case .plain(let method): setMethod(method)
        case .empty(let method):
            set(CURLOPT_POST, 1)
            set(CURLOPT_POSTFIELDSIZE, 0)
            set(CURLOPT_COPYPOSTFIELDS, "")
            setMethod(method)
        case .upload(let method):
            set(CURLOPT_UPLOAD, 1)
            setMethod(method)
        }
    }

    private func setMethod(_ method: [UInt8]?) {
        guard let method else {
            unsafe _ = gh_curl_set_text(pointer, CURLOPT_CUSTOMREQUEST, nil)
            return
        }
        set(CURLOPT_CUSTOMREQUEST, String(decoding: method, as: UTF8.self))
    }
}

/// Looks into a block of field lines that we made ourselves.
enum FieldBlock {
    /// Whether a line with this lower-case name is there.
    static func contains(_ name: StaticString, in fields: [UInt8]) -> Bool {
        let count = name.utf8CodeUnitCount
        var start = 0
        while start < fields.count {
            if fields.count - start > count, fields[start + count] == 0x3A, matches(name, fields, start) { return true }
            while start < fields.count, fields[start] != 0x0A { start += 1 }
            start += 1
        }
        return false
    }

    private static func matches(_ name: StaticString, _ fields: [UInt8], _ start: Int) -> Bool {
        name.withUTF8Buffer { wanted in
            for index in 0..<wanted.count where unsafe fields[start + index] | 0x20 != wanted[index] { return false }
            return true
        }
    }
}
