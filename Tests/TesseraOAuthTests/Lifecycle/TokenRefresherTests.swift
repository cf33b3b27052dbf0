#if OAuth
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

@Suite struct `Renewal schedule` {
    private static func at(_ seconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: seconds * 1_000_000_000)
    }

    struct Row: Sendable {
        var due: [Int64?]
        var underWay = 0
        var renew: [Int]
        var next: Duration
    }

    @Test(arguments: [
        Row(due: [], renew: [], next: .seconds(30)), Row(due: [nil, nil], renew: [], next: .seconds(30)),
        Row(due: [110], renew: [], next: .seconds(10)), Row(due: [100], renew: [0], next: .seconds(30)),
        Row(due: [99, nil, 50, 105], renew: [2, 0], next: .seconds(5)),
        Row(due: [90, 80, 70, 60], renew: [3, 2], next: .milliseconds(100)),
        Row(due: [90, 80], underWay: 1, renew: [1], next: .milliseconds(100)),
        Row(due: [90], underWay: 7, renew: [], next: .milliseconds(100)),
        Row(due: [100_000], renew: [], next: .seconds(30)),
    ])
    func `the most overdue first, two at a time, and awake again in time`(row: Row) {
        let decision = RenewalSchedule(limit: 2).decide(
            due: row.due.map { $0.map(Self.at) }, underWay: row.underWay, now: Self.at(100))
        #expect(decision.renew == row.renew)
        #expect(decision.next == Self.at(100).advanced(by: row.next))
    }
}

@Suite struct `Token refresher` {
    @Test func `keeps tokens fresh for hours although nobody asks`() async throws {
        try await withVirtualTime { time in
            let acquisition = ScriptedAcquisition.tokens(lifetime: .seconds(3600), after: .seconds(1))
            let source = RefreshingTokenSource(acquisition)
            let refresher = TokenRefresher([source])
            let service = Task(executorPreference: time.taskExecutor) { await refresher.run() }
            await time.advance(by: .seconds(10))
            for _ in 0..<(24 * 60) {
                await time.advance(by: .seconds(60))
                #expect(source.status.isReady)
            }
            // A day of tokens of an hour, each renewed between 4.5 and 6 minutes before its end.
            #expect((26...28).contains(acquisition.calls.count))
            #expect(acquisition.mostUnderWay == 1)
            service.cancel()
            await time.advance(by: .seconds(60))
            await service.value
        }
    }

    @Test func `a failing endpoint is asked as seldom as by callers`() async throws {
        try await withVirtualTime { time in
            let acquisition = ScriptedAcquisition { _, _ in throw TesseraError.make(.tokenEndpointUnavailable, "down") }
            let refresher = TokenRefresher([RefreshingTokenSource(acquisition)])
            let service = Task(executorPreference: time.taskExecutor) { await refresher.run() }
            await time.advance(by: .seconds(3600))
            #expect((100...260).contains(acquisition.calls.count))
            service.cancel()
            await time.advanceUntilIdle()
            await service.value
        }
    }

    @Test func `a refusal for good is not asked about again`() async throws {
        try await withVirtualTime { time in
            let acquisition = ScriptedAcquisition { _, _ in throw TesseraError.loginRequired(.refused, "over") }
            let refresher = TokenRefresher([RefreshingTokenSource(acquisition)])
            let service = Task(executorPreference: time.taskExecutor) { await refresher.run() }
            await time.advance(by: .seconds(36_000))
            #expect(acquisition.calls.count == 1)
            service.cancel()
            await time.advanceUntilIdle()
            await service.value
        }
    }

    @Test func `in a registry only the tokens of those who came back are renewed`() async throws {
        try await withVirtualTime { time in
            let acquisition = ScriptedAcquisition.tokens(lifetime: .seconds(1000))
            let other = ScriptedAcquisition.tokens(lifetime: .seconds(1000), name: "other")
            let registry = TokenSourceRegistry { key in
                RefreshingTokenSource(key.subject == "stays" ? acquisition : other, key: key)
            }
            func key(_ subject: String) -> TokenKey {
                .user(issuer: "https://login.test", client: "c", subject: subject)
            }
            for subject in ["stays", "stays", "left"] {
                _ = try await registry.source(for: key(subject)).accessToken(for: time.use())
            }
            let refresher = TokenRefresher(.registry(registry))
            let service = Task(executorPreference: time.taskExecutor) { await refresher.run() }
            await time.advance(by: .seconds(950))
            #expect(acquisition.calls.count == 2)
            #expect(other.calls.count == 1)
            service.cancel()
            await time.advanceUntilIdle()
            await service.value
        }
    }
}
#endif
