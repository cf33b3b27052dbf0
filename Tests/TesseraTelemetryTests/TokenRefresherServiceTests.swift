#if ServiceLifecycle
import Logging
import ServiceLifecycle
import TesseraCore
import TesseraOAuth
import TesseraServiceLifecycle
import TesseraTesting
import Testing

@Suite struct `Token refresher service` {
    @Test func `obtains a token nobody asked for, and ends with its group`() async throws {
        let source = RefreshingTokenSource { _ in
            TokenResponse(accessToken: .fixture("token-of-the-service"), lifetime: .seconds(600))
        }
        let group = ServiceGroup(
            services: [TokenRefresherService(TokenRefresher([source]))], logger: Logger(label: "test"))
        async let running: Void = group.run()
        for _ in 0..<1000 where !source.status.isReady { try await Task.sleep(for: .milliseconds(10)) }
        #expect(source.status.isReady)
        await group.triggerGracefulShutdown()
        try await running
    }
}
#endif
