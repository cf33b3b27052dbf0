public import TesseraCore

/// What every ``TesseraCore/TokenStore`` promises, as checks that anybody who writes one can run.
///
/// Each check opens the same data several times, as several processes would, under names of its own. What is asked of
/// leases is asked only of a ``TesseraCore/LeasingTokenStore``.
///
/// ```swift
/// @Test(arguments: TokenStoreContract.checks)
/// func keepsTheContract(check: TokenStoreCheck) async throws {
///     switch await check.run({ try await MyStore(connectingTo: database) }) {
///     case .kept, .hasNoLeases: break
///     case .violated(let violation): Issue.record(violation)
///     }
/// }
/// ```
///
/// What a loss of power or a full disk leaves cannot be seen from inside a process and has no check here; `docs/stores.md`
/// tells how this project's own stores are tried.
public enum TokenStoreContract {
    /// All checks.
    public static let checks: [TokenStoreCheck] = [
        entryChecks, versionChecks, writerChecks, leaseChecks, holderChecks,
    ].flatMap { $0 }

    /// Runs all checks one after the other.
    ///
    /// - Parameter open: Gives another user of the same data with each call.
    public static func verify(_ open: @escaping @Sendable () async throws -> any TokenStore) async -> Report {
        var report = Report()
        for check in checks {
            switch await check.run(open) {
            case .kept: report.kept.append(check.name)
            case .violated(let violation): report.violations.append((check.name, violation))
            case .hasNoLeases: report.withoutLeases.append(check.name)
            }
        }
        return report
    }

    /// The outcome of all checks.
    public struct Report: Sendable, CustomStringConvertible {
        /// The names of the checks that were passed.
        public internal(set) var kept: [String] = []
        /// The checks that failed.
        public internal(set) var violations: [(check: String, violation: ContractViolation)] = []
        /// The checks that were not run because the store has no leases.
        public internal(set) var withoutLeases: [String] = []

        /// A line for each violation, and one for the rest.
        public var description: String {
            let broken = violations.map { "violated: \($0.check): \($0.violation)" }
            return (broken + ["kept: \(kept.count), without leases: \(withoutLeases.count)"]).joined(separator: "\n")
        }
    }
}
