import CLibcurl
import Glibc

/// What every easy handle is told, whatever it is for.
enum CurlSettings {
    /// Whether libcurl can read the authorities that TLS backends are judged by from a file, and keep them.
    ///
    /// libcurl (7.87 and later) reads them once for all connections of a multi handle, but only when they come from a file
    /// alone. Debian's also looks into a folder, which holds the same ones, and would read the file, some 20 ms, for each
    /// connection.
    private static let keepsAuthorities: Bool = {
        // An older one would gain nothing from doing without the folder.
        guard gh_curl_version_number() >= 0x075700, let file = unsafe gh_curl_authorities_file() else { return false }
        return unsafe access(file, R_OK) == 0
    }()

    static func apply(_ address: BackendAddress, to reference: EasyReference) {
        let easy = unsafe reference.pointer
        func set(_ option: CURLoption, _ value: Int) { unsafe _ = gh_curl_set_long(easy, option, value) }
        func set(_ option: CURLoption, _ value: String) { unsafe _ = gh_curl_set_text(easy, option, value) }
        set(CURLOPT_URL, address.url)
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_TCP_NODELAY, 1)
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_NETRC, 0)
        set(CURLOPT_UNRESTRICTED_AUTH, 0)
        // Environment variables such as http_proxy must not move traffic elsewhere.
        set(CURLOPT_PROXY, "")
        set(CURLOPT_NOPROXY, "*")
        set(CURLOPT_CONNECTTIMEOUT_MS, address.connectInMillis)
        if keepsAuthorities { unsafe _ = gh_curl_set_text(easy, CURLOPT_CAPATH, nil) }
        unsafe _ = gh_curl_set_open_callback(
            easy,
            { _, fd, _ in
                CurlCallbacks.opened(fd)
                return 0
            })
        unsafe _ = gh_curl_set_close_callback(
            easy,
            { _, fd in
                CurlCallbacks.close(fd)
                return 0
            })
    }
}
