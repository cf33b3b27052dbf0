import TesseraCore
import TesseraTesting
import Testing

/// The referee itself.
@Suite(.serialized) struct RawServerTests {
    private struct Thrown: Error {}

    @Test func aScopeThatThrowsEndsTheServer() async throws {
        await #expect(throws: Thrown.self) {
            try await RawServer.withRunning { connection in
                try connection.pause(.seconds(60))
            } body: { _ in
                throw Thrown()
            }
        }
    }

    @Test func aScriptThatWaitsIsWokenAtTheEnd() async throws {
        let start = ContinuousClock.now
        try await RawServer.withRunning { connection in
            _ = try connection.readRequest()
        } body: { _ in
        }
        #expect(ContinuousClock.now - start < .seconds(2))
    }

    @Test func theClosedPortIsTheSameAndStaysClosed() throws {
        #expect(try RawServer.closedPort() == RawServer.closedPort())
    }
}
