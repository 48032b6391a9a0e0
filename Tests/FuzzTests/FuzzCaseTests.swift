import Foundation
import FuzzTargets
import TestSupport
import Testing

/// Every seed and every case that fuzzing ever found, through the same checks that libFuzzer runs.
@Suite("Cases of the fuzz targets")
struct FuzzCaseTests {
    private static func files(_ folder: String) throws -> [(name: String, bytes: [UInt8])] {
        let url = Fixture.packageRoot.appendingPathComponent(folder)
        guard let found = try? FileManager.default.contentsOfDirectory(atPath: url.path) else { return [] }
        return try found.sorted().map { ($0, Array(try Data(contentsOf: url.appendingPathComponent($0)))) }
    }

    @Test("What fuzzing found once holds now", arguments: FuzzTarget.all.map(\.name))
    func failCases(_ name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        for file in try Self.files("Fuzzing/FailCases/\(name)") {
            #expect(target.check(file.bytes) == nil, "\(file.name)")
        }
    }

    @Test("The seeds hold, and so does everything that is cut off from them", arguments: FuzzTarget.all.map(\.name))
    func seeds(_ name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        let seeds = try Self.files("Fuzzing/Seeds/\(name)")
        #expect(!seeds.isEmpty)
        for seed in seeds {
            #expect(target.check(seed.bytes) == nil, "\(seed.name)")
            for length in stride(from: 0, to: seed.bytes.count, by: max(1, seed.bytes.count / 40)) {
                #expect(target.check(Array(seed.bytes.prefix(length))) == nil, "\(seed.name) cut at \(length)")
            }
        }
    }
}
