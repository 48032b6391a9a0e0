/// What the options of curl mean for the request that goes out (curl's manual page). Those that are not here are refused
/// by name: to leave one out could be to decide another request.
enum CurlOption: Sendable {
    enum Data: Sendable {
        /// `@file` is read, line ends taken out.
        case text
        case binary
        /// `@` means nothing.
        case raw
        case urlencoded
        case json
    }

    case method
    case header
    case data(Data)
    case cookie
    case user
    case bearer
    case agent
    case referer
    case range
    case url
    case requestTarget
    case form
    case upload
    // Without an argument:
    case get
    case head
    case compressed
    case noGlobbing
    case pathAsIs
    /// Changes nothing that is decided on.
    case ignored
    case ignoredWithValue

    var takesValue: Bool {
        switch self {
        case .get, .head, .compressed, .noGlobbing, .pathAsIs, .ignored: false
        default: true
        }
    }

    static func short(_ letter: UInt8) -> CurlOption? {
        switch letter {
        case UInt8(ascii: "X"): .method
        case UInt8(ascii: "H"): .header
        case UInt8(ascii: "d"): .data(.text)
        case UInt8(ascii: "b"): .cookie
        case UInt8(ascii: "u"): .user
        case UInt8(ascii: "A"): .agent
        case UInt8(ascii: "e"): .referer
        case UInt8(ascii: "r"): .range
        case UInt8(ascii: "F"): .form
        case UInt8(ascii: "T"): .upload
        case UInt8(ascii: "G"): .get
        case UInt8(ascii: "I"): .head
        case UInt8(ascii: "g"): .noGlobbing
        default:
            // -K reads more options from a file, -z makes the request conditional, -x and -n ask others: refused.
            if Array("sSkivLfN#0246jJlOR".utf8).contains(letter) {
                .ignored
            } else if Array("omwcDyY".utf8).contains(letter) {
                .ignoredWithValue
            } else {
                nil
            }
        }
    }

    static let long: [String: CurlOption] = [
        "request": .method, "header": .header, "data": .data(.text), "data-ascii": .data(.text),
        "data-binary": .data(.binary), "data-raw": .data(.raw), "data-urlencode": .data(.urlencoded),
        "json": .data(.json), "cookie": .cookie, "user": .user, "oauth2-bearer": .bearer, "user-agent": .agent,
        "referer": .referer, "range": .range, "url": .url, "request-target": .requestTarget, "form": .form,
        "form-string": .form, "upload-file": .upload, "get": .get, "head": .head, "compressed": .compressed,
        "globoff": .noGlobbing, "path-as-is": .pathAsIs,
        "silent": .ignored, "show-error": .ignored, "insecure": .ignored, "include": .ignored, "verbose": .ignored,
        "location": .ignored, "fail": .ignored, "fail-with-body": .ignored, "no-buffer": .ignored,
        "progress-bar": .ignored, "http1.0": .ignored, "http1.1": .ignored, "http2": .ignored,
        "http2-prior-knowledge": .ignored, "http3": .ignored, "ipv4": .ignored, "ipv6": .ignored, "tlsv1.2": .ignored,
        "tlsv1.3": .ignored, "remote-name": .ignored, "remote-header-name": .ignored, "no-progress-meter": .ignored,
        "tcp-nodelay": .ignored, "no-keepalive": .ignored, "basic": .ignored, "ssl-no-revoke": .ignored,
        "output": .ignoredWithValue, "max-time": .ignoredWithValue, "connect-timeout": .ignoredWithValue,
        "write-out": .ignoredWithValue, "cookie-jar": .ignoredWithValue, "cacert": .ignoredWithValue,
        "capath": .ignoredWithValue, "ciphers": .ignoredWithValue, "dump-header": .ignoredWithValue,
        "interface": .ignoredWithValue, "limit-rate": .ignoredWithValue, "max-redirs": .ignoredWithValue,
        "resolve": .ignoredWithValue, "connect-to": .ignoredWithValue, "retry": .ignoredWithValue,
        "retry-delay": .ignoredWithValue, "trace": .ignoredWithValue, "trace-ascii": .ignoredWithValue,
        "unix-socket": .ignoredWithValue, "speed-limit": .ignoredWithValue, "speed-time": .ignoredWithValue,
        "stderr": .ignoredWithValue, "keepalive-time": .ignoredWithValue,
    ]
}
