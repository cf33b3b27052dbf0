"""Parts of the package as packages of their own, which are built in a fraction of the time: for bugs that are planted in
the core, and for simulations that need the optimiser."""

import shutil

from .checkout import BUILD_LIMIT, Checkout
from .figures import Unusable

CORE, CORE_TESTS = "Sources/TesseraCore/", "TesseraCoreTests"

MANIFEST = """// swift-tools-version:6.2
import PackageDescription

let settings: [SwiftSetting] = [%(settings)s] + [.define("OAuth")]
let types = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let crypto = [
    Target.Dependency.product(name: "Crypto", package: "swift-crypto"), .product(name: "CryptoExtras", package: "swift-crypto"),
]
let package = Package(
    name: "tessera", platforms: [.macOS(.v15)], dependencies: [%(packages)s],
    targets: [
%(targets)s
    ],
    swiftLanguageModes: [.v6])
"""

CORE_TARGETS = """
        .target(name: "TesseraCore", dependencies: [types], swiftSettings: settings),
        .target(name: "TesseraTesting", dependencies: ["TesseraCore", types], swiftSettings: settings),"""
TESTS_OF_CORE = """
        .testTarget(
            name: "TesseraCoreTests", dependencies: ["TesseraCore", "TesseraTesting", types],
            exclude: ["Resilience/decision-table.txt"], swiftSettings: settings),"""
TESTS_OF_TOKENS = """
        .target(name: "CFileIdentity"),
        .target(name: "TesseraJOSE", dependencies: ["TesseraCore"] + crypto, swiftSettings: settings),
        .target(
            name: "TesseraOAuth", dependencies: ["CFileIdentity", "TesseraCore", "TesseraJOSE", types] + crypto,
            swiftSettings: settings),
        .executableTarget(
            name: "tessera-store-probe", dependencies: ["TesseraCore", "TesseraOAuth"], path: "Tests/Probes/StoreProbe",
            swiftSettings: settings),
        .testTarget(
            name: "TesseraOAuthTests",
            dependencies: ["TesseraCore", "TesseraJOSE", "TesseraOAuth", "TesseraTesting", "tessera-store-probe", types] + crypto,
            swiftSettings: settings),"""


def is_of_core(mutant):
    """Whether a bug is planted in the core and looked for by the core's own tests."""
    return mutant["file"].startswith(CORE) and CORE_TESTS in mutant["filter"]


def core(source, target, runner):
    """The core, the doubles and the core's tests."""
    folders = ("Sources/TesseraCore", "Sources/TesseraTesting", "Tests/TesseraCoreTests")
    return package(source, target, runner, folders, ["swift-http-types"], CORE_TARGETS + TESTS_OF_CORE)


def tokens(source, target, runner):
    """Token life, and its tests."""
    folders = (
        "Sources/TesseraCore", "Sources/TesseraTesting", "Sources/CFileIdentity", "Sources/TesseraJOSE",
        "Sources/TesseraOAuth", "Tests/Probes/StoreProbe", "Tests/TesseraOAuthTests")
    return package(source, target, runner, folders, ["swift-http-types", "swift-crypto"], CORE_TARGETS + TESTS_OF_TOKENS)


def package(source, target, runner, folders, packages, targets):
    paths = [source / ".build/checkouts" / name for name in packages]
    resolve = ["swift", "package", "resolve"]
    if not all(path.is_dir() for path in paths) and not runner.run("resolve", resolve, source, BUILD_LIMIT).good:
        raise Unusable("swift package resolve failed")
    settings = (source / "Package.swift").read_text().split("let settings: [SwiftSetting] = [", 1)[1].split("]", 1)[0]
    for folder in folders:
        shutil.copytree(source / folder, target / folder)
    (target / "Package.swift").write_text(MANIFEST % {
        "settings": settings, "targets": targets.strip("\n"),
        "packages": ", ".join(f'.package(path: "{path.resolve()}")' for path in paths)})
    return Checkout(target, runner, traits=())
