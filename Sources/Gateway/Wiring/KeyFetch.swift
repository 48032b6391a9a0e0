import Authorizers
import Documents
import EventLoop
import HTTP
import Routes
import Upstream

/// One fetch of a key set: for an issuer first its discovery document, then the set that it names.
///
/// Bounded in every direction: five seconds for all of it, 256 KiB an answer, status 200 only, no redirects.
final class KeyFetch: TransferSink, TimerTarget {
    /// The text of the set and the lifetime that its answer gave it, or why there is none.
    enum Outcome: Sendable {
        case keys([UInt8], lifetime: Double?)
        case failed(String)
    }

    private enum Stage {
        /// The issuer's name, which the document must repeat.
        case discovery(issuer: String)
        case keys
    }

    private let driver: TransferDriver
    private let completion: (Outcome) -> Void
    private var stage: Stage
    private var transfer: TransferID?
    private var timer: TimerID?
    private var status: UInt16 = 0
    private var lifetime: Double?
    private var body: [UInt8] = []
    private var isOver = false
    /// What was answered on the way, in order.
    private(set) var steps: [KeySetInspector.Step] = []
    private var asked: (url: String, at: MonotonicTime)?
    private var noted: [String] = []

    private static let bodyLimit = 262_144
    private static let limitInMillis = 5000

    init(_ location: RemoteKeySet.Location, driver: TransferDriver, completion: @escaping (Outcome) -> Void) {
        self.driver = driver
        self.completion = completion
        switch location {
        case .keySet: stage = .keys
        case .issuer(let name, _): stage = .discovery(issuer: name)
        }
        let timer = driver.thread.makeTimer(self)
        driver.thread.setTimer(timer, to: driver.thread.now.advanced(milliseconds: Self.limitInMillis))
        self.timer = timer
        switch location {
        case .keySet(let url): get(url)
        case .issuer(_, let discovery): get(discovery)
        }
    }

    private func get(_ url: RemoteURL) {
        body = []
        status = 0
        asked = (url.text, .now())
        noted = []
        let address = BackendAddress(
            scheme: url.origin.scheme == .https ? .https : .http, host: url.origin.host, port: url.origin.port)
        let fields = "Host: \(address.authority)\r\nAccept: application/json\r\nUser-Agent: gatehouse\r\n"
        let request = UpstreamRequest(
            method: .get, methodBytes: Array("GET".utf8), target: url.target, fields: Array(fields.utf8), body: .none,
            headInMillis: Self.limitInMillis, idleInMillis: Self.limitInMillis)
        transfer = driver.start(request, to: address, for: self)
        if transfer == nil { end(.failed("too many fetches at once")) }
    }

    // MARK: From the issuer

    func transferInformed(_ head: ResponseHead) {}

    func transferAnswered(_ head: consuming ResponseHead) {
        status = head.status
        lifetime = head.fields.first(.cacheControl).flatMap { CacheControl.maxAge(head.fields.value(of: $0)) }
        for name in ["Content-Type", "Cache-Control", "Expires", "Age", "ETag", "Last-Modified", "Location"] {
            guard let line = head.fields.first(lowercasedName: Array(name.lowercased().utf8)) else { continue }
            noted.append("\(name): \(String(decoding: head.fields.value(of: line).prefix(200), as: UTF8.self))")
        }
    }

    func transferReceived(_ bytes: Span<UInt8>) -> Bool {
        if body.count + bytes.count > Self.bodyLimit {
            end(.failed("the answer is larger than \(Self.bodyLimit) bytes"))
        } else {
            body.append(bytes)
        }
        return true
    }

    func transferWantsBody() {}

    func transferEnded(_ error: UpstreamError?) {
        transfer = nil
        note()
        if let error { return end(.failed("the fetch failed: \(error.kind.rawValue)")) }
        guard status == 200 else { return end(.failed("the answer has status \(status)")) }
        switch stage {
        case .keys: end(.keys(body, lifetime: lifetime))
        case .discovery(let issuer): follow(issuer)
        }
    }

    private func note() {
        guard let asked, status > 0 else { return }
        let step = KeySetInspector.Step(
            url: asked.url, status: status, bytes: body.count, fields: noted,
            nanoseconds: MonotonicTime.now().since(asked.at))
        steps.append(step)
    }

    /// OpenID Connect Discovery §4.3: the document must name the issuer it was asked for.
    private func follow(_ issuer: String) {
        do throws(JSONError) {
            let root = try JSONParser.parse(body).root
            guard root["issuer"]?.equals(issuer) == true else {
                return end(.failed("the discovery document names another issuer"))
            }
            guard let text = root["jwks_uri"]?.string else {
                return end(.failed("the discovery document has no jwks_uri"))
            }
            follow(to: text)
        } catch {
            end(.failed("the discovery document is no JSON: \(error.message)"))
        }
    }

    private func follow(to text: String) {
        do throws(RemoteURL.Problem) {
            let url = try RemoteURL(text)
            stage = .keys
            get(url)
        } catch {
            end(.failed("the jwks_uri of the discovery document is not https"))
        }
    }

    func timerFired() { end(.failed("no complete answer within \(Self.limitInMillis / 1000) seconds")) }

    private func end(_ outcome: Outcome) {
        guard !isOver else { return }
        isOver = true
        if let transfer { driver.cancel(transfer) }
        transfer = nil
        if let timer { driver.thread.removeTimer(timer) }
        timer = nil
        completion(outcome)
    }
}

/// The one directive of Cache-Control that counts for key sets (RFC 9111 §5.2.2.1).
enum CacheControl {
    static func maxAge(_ value: ArraySlice<UInt8>) -> Double? {
        for part in value.split(separator: UInt8(ascii: ",")) {
            let text = String(decoding: part, as: UTF8.self).filter { $0 != " " && $0 != "\t" }.lowercased()
            if text.hasPrefix("max-age="), let seconds = UInt32(text.dropFirst(8)) { return Double(seconds) }
        }
        return nil
    }
}
