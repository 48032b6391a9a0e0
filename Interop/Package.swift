// swift-tools-version:6.2
import PackageDescription

// Tests beside other implementations of HTTP/1.1. They need packages that the product must not need, so they are a
// package of their own. `Sources/HTTP` and `Sources/TestRandom` are links into the product: the parser under test is the
// product's own source, and its `package` interface can be used here without being made public.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "gatehouse-interop",
    dependencies: [.package(url: "https://github.com/apple/swift-nio", exact: "2.101.2")],
    targets: [
        .target(name: "HTTP", swiftSettings: strict),
        .target(name: "TestRandom", swiftSettings: strict),
        // swift-nio has llhttp as an inner C target; depending on NIOHTTP1 makes its header and its code reachable.
        .target(name: "LlhttpPeer", dependencies: [.product(name: "NIOHTTP1", package: "swift-nio")]),
        .target(name: "MutatedRequests", dependencies: ["TestRandom"], swiftSettings: strict),
        .executableTarget(
            name: "parser-differential", dependencies: ["HTTP", "TestRandom", "LlhttpPeer", "MutatedRequests"],
            swiftSettings: strict),
        .executableTarget(
            name: "stream-model", dependencies: ["HTTP", "TestRandom", "MutatedRequests"], swiftSettings: strict),
    ]
)
