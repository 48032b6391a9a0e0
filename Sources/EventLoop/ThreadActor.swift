/// An actor that lives on an event thread: calls from that thread do not hop, calls from elsewhere become jobs of it.
package protocol ThreadActor: Actor {
    nonisolated var thread: EventThread { get }
}

extension ThreadActor {
    // The actor keeps its thread alive by the stored property, which is what "unowned" asks for.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }
}
