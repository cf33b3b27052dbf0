#if NIO
import HTTPTypes
import TesseraNIO
import TesseraCore
import TesseraTesting
import Testing

/// The hostile server's face on loopback, seen through a real transport.
@Suite struct `Hostile authorization server on a socket` {
    typealias Server = HostileAuthorizationServer

    private func post(
        _ server: Server, refresh token: Secret, timeout: Duration = .seconds(5)
    ) async throws -> String {
        let transport = try NIOTransport()
        let outcome = try await server.withSocket { origin in
            var head = HTTPRequest(method: .post, scheme: "http", authority: origin.authority, path: "/token")
            head.headerFields[.contentType] = "application/x-www-form-urlencoded"
            let value = token.withExposedBytes { String(decoding: $0, as: UTF8.self) }
            let runtime = Runtime.current
            do {
                let reply = try await transport.send(
                    TransportRequest(
                        origin: origin, head: head,
                        body: .bytes(Array("grant_type=refresh_token&refresh_token=\(value)".utf8)),
                        deadline: runtime.now().advanced(by: timeout)))
                return "\(reply.head.status.code)"
            } catch let failure as TransportFailure {
                return failure.kind.rawValue
            }
        }
        await transport.shutdown()
        return outcome
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var fault: Server.Fault
        var client: Set<String>
        var generation: UInt64?
    }

    static let rows = [
        Row(testDescription: "none", fault: .none, client: ["200"], generation: 2),
        Row(testDescription: "lost request", fault: .loseRequest, client: ["disconnected"], generation: 1),
        Row(testDescription: "lost answer", fault: .loseAnswer, client: ["disconnected"], generation: 2),
        Row(testDescription: "half answer", fault: .halfAnswer(), client: ["disconnected"], generation: 2),
        Row(testDescription: "reset", fault: .refuseConnection, client: ["disconnected"], generation: 1),
        Row(testDescription: "504 after commit", fault: .gatewayTimeout, client: ["504"], generation: 2),
        Row(testDescription: "429", fault: .status(429, retryAfter: 3), client: ["429"], generation: 1),
        Row(testDescription: "duplicate", fault: .duplicate, client: ["200"], generation: nil),
        Row(testDescription: "slow", fault: .slow(.milliseconds(150)), client: ["200"], generation: 2),
    ]

    @Test(arguments: rows) func `each fault does what it says`(row: Row) async throws {
        let server = Server()
        let login = server.logIn()
        server.script(row.fault)
        let outcome = try await post(server, refresh: login.refreshToken)
        #expect(row.client.contains(outcome), "\(outcome)")
        #expect(server.generation(of: login.id) == row.generation)
        #expect(server.log.tokenRequests.count == 1)
    }

    @Test func `a held answer outlives the client's patience`() async throws {
        let server = Server()
        let login = server.logIn()
        server.script(.holdAnswer())
        let outcome = try await post(server, refresh: login.refreshToken, timeout: .milliseconds(300))
        #expect(outcome == "timeout")
        #expect(server.generation(of: login.id) == 2)
        #expect(server.log.tokenRequests.first?.status == nil)
    }
}
#endif
