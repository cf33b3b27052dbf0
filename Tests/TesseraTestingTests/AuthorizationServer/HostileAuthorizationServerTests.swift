import HTTPTypes
import TesseraCore
import TesseraTesting
import Testing

/// The double itself, against RFC 6749, 7009 and 8414 and what servers in the field do.
@Suite struct `Hostile authorization server` {
    typealias Server = HostileAuthorizationServer

    @Test func `a refresh rotates, and the new token rotates again`() async throws {
        try await withVirtualTime { time in
            let server = Server()
            let login = server.logIn()
            let first = try await time.run {
                try TokenAnswer(try await TokenForm(server: server).refresh(login.refreshToken))
            }
            let token = try #require(first.refreshToken)
            #expect(token != login.refreshToken)
            let second = try await time.run { try await TokenForm(server: server).refresh(token) }
            #expect(second.head.status == .ok)
            #expect(server.log.tokenRequests.map(\.generation) == [1, 2])
            #expect(server.log.tokenRequests.map(\.issued) == [2, 3])
            #expect(server.generation(of: login.id) == 3)
        }
    }

    @Test func `a reuse ends the login, the winner's new token included, and no other login`() async throws {
        try await withVirtualTime { time in
            let server = Server()
            let (login, other) = (server.logIn(), server.logIn())
            let winner = try await time.run {
                try TokenAnswer(try await TokenForm(server: server).refresh(login.refreshToken))
            }
            let thief = try await time.run { try await TokenForm(server: server).refresh(login.refreshToken) }
            #expect(thief.head.status == .badRequest)
            let token = try #require(winner.refreshToken)
            let late = try await time.run { try await TokenForm(server: server).refresh(token) }
            #expect(late.head.status == .badRequest)
            let resource = try await time.run { try await TokenForm(server: server).resource(winner.accessToken) }
            #expect(resource.head.status == .unauthorized)
            #expect(server.endedLogins == [login.id])
            #expect(server.isCurrent(other.refreshToken))
            #expect(server.log.tokenRequests.flatMap(\.outcomes) == [.done, .reused, .ended])
        }
    }

    @Test func `a lenient server only refuses the reuse`() async throws {
        try await withVirtualTime { time in
            var configuration = Server.Configuration()
            configuration.revokesFamilyOnReuse = false
            let server = Server(configuration)
            let login = server.logIn()
            _ = try await time.run { try await TokenForm(server: server).refresh(login.refreshToken) }
            let again = try await time.run { try await TokenForm(server: server).refresh(login.refreshToken) }
            #expect(again.head.status == .badRequest)
            #expect(server.generation(of: login.id) == 2)
        }
    }

    @Test func `self-contained access tokens outlive their login`() async throws {
        try await withVirtualTime { time in
            var configuration = Server.Configuration()
            configuration.keepsAccessTokensOfEndedLogins = true
            let server = Server(configuration)
            let login = server.logIn()
            server.endLogin(login.id)
            let reply = try await time.run { try await TokenForm(server: server).resource(login.accessToken) }
            #expect(reply.head.status == .ok)
        }
    }

    @Test func `within the grace the old token gets the same tokens`() async throws {
        try await withVirtualTime { time in
            let server = Server(.init(rotation: .grace(.seconds(5))))
            let login = server.logIn()
            let form = TokenForm(server: server)
            let first = try await time.run { try TokenAnswer(try await form.refresh(login.refreshToken)) }
            await time.advance(by: .seconds(4))
            let again = try await time.run { try TokenAnswer(try await form.refresh(login.refreshToken)) }
            #expect(again.accessToken == first.accessToken)
            #expect(again.refreshToken == first.refreshToken)
            #expect(server.generation(of: login.id) == 2)
            #expect(server.log.tokenRequests.flatMap(\.outcomes) == [.done, .repeated])
        }
    }

    @Test func `after the grace it does not`() async throws {
        try await withVirtualTime { time in
            let server = Server(.init(rotation: .grace(.seconds(5))))
            let login = server.logIn()
            let form = TokenForm(server: server)
            _ = try await time.run { try await form.refresh(login.refreshToken) }
            await time.advance(by: .seconds(6))
            let late = try await time.run { try await form.refresh(login.refreshToken) }
            #expect(late.head.status == .badRequest)
            #expect(server.endedLogins == [login.id])
        }
    }

    @Test func `the grace ends when the successor is used`() async throws {
        try await withVirtualTime { time in
            let server = Server(.init(rotation: .grace(.seconds(30))))
            let login = server.logIn()
            let form = TokenForm(server: server)
            let first = try await time.run { try TokenAnswer(try await form.refresh(login.refreshToken)) }
            let token = try #require(first.refreshToken)
            _ = try await time.run { try await form.refresh(token) }
            let late = try await time.run { try await form.refresh(login.refreshToken) }
            #expect(late.head.status == .badRequest)
        }
    }

    @Test(arguments: [Server.Rotation.never, .omitted])
    func `without rotation the token stays good`(rotation: Server.Rotation) async throws {
        try await withVirtualTime { time in
            let server = Server(.init(rotation: rotation))
            let login = server.logIn()
            let form = TokenForm(server: server)
            for _ in 0..<3 {
                let answer = try await time.run { try TokenAnswer(try await form.refresh(login.refreshToken)) }
                #expect(answer.refreshToken == (rotation == .never ? login.refreshToken : nil))
            }
            #expect(server.isCurrent(login.refreshToken))
        }
    }

    @Test func `a peer's refresh rotates and is not counted among the client's`() async throws {
        try await withVirtualTime { time in
            let server = Server()
            let login = server.logIn()
            let peer = try #require(server.refreshAsPeer(login.id))
            #expect(peer.generation == 2)
            #expect(server.isCurrent(peer.refreshToken))
            #expect(server.log.tokenRequests.isEmpty)
            let reply = try await time.run { try await TokenForm(server: server).resource(peer.accessToken) }
            #expect(reply.head.status == .ok)
            server.endLogin(login.id)
            #expect(server.refreshAsPeer(login.id)?.generation == nil)
        }
    }

    @Test func `an access token is accepted until it expires`() async throws {
        try await withVirtualTime { time in
            var configuration = Server.Configuration()
            configuration.accessTokenLifetime = .seconds(60)
            let server = Server(configuration)
            let form = TokenForm(server: server)
            let answer = try await time.run { try TokenAnswer(try await form.clientCredentials()) }
            #expect(answer.text.contains("\"expires_in\":60"))
            let fresh = try await time.run { try await form.resource(answer.accessToken) }
            #expect(fresh.head.status == .ok)
            await time.advance(by: .seconds(60))
            let stale = try await time.run { try await form.resource(answer.accessToken) }
            #expect(stale.head.status == .unauthorized)
            #expect(stale.head.headerFields[.wwwAuthenticate]?.contains("invalid_token") == true)
        }
    }

    @Test func `revoking a refresh token ends the login, and an unknown token is no error`() async throws {
        try await withVirtualTime { time in
            let server = Server()
            let login = server.logIn()
            let form = TokenForm(server: server)
            let unknown = try await time.run { try await form.revoke(Secret.fixture("no-such-token-1")) }
            let known = try await time.run { try await form.revoke(login.refreshToken) }
            #expect([unknown.head.status, known.head.status] == [.ok, .ok])
            #expect(server.generation(of: login.id) == nil)
            #expect(server.log.requests(to: .revocation).count == 2)
        }
    }

    @Test func `metadata name the origin that was asked`() async throws {
        try await withVirtualTime { time in
            let server = Server()
            let reply = try await time.run {
                try await TokenForm(server: server).get("/.well-known/oauth-authorization-server")
            }
            let text = String(decoding: reply.body, as: UTF8.self)
            #expect(
                text.contains("\"issuer\":\"https:\\/\\/login.test\"")
                    || text.contains("\"issuer\":\"https://login.test\""))
        }
    }

    @Test(arguments: [
        ("", 401), ("&client_id=client&client_secret=s%2Fecret+42", 200),
        ("&client_id=client&client_secret=wrong", 401),
        ("&client_id=other&client_secret=s%2Fecret+42", 401),
    ])
    func `the client's secret is checked`(parameters: String, status: Int) async throws {
        try await withVirtualTime { time in
            var configuration = Server.Configuration()
            configuration.clientSecret = Secret.fixture("s/ecret 42")
            let server = Server(configuration)
            let reply = try await time.run { try await TokenForm(server: server).clientCredentials(parameters) }
            #expect(reply.head.status.code == status)
        }
    }

    @Test(arguments: [(Server.Refusal.emptyBadRequest, 400), (.emptyForbidden, 403)])
    func `some servers refuse without a word`(refusal: Server.Refusal, status: Int) async throws {
        try await withVirtualTime { time in
            var configuration = Server.Configuration()
            configuration.grantRefusal = refusal
            let server = Server(configuration)
            let reply = try await time.run {
                try await TokenForm(server: server).refresh(Secret.fixture("never-issued-1"))
            }
            #expect(reply.head.status.code == status)
            #expect(reply.body.isEmpty)
        }
    }

    @Test func `the same seed issues the same tokens`() {
        #expect(Server().logIn().refreshToken == Server().logIn().refreshToken)
        var configuration = Server.Configuration()
        configuration.seed = 2
        #expect(Server().logIn().refreshToken != Server(configuration).logIn().refreshToken)
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (1_767_225_600, "Thu, 01 Jan 2026 00:00:00 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
    ])
    func `the Date is an IMF-fixdate`(seconds: Int64, text: String) async throws {
        try await withVirtualTime(wallTime: Timestamp(secondsSinceEpoch: seconds)) { time in
            let server = Server()
            let reply = try await time.run { try await TokenForm(server: server).clientCredentials() }
            #expect(reply.head.headerFields[.date] == text)
        }
    }
}
