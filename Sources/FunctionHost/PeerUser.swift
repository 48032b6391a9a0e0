import EventLoop
import Glibc

/// Whose process is at the other end of a connection to a port of this machine, by the kernel's table of connections.
enum PeerUser {
    /// Whether it is one of the user's who runs this process. False when nothing is known of the connection.
    static func isOwn(_ peer: SocketAddress, port: UInt16) -> Bool {
        guard let table = read() else { return false }
        return isOwn(peer, port: port, user: getuid(), table: table)
    }

    /// `table` is a `/proc/net/tcp`: number, local and remote address, …, the user in the eighth place.
    static func isOwn(_ peer: SocketAddress, port: UInt16, user: UInt32, table: [UInt8]) -> Bool {
        guard case .ipv4(_, let own) = peer, let octets = peer.octets else { return false }
        let local = Array("\(hex(octets.reversed())):\(hex([UInt8(own >> 8), UInt8(own & 0xFF)]))".utf8)
        let suffix = Array(":\(hex([UInt8(port >> 8), UInt8(port & 0xFF)]))".utf8)
        for line in table.split(separator: 0x0A).dropFirst() {
            let fields = line.split(separator: 0x20, maxSplits: 9, omittingEmptySubsequences: true)
            guard fields.count > 8, fields[1].elementsEqual(local), fields[2].suffix(5).elementsEqual(suffix) else {
                continue
            }
            return String(decoding: fields[7], as: UTF8.self) == String(user)
        }
        return false
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
    }

    private static func read() -> [UInt8]? {
        let fd = unsafe open("/proc/net/tcp", O_RDONLY | O_CLOEXEC)
        guard fd >= 0 else { return nil }
        defer { Socket.close(fd) }
        var out: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(fd, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return count == 0 ? out : nil }
            out.append(contentsOf: buffer[..<count])
        }
    }
}
