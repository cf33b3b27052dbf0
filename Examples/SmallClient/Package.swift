// swift-tools-version:6.2
import PackageDescription

// A client library of one type, and its tests. It uses the public API of Tessera only.
let package = Package(
    name: "small-client",
    platforms: [.macOS(.v15)],
    products: [.library(name: "SmallClient", targets: ["SmallClient"])],
    dependencies: [.package(name: "tessera", path: "../..", traits: [])],
    targets: [
        .target(name: "SmallClient", dependencies: [.product(name: "TesseraCore", package: "tessera")]),
        .testTarget(
            name: "SmallClientTests",
            dependencies: [
                "SmallClient",
                .product(name: "TesseraTesting", package: "tessera"),
                .product(name: "TesseraSwiftTesting", package: "tessera"),
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)
