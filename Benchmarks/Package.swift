// swift-tools-version:6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

// The modes that measure Tessera itself.
let tesseraPackages: [Package.Dependency] = [
    .package(name: "tessera", path: "..", traits: ["AsyncHTTPClient", "NIO", "OAuth"]),
    .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: []),
]
let tesseraProducts: [Target.Dependency] = [
    .product(name: "TesseraCore", package: "tessera"),
    .product(name: "TesseraOAuth", package: "tessera"),
    .product(name: "HTTPTypes", package: "swift-http-types"),
]

let package = Package(
    name: "tessera-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.100.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.30.0"),
        .package(url: "https://github.com/apple/swift-nio-http2.git", from: "1.40.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
    ] + tesseraPackages,
    targets: [
        .target(
            name: "BareNIO",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
            ],
            swiftSettings: settings
        ),
        .target(name: "BenchSupport", dependencies: tesseraProducts, swiftSettings: settings),
        .executableTarget(
            name: "bench-client",
            dependencies: [
                "BareNIO", "BenchSupport",
                .product(name: "TesseraNIO", package: "tessera"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ] + tesseraProducts,
            swiftSettings: settings
        ),
        .executableTarget(
            name: "bench-client-ahc",
            dependencies: [
                "BenchSupport",
                .product(name: "TesseraAsyncHTTPClient", package: "tessera"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "soak",
            dependencies: [
                .product(name: "TesseraCore", package: "tessera"),
                .product(name: "TesseraNIO", package: "tessera"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "bench-idle",
            dependencies: [
                "BareNIO", "BenchSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "bench-redaction",
            dependencies: [.product(name: "TesseraCore", package: "tessera")],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "bench-tokens",
            dependencies: [
                .product(name: "TesseraCore", package: "tessera"),
                .product(name: "TesseraOAuth", package: "tessera"),
            ],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)
