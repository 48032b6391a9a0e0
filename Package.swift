// swift-tools-version:6.2
import Foundation
import PackageDescription

// Every Swift target is built under the same strict settings; `unsafe` marks then show each line that trusts C.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// Optional libraries: without their headers the features that need them are compiled out, and a configuration that
/// asks for them is refused.
let hasPCRE2 = ["/usr/include/pcre2.h", "/usr/local/include/pcre2.h"].contains {
    FileManager.default.fileExists(atPath: $0)
}
let expressions: [SwiftSetting] = hasPCRE2 ? [.define("PCRE2")] : []
let expressionLibrary: [Target.Dependency] = hasPCRE2 ? ["CPCRE2"] : []
let optionalLibraries: [Target] =
    hasPCRE2
    ? [.systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])])] : []

/// A library target with the strict settings; dependencies point strictly down (`make graph` checks them).
func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// The tests of one module, or of the whole.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
    name: "gatehouse",
    products: [.executable(name: "gatehouse", targets: ["gatehouse"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        // C libraries, each with its shims.
        .target(name: "CPlatform"),
        .target(name: "CKeeper"),
        .systemLibrary(name: "CLibcurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libssl", providers: [.apt(["libssl-dev"])]),
        // Documents, messages, the event loop.
        module("Documents", [.product(name: "Yams", package: "Yams")]),
        module("HTTP", []),
        module("EventLoop", ["CPlatform"]),
        module("Limits", []),
        // What is decided, and bytes in and out.
        module("Tokens", ["Documents", "COpenSSL"]),
        module("Policies", ["Documents"]),
        module("Routes", ["Documents", "HTTP"]),
        module("Server", ["HTTP", "EventLoop"]),
        module("Upstream", ["HTTP", "EventLoop", "CLibcurl", "CPlatform"]),
        .target(
            name: "Authorizers",
            dependencies: ["Documents", "HTTP", "Tokens", "Policies", "Routes"] + expressionLibrary,
            swiftSettings: strict + expressions),
        module("Functions", ["Documents", "HTTP", "Policies", "Routes"]),
        module("FunctionHost", ["Documents", "HTTP", "EventLoop", "Server", "CPlatform"]),
        // The gate.
        module(
            "Gateway",
            [
                "Documents", "HTTP", "EventLoop", "Tokens", "Policies", "Routes", "Server", "Upstream", "Authorizers",
                "Functions", "FunctionHost", "Limits",
            ]),
        // What people do with decisions.
        module("PolicyTests", ["Documents", "HTTP", "Tokens", "Policies", "Routes", "Authorizers", "Gateway"]),
        module(
            "Recordings",
            [
                "Documents", "HTTP", "EventLoop", "Tokens", "Policies", "Routes", "Upstream", "Authorizers", "Gateway",
                "CKeeper",
            ]),
        .executableTarget(
            name: "gatehouse",
            dependencies: [
                "Documents", "HTTP", "EventLoop", "Tokens", "Policies", "Routes", "Server", "Upstream", "Authorizers",
                "Functions", "FunctionHost", "Gateway", "PolicyTests", "Recordings",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: strict),
        // What tests share; nothing else imports it.
        module("TestRandom", []),
        module(
            "TestSupport",
            [
                "Documents", "HTTP", "EventLoop", "Tokens", "Routes", "Server", "Authorizers", "FunctionHost",
                "Gateway",
            ]),
        // What must hold for any bytes; run by tests over kept cases, and by libFuzzer.
        .target(
            name: "FuzzTargets", dependencies: ["Documents", "HTTP", "Tokens", "Policies", "Recordings"],
            path: "Fuzzing/Targets",
            swiftSettings: strict),
        // Tests.
        tests("FuzzTests", ["FuzzTargets", "TestSupport"]),
        tests(
            "EndToEndTests",
            [
                "TestSupport", "TestRandom", "Documents", "HTTP", "EventLoop", "Tokens", "Routes", "Server",
                "Authorizers", "Gateway", "gatehouse",
            ]),
        tests("DocumentsTests", ["Documents", "TestRandom"]),
        tests("HTTPTests", ["HTTP", "TestRandom"]),
        tests("LimitsTests", ["Limits"]),
        tests("EventLoopTests", ["EventLoop", "CPlatform"]),
        tests("ServerTests", ["Server", "HTTP", "EventLoop", "TestRandom"]),
        tests("UpstreamTests", ["Upstream", "HTTP", "EventLoop", "TestRandom"]),
        tests("AuthorizersTests", ["Authorizers", "Documents", "HTTP", "Tokens", "Policies", "Routes"]),
        tests("FunctionsTests", ["Functions", "Documents", "HTTP", "Policies", "Routes", "TestRandom"]),
        tests("FunctionHostTests", ["FunctionHost", "Documents", "EventLoop", "TestRandom", "TestSupport"]),
        tests("PoliciesTests", ["Policies", "Documents", "TestRandom"]),
        tests("RoutesTests", ["Routes", "Documents", "TestSupport"]),
        tests("TokensTests", ["Tokens", "Documents", "TestRandom"]),
        tests(
            "GatewayTests",
            ["Documents", "HTTP", "Tokens", "Policies", "Routes", "Upstream", "Authorizers", "Gateway", "Limits"]),
        tests(
            "PolicyTestsTests",
            [
                "PolicyTests", "Documents", "HTTP", "Tokens", "Policies", "Routes", "Authorizers", "Gateway",
                "TestSupport",
            ]),
        tests("CommandTests", ["gatehouse", "EventLoop", "TestSupport", "Tokens"]),
        tests(
            "RecordingsTests",
            [
                "Recordings", "TestSupport", "Documents", "HTTP", "Tokens", "Routes", "Upstream", "Authorizers",
                "Gateway",
            ]),
    ] + optionalLibraries
)

// Programs that only `make fuzz` and `make bench` build, with flags of their own.
if Context.environment["GATEHOUSE_FUZZING"] != nil {
    package.targets += [
        .target(name: "CFuzzer", path: "Fuzzing/CFuzzer"),
        .executableTarget(
            name: "fuzz", dependencies: ["FuzzTargets", "CFuzzer"], path: "Fuzzing/Driver", swiftSettings: strict),
    ]
    package.products.append(.executable(name: "fuzz", targets: ["fuzz"]))
}
if Context.environment["GATEHOUSE_BENCHMARKS"] != nil {
    package.targets += [
        .target(name: "BenchmarkSupport", path: "Benchmarks/Support", swiftSettings: strict),
        .executableTarget(
            name: "benchmark-tokens",
            dependencies: [
                "BenchmarkSupport", "Tokens", "COpenSSL", "Authorizers", "Gateway", "HTTP", "Routes", "TestSupport",
            ], path: "Benchmarks/Tokens", swiftSettings: strict),
        .executableTarget(
            name: "benchmark-policies", dependencies: ["BenchmarkSupport", "Policies", "Functions"],
            path: "Benchmarks/Policies", swiftSettings: strict),
        .executableTarget(
            name: "benchmark-limits", dependencies: ["BenchmarkSupport", "Limits"], path: "Benchmarks/Limits",
            swiftSettings: strict),
    ]
    package.products += [
        .executable(name: "benchmark-tokens", targets: ["benchmark-tokens"]),
        .executable(name: "benchmark-policies", targets: ["benchmark-policies"]),
        .executable(name: "benchmark-limits", targets: ["benchmark-limits"]),
    ]
}
