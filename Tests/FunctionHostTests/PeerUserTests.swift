import EventLoop
import Testing

@testable import FunctionHost

@Suite("Whose process speaks to a port")
struct PeerUserTests {
    private static let table = Array(
        """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1 1
           1: 0100007F:A1B2 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 2 1
           2: 0100007F:A1B3 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1001        0 3 1
           3: 0100007F:1F90 0100007F:A1B2 01 00000000:00000000 00:00000000 00000000     0        0 4 1
        """.utf8)

    private static func isOwn(_ port: UInt16, to own: UInt16 = 0x1F90) -> Bool {
        PeerUser.isOwn(.ipv4([127, 0, 0, 1], port: port), port: own, user: 1000, table: table)
    }

    @Test("Another user's process, and one that is not in the table, are strangers")
    func strangers() {
        #expect(!Self.isOwn(0xA1B3))
        #expect(!Self.isOwn(0xA1B4))
        #expect(!Self.isOwn(0xA1B2, to: 0x1F91))
        #expect(!PeerUser.isOwn(.unix(path: "/a"), port: 0x1F90, user: 1000, table: Self.table))
        #expect(!PeerUser.isOwn(.ipv4([127, 0, 0, 1], port: 0xA1B2), port: 0x1F90, user: 1000, table: []))
    }

    @Test("The user's own process is known by its end of the connection")
    func own() { #expect(Self.isOwn(0xA1B2)) }
}
