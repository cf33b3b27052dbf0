// swift-tools-version:6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
    name: "tessera",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Tessera", targets: ["Tessera"]),
        .library(name: "TesseraCore", targets: ["TesseraCore"]),
        .library(name: "TesseraJOSE", targets: ["TesseraJOSE"]),
        .library(name: "TesseraOAuth", targets: ["TesseraOAuth"]),
        .library(name: "TesseraSecrets", targets: ["TesseraSecrets"]),
        .library(name: "TesseraConfiguration", targets: ["TesseraConfiguration"]),
        .library(name: "TesseraTelemetry", targets: ["TesseraTelemetry"]),
        .library(name: "TesseraServiceLifecycle", targets: ["TesseraServiceLifecycle"]),
        .library(name: "TesseraTesting", targets: ["TesseraTesting"]),
        .library(name: "TesseraSwiftTesting", targets: ["TesseraSwiftTesting"]),
        .library(name: "TesseraXCTest", targets: ["TesseraXCTest"]),
        .library(name: "TesseraNIO", targets: ["TesseraNIO"]),
        .library(name: "TesseraAsyncHTTPClient", targets: ["TesseraAsyncHTTPClient"]),
        .executable(name: "tessera", targets: ["TesseraCommand"]),
    ],
    traits: [
        .trait(name: "NIO", description: "The transport on SwiftNIO, and with it a default transport for `Session`."),
        .trait(name: "OAuth", description: "OAuth 2.0: tokens, their life, and stores of logins."),
        .trait(
            name: "AsyncHTTPClient",
            description: "The transport on AsyncHTTPClient, for programs that share its client."
        ),
        .trait(name: "SOCKS", description: "SOCKS5 proxies for the transport on SwiftNIO.", enabledTraits: ["NIO"]),
        .trait(
            name: "CLI",
            description: "The `tessera` command and its development server.",
            enabledTraits: ["NIO", "OAuth"]
        ),
        .trait(
            name: "Secrets", description: "Secrets from managers in the cloud, commands and keyrings.",
            enabledTraits: ["OAuth"]),
        .trait(
            name: "Configuration", description: "Secrets as a provider of swift-configuration.",
            enabledTraits: ["Secrets"]),
        .trait(name: "Logging", description: "Events of token sources to swift-log."),
        .trait(
            name: "Telemetry", description: "Events of token sources to swift-metrics and swift-distributed-tracing."),
        .trait(
            name: "ServiceLifecycle", description: "The token refresher as a service of swift-service-lifecycle.",
            enabledTraits: ["OAuth"]),
        .default(enabledTraits: ["NIO", "OAuth", "CLI"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.0.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.100.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.30.0"),
        .package(url: "https://github.com/apple/swift-nio-http2.git", from: "1.40.0"),
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.1.0"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.26.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0", traits: []),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.5.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.2.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.6.0"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration.git", from: "1.0.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.0", traits: []),
    ],
    targets: [
        .target(
            name: "TesseraCore",
            dependencies: [.product(name: "HTTPTypes", package: "swift-http-types")],
            swiftSettings: settings
        ),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .target(
            name: "TesseraNIO",
            dependencies: [
                "TesseraCore",
                .target(name: "CZlib", condition: .when(traits: ["NIO"])),
                .product(name: "DequeModule", package: "swift-collections", condition: .when(traits: ["NIO"])),
                .product(name: "Crypto", package: "swift-crypto", condition: .when(traits: ["NIO"])),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["NIO"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["NIO"])),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["NIO"])),
                .product(name: "NIOTLS", package: "swift-nio", condition: .when(traits: ["NIO"])),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["NIO"])),
                .product(name: "NIOHTTP2", package: "swift-nio-http2", condition: .when(traits: ["NIO"])),
                .product(name: "NIOHPACK", package: "swift-nio-http2", condition: .when(traits: ["NIO"])),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "TesseraAsyncHTTPClient",
            dependencies: [
                "TesseraCore",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(
                    name: "AsyncHTTPClient", package: "async-http-client",
                    condition: .when(traits: ["AsyncHTTPClient"])),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["AsyncHTTPClient"])),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["AsyncHTTPClient"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["AsyncHTTPClient"])),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["AsyncHTTPClient"])),
                .product(
                    name: "NIOHTTPCompression", package: "swift-nio-extras",
                    condition: .when(traits: ["AsyncHTTPClient"])),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Tessera",
            dependencies: [
                "TesseraCore",
                .target(name: "TesseraNIO", condition: .when(traits: ["NIO"])),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "TesseraOAuth",
            dependencies: [
                "CFileIdentity", "TesseraCore", "TesseraJOSE",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Crypto", package: "swift-crypto", condition: .when(traits: ["OAuth"])),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "TesseraJOSE",
            dependencies: [
                "TesseraCore",
                .product(name: "Crypto", package: "swift-crypto", condition: .when(traits: ["OAuth"])),
                .product(name: "CryptoExtras", package: "swift-crypto", condition: .when(traits: ["OAuth"])),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "TesseraSecrets",
            dependencies: [
                "Tessera", "TesseraCore", "TesseraOAuth", "TesseraJOSE",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Crypto", package: "swift-crypto", condition: .when(traits: ["Secrets"])),
                .product(name: "Subprocess", package: "swift-subprocess", condition: .when(traits: ["Secrets"])),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "TesseraConfiguration",
            dependencies: [
                "TesseraCore", "TesseraSecrets",
                .product(
                    name: "Configuration", package: "swift-configuration", condition: .when(traits: ["Configuration"])),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "TesseraTesting",
            dependencies: ["TesseraCore", .product(name: "HTTPTypes", package: "swift-http-types")],
            swiftSettings: settings
        ),
        // Apart from TesseraTesting, so that programs which are no tests can use its doubles without a test framework.
        .target(name: "TesseraSwiftTesting", dependencies: ["TesseraTesting"], swiftSettings: settings),
        .target(name: "TesseraXCTest", dependencies: ["TesseraTesting"], swiftSettings: settings),
        .target(
            name: "TesseraDevServer",
            dependencies: [
                .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["CLI"])),
                .product(name: "HummingbirdCore", package: "hummingbird", condition: .when(traits: ["CLI"])),
                .product(name: "HTTPTypes", package: "swift-http-types", condition: .when(traits: ["CLI"])),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["CLI"])),
                .product(name: "Logging", package: "swift-log", condition: .when(traits: ["CLI"])),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "TesseraTelemetry",
            dependencies: [
                "TesseraCore",
                .product(name: "Logging", package: "swift-log", condition: .when(traits: ["Logging"])),
                .product(name: "Metrics", package: "swift-metrics", condition: .when(traits: ["Telemetry"])),
                .product(
                    name: "Tracing", package: "swift-distributed-tracing", condition: .when(traits: ["Telemetry"])),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "TesseraServiceLifecycle",
            dependencies: [
                "TesseraOAuth",
                .product(
                    name: "ServiceLifecycle", package: "swift-service-lifecycle",
                    condition: .when(traits: ["ServiceLifecycle"])),
            ],
            swiftSettings: settings
        ),
        .target(name: "CFileIdentity"),
        .target(name: "CProcessHardening"),
        .target(
            name: "TesseraCLI",
            dependencies: [
                "CProcessHardening", "Tessera", "TesseraCore", "TesseraOAuth",
                .target(name: "TesseraDevServer", condition: .when(traits: ["CLI"])),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "ArgumentParser", package: "swift-argument-parser", condition: .when(traits: ["CLI"])),
                .product(name: "Crypto", package: "swift-crypto", condition: .when(traits: ["CLI"])),
                .product(name: "Subprocess", package: "swift-subprocess", condition: .when(traits: ["CLI"])),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "TesseraCommand",
            dependencies: ["TesseraCLI"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "TesseraCoreTests",
            dependencies: [
                "TesseraCore", "TesseraTesting", .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            exclude: ["Resilience/decision-table.txt"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "TesseraOAuthTests",
            dependencies: [
                "TesseraCore", "TesseraJOSE", "TesseraOAuth", "TesseraTesting", "tessera-store-probe",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Crypto", package: "swift-crypto", condition: .when(traits: ["OAuth"])),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "TesseraJOSETests",
            dependencies: [
                "TesseraCore", "TesseraJOSE", "TesseraTesting",
                .product(name: "Crypto", package: "swift-crypto", condition: .when(traits: ["OAuth"])),
                .product(name: "CryptoExtras", package: "swift-crypto", condition: .when(traits: ["OAuth"])),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "TesseraSecretsTests",
            dependencies: [
                "TesseraConfiguration", "TesseraCore", "TesseraOAuth", "TesseraJOSE", "TesseraSecrets",
                "TesseraTesting",
                .target(name: "TesseraNIO", condition: .when(traits: ["NIO"])),
                .product(
                    name: "Configuration", package: "swift-configuration", condition: .when(traits: ["Configuration"])),
                .product(name: "Crypto", package: "swift-crypto", condition: .when(traits: ["Secrets"])),
                .product(name: "CryptoExtras", package: "swift-crypto", condition: .when(traits: ["Secrets"])),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "TesseraTestingTests",
            dependencies: [
                "TesseraCore", "TesseraOAuth", "TesseraTesting", "TesseraSwiftTesting", "TesseraXCTest",
                .target(name: "TesseraNIO", condition: .when(traits: ["NIO"])),
                .target(name: "TesseraDevServer", condition: .when(traits: ["CLI"])),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "TesseraNIOTests",
            dependencies: [
                "TesseraCore", "TesseraTesting", .target(name: "TesseraNIO", condition: .when(traits: ["NIO"])),
                .target(name: "CZlib", condition: .when(traits: ["NIO"])),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["NIO"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["NIO"])),
                .product(name: "NIOEmbedded", package: "swift-nio", condition: .when(traits: ["NIO"])),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["NIO"])),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["NIO"])),
                .product(name: "NIOHTTP2", package: "swift-nio-http2", condition: .when(traits: ["NIO"])),
                .product(name: "NIOHPACK", package: "swift-nio-http2", condition: .when(traits: ["NIO"])),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ContractTests",
            dependencies: [
                "TesseraCore", "TesseraTesting",
                .target(name: "TesseraNIO", condition: .when(traits: ["NIO"])),
                .target(name: "TesseraAsyncHTTPClient", condition: .when(traits: ["AsyncHTTPClient"])),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "RedactionTests",
            dependencies: [
                "TesseraCore", "TesseraJOSE", "TesseraOAuth", "TesseraTesting", "Tessera",
                .target(name: "TesseraNIO", condition: .when(traits: ["NIO"])),
                .target(name: "TesseraAsyncHTTPClient", condition: .when(traits: ["AsyncHTTPClient"])),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "TesseraCore", "TesseraOAuth", "TesseraTesting",
                .target(name: "TesseraNIO", condition: .when(traits: ["NIO"])),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "tessera-store-probe",
            dependencies: ["TesseraCore", "TesseraOAuth"],
            path: "Tests/Probes/StoreProbe",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "tessera-dotenv-probe",
            dependencies: ["TesseraCore", "TesseraSecrets"],
            path: "Tests/Probes/DotenvProbe",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "tessera-google-probe",
            dependencies: ["TesseraCore", "TesseraJOSE", "TesseraSecrets"],
            path: "Tests/Probes/GoogleProbe",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "tessera-secrets-probe",
            dependencies: [
                "TesseraCore", "TesseraOAuth", "TesseraSecrets",
                .target(name: "TesseraNIO", condition: .when(traits: ["NIO"])),
            ],
            path: "Tests/Probes/SecretsProbe",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "tessera-aws-probe",
            dependencies: [
                "Tessera", "TesseraCore", "TesseraOAuth", "TesseraSecrets",
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            path: "Tests/Probes/AWSProbe",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "tessera-token-probe",
            dependencies: [
                "TesseraCore", "TesseraOAuth", "TesseraTesting",
                .target(name: "TesseraNIO", condition: .when(traits: ["NIO"])),
            ],
            path: "Tests/Probes/TokenProbe",
            swiftSettings: settings
        ),
        .testTarget(
            name: "TesseraTelemetryTests",
            dependencies: [
                "TesseraCore", "TesseraOAuth", "TesseraTesting", "TesseraTelemetry", "TesseraServiceLifecycle",
                .product(name: "Logging", package: "swift-log", condition: .when(traits: ["Logging"])),
                .product(name: "Metrics", package: "swift-metrics", condition: .when(traits: ["Telemetry"])),
                .product(name: "MetricsTestKit", package: "swift-metrics", condition: .when(traits: ["Telemetry"])),
                .product(
                    name: "Tracing", package: "swift-distributed-tracing", condition: .when(traits: ["Telemetry"])),
                .product(
                    name: "ServiceLifecycle", package: "swift-service-lifecycle",
                    condition: .when(traits: ["ServiceLifecycle"])),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "TesseraDevServerTests",
            dependencies: [.target(name: "TesseraDevServer", condition: .when(traits: ["CLI"]))],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CLITests",
            dependencies: [
                "Tessera", "TesseraOAuth", "TesseraTesting", "TesseraCLI", "TesseraCommand",
                .target(name: "TesseraDevServer", condition: .when(traits: ["CLI"])),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)
