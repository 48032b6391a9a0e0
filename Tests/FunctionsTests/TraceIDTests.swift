import Functions
import Testing

@Suite("Trace ids")
struct TraceIDTests {
    private static func text(_ incoming: String?) -> String {
        let id = TraceID(
            incoming: incoming.map { Example.bytes($0)[...] }, seconds: 0x5526_7630,
            random: (0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210))
        return Example.text(id.text)
    }

    @Test(
        "Without a good root a new one is made",
        arguments: [
            nil, "", "Root=", "Root=1-55267630", "Root=2-3152b799-8954dae64eda91bc9a23a7e8",
            "Root=1-3152b79-8954dae64eda91bc9a23a7e8", "Root=1-3152b799-8954dae64eda91bc9a23a7eg",
            "root=1-3152b799-8954dae64eda91bc9a23a7e8", "Self=1-3152b799-8954dae64eda91bc9a23a7e8",
            "1-3152b799-8954dae64eda91bc9a23a7e8",
            "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Root=1-3152b799-8954dae64eda91bc9a23a7e9",
            "Root=1-3152b799-8954dae64eda91bc9a23a7e8-1", "Root=1-3152b799-8954dae64eda91bc9a23a7e8;x=\t",
            "Root=1-3152b799-8954dae64eda91bc9a23a7e8;x=" + String(repeating: "a", count: 600),
        ] as [String?])
    func made(incoming: String?) {
        #expect(Self.text(incoming) == "Root=1-55267630-0123456789abcdef76543210")
    }

    @Test(
        "A client's whole trace id is kept",
        arguments: [
            "Root=1-3152b799-8954dae64eda91bc9a23a7e8", "Root=1-3152B799-8954DAE64EDA91BC9A23A7E8",
            "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1",
            "Self=1-67891234-12456789abcdef012345678; Root=1-67891233-abcdef012345678912345678",
        ])
    func kept(incoming: String) {
        #expect(Self.text(incoming) == incoming)
    }
}
