#if OAuth
import HTTPTypes
import Synchronization
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

@Suite struct `Login token source` {
    typealias Server = HostileAuthorizationServer

    func withScenario(
        _ rotation: Server.Rotation = .strict, profile: ProviderProfile = .strict, lifetime: Duration = .seconds(600),
        _ body: (LoginScenario, VirtualTime) async throws -> Void
    ) async throws {
        try await withVirtualTime { time in
            var configuration = Server.Configuration(rotation: rotation)
            configuration.accessTokenLifetime = lifetime
            try await body(LoginScenario(time, configuration, profile), time)
        }
    }

    func use(_ time: VirtualTime, within timeout: Duration = .seconds(300)) -> TokenUse {
        TokenUse(deadline: time.now.advanced(by: timeout), runtime: time.runtime)
    }

    @Test func `a login without an access token refreshes once, in the order of the protocol`() async throws {
        try await withScenario { scenario, time in
            let source = try await time.run { try await scenario.process(scenario.server.logIn()) }
            let token = try await time.run { try await source.accessToken(for: use(time)) }
            #expect(!token.value.isEmpty)
            await time.settle()
            #expect(
                scenario.kinds == [
                    .began, .leased, .loaded, .intent, .sending, .answered, .committed, .published, .released,
                ])
            #expect(scenario.server.log.tokenRequests.count == 1)
            #expect(try await scenario.record?.generation == 2)
            #expect(scenario.violations(isFaultFree: true) == [])
        }
    }

    @Test func `the tokens of the login itself are used as long as they are good`() async throws {
        try await withScenario { scenario, time in
            let login = scenario.server.logIn()
            let source = try await time.run { try await scenario.process(login, withAccess: true) }
            let token = try await time.run { try await source.accessToken(for: use(time)) }
            #expect(token.value == login.accessToken)
            #expect(scenario.server.log.tokenRequests.isEmpty)
        }
    }

    @Test func `many processes on one store make one request per expiry`() async throws {
        try await withScenario { scenario, time in
            let login = scenario.server.logIn()
            var sources: [LoginTokenSource] = []
            for _ in 0..<32 { sources.append(try await time.run { try await scenario.process(login) }) }
            for round in 1...3 {
                let all = sources
                let values = try await time.run {
                    try await withThrowingTaskGroup(of: [UInt8].self) { group in
                        for source in all {
                            group.addTask {
                                try await source.accessToken(for: use(time)).value.withExposedBytes { Array($0) }
                            }
                        }
                        return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
                    }
                }
                #expect(values.count == 1)
                #expect(scenario.server.log.tokenRequests.count == round)
                await time.advance(by: .seconds(599))
            }
            #expect(scenario.violations(isFaultFree: true) == [])
        }
    }

    @Test func `tokens that are handed in again change nothing, however old they are`() async throws {
        try await withScenario { scenario, time in
            let login = scenario.server.logIn()
            let first = try await time.run { try await scenario.process(login) }
            _ = try await time.run { try await first.accessToken(for: use(time)) }
            let again = try await time.run { try await scenario.process(login) }
            _ = try await time.run { try await again.accessToken(for: use(time)) }
            #expect(try await scenario.record?.generation == 2)
            #expect(scenario.server.log.tokenRequests.count == 1)
        }
    }

    @Test func `a login in the store is adopted without its tokens`() async throws {
        try await withScenario { scenario, time in
            let login = scenario.server.logIn()
            _ = try await time.run { try await scenario.process(login) }
            let source = try await time.run { try await scenario.reopened() }
            _ = try await time.run { try await source.accessToken(for: use(time)) }
            #expect(scenario.server.log.tokenRequests.count == 1)
        }
    }

    @Test func `nobody is logged in: the error asks for a login`() async throws {
        try await withScenario { scenario, time in
            let error = await #expect(throws: TesseraError.self) {
                _ = try await time.run { try await scenario.reopened() }
            }
            #expect(error?.recovery == .loginRequired(.notLoggedIn))
        }
    }

    @Test func `an omitted refresh token keeps the old one`() async throws {
        try await withScenario(.omitted) { scenario, time in
            let login = scenario.server.logIn()
            let source = try await time.run { try await scenario.process(login) }
            _ = try await time.run { try await source.accessToken(for: use(time)) }
            #expect(try await scenario.record?.refreshToken == login.refreshToken)
            await time.advance(by: .seconds(599))
            _ = try await time.run { try await source.accessToken(for: use(time)) }
            #expect(scenario.server.log.tokenRequests.count == 2)
        }
    }

    @Test(arguments: [
        (Server.Rotation.grace(.seconds(30)), ProviderProfile.djangoOAuthToolkit(grace: .seconds(30))),
        (.never, .nonRotating), (.never, .strict), (.omitted, .strict), (.grace(.seconds(30)), .strict),
    ])
    func `a lost answer costs no login where the server still knows the token`(
        _ rotation: Server.Rotation, _ profile: ProviderProfile
    ) async throws {
        try await withScenario(rotation, profile: profile) { scenario, time in
            let source = try await time.run { try await scenario.process(scenario.server.logIn()) }
            scenario.server.script(.gatewayTimeout)
            let token = try await time.run { try await source.accessToken(for: use(time)) }
            #expect(!token.value.isEmpty)
            #expect(scenario.server.log.tokenRequests.count == 2)
            #expect(scenario.violations() == [])
        }
    }

    @Test func `a lost answer at a one-time server ends the login, and says so`() async throws {
        try await withScenario { scenario, time in
            let source = try await time.run { try await scenario.process(scenario.server.logIn()) }
            scenario.server.script(.gatewayTimeout)
            let error = await #expect(throws: TesseraError.self) {
                _ = try await time.run { try await source.accessToken(for: use(time)) }
            }
            #expect(error?.recovery == .loginRequired(.responseLost))
            #expect(error?.message.contains("generation 1, 2 attempts") == true)
            #expect(scenario.violations() == [])
            let later = await #expect(throws: TesseraError.self) {
                _ = try await time.run { try await scenario.reopened() }
            }
            #expect(later?.recovery == .loginRequired(.responseLost))
        }
    }

    @Test func `a refused login is refused at the first attempt, and for that reason`() async throws {
        try await withScenario { scenario, time in
            let login = scenario.server.logIn()
            let source = try await time.run { try await scenario.process(login) }
            scenario.server.endLogin(login.id)
            let error = await #expect(throws: TesseraError.self) {
                _ = try await time.run { try await source.accessToken(for: use(time)) }
            }
            #expect(error?.recovery == .loginRequired(.refused))
            #expect(scenario.server.log.tokenRequests.count == 1)
        }
    }

    @Test func `a server that is down keeps the login`() async throws {
        try await withScenario { scenario, time in
            let source = try await time.run { try await scenario.process(scenario.server.logIn()) }
            scenario.server.script(.refuseConnection)
            let error = await #expect(throws: TesseraError.self) {
                _ = try await time.run { try await source.accessToken(for: use(time)) }
            }
            #expect(error?.code == .tokenEndpointUnavailable)
            guard case .ready? = try await scenario.record?.state else {
                Issue.record("the intent was not taken back")
                return
            }
            await time.advance(by: .seconds(120))
            _ = try await time.run { try await source.accessToken(for: use(time)) }
        }
    }

    @Test func `a refused client keeps the login`() async throws {
        try await withScenario { scenario, time in
            let source = try await time.run { try await scenario.process(scenario.server.logIn()) }
            scenario.server.script(.emptyForbidden)
            await #expect(throws: TesseraError.self) {
                _ = try await time.run { try await source.accessToken(for: use(time)) }
            }
            guard case .ready? = try await scenario.record?.state else {
                Issue.record("the intent was not taken back")
                return
            }
        }
    }
}
#endif
