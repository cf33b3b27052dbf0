public import TesseraCore

/// What every ``TesseraCore/Transport`` promises, as checks that anybody who writes one can run.
///
/// Each check scripts a ``RawServer``, byte for byte, and believes the server's log rather than the transport. What a
/// transport does not declare among its capabilities is not asked of it, and reported as a declared gap.
///
/// ```swift
/// @Test(arguments: TransportContract.checks)
/// func keepsTheContract(check: TransportCheck) async throws {
///     switch await check.run(on: MyTransport()) {
///     case .kept: break
///     case .declaredGap(let missing): print("declared gap: \(check) needs \(missing)")
///     case .violated(let violation): Issue.record(violation)
///     }
/// }
/// ```
///
/// Two things cannot be shown with a scripted server in clear text and have no check here: HTTP/2 with what it says
/// about unprocessed requests, and TLS.
public enum TransportContract {
    /// All checks.
    public static let checks: [TransportCheck] = [
        requestChecks, targetChecks, answerChecks, connectionChecks, failureChecks, deadlineChecks, malformedChecks,
        limitChecks, uploadChecks, brokenUploadChecks, streamChecks, decompressionChecks, proxyChecks,
        lifeChecks, staleConnectionChecks, framingChecks, bodilessChecks, interimChecks, earlyAnswerChecks,
        phaseChecks,
    ].flatMap { $0 }

    /// Runs all checks one after the other, each on a transport of its own, which is shut down afterwards.
    public static func verify(_ makeTransport: @Sendable () -> any Transport) async -> Report {
        var report = Report()
        for check in checks {
            let transport = makeTransport()
            switch await check.run(on: transport) {
            case .kept: report.kept.append(check.name)
            case .violated(let violation): report.violations.append((check.name, violation))
            case .declaredGap(let missing): report.declaredGaps.append((check.name, missing))
            }
            // A shutdown waits for what is under way, which a check may have left hanging.
            try? await Patience.wait(.seconds(5)) { await transport.shutdown() }
        }
        return report
    }

    /// The outcome of all checks.
    public struct Report: Sendable, CustomStringConvertible {
        /// The names of the checks that were passed.
        public internal(set) var kept: [String] = []
        /// The checks that failed.
        public internal(set) var violations: [(check: String, violation: ContractViolation)] = []
        /// The checks that were not run because the transport does not claim what they need.
        public internal(set) var declaredGaps: [(check: String, missing: TransportCapabilities)] = []

        /// A line for each violation and each gap, and one for the rest.
        public var description: String {
            let broken = violations.map { "violated: \($0.check): \($0.violation)" }
            let gaps = declaredGaps.map { "declared gap: \($0.check) (needs \($0.missing.contractNames))" }
            return (broken + gaps + ["kept: \(kept.count)"]).joined(separator: "\n")
        }
    }
}

extension TransportCapabilities {
    /// The names of the capabilities as they are spelled in source, for reports.
    public var contractNames: String {
        let names: [(TransportCapabilities, String)] = [
            (.decompression, "decompression"), (.http2, "http2"), (.provablyUnprocessed, "provablyUnprocessed"),
            (.countsSentBytes, "countsSentBytes"), (.phaseTimeouts, "phaseTimeouts"),
            (.headerLimits, "headerLimits"), (.proxies, "proxies"),
        ]
        return names.filter { contains($0.0) }.map(\.1).joined(separator: ", ")
    }
}
