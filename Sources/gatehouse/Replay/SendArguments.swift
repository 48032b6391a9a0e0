import ArgumentParser
import Recordings

/// `recorded`, `resign`, `as:NAME` and so on. Anything is taken here: the parser would repeat a wrong word, which may be
/// a token.
struct TokensArgument: ExpressibleByArgument {
    enum Form: Equatable {
        case recorded
        case none
        case resign
        case principal(String)
        case map(String)
        case command(String)
        case wrong

        var text: String {
            switch self {
            case .recorded, .wrong: "recorded"
            case .none: "none"
            case .resign: "resign"
            case .principal(let name): "as:\(name)"
            case .map(let file): "map:\(file)"
            case .command(let command): "exec:\(command)"
            }
        }
    }

    let form: Form

    init?(argument: String) {
        func rest(_ prefix: String) -> String? {
            argument.hasPrefix(prefix) && argument.utf8.count > prefix.utf8.count
                ? String(argument.dropFirst(prefix.count)) : nil
        }
        switch argument {
        case "recorded": form = .recorded
        case "none": form = .none
        case "resign": form = .resign
        default:
            if let name = rest("as:") {
                form = .principal(name)
            } else if let file = rest("map:") {
                form = .map(file)
            } else if let command = rest("exec:") {
                form = .command(command)
            } else {
                form = .wrong
            }
        }
    }
}

/// A positive number that people write with a sign behind it.
private func number(_ text: some StringProtocol, upTo most: Double) -> Double? {
    // Digits and a point only: no exponents, no words.
    guard text.utf8.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2E }), let value = Double(String(text)),
        value > 0, value <= most
    else { return nil }
    return value
}

/// `4x`, `0.5x`
struct SpeedArgument: ExpressibleByArgument {
    let factor: Double

    init?(argument: String) {
        guard argument.last == "x", let factor = number(argument.dropLast(), upTo: 1_000_000), factor >= 0.001 else {
            return nil
        }
        self.factor = factor
    }
}

/// `50/s`
struct RateArgument: ExpressibleByArgument {
    let perSecond: Double

    init?(argument: String) {
        guard argument.hasSuffix("/s"), let rate = number(argument.dropLast(2), upTo: 1_000_000), rate >= 0.001 else {
            return nil
        }
        perSecond = rate
    }
}

/// `2s`, `500ms`, `1.5s`, `10m`
struct GapArgument: ExpressibleByArgument {
    let seconds: Double

    init?(argument: String) {
        for (unit, size) in [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)] where argument.hasSuffix(unit) {
            guard let count = number(argument.dropLast(unit.count), upTo: 1_000_000) else { continue }
            seconds = count * size
            return
        }
        return nil
    }
}

/// `recorded` or `principal`
enum OrderArgument: String, ExpressibleByArgument, CaseIterable {
    case recorded
    case principal
}

/// `principal:25%`
struct SampleArgument: ExpressibleByArgument {
    let percent: Double

    init?(argument: String) {
        guard argument.hasPrefix("principal:"), argument.last == "%",
            let percent = number(argument.dropFirst(10).dropLast(), upTo: 100)
        else { return nil }
        self.percent = percent
    }
}

/// `latency:2x`
struct ToleranceArgument: ExpressibleByArgument {
    let factor: Double

    init?(argument: String) {
        guard argument.hasPrefix("latency:"), let speed = SpeedArgument(argument: String(argument.dropFirst(8))) else {
            return nil
        }
        factor = speed.factor
    }
}

/// `decision,status`
struct FailOnArgument: ExpressibleByArgument {
    let text: String
    let kinds: Set<AnswerComparison.Kind>

    init?(argument: String) {
        text = argument
        var kinds: Set<AnswerComparison.Kind> = []
        for word in argument.split(separator: ",", omittingEmptySubsequences: false) {
            switch word {
            case "decision": kinds.formUnion([.newlyAllowed, .newlyDenied])
            case "status": kinds.insert(.status)
            case "header": kinds.insert(.header)
            case "body": kinds.insert(.body)
            case "none" where argument == "none": break
            default: return nil
            }
        }
        // What got no answer was not compared: that is never a success.
        self.kinds = kinds.union([.unanswered])
    }

    static let standard: Set<AnswerComparison.Kind> = [.newlyAllowed, .newlyDenied, .status, .unanswered]
}
