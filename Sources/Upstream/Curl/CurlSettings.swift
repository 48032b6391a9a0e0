import CLibcurl

/// What every easy handle is told, whatever it is for.
enum CurlSettings {
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
