#if canImport(XCTest)
public import TesseraTesting
public import XCTest

extension XCTestCase {
    /// A mock that is strict both ways: at the end of the test a request that nobody prepared fails it, and so does what
    /// was prepared and never asked for.
    ///
    /// ```swift
    /// final class ClientTests: XCTestCase {
    ///     func testReadsAUser() async throws {
    ///         let server = strictMock()
    ///         server.on(.get, "/users/1").reply(json: ["id": 1, "name": "Ada"])
    ///         let api = try Session("https://api.test", transport: server)
    ///         let user = try await api.get("/users/1").json(User.self)
    ///         XCTAssertEqual(user.name, "Ada")
    ///     }
    /// }
    /// ```
    public func strictMock(
        order: MockTransport.Order = .any, file: StaticString = #filePath, line: UInt = #line
    ) -> MockTransport {
        let server = MockTransport(order: order)
        addTeardownBlock {
            for problem in server.problems { XCTFail(problem.description, file: file, line: line) }
        }
        return server
    }
}
#endif
