package import Authorizers
package import EventLoop
import Routes
import Tokens
import Upstream

/// Keeps keys and the list of revoked tokens fresh, on a thread of its own: fetches, refreshes, files that change.
/// Workers only read what it publishes.
package actor KeyService: ThreadActor {
    package nonisolated let thread: EventThread
    private var loop: KeyLoop?

    /// `readFile` gives a file's content, nil when it cannot be read. `notify` gets what the owner should know.
    package init(
        readFile: @escaping @Sendable (String) -> [UInt8]?, notify: @escaping @Sendable (String) -> Void
    ) throws(SystemError) {
        thread = try EventThread()
        thread.start(name: "keys") {}
        self.readFile = readFile
        self.notify = notify
    }

    private let readFile: @Sendable (String) -> [UInt8]?
    private let notify: @Sendable (String) -> Void

    /// Looks after a snapshot from now on, and no longer after the one before. Returns when its list of revoked tokens
    /// has been read; fetches go on in the background.
    package func adopt(_ snapshot: GatewaySnapshot) throws(SystemError) {
        if loop == nil {
            guard let driver = TransferDriver(thread: thread) else {
                throw SystemError(code: 12, call: "curl_multi_init")
            }
            loop = KeyLoop(driver: driver, readFile: readFile, notify: notify)
        }
        loop?.adopt(snapshot)
    }

    /// Starts a fetch for a slot that lacks a key.
    func fetch(_ slot: KeySlot) { loop?.fetch(slot) }

    package func close() {
        loop?.close()
        loop = nil
        thread.stop()
    }
}

/// Hands the fetches of slots to the service, once there is one.
package struct ServiceKeyFetcher: KeyFetcher {
    private let service: KeyService

    package init(_ service: KeyService) {
        self.service = service
    }

    package func fetch(_ slot: KeySlot) {
        let service = service
        // Begun on this thread: the shared pool may be busy with something else for a while.
        Task.immediate { await service.fetch(slot) }
    }
}

/// The service's part that lives on its thread.
private final class KeyLoop: TimerTarget {
    private let driver: TransferDriver
    private let readFile: @Sendable (String) -> [UInt8]?
    private let notify: @Sendable (String) -> Void
    private var watches: [KeyWatch] = []
    /// Of the snapshot before: requests that began with it may still lack a key.
    private var formerWatches: [KeyWatch] = []
    private var stamps: [FileStamp?] = []
    private var revocations: (path: String, box: RevocationBox, stamp: FileStamp?)?
    private var fetches: [ObjectIdentifier: KeyFetch] = [:]
    private var timer: TimerID?
    private var random = SystemRandomNumberGenerator()

    /// How often files are looked at.
    private static let pollInMillis = 250

    init(
        driver: TransferDriver, readFile: @escaping @Sendable (String) -> [UInt8]?,
        notify: @escaping @Sendable (String) -> Void
    ) {
        self.driver = driver
        self.readFile = readFile
        self.notify = notify
        timer = driver.thread.makeTimer(self)
    }

    private var now: Double { Double(MonotonicTime.now().nanoseconds) / 1e9 }

    func adopt(_ snapshot: GatewaySnapshot) {
        formerWatches = watches
        watches = snapshot.keyWatches
        stamps = watches.map { watch in
            if case .file(let file, _) = watch.source { FileStamp(path: file.path) } else { nil }
        }
        revocations = nil
        if let definition = snapshot.document.revocations, let box = snapshot.revocations {
            revocations = (definition.path, box, nil)
            readRevocations()
        }
        turn()
    }

    func close() {
        fetches = [:]
        driver.shutDown()
        if let timer { driver.thread.removeTimer(timer) }
        timer = nil
    }

    func timerFired() { turn() }

    /// Does what is due and sets the timer for what comes next.
    private func turn() {
        for (index, watch) in watches.enumerated() {
            switch watch.source {
            case .remote: watch.slot.tick(at: now)
            case .file(let file, let key): look(at: file, key, watch.slot, index)
            }
        }
        if let known = revocations, FileStamp(path: known.path) != known.stamp { readRevocations() }
        guard let timer else { return }
        let hasFiles = revocations != nil || stamps.contains { $0 != nil }
        var milliseconds = hasFiles ? Self.pollInMillis : Int.max
        for watch in watches {
            guard let next = watch.slot.nextTick else { continue }
            milliseconds = min(milliseconds, Int(max(0, (next - now) * 1000)) + 1)
        }
        if milliseconds < Int.max { driver.thread.setTimer(timer, to: .now().advanced(milliseconds: milliseconds)) }
    }

    // MARK: Fetches

    func fetch(_ slot: KeySlot) {
        guard case .remote(let location)? = (watches + formerWatches).first(where: { $0.slot === slot })?.source
        else {
            return slot.failed("the configuration was replaced", at: now, jitter: 0)
        }
        let name = ObjectIdentifier(slot)
        fetches[name] = KeyFetch(location, driver: driver) { [weak self] outcome in
            guard let self else { return }
            let jitter = Double.random(in: 0...1, using: &random)
            switch outcome {
            case .keys(let json, let lifetime): slot.fetched(json, lifetime: lifetime, at: now, jitter: jitter)
            case .failed(let problem): slot.failed(problem, at: now, jitter: jitter)
            }
            fetches[name] = nil
            if let problem = slot.problem { notify("key \"\(slot.name)\": \(problem)") }
            turn()
        }
    }

    // MARK: Files

    private func look(at file: KeyFile, _ key: KeyDefinition, _ slot: KeySlot, _ index: Int) {
        let stamp = FileStamp(path: file.path)
        guard stamp != stamps[index] else { return }
        stamps[index] = stamp
        // A file that is missing or broken for a moment must not take a good key away.
        guard stamp != nil, let content = readFile(file.path) else {
            return notify("key \"\(slot.name)\": \(file.path) cannot be read; the key stays as it was")
        }
        guard let changed = file.reading(content, into: key) else {
            return notify("key \"\(slot.name)\": \(file.path) cannot be decoded; the key stays as it was")
        }
        do throws(KeyError) {
            let keys = try KeyMaterial.keySet(of: changed)
            guard keys.hasUsableKey else {
                return notify("key \"\(slot.name)\": \(file.path) holds no usable key; the key stays as it was")
            }
            slot.replace(with: keys)
            notify("key \"\(slot.name)\": read again from \(file.path)")
        } catch {
            notify("key \"\(slot.name)\": \(file.path): \(error.description); the key stays as it was")
        }
    }

    private func readRevocations() {
        guard var known = revocations else { return }
        let stamp = FileStamp(path: known.path)
        known.stamp = stamp
        revocations = known
        guard stamp != nil, let content = readFile(known.path) else {
            // Forgetting what was revoked because a file is gone would let the revoked back in.
            if !known.box.list.isEmpty { notify("revocations: \(known.path) cannot be read; the list stays as it was") }
            return
        }
        let (list, problems) = RevocationList.parse(content)
        known.box.replace(with: list)
        notify("revocations: \(list.count) entries from \(known.path)")
        for problem in problems.prefix(10) { notify("revocations: \(known.path): \(problem.message)") }
    }
}
