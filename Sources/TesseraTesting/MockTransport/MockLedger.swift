import Synchronization

/// The mocks that a test makes, so that all of them can be asked for their problems at its end.
///
/// It only asks: a mock belongs to the sessions that it was given to, wherever their tasks run.
public final class MockLedger: Sendable {
    /// The ledger of the test that runs; nil outside ``withStrictMocks(_:)`` and the traits of test frameworks.
    @TaskLocal public static var current: MockLedger?

    private let state = Mutex<[MockTransport]>([])

    /// A ledger without mocks.
    public init() {}

    func add(_ transport: MockTransport) { state.withLock { $0.append(transport) } }

    /// The problems of all mocks, in the order in which they were made.
    public var problems: [MockProblem] { state.withLock { $0 }.flatMap(\.problems) }
}

/// Runs a test whose mocks are strict both ways: after `body`, every ``MockTransport`` that was made in it must have got
/// no request that nobody prepared, and every request that was prepared.
///
/// - Throws: ``MockFailure``, and whatever `body` throws.
public func withStrictMocks<Result>(_ body: () async throws -> Result) async throws -> Result {
    let ledger = MockLedger()
    let result = try await MockLedger.$current.withValue(ledger, operation: body)
    let problems = ledger.problems
    guard problems.isEmpty else { throw MockFailure(problems: problems) }
    return result
}
