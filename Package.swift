// swift-tools-version:6.2
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

let package = Package(
    name: "gatehouse",
    targets: [
        .target(name: "CPlatform"),
        .systemLibrary(name: "CLibcurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libssl", providers: [.apt(["libssl-dev"])]),
        .target(name: "Tokens", dependencies: ["Documents", "COpenSSL"], swiftSettings: strict),
        .target(name: "EventLoop", dependencies: ["CPlatform"], swiftSettings: strict),
        .target(name: "Documents", swiftSettings: strict),
        .testTarget(name: "DocumentsTests", dependencies: ["Documents"], swiftSettings: strict),
        .target(name: "HTTP", swiftSettings: strict),
        .target(name: "Policies", dependencies: ["Documents"], swiftSettings: strict),
        .target(
            name: "Server", dependencies: ["HTTP", "EventLoop"], swiftSettings: strict),
        .target(
            name: "Upstream", dependencies: ["HTTP", "EventLoop", "CLibcurl", "CPlatform"], swiftSettings: strict),
        .testTarget(name: "HTTPTests", dependencies: ["HTTP"], swiftSettings: strict),
    ]
)
