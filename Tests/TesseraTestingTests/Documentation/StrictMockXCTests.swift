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
#endif
