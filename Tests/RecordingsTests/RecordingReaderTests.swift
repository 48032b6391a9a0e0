import Documents
import Foundation
import Testing

@testable import Recordings

@Suite("Recordings that are damaged, cut, put together or hostile")
struct RecordingReaderTests {
    static func sample() throws -> (opening: [UInt8], line: [UInt8]) {
        let gate = try OfflineGate(OfflineGate.configuration())
        let exchange = try #require(gate.decide(OfflineGate.request("GET /health"), at: OfflineReplayTests.now))
        return (gate.opening, gate.line(exchange))
    }

    struct Reading {
        var entries = 0
        var dropped = 0
        var problems: [ReadingProblem] = []
    }

    static func read(_ bytes: [UInt8], largest: Int = LineReader.largestLine) throws -> Reading {
        var reading = Reading()
        let reader = try OfflineGate.reader(bytes, largest: largest)
        while let item = try reader.next() {
            switch item {
            case .entry: reading.entries += 1
            case .dropped(let count): reading.dropped += count
            case .problem(let problem): reading.problems.append(problem)
            case .opening: break
            }
        }
        return reading
    }

    @Test("A file that is no recording is refused with a remedy")
    func foreign() {
        for (bytes, code) in [
            (Array("".utf8), "GH6003"), (Array("hello\n".utf8), "GH6003"), (Array("{\"log\":{}}\n".utf8), "GH6003"),
            ([0x1F, 0x8B, 8, 0], "GH6002"), ([0xFF, 0xFE, 0x7B, 0], "GH6002"), ([0x50, 0x4B, 3, 4], "GH6002"),
            (Array("{\"_gatehouse\":{\"format\":\"gatehouse-recording\",\"v\":2}}\n".utf8), "GH6003"),
        ] {
            let problem = #expect(throws: RecordingProblem.self) { try Self.read(bytes) }
            #expect(problem?.code == code)
        }
    }

    @Test("One line that cannot be read is named with its place, and the rest is read")
    func oneBadLine() throws {
        let (opening, line) = try Self.sample()
        let text = RecordSamples.text(line)
        func broken(_ old: String, _ new: String) -> [UInt8] {
            Array(text.replacingOccurrences(of: old, with: new).utf8)
        }
        let deep = String(repeating: "[", count: 100_000)
        for (bad, code) in [
            (Array(line.prefix(100)) + [0x0A], "GH6004"), (Array("{}\n".utf8), "GH6007"),
            (Array("[1,2]\n".utf8), "GH6007"), (Array("{\"_gatehouse\":{}}\n".utf8), "GH6007"),
            (broken("\"method\":\"GET\"", "\"method\":7"), "GH6007"),
            (broken("\"headers\":[", "\"headers\":{\"a\":["), "GH6004"),
            (broken("\"decision\":\"allow\"", "\"decision\":\"perhaps\""), "GH6007"),
            (broken("\"clock\":\"2026", "\"clock\":\"20x6"), "GH6007"),
            (broken("gate.example", "gate\u{1}example"), "GH6004"), (Array("{\"a\":\(deep)\n".utf8), "GH6004"),
            ([0x7B, 0xFF, 0xFE, 0x0A], "GH6004"), (broken("\"v\":1", "\"v\":1,\"v\":1"), "GH6004"),
        ] {
            let reading = try Self.read(opening + line + bad + line)
            #expect(reading.entries == 2, "\(RecordSamples.text(Array(bad.prefix(80))))")
            #expect(reading.problems.map(\.code) == [code])
            let start = Int64(opening.count + line.count)
            #expect(reading.problems.first?.entry == 3)
            #expect(reading.problems.first.map { $0.offset >= start && $0.offset < start + Int64(bad.count) } == true)
        }
    }

    @Test("A last line that was cut off is a warning, and everything before it counts")
    func torn() throws {
        let (opening, line) = try Self.sample()
        for length in stride(from: 1, to: line.count - 1, by: 37) {
            let reading = try Self.read(opening + line + Array(line.prefix(length)))
            #expect(reading.entries == 1)
            #expect(reading.problems.map(\.code) == ["GH6005"])
        }
        #expect(try Self.read(opening + Array(line.dropLast())).entries == 1)
    }

    @Test("Recordings put together, with byte-order marks, empty lines and CRLF, are one recording")
    func together() throws {
        let (opening, line) = try Self.sample()
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let crlf = Array(line.dropLast()) + [0x0D, 0x0A]
        let reading = try Self.read(mark + opening + crlf + [0x0A, 0x0A] + mark + opening + line)
        #expect(reading.entries == 2 && reading.problems.isEmpty)
        // A part of a recording, such as grep gives.
        #expect(try Self.read(line + line).entries == 2)
    }

    @Test("A line beyond the bound is passed over without being held, and lost requests are counted")
    func tooLong() throws {
        let (opening, line) = try Self.sample()
        let long = Array("{\"a\":\"".utf8) + [UInt8](repeating: 0x61, count: 3_000_000) + Array("\"}\n".utf8)
        let reading = try Self.read(
            opening + line + long + line + HeaderLine.note(dropped: 12), largest: 1_000_000)
        #expect(reading.entries == 2 && reading.dropped == 12)
        #expect(reading.problems.map(\.code) == ["GH6006"])
        #expect(reading.problems.first?.offset == Int64(opening.count + line.count))
    }

    @Test("Every entry with one byte changed gives an entry or a problem, never more, and nothing stops")
    func mutated() throws {
        let (opening, line) = try Self.sample()
        for index in stride(from: 0, to: line.count - 1, by: 3) {
            for byte: UInt8 in [0x00, 0x22, 0x7D, 0xC3] {
                var changed = line
                changed[index] = byte
                let reading = try Self.read(opening + changed + line)
                #expect(reading.entries + reading.problems.count == 2)
            }
        }
    }
}
