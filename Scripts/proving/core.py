"""The core and its tests as a package of their own: a mutant there is built in a third of the time."""

import shutil

from .checkout import BUILD_LIMIT, Checkout
from .figures import Unusable

CORE, TESTS = "Sources/TesseraCore/", "TesseraCoreTests"
FOLDERS = ("Sources/TesseraCore", "Sources/TesseraTesting", "Tests/TesseraCoreTests")
MANIFEST = """// swift-tools-version:6.2
import PackageDescription

let settings: [SwiftSetting] = [%(settings)s]
let types = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let package = Package(
    name: "tessera", platforms: [.macOS(.v15)], dependencies: [.package(path: "%(types)s")],
    targets: [
        .target(name: "TesseraCore", dependencies: [types], swiftSettings: settings),
        .target(name: "TesseraTesting", dependencies: ["TesseraCore", types], swiftSettings: settings),
        .testTarget(
            name: "TesseraCoreTests", dependencies: ["TesseraCore", "TesseraTesting", types],
            exclude: ["Resilience/decision-table.txt"], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6])
"""


def belongs(mutant):
    """Whether a bug is planted in the core and looked for by the core's own tests."""
    return mutant["file"].startswith(CORE) and TESTS in mutant["filter"]


def package(source, target, runner):
    """A copy of the three folders, with the settings that the package has."""
    types = source / ".build/checkouts/swift-http-types"
    if not types.is_dir() and not runner.run("resolve", ["swift", "package", "resolve"], source, BUILD_LIMIT).good:
        raise Unusable("swift package resolve failed")
    manifest = (source / "Package.swift").read_text()
    settings = manifest.split("let settings: [SwiftSetting] = [", 1)[1].split("]", 1)[0]
    for folder in FOLDERS:
        shutil.copytree(source / folder, target / folder)
    (target / "Package.swift").write_text(
        MANIFEST % {"settings": settings, "types": types})
    return Checkout(target, runner, traits=())
