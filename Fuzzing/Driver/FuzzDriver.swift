import CFuzzer
import FuzzTargets
import Glibc

/// Gives libFuzzer the target that the environment variable `FUZZ_TARGET` names. Not an argument: libFuzzer starts its
/// own helpers with the arguments it was given.
@main
enum FuzzDriver {
    /// Nil when the variable names none; `main` refuses that before the first input.
    private static let target = unsafe getenv("FUZZ_TARGET").flatMap { unsafe FuzzTarget.named(String(cString: $0)) }

    static func main() {
        if target == nil {
            let names = FuzzTarget.all.map(\.name).joined(separator: " ")
            complain("FUZZ_TARGET is one of: \(names)")
            exit(2)
        }
        var count = CommandLine.argc
        unsafe withUnsafeMutablePointer(to: &count) { count in
            var arguments = unsafe CommandLine.unsafeArgv
            let status = unsafe withUnsafeMutablePointer(to: &arguments) { arguments in
                let raw = UnsafeMutableRawPointer(arguments)
                return unsafe LLVMFuzzerRunDriver(
                    count, raw.assumingMemoryBound(to: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?.self)
                ) { data, size in unsafe FuzzDriver.judge(UnsafeBufferPointer(start: data, count: size)) }
            }
            exit(status)
        }
    }

    private static func complain(_ text: String) {
        let line = Array("fuzz: \(text)\n".utf8)
        _ = unsafe write(2, line, line.count)
    }

    private static func judge(_ input: UnsafeBufferPointer<UInt8>) -> Int32 {
        if let broken = target?.check(unsafe Array(input)) {
            complain(broken)
            abort()
        }
        return 0
    }
}
