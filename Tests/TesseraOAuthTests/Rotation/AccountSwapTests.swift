#if OAuth
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

@Suite struct `Account swap (threat A7)` {
    /// An ID token for `subject`, unsigned as nothing here verifies it.
    private func idToken(_ subject: String) -> String {
        let parts = [#"{"alg":"none"}"#, #"{"sub":"\#(subject)"}"#]
        return parts.map { String(decoding: Base64.encode($0.utf8, alphabet: .urlSafe), as: UTF8.self) }
            .joined(separator: ".") + ".c2lnbmF0dXJl"
    }

    private func tokens(_ scenario: LoginScenario, _ subject: String) -> TokenSet {
        TokenSet(refreshToken: scenario.server.logIn().refreshToken, idToken: Secret.fixture(idToken(subject)))
    }

    private func withScenario(_ body: (LoginScenario, VirtualTime) async throws -> Void) async throws {
        try await withVirtualTime { time in
            try await body(
                LoginScenario(time, HostileAuthorizationServer.Configuration(rotation: .strict), .strict), time)
        }
    }

    @Test func `who logs in as bob in alice's profile overwrites nothing`() async throws {
        try await withScenario { scenario, time in
            let alice = tokens(scenario, "alice")
            let bob = tokens(scenario, "bob")
            @Sendable func begin(_ tokens: TokenSet, asked: Bool = false) async throws {
                var settings = scenario.settings
                settings.replacesOtherAccount = asked
                _ = try await scenario.client().tokenSource(
                    tokens, subject: "alice", store: scenario.store, keys: scenario.keys, settings: settings)
            }
            try await time.run { try await begin(alice) }
            let error = await #expect(throws: TesseraError.self) { try await time.run { try await begin(bob) } }
            #expect(error?.code == .misconfigured)
            #expect(error?.remedy?.contains("replacesOtherAccount") == true)
            #expect(try await scenario.record?.account == "alice")
            #expect(try await scenario.record?.refreshToken == alice.refreshToken)
            try await time.run { try await begin(bob, asked: true) }
            #expect(try await scenario.record?.account == "bob")
        }
    }

    @Test func `after a logout anybody may log in`() async throws {
        try await withScenario { scenario, time in
            let (alice, bob) = (tokens(scenario, "alice"), tokens(scenario, "bob"))
            let source = try await time.run {
                try await scenario.client().tokenSource(
                    alice, subject: "profile", store: scenario.store, keys: scenario.keys, settings: scenario.settings)
            }
            _ = try await time.run { try await source.logout() }
            _ = try await time.run {
                try await scenario.client().tokenSource(
                    bob, subject: "profile", store: scenario.store, keys: scenario.keys, settings: scenario.settings)
            }
        }
    }

    @Test(arguments: ["alice", "bob"])
    func `a refresh answer with another sub is refused, given back and named`(answered: String) async throws {
        try await withScenario { scenario, time in
            let alice = tokens(scenario, "alice")
            let body = #"""
                {"access_token":"swapped-access-token","token_type":"Bearer","expires_in":600,
                "refresh_token":"swapped-refresh-token","id_token":"\#(idToken(answered))"}
                """#
            scenario.server.script(
                HostileAuthorizationServer.Fault([
                    .answerInstead(.init(status: 200, fields: ["Content-Type": "application/json"], body: body))
                ]))
            let source = try await time.run {
                try await scenario.client().tokenSource(
                    alice, subject: "alice", store: scenario.store, keys: scenario.keys, settings: scenario.settings)
            }
            guard answered == "bob" else {
                let token = try await time.run { try await source.accessToken() }
                #expect(token.value == Secret.fixture("swapped-access-token"))
                return
            }
            let error = await #expect(throws: TesseraError.self) {
                try await time.run { try await source.accessToken() }
            }
            #expect(error?.recovery == .loginRequired(.accountChanged))
            await time.settle()
            #expect(scenario.kinds.contains(.revoked) && !scenario.kinds.contains(.committed))
            guard case .dead(let dead)? = try await scenario.record?.state else {
                Issue.record("the login goes on")
                return
            }
            #expect(dead.reason == .accountChanged)
        }
    }
}
#endif
