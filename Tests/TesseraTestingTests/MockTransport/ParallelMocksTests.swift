import HTTPTypes
import TesseraCore
import TesseraSwiftTesting
import TesseraTesting
import Testing

/// A thousand tests at the same time, each with a mock of its own for the same URL, and tasks that start elsewhere.
@Suite(.strictMocks) struct `A thousand parallel tests with private mocks` {
    @Test(arguments: 0..<1000) func `see their own answers only`(number: Int) async throws {
        let server = MockTransport()
        server.on(.get, "/me", .header("X-Number", "\(number)")).reply(json: ["id": .integer(Int64(number))]).times(3)
        let api = try Session("https://api.test", transport: server) {
            $0.proxy = .none
            $0.headers = ["X-Number": "\(number)"]
        }
        struct Me: Decodable { var id: Int }
        async let child = api.get("/me").json(Me.self).id
        let detached = Task.detached { try await api.get("/me").json(Me.self).id }
        let own = try await api.get("/me").json(Me.self).id
        #expect(try await [child, detached.value, own] == [number, number, number])
        #expect(server.requests.count == 3)
    }
}
