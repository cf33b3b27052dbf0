#if Secrets
import HTTPTypes
import TesseraCore
import TesseraOAuth
import TesseraTesting
import Testing

@testable import TesseraSecrets

@Suite struct `Vault login` {
    @Test(
        arguments: [
            ("/v1/auth/approle/login", ["role_id": "billing", "secret_id": "the-credential"]),
            ("/v1/auth/ci/jwt/login", ["role": "billing", "jwt": "the-credential"]),
            ("/v1/auth/kubernetes/login", ["role": "billing", "jwt": "the-credential"]),
        ] as [(String, JSONValue)])
    func `each method shows what it must`(path: String, body: JSONValue) async throws {
        try await withVirtualTime { time in
            let scenario = VaultScenario()
            let credential = FixedSecretSource(.fixture("the-credential"))
            let auth: VaultAuthentication =
                switch path {
                case "/v1/auth/approle/login": .appRole(roleID: "billing", secretID: credential)
                case "/v1/auth/ci/jwt/login": .jwt(role: "billing", token: credential, mount: "ci/jwt")
                default: .kubernetes(role: "billing", token: credential)
                }
            let route = scenario.acceptLogins(at: path)
            scenario.holdSecret(for: "token-1")
            let vault = try scenario.vault(auth)
            _ = try await time.run { try await vault.fetch("prod/database") }
            #expect(route.requests.map(\.json) == [body])
            #expect(route.requests.first?.headerFields[VaultTokens.field] == nil)
            #expect(scenario.shown == ["token-1"])
        }
    }

    @Test func `1,000 readers cost one login`() async throws {
        try await withVirtualTime { time in
            let scenario = VaultScenario()
            scenario.server.on(.post, "/v1/auth/approle/login").reply(
                json: VaultScenario.auth("token-1", lease: 3600), after: .seconds(1))
            scenario.holdSecret(for: "token-1")
            let vault = try scenario.vault(scenario.appRole())
            try await time.run {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<1000 { group.addTask { _ = try await vault.fetch("prod/database") } }
                    try await group.waitForAll()
                }
            }
            #expect(scenario.logins == 1)
        }
    }

    @Test func `a lease is renewed early, and nobody waits`() async throws {
        try await withVirtualTime { time in
            let scenario = VaultScenario()
            scenario.acceptLogins(lease: 3600)
            scenario.holdSecret(for: "token-1")
            scenario.server.on(.post, "/v1/auth/token/renew-self").reply(
                json: VaultScenario.auth("token-1", lease: 3600))
            let vault = try scenario.vault(scenario.appRole())
            for _ in 0..<10 {
                _ = try await time.run { try await vault.fetch("prod/database") }
                await time.advance(by: .seconds(3590))
            }
            #expect(scenario.logins == 1)
            #expect(scenario.renewals >= 8)
            #expect(Set(scenario.shown) == ["token-1"])
        }
    }

    @Test(
        arguments: [
            // Towards max_ttl a renewal brings little.
            (true, 200, VaultScenario.auth("token-1", lease: 600), 1),
            (true, 403, ["errors": ["permission denied"]], 1), (false, 200, ["unasked": true], 0),
        ] as [(Bool, Int, JSONValue, Int)])
    func `what cannot be renewed is replaced by a new login`(
        isRenewable: Bool, status: Int, answer: JSONValue, renewals: Int
    ) async throws {
        try await withVirtualTime { time in
            let scenario = VaultScenario()
            scenario.acceptLogins(lease: 3600, renewable: isRenewable)
            scenario.holdSecret(for: "token-1", "token-2")
            scenario.server.on(.post, "/v1/auth/token/renew-self").reply(status: status, json: answer).optional()
            let vault = try scenario.vault(scenario.appRole())
            _ = try await time.run { try await vault.fetch("prod/database") }
            await time.advance(by: .seconds(3500))
            _ = try await time.run { try await vault.fetch("prod/database") }
            _ = try await time.run { try await vault.fetch("prod/database") }
            #expect(scenario.logins == 2)
            #expect(scenario.renewals == renewals)
            #expect(scenario.shown.first == "token-1")
            #expect(scenario.shown.last == "token-2")
        }
    }

    @Test func `a server that is down keeps nobody from a token that is good`() async throws {
        try await withVirtualTime { time in
            let scenario = VaultScenario()
            scenario.acceptLogins(lease: 3600)
            scenario.holdSecret(for: "token-1")
            scenario.server.on(.post, "/v1/auth/token/renew-self").reply(status: 503)
            let vault = try scenario.vault(scenario.appRole())
            _ = try await time.run { try await vault.fetch("prod/database") }
            await time.advance(by: .seconds(3300))
            _ = try await time.run { try await vault.fetch("prod/database") }
            #expect(scenario.logins == 1)
            #expect(scenario.renewals == 1)
        }
    }

    @Test func `a token that died costs one new login, and no read`() async throws {
        try await withVirtualTime { time in
            let scenario = VaultScenario()
            scenario.acceptLogins()
            scenario.holdSecret(for: "token-2")
            scenario.server.on(.get, "/v1/auth/token/lookup-self").reply(
                status: 403, json: ["errors": ["permission denied"]])
            let vault = try scenario.vault(scenario.appRole())
            let value = try await time.run { try await vault.fetch("prod/database") }
            #expect(value.version == "3")
            #expect(scenario.logins == 2)
            #expect(scenario.shown == ["token-1", "token-2"])
        }
    }

    @Test func `a secret that may not be read costs no login`() async throws {
        try await withVirtualTime { time in
            let scenario = VaultScenario()
            scenario.acceptLogins()
            scenario.holdSecret()
            scenario.server.on(.get, "/v1/auth/token/lookup-self").reply(json: ["data": ["ttl": 3000]])
            let vault = try scenario.vault(scenario.appRole())
            for _ in 0..<5 {
                let error = await #expect(throws: TesseraError.self) {
                    try await time.run { try await vault.fetch("prod/database") }
                }
                #expect(error?.code == .secretUnavailable)
            }
            #expect(scenario.logins == 1)
        }
    }

    @Test func `a server that refuses every token is not logged in to for each read`() async throws {
        try await withVirtualTime { time in
            let scenario = VaultScenario()
            scenario.acceptLogins()
            scenario.holdSecret()
            scenario.server.on(.get, "/v1/auth/token/lookup-self").reply(status: 403)
            let vault = try scenario.vault(scenario.appRole())
            for _ in 0..<50 { _ = try? await time.run { try await vault.fetch("prod/database") } }
            #expect(scenario.logins == 2)
        }
    }

    @Test func `a rotated secret id is picked up, and no read fails`() async throws {
        try await withVirtualTime { time in
            let scenario = VaultScenario()
            scenario.server.on(.post, "/v1/auth/approle/login").reply { request in
                guard request.text.contains("new-secret-id") else {
                    return MockReply(status: 400, json: ["errors": ["invalid role or secret ID"]])
                }
                return MockReply(json: VaultScenario.auth("token-1", lease: 3600))
            }
            scenario.holdSecret(for: "token-1")
            let source = RotatingSource(.fixture("old-secret-id"), later: .fixture("new-secret-id"))
            let vault = try scenario.vault(scenario.appRole(source))
            _ = try await time.run { try await vault.fetch("prod/database") }
            #expect(scenario.logins == 2)
        }
    }

    @Test func `a login whose answer was lost is not repeated by itself`() async throws {
        try await withVirtualTime { time in
            let scenario = VaultScenario()
            scenario.server.on(.post, "/v1/auth/approle/login").fail(.disconnected)
            let vault = try scenario.vault(scenario.appRole())
            _ = await #expect(throws: TesseraError.self) {
                try await time.run { try await vault.fetch("prod/database") }
            }
            #expect(scenario.logins == 1)
        }
    }

    @Test(
        arguments: [
            (400, .tokenRequestRefused), (403, .tokenRequestRefused), (429, .tokenEndpointUnavailable),
            (503, .tokenEndpointUnavailable), (307, .tokenEndpointUnavailable), (200, .invalidTokenResponse),
        ] as [(Int, TesseraError.Code)])
    func `why a login failed is said, without its credential`(status: Int, code: TesseraError.Code) async throws {
        try await withVirtualTime { time in
            let scenario = VaultScenario()
            scenario.server.on(.post, "/v1/auth/approle/login").reply(
                status: status, json: ["errors": ["the-secret-id is wrong"]])
            let vault = try scenario.vault(scenario.appRole())
            let error = await #expect(throws: TesseraError.self) {
                try await time.run { try await vault.fetch("prod/database") }
            }
            #expect(error?.code == code)
            #expect(!"\(error as Any)".contains("the-secret-id"))
        }
    }

    // MARK: Response wrapping

    @Test func `a wrapped secret id is unwrapped once`() async throws {
        try await withVirtualTime { time in
            let scenario = VaultScenario()
            scenario.acceptLogins(lease: 3600, renewable: false)
            scenario.holdSecret(for: "token-1", "token-2")
            let unwrap = scenario.server.on(.post, "/v1/sys/wrapping/unwrap")
            unwrap.reply(json: ["data": ["secret_id": "the-secret-id"]]).times(1)
            let vault = try scenario.vault(
                .appRole(roleID: "billing", wrappedSecretID: .value(.fixture("wrapping-token"))))
            _ = try await time.run { try await vault.fetch("prod/database") }
            await time.advance(by: .seconds(4000))
            _ = try await time.run { try await vault.fetch("prod/database") }
            #expect(unwrap.requests.map { $0.headerFields[VaultTokens.field] } == ["wrapping-token"])
            let logins = scenario.server.requests.filter { $0.path == "/v1/auth/approle/login" }
            #expect(logins.count == 2)
            #expect(logins.allSatisfy { $0.json == ["role_id": "billing", "secret_id": "the-secret-id"] })
        }
    }

    @Test func `a wrapping token that somebody else used is an alarm`() async throws {
        try await withVirtualTime { time in
            let scenario = VaultScenario()
            scenario.server.on(.post, "/v1/sys/wrapping/unwrap").reply(
                status: 400, json: ["errors": ["wrapping token is not valid or does not exist"]])
            let vault = try scenario.vault(
                .appRole(roleID: "billing", wrappedSecretID: .value(.fixture("wrapping-token"))))
            let error = await #expect(throws: TesseraError.self) {
                try await time.run { try await vault.fetch("prod/database") }
            }
            #expect(error?.remedy?.contains("somebody else has the secret id") == true)
            #expect(scenario.logins == 0)
        }
    }

    @Test func `a wrapping token whose answer was lost is not shown again`() async throws {
        try await withVirtualTime { time in
            let scenario = VaultScenario()
            let unwrap = scenario.server.on(.post, "/v1/sys/wrapping/unwrap")
            unwrap.fail(.disconnected, phase: .head, progress: .sent(bytes: nil))
            let vault = try scenario.vault(
                .appRole(roleID: "billing", wrappedSecretID: .value(.fixture("wrapping-token"))))
            for _ in 0..<3 {
                await #expect(throws: TesseraError.self) {
                    try await time.run { try await vault.fetch("prod/database") }
                }
                await time.advance(by: .seconds(600))
            }
            #expect(unwrap.requests.count == 1)
        }
    }

    // MARK: Tokens that somebody else keeps

    @Test func `a kept token that was replaced is read again after a refusal`() async throws {
        try await withVirtualTime { _ in
            let scenario = VaultScenario()
            scenario.holdSecret(for: "new-token")
            let source = RotatingSource(.fixture("old-token"), later: .fixture("new-token"))
            _ = try await scenario.vault(.token(source)).fetch("prod/database")
            #expect(scenario.shown == ["old-token", "new-token"])
        }
    }
}

@Suite struct `Vault lease policy` {
    @Test(
        arguments: [
            (true, .aging, 300, true), (true, .stale, 10, true), (true, .rejected, 300, false),
            (true, .invalidated, 300, false), (true, .stale, 0, false), (true, .stale, -5, false),
            (false, .aging, 300, false), (true, .aging, nil, false), (true, .first, 300, false),
        ] as [(Bool, TokenOccasion, Int64?, Bool)])
    func `renews what lives`(isRenewable: Bool, occasion: TokenOccasion, remaining: Int64?, renews: Bool) {
        let lease = VaultLease(token: .fixture("a-token"), granted: .seconds(3600), isRenewable: isRenewable)
        #expect(
            VaultLeasePolicy.renews(lease, occasion, remaining: remaining.map { .seconds($0) }) == renews)
    }

    @Test(
        arguments: [(0, nil), (-1, nil), (.min, nil), (1, 1), (3600, 3600), (.max, 31_536_000)] as [(Int64, Int64?)])
    func `a life is bounded`(seconds: Int64, lifetime: Int64?) {
        #expect(VaultLeasePolicy.lifetime(seconds) == lifetime.map { .seconds($0) })
    }
}

@Suite struct `JSON slice` {
    @Test(
        arguments: [
            (#"{"data":{"data":{"a":1}}}"#, #"{"a":1}"#),
            (
                #" { "x" : [1,{"data":{}}] , "data" : { "y" : "}\"{" , "data" : { "a" : [ {} , "]" ] } } } "#,
                #"{ "a" : [ {} , "]" ] }"#
            ),
            (
                #"{"data":{"data":{"n":123456789012345678901234567890.00,"b":"a\\"}}}"#,
                #"{"n":123456789012345678901234567890.00,"b":"a\\"}"#
            ),
            (#"{"data":{"data":{}}}"#, "{}"), (#"{"data":{"data":null}}"#, nil), (#"{"data":{"data":"{}"}}"#, nil),
            (#"{"data":{"other":{}}}"#, nil), (#"{"data":[]}"#, nil), ("", nil), ("{", nil), (#"{"data"#, nil),
            (#"{"data":{"data\"#, nil), (#"{"x":"\"#, nil), ("[[[[", nil),
        ] as [(String, String?)])
    func `finds the object as it stands`(document: String, object: String?) {
        let found = JSONSlice.object(at: ["data", "data"], in: Array(document.utf8))
        #expect(found.map { String(decoding: $0, as: UTF8.self) } == object)
    }
}
#endif
