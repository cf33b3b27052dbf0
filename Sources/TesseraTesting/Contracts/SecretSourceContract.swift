public import TesseraCore

/// What every ``TesseraCore/SecretSource`` promises, as checks that anybody who writes one can run.
///
/// ```swift
/// @Test(arguments: SecretSourceContract.checks)
/// func keepsTheContract(check: SecretSourceCheck) async throws {
///     let secret = Secret.fixture("a-secret-of-this-test")
///     let subject = SecretSourceSubject(.value(secret), holds: secret)
///     if case .violated(let violation) = await check.run(on: subject) { Issue.record(violation) }
/// }
/// ```
public enum SecretSourceContract {
    /// All checks.
    public static let checks: [SecretSourceCheck] = secretSourceChecks
}

/// A source, and what a test knows about it.
public struct SecretSourceSubject: Sendable {
    /// The source.
    public var source: any SecretSource
    /// The secret that it holds now.
    public var holds: Secret
    /// Puts another secret where the source takes it from; nil where that cannot be done.
    public var rotate: (@Sendable (Secret) async throws -> Void)?
    /// A source of the same kind that has nothing; nil where there is none.
    public var missing: (any SecretSource)?

    /// A subject of the given parts.
    public init(
        _ source: any SecretSource, holds secret: Secret,
        rotate: (@Sendable (Secret) async throws -> Void)? = nil, missing: (any SecretSource)? = nil
    ) {
        self.source = source
        holds = secret
        self.rotate = rotate
        self.missing = missing
    }
}

/// One promise of ``TesseraCore/SecretSource``, and the experiment that shows whether a source keeps it.
public struct SecretSourceCheck: Sendable, CustomStringConvertible {
    /// The promise as a sentence; unique within the contract.
    public let name: String

    private let experiment: @Sendable (SecretSourceSubject) async throws -> Bool

    /// - Parameter experiment: Throws a violation; false when the subject has not what it needs.
    init(_ name: String, _ experiment: @escaping @Sendable (SecretSourceSubject) async throws -> Bool) {
        self.name = name
        self.experiment = experiment
    }

    /// Runs the check.
    ///
    /// - Parameters:
    ///   - subject: The source under test; a check may rotate its secret.
    ///   - patience: After this time the check is given up as hanging, though what hangs may go on.
    public func run(on subject: SecretSourceSubject, patience: Duration = .seconds(20)) async -> ContractOutcome {
        await ContractOutcome.of(patience) { try await experiment(subject) }
    }

    /// The name.
    public var description: String { name }
}
