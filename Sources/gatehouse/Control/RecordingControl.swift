import EventLoop
import Glibc
import Recordings
import Routes
import Synchronization

/// Lets `gatehouse record` begin and end a recording in this gateway: a socket that only this user can reach. Lines of
/// text; the recording ends with the connection that asked for it.
final class RecordingControl: Sendable {
    private let configuration: String
    private let path: String
    private let recording: RecordingSwitch
    /// What the configuration in force says of recordings.
    private let definition: Mutex<RecordDefinition>
    private let thread: Mutex<BackgroundQueue<Void>?> = Mutex(nil)

    /// Nil when no socket can be had; then the gateway runs without. `configuration` is the path of gateway.json.
    init?(_ recording: RecordingSwitch, configuration: String, definition: RecordDefinition) {
        guard let path = ControlFolder.socket(of: getpid()), let listener = LocalSocket.listening(path) else {
            return nil
        }
        self.recording = recording
        self.path = path
        self.configuration = configuration
        self.definition = Mutex(definition)
        let box = ListenerBox(listener)
        do throws(SystemError) {
            let queue = try BackgroundQueue<Void>(name: "control", entries: 1, bytes: 1) { [weak self] batch in
                // The one element stands for the whole life of the thread.
                if !batch.elements.isEmpty, let self, let listener = box.take() { self.serve(listener) }
            }
            queue.offer((), size: 0)
            thread.withLock { $0 = queue }
        } catch {
            StandardStreams.remove(path)
            return nil
        }
    }

    /// After a reload.
    func adopt(_ definition: RecordDefinition) { self.definition.withLock { $0 = definition } }

    func remove() { StandardStreams.remove(path) }

    private func serve(_ listener: LocalSocket) {
        var session: (client: LocalSocket, recorder: Recorder)?
        while true {
            let ready = LocalSocket.readable([listener] + (session.map { [$0.client] } ?? []))
            if let (client, recorder) = session, ready[1] {
                session = nil
                end(recorder, client)
            }
            guard ready[0], let client = listener.accepted() else { continue }
            client.limitReading(seconds: 2)
            if let recorder = answer(client) { session = (client, recorder) }
        }
    }

    /// A recorder that runs from now on, when that was asked for.
    private func answer(_ client: LocalSocket) -> Recorder? {
        client.write("gateway \(ControlFolder.absolute(configuration))")
        guard let line = client.line(), line.hasPrefix("record "), case let file = String(line.dropFirst(7)),
            file.hasPrefix("/")
        else { return nil }
        if let other = recording.path {
            client.write("error [GH6001] this gateway is recording to \(other) already")
            return nil
        }
        do throws(CommandFailure) {
            let recorder = try RecordOptions.recorder(file, definition.withLock { $0 }, configuration: configuration)
            // Nobody else begins one: this thread alone does.
            _ = recording.begin(recorder)
            client.write("ok \(recorder.repair ?? "")")
            StandardStreams.writeError(RecordOptions.banner(recorder))
            return recorder
        } catch {
            client.write("error \(error.message)")
            return nil
        }
    }

    private func end(_ recorder: Recorder, _ client: LocalSocket) {
        recording.end()
        let isThrough = recorder.stop()
        let counts = recorder.counts
        StandardStreams.writeError("gatehouse: recorded \(counts.written) requests in \(recorder.path)\n")
        let missing = counts.dropped + counts.lost + counts.withheld
        client.write("done \(counts.written) \(missing) \(isThrough ? "whole" : "cut")")
    }
}

/// Hands the socket to the thread that serves it.
private final class ListenerBox: Sendable {
    private let listener: Mutex<LocalSocket?>

    init(_ listener: sending LocalSocket) {
        self.listener = Mutex(listener)
    }

    func take() -> LocalSocket? { listener.withLock { $0.take() } }
}
