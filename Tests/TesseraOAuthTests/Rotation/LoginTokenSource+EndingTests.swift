#if OAuth
import HTTPTypes
import Synchronization
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

/// Who leaves, shuts down or logs out, and what a login must not begin with.
extension `Login token source` {
    @Test func `an asker that leaves does not end the request`() async throws {
        try await withScenario { scenario, time in
            let source = try await time.run { try await scenario.process(scenario.server.logIn()) }
            scenario.server.script(.slow(.seconds(5)))
            let asker = Task(executorPreference: time.taskExecutor) { try await source.accessToken(for: use(time)) }
            await time.advance(by: .seconds(1))
            asker.cancel()
            await time.advance(by: .seconds(30))
            await #expect(throws: CancellationError.self) { try await asker.value }
            #expect(try await scenario.record?.generation == 2)
            #expect(scenario.server.log.tokenRequests.map(\.status) == [200])
        }
    }

    @Test func `shutdown waits for the answer and stores it`() async throws {
        try await withScenario { scenario, time in
            let source = try await time.run { try await scenario.process(scenario.server.logIn()) }
            scenario.server.script(.slow(.seconds(5)))
            let asker = Task(executorPreference: time.taskExecutor) { try await source.accessToken(for: use(time)) }
            await time.advance(by: .seconds(1))
            try await time.run { await source.shutdown() }
            #expect(try await scenario.record?.generation == 2)
            _ = try? await asker.value
            let error = await #expect(throws: TesseraError.self) {
                _ = try await time.run {
                    try await source.source(resource: "https://b.test").accessToken(for: use(time))
                }
            }
            #expect(error?.code == .shutDown)
        }
    }

    @Test func `two resources of one refresh token are renewed one after the other`() async throws {
        try await withScenario { scenario, time in
            let source = try await time.run { try await scenario.process(scenario.server.logIn()) }
            let one = source.source(resource: "https://a.test")
            let two = source.source(resource: "https://b.test")
            scenario.server.script(.slow(.seconds(2)), .slow(.seconds(2)))
            try await time.run {
                async let first = one.accessToken(for: use(time))
                async let second = two.accessToken(for: use(time))
                _ = try await (first, second)
            }
            #expect(scenario.server.log.tokenRequests.map(\.generation) == [1, 2])
            #expect(scenario.server.endedLogins.isEmpty)
            #expect(try await scenario.record?.accessTokens.count == 2)
            #expect(scenario.violations(isFaultFree: true) == [])
        }
    }

    @Test func `logout while the answer is held: nothing comes back, and all tokens are revoked`() async throws {
        try await withScenario { scenario, time in
            let login = scenario.server.logIn()
            let source = try await time.run { try await scenario.process(login) }
            scenario.server.script(.holdAnswer("late"))
            let asker = Task(executorPreference: time.taskExecutor) { try await source.accessToken(for: use(time)) }
            await time.advance(by: .seconds(1))
            let isConfirmed = try await time.run { try await source.logout() }
            #expect(isConfirmed)
            await time.advance(by: .seconds(2))
            scenario.server.release("late")
            await time.advance(by: .seconds(5))
            let error = await #expect(throws: TesseraError.self) { try await asker.value }
            #expect(error?.recovery == .loginRequired(.loggedOut))
            let record = try await scenario.record
            #expect(record?.refreshToken == nil)
            #expect(record?.accessTokens.isEmpty == true)
            #expect(scenario.server.generation(of: login.id) == nil)
            // The old tokens do not open it again.
            let again = await #expect(throws: TesseraError.self) {
                _ = try await time.run { try await scenario.process(login) }
            }
            #expect(again?.recovery == .loginRequired(.loggedOut))
        }
    }

    @Test func `after a logout a new login takes the place`() async throws {
        try await withScenario { scenario, time in
            let source = try await time.run { try await scenario.process(scenario.server.logIn()) }
            _ = try await time.run { try await source.accessToken(for: use(time)) }
            _ = try await time.run { try await source.logout() }
            let error = await #expect(throws: TesseraError.self) {
                _ = try await time.run { try await source.accessToken(for: use(time)) }
            }
            #expect(error?.recovery == .loginRequired(.loggedOut))
            let next = try await time.run { try await scenario.process(scenario.server.logIn()) }
            _ = try await time.run { try await next.accessToken(for: use(time)) }
        }
    }

    @Test func `a store that forgets is refused for rotating tokens unless that is wanted`() async throws {
        try await withScenario { scenario, time in
            var settings = scenario.settings
            settings.allowsVolatileStore = false
            let login = scenario.server.logIn()
            let error = await #expect(throws: TesseraError.self) {
                _ = try await scenario.client().tokenSource(
                    TokenSet(refreshToken: login.refreshToken), subject: "alice", store: scenario.store,
                    settings: settings)
            }
            #expect(error?.code == .storeUnsupported)
            settings.profile = .nonRotating
            _ = try await scenario.client().tokenSource(
                TokenSet(refreshToken: login.refreshToken), subject: "alice", store: scenario.store, settings: settings)
        }
    }

    @Test func `somebody must be named whose tokens they are`() async throws {
        try await withScenario { scenario, time in
            for subject in [nil, ""] {
                let error = await #expect(throws: TesseraError.self) {
                    _ = try await scenario.client().tokenSource(
                        TokenSet(refreshToken: scenario.server.logIn().refreshToken), subject: subject,
                        store: scenario.store, settings: scenario.settings)
                }
                #expect(error?.code == .misconfigured)
            }
        }
    }
}
#endif
