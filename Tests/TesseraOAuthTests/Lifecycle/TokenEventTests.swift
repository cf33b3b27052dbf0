#if OAuth
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

@Suite struct `Token events and status` {
    private func source(_ acquisition: ScriptedAcquisition, _ seen: SeenEvents) -> RefreshingTokenSource {
        var settings = RefreshingTokenSource.Settings()
        settings.observers = [seen.observer]
        return RefreshingTokenSource(acquisition, settings: settings)
    }

    @Test func `tell a token's life in order, with a tag and never the token`() async throws {
        try await withVirtualTime { time in
            let seen = SeenEvents()
            let source = source(.tokens(lifetime: .seconds(1000), after: .seconds(2), name: "eventful"), seen)
            let first = try await time.run { try await source.accessToken(for: time.use()) }
            _ = try await source.accessToken(for: time.use())
            _ = try await source.reject(generation: 1, for: time.use())
            _ = try await time.run { try await source.accessToken(for: time.use()) }
            _ = try await source.reject(generation: 1, for: time.use())
            source.invalidate()
            guard seen.all.count == 7, case .obtained(let obtained) = seen.all[1] else {
                Issue.record("\(seen.all)")
                return
            }
            #expect(seen.all[0] == .requested(.first))
            #expect(obtained.tag == "\(first.value)")
            #expect(obtained.duration == .seconds(2) && obtained.requests == 1 && obtained.lifetime == .seconds(1000))
            #expect(seen.all[2] == .rejected(generation: 1, .renews))
            #expect(seen.all[3] == .requested(.rejected))
            #expect(seen.all[5] == .rejected(generation: 1, .alreadyRenewed))
            #expect(seen.all[6] == .invalidated)
            #expect(!"\(seen.all)".contains("eventful-token"))
        }
    }

    @Test func `tell who leaves, what fails and what is overdue`() async throws {
        try await withVirtualTime { time in
            let seen = SeenEvents()
            let acquisition = ScriptedAcquisition { _, fetch in
                try await fetch.runtime.sleep(.distantFuture)
                throw CancellationError()
            }
            let source = source(acquisition, seen)
            let cancelled = Task(executorPreference: time.taskExecutor) {
                try await source.accessToken(for: time.use())
            }
            await time.settle()
            let hurried = Task(executorPreference: time.taskExecutor) {
                try await source.accessToken(for: time.use(within: .seconds(1)))
            }
            await time.settle()
            cancelled.cancel()
            await time.advance(by: .seconds(60))
            _ = try? await hurried.value
            #expect(seen.all.prefix(4) == [.requested(.first), .left(.cancelled), .left(.deadline), .overdue])
            guard case .failed(let failed) = seen.all.last else {
                Issue.record("\(seen.all)")
                return
            }
            #expect(failed.code == .tokenEndpointUnavailable && !failed.isRefusal && !failed.isOldTokenServed)
            #expect(failed.wait != nil)
            #expect(seen.all.count == 5)
        }
    }

    @Test func `an error code that no RFC knows is no label`() {
        #expect(TokenEvent.closed("invalid_grant") == "invalid_grant")
        #expect(TokenEvent.closed("x-user-4711") == nil)
        #expect(TokenEvent.closed(nil) == nil)
    }

    @Test func `the name of a source shows neither user nor issuer`() {
        let key = TokenKey.user(issuer: "https://login.test", client: "billing", subject: "alice@example.com")
        let name = TokenSourceName(key)
        #expect(name.kind == .user)
        #expect(!"\(name)".contains("alice") && !"\(name)".contains("login.test"))
        #expect(name == TokenSourceName(key))
        let other = TokenSourceName(.client(issuer: "https://login.test", client: "billing"))
        #expect(other.kind == .client && other.tag != name.tag)
    }

    @Test func `status follows the token for readiness probes`() async throws {
        try await withVirtualTime { time in
            let acquisition = ScriptedAcquisition { number, fetch in
                try await fetch.runtime.sleep(fetch.runtime.now().advanced(by: .seconds(1)))
                guard number == 1 else { throw TesseraError.retryLater(after: .seconds(60), "down") }
                return TokenResponse(accessToken: .fixture("status-token-\(number)"), lifetime: .seconds(1000))
            }
            let source = RefreshingTokenSource(acquisition)
            #expect(source.status == TokenStatus(phase: .empty, isReady: false))
            async let prefetched: Void = source.prefetch()
            await time.settle()
            #expect(source.status.phase == .obtaining && !source.status.isReady)
            await time.advance(by: .seconds(1))
            try await prefetched
            #expect(
                source.status
                    == TokenStatus(phase: .fresh, isReady: true, generation: 1, expiresIn: .seconds(999)))
            await time.advance(by: .seconds(919))
            #expect(source.status.phase == .aging && source.status.isReady)
            _ = try await source.accessToken(for: time.use())
            #expect(source.status.phase == .renewing && source.status.isReady)
            await time.advance(by: .seconds(2))
            let degraded = source.status
            #expect(degraded.phase == .degraded && degraded.isReady && degraded.lastFailure == .retryLater)
            #expect(degraded.nextAttemptIn == .seconds(59))
            await time.advance(by: .seconds(50))
            #expect(source.status.phase == .degraded && source.status.isReady)
            await time.advance(by: .seconds(10))
            #expect(source.status.phase == .due && !source.status.isReady)
            await time.advance(by: .seconds(100))
            #expect(source.status.phase == .empty && !source.status.isReady && source.status.expiresIn == .zero)
            acquisition.isUnsaved = true
            #expect(source.status.isUnsaved)
            #expect(!"\(source.status)".contains("status-token"))
        }
    }
}
#endif
