#if canImport(XCTest)
import HTTPTypes
import TesseraCore
import TesseraTesting
import TesseraXCTest
import XCTest

final class StrictMockXCTests: XCTestCase {
    func testAMockThatWasUsedPasses() async throws {
        let server = strictMock()
        server.on(.get, "/users/1").reply(json: ["id": 1, "name": "Ada"])
        let api = try Session("https://api.test", transport: server) { $0.proxy = .none }
        let status = try await api.get("/users/1").status.code
        XCTAssertEqual(status, 200)
    }
}

#if !canImport(ObjectiveC)
/// The failures of its test are kept instead of reported, and looked at when the mock has had its say.
final class StrictMockFailureXCTests: XCTestCase {
    private var failures: [String] = []

    func testARequestThatNobodyPreparedAndAStubThatNobodyAskedForFail() async throws {
        let server = strictMock()
        server.on(.get, "/users/1").reply(json: ["id": 1])
        let api = try Session("https://api.test", transport: server) { $0.proxy = .none }
        _ = try? await api.get("/users/2")
    }

    override func recordFailure(
        withDescription description: String, inFile filePath: String, atLine lineNumber: Int, expected: Bool
    ) {
        failures.append(description)
    }

    override func tearDown() {
        let unprepared = failures.count { $0.contains("/users/2") }
        let unused = failures.count { $0.contains("/users/1") && !$0.contains("/users/2") }
        guard unprepared != 1 || unused != 1 else { return }
        super.recordFailure(
            withDescription: "the mock reported \(failures) and should have reported both problems", inFile: #filePath,
            atLine: #line, expected: true)
    }
}
#endif
#endif
