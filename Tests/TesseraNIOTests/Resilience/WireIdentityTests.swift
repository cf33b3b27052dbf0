#if NIO
import HTTPTypes
import NIOCore
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraNIO

/// Certificates that do not hold, and servers that say what they did not do: what a session makes of them.
@Suite(
    "Faults of TLS and HTTP/2", .wire, .enabled(if: TestAuthority.isAvailable, "openssl is missing"),
    .timeLimit(.minutes(1)))
struct WireIdentityTests {
    enum Flaw: String, CaseIterable, Sendable {
        case expired, wrongHost, selfSigned, wrongAuthority
    }

    @Test("a certificate that does not hold ends the call; nothing is asked twice", arguments: Flaw.allCases)
    func certificates(flaw: Flaw) async throws {
        let authority = try TestAuthority.shared.get()
        // Its files go with it.
        let stranger = try TestAuthority(name: "Somebody Else")
        defer { withExtendedLifetime(stranger) {} }
        let certificate =
            switch flaw {
            case .expired: try authority.issue("server", days: -1)
            case .wrongHost: try authority.issue("server", names: ["DNS:other.test"])
            case .selfSigned: try authority.selfSigned("server")
            case .wrongAuthority: try stranger.issue("server")
            }
        try await GreetingServer.withRunning(tls: try certificate.serverConfiguration()) { server in
            var configuration = NIOTransport.Configuration()
            configuration.tls.trustRoots = .pemFile(authority.rootPath)
            let transport = try NIOTransport(configuration)
            let api = try Session("https://localhost:\(server.port)", transport: transport) { $0.proxy = .none }
            let error = await #expect(throws: TesseraError.self) { try await api.get("/x") }
            #expect(error?.code == .tls && error?.remedy != nil, "\(String(describing: error))")
            #expect(error?.history.count == 1)
            await transport.shutdown()
        }
    }

    @Test(
        "POST is sent again after REFUSED_STREAM and after GOAWAY, and arrives once where it counts",
        arguments: [true, false])
    func unprocessed(goesAway: Bool) async throws {
        try await FrameServer.withRunning { connection in
            try await connection.start()
            guard connection.number == 0 else { return try await connection.serve() }
            let refused = try await connection.nextRequest()
            if goesAway {
                try await connection.send(.goAway(last: 0))
                try await connection.readToEnd()
            } else {
                try await connection.send(.reset(refused.stream, RawFrame.Code.refusedStream))
                try await connection.serve()
            }
        } body: { server in
            let transport = try FrameServer.transport()
            let api = try Session("\(server.origin)", transport: transport) {
                $0.proxy = .none
                $0.retry.backoff = Backoff(initial: .milliseconds(5))
            }
            let response = try await api.post("/pay", .text("1"))
            #expect(response.text == "ok")
            #expect(response.history.count == 2 && server.log.requests.count == 2)
            guard case .failure(_, _, .provablyUnprocessed)? = response.history.attempts.first?.result else {
                Issue.record("\(response.history)")
                return
            }
            await transport.shutdown()
        }
    }
}
#endif
