import Testing

@testable import Gateway

@Suite("Places in the queue of slow signature checks")
struct VerificationPlaceTests {
    private static func place(_ text: String) -> [UInt8] { VerificationPlace.of(Array(text.utf8)) }

    @Test("Addresses of one IPv6 network share a place")
    func network() {
        #expect(Self.place("2001:db8:1:2::1") == Self.place("2001:db8:1:2:ffff:ffff:ffff:ffff"))
        #expect(Self.place("2001:db8:1:2::1") != Self.place("2001:db8:1:3::1"))
        #expect(Self.place("::1") != Self.place("2001:db8::1"))
    }

    @Test("IPv4 addresses have a place each, in IPv6's clothes too")
    func ipv4() {
        #expect(Self.place("192.0.2.1") != Self.place("192.0.2.2"))
        #expect(Self.place("::ffff:192.0.2.1") != Self.place("::ffff:192.0.2.2"))
    }

    @Test("What is no address stands for itself", arguments: ["", "unix", "a:b", "2001:db8::1::2"])
    func other(_ text: String) {
        #expect(Self.place(text) == Array(text.utf8))
    }
}
