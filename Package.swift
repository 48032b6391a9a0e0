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
        .target(name: "Documents", swiftSettings: strict),
        .target(name: "Routes", dependencies: ["Documents"], swiftSettings: strict),
        .testTarget(name: "DocumentsTests", dependencies: ["Documents"], swiftSettings: strict),
        .testTarget(name: "RoutesTests", dependencies: ["Routes", "Documents"], swiftSettings: strict),
    ]
)
