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
        .systemLibrary(name: "COpenSSL", pkgConfig: "libssl", providers: [.apt(["libssl-dev"])]),
        .target(name: "Documents", swiftSettings: strict),
        .testTarget(name: "DocumentsTests", dependencies: ["Documents"], swiftSettings: strict),
        .target(name: "Tokens", dependencies: ["Documents", "COpenSSL"], swiftSettings: strict),
        .testTarget(name: "TokensTests", dependencies: ["Tokens", "Documents"], swiftSettings: strict),
    ]
)
