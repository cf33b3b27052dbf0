#if canImport(Testing)
public import Testing
import TesseraTesting

/// Makes the mocks of a test strict both ways: a request that nobody prepared fails the test even when the code under
/// test swallowed the error, and so does what was prepared and never asked for, at the line where it was prepared.
///
/// ```swift
/// @Suite(.strictMocks) struct `The client` {
///     @Test func `reads a user`() async throws {
///         let server = MockTransport()
///         server.on(.get, "/users/1").reply(json: ["id": 1, "name": "Ada"])
///         let api = try Session("https://api.test", transport: server)
///         #expect(try await api.get("/users/1").json(User.self).name == "Ada")
///     }
/// }
/// ```
///
/// Every ``TesseraTesting/MockTransport`` that is made in the test's own task or its children is asked at the end. One
/// that is made in a detached task works the same and is not asked: call its `verify()`.
public struct StrictMocksTrait: TestTrait, SuiteTrait, TestScoping {
    /// The trait.
    public init() {}

    /// Also the suites within.
    public var isRecursive: Bool { true }

    /// Runs a test and reports what is wrong with its mocks.
    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let ledger = MockLedger()
        let result: Result<Void, any Error>
        do {
            try await MockLedger.$current.withValue(ledger) { try await function() }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        for problem in ledger.problems {
            // A test that threw has not come to all that it prepared.
            if case .failure = result, problem.kind == .unused { continue }
            Issue.record(Comment(rawValue: problem.description), sourceLocation: problem.sourceLocation(in: test))
        }
        try result.get()
    }
}

extension Trait where Self == StrictMocksTrait {
    /// The mocks of the test are strict both ways.
    public static var strictMocks: StrictMocksTrait { StrictMocksTrait() }
}

extension MockProblem {
    fileprivate func sourceLocation(in test: Test) -> SourceLocation {
        guard let place, place.line > 0 else { return test.sourceLocation }
        return SourceLocation(fileID: place.fileID, filePath: place.filePath, line: place.line, column: 1)
    }
}
#endif
