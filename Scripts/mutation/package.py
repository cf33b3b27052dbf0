"""A small package of the policies and their tests: hundreds of mutants are tried with one build of it."""

import pathlib
import shutil

from .operators import SWITCH, Planter, Symbols

# The policies, with the test files that judge them.
CORE = "Sources/TesseraCore"
OAUTH = "Sources/TesseraOAuth/Lifecycle"
POLICIES = {
    f"{CORE}/Retry/RetryPolicy.swift": "RetryPolicy|Backoff",
    f"{CORE}/Retry/RetryAfter.swift": "RetryAfter|HTTPDate",
    f"{CORE}/Retry/HTTPDate.swift": "RetryAfter|HTTPDate",
    f"{CORE}/Redirect/RedirectPolicy.swift": "Redirect",
    f"{CORE}/Tokens/FreshnessPolicy.swift": "Freshness",
    f"{CORE}/Tokens/ServerClock.swift": "ServerClock",
    f"{CORE}/Call/CallMachine.swift": "CallMachine",
    f"{OAUTH}/TokenStateMachine.swift": "Token.state.machine|StormBreaker|RejectionGuard|TokenFailurePolicy",
    f"{OAUTH}/TokenStateMachine+Arrivals.swift": "Token.state.machine|StormBreaker|RejectionGuard|TokenFailurePolicy",
    f"{OAUTH}/TokenStateMachine+Standing.swift": "Token.state.machine|StormBreaker|RejectionGuard|TokenFailurePolicy",
    f"{OAUTH}/StormBreaker.swift": "Token.state.machine|StormBreaker|RejectionGuard|TokenFailurePolicy",
    f"{OAUTH}/RejectionGuard.swift": "Token.state.machine|StormBreaker|RejectionGuard|TokenFailurePolicy",
    f"{OAUTH}/TokenFailurePolicy.swift": "Token.state.machine|StormBreaker|RejectionGuard|TokenFailurePolicy",
}
# What the state machine of tokens is made of; the rest of its module needs a network.
OAUTH_SOURCES = [
    "TokenStateMachine.swift", "TokenStateMachine+Arrivals.swift", "TokenStateMachine+Standing.swift",
    "StormBreaker.swift", "RejectionGuard.swift", "TokenFailure.swift", "TokenFailurePolicy.swift",
    "GrantRepeatability.swift", "RenewalSchedule.swift",
]
CORE_TESTS = {
    "Retry": ["RetryPolicy*", "Backoff*", "RetryAfter*", "HTTPDate*"], "Redirect": ["RedirectPolicy*"],
    "Tokens": ["Freshness*", "ServerClock*"], "Call": ["CallMachine*"],
}
OAUTH_TESTS = [
    "TokenStateMachine*", "TokenSchedule*", "TokenSimulation*", "StormBreaker*", "RejectionGuard*",
    "TokenFailurePolicy*",
]

MANIFEST = """// swift-tools-version:6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .define("OAuth"),
]
let package = Package(
    name: "tessera", platforms: [.macOS(.v15)],
    dependencies: [.package(path: "%(types)s")],
    targets: [
        .target(
            name: "TesseraCore", dependencies: [.product(name: "HTTPTypes", package: "swift-http-types")],
            swiftSettings: settings),
        .target(
            name: "TesseraOAuth",
            dependencies: ["TesseraCore", .product(name: "HTTPTypes", package: "swift-http-types")],
            swiftSettings: settings),
        .target(name: "TesseraTesting", dependencies: ["TesseraCore"], swiftSettings: settings),
        .testTarget(
            name: "TesseraCoreTests",
            dependencies: ["TesseraCore", "TesseraTesting", .product(name: "HTTPTypes", package: "swift-http-types")],
            swiftSettings: settings),
        .testTarget(
            name: "TesseraOAuthTests", dependencies: ["TesseraCore", "TesseraOAuth", "TesseraTesting"],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6])
"""


def make(root, target):
    """Writes the package, its policies with all mutants in them, and returns the mutants."""
    shutil.copytree(root / CORE, target / CORE)
    (target / "Sources/TesseraOAuth").mkdir(parents=True)
    for name in OAUTH_SOURCES:
        shutil.copy2(root / OAUTH / name, target / "Sources/TesseraOAuth" / name)
    for folder, name in (("Redaction", "Secret+Fixture"), ("Randomness", "SeededRandom")):
        copy(root / "Sources/TesseraTesting" / folder, [name], target / "Sources/TesseraTesting")
    for folder, patterns in CORE_TESTS.items():
        copy(root / "Tests/TesseraCoreTests" / folder, patterns, target / "Tests/TesseraCoreTests" / folder)
    copy(root / "Tests/TesseraOAuthTests/Lifecycle", OAUTH_TESTS, target / "Tests/TesseraOAuthTests")
    (target / "Package.swift").write_text(MANIFEST % {"types": root / ".build/checkouts/swift-http-types"})

    symbols, mutants = Symbols(), []
    for name in POLICIES:
        path = target / (name if name.startswith(CORE) else f"Sources/TesseraOAuth/{pathlib.Path(name).name}")
        planter = Planter(name, path.read_text(), len(mutants) + 1, symbols)
        path.write_text(planter.plant())
        mutants += planter.mutants
    (target / CORE / "Mutants.swift").write_text(SWITCH + symbols.source())
    return mutants


def copy(source, patterns, target):
    target.mkdir(parents=True, exist_ok=True)
    for pattern in patterns:
        for path in source.glob(pattern + ".swift"):
            shutil.copy2(path, target / path.name)
