#if NIO && OAuth
import TesseraNIO
import TesseraCore
import TesseraOAuth
import TesseraTesting
import Testing

/// Invariant 3 over a real socket; the server's log is the referee.
@Suite(.serialized) struct `A herd at expiry` {
    static let tasks = 10_000

    /// A source whose first token has just expired, and its server.
    private func withExpiredToken(
        _ body: (HostileAuthorizationServer, RefreshingTokenSource) async throws -> Void
    ) async throws {
        var configuration = HostileAuthorizationServer.Configuration()
        configuration.accessTokenLifetime = .seconds(2)
        let server = HostileAuthorizationServer(configuration)
        let transport = try NIOTransport()
        try await server.withSocket { origin in
            let client = try OAuthClient(
                issuer: "\(origin)", id: "client", authentication: .publicClient, tokenEndpoint: "\(origin)/token",
                transport: transport)
            let source = client.clientCredentials()
            _ = try await source.accessToken()
            server.setAccessTokenLifetime(.seconds(3600))
            try await Task.sleep(for: .milliseconds(2100))
            try await body(server, source)
        }
        await transport.shutdown()
    }

    @Test func `10,000 tasks make one token request`() async throws {
        try await withExpiredToken { server, source in
            server.script(.holdAnswer("herd"))
            let start = ContinuousClock.now
            let generations = try await withThrowingTaskGroup(of: UInt64.self) { group in
                for _ in 0..<Self.tasks {
                    group.addTask { try await source.accessToken(within: .seconds(60)).generation }
                }
                // The answer comes when the request is there and the herd has had the time to gather.
                #expect(await server.wait { $0.tokenRequests.count == 2 })
                try await Task.sleep(for: .milliseconds(500))
                server.release("herd")
                return try await group.reduce(into: [UInt64: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(generations == [2: Self.tasks])
            let requests = server.log.tokenRequests.count - 1
            #expect(requests == 1)
            print("figure: herd tasks \(Self.tasks), token requests \(requests), \(ContinuousClock.now - start)")
        }
    }

    @Test func `10,000 tasks, half of them cancelled, make one token request`() async throws {
        try await withExpiredToken { server, source in
            server.script(.holdAnswer("herd"))
            let herd = (0..<Self.tasks).map { _ in
                Task { try await source.accessToken(within: .seconds(60)).generation }
            }
            #expect(await server.wait { $0.tokenRequests.count == 2 })
            // Every second one, the one that started the request perhaps among them.
            for task in herd.enumerated() where task.offset.isMultiple(of: 2) { task.element.cancel() }
            server.release("herd")
            var (served, cancelled) = (0, 0)
            for task in herd.enumerated() {
                switch await task.element.result {
                case .success(let generation):
                    #expect(generation == 2)
                    served += 1
                case .failure(let error):
                    #expect(error is CancellationError)
                    #expect(task.offset.isMultiple(of: 2), "a task that nobody cancelled failed")
                    cancelled += 1
                }
            }
            #expect(served + cancelled == Self.tasks)
            let requests = server.log.tokenRequests.count - 1
            #expect(requests == 1)
            print("figure: herd tasks \(Self.tasks), cancelled \(cancelled), token requests \(requests)")
        }
    }
}
#endif
