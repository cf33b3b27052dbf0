import Synchronization
import TesseraCore

/// What a check of ``SecretSourceContract`` or ``AuthenticatorContract`` found out.
public enum ContractOutcome: Sendable {
    /// The promise was kept.
    case kept
    /// It was not.
    case violated(ContractViolation)
    /// The subject has not what the check needs, so nothing was asked of it.
    case notApplicable

    /// - Parameter experiment: False when it is not applicable.
    static func of(
        _ patience: Duration, _ experiment: @escaping @Sendable () async throws -> Bool
    ) async -> ContractOutcome {
        let shared = Flag()
        do {
            try await Patience.wait(patience) { shared.set(try await experiment()) }
            return shared.value ? .kept : .notApplicable
        } catch let violation as ContractViolation {
            return .violated(violation)
        } catch {
            return .violated(ContractViolation(expected: "success", seen: "\(error)"))
        }
    }

    private final class Flag: Sendable {
        private let state = Mutex(true)

        var value: Bool { state.withLock { $0 } }

        func set(_ value: Bool) { state.withLock { $0 = value } }
    }
}
