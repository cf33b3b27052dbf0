import HTTPTypes
import TesseraCore
import TesseraTesting

/// Requests to a hostile server as any client would send them, without the code under test elsewhere.
struct TokenForm {
    let server: HostileAuthorizationServer
    var timeout = Duration.seconds(20)

    func refresh(_ token: Secret, scope: String? = nil) async throws -> TransportReply {
        let value = token.withExposedBytes { String(decoding: $0, as: UTF8.self) }
        return try await post(
            "/token", "grant_type=refresh_token&refresh_token=\(value)\(scope.map { "&scope=\($0)" } ?? "")")
    }

    func clientCredentials(_ more: String = "") async throws -> TransportReply {
        try await post("/token", "grant_type=client_credentials\(more)")
    }

    func revoke(_ token: Secret) async throws -> TransportReply {
        try await post("/revoke", "token=\(token.withExposedBytes { String(decoding: $0, as: UTF8.self) })")
    }

    func resource(_ token: Secret) async throws -> TransportReply {
        let credential = try Credential.bearer(token)
        return try await send(
            HTTPRequest(method: .get, scheme: "https", authority: "api.test", path: "/me?x=1"), [],
            sealed: credential.fields)
    }

    func get(_ path: String) async throws -> TransportReply {
        try await send(HTTPRequest(method: .get, scheme: "https", authority: "login.test", path: path), [])
    }

    func post(_ path: String, _ form: String, authorization: String? = nil) async throws -> TransportReply {
        var head = HTTPRequest(method: .post, scheme: "https", authority: "login.test", path: path)
        head.headerFields[.contentType] = "application/x-www-form-urlencoded"
        if let authorization { head.headerFields[.authorization] = authorization }
        return try await send(head, Array(form.utf8))
    }

    private func send(
        _ head: HTTPRequest, _ body: [UInt8], sealed: SealedFields = .none
    ) async throws -> TransportReply {
        let runtime = Runtime.current
        return try await server.send(
            TransportRequest(
                origin: try Origin("https://login.test"), head: head, sealed: sealed, body: .bytes(body),
                deadline: runtime.now().advanced(by: timeout), runtime: runtime))
    }
}

/// A token answer.
struct TokenAnswer {
    var accessToken: Secret
    var refreshToken: Secret?
    var text: String

    init(_ reply: TransportReply) throws {
        struct Members: Decodable {
            var accessToken: String
            var refreshToken: String?

            enum CodingKeys: String, CodingKey {
                case accessToken = "access_token"
                case refreshToken = "refresh_token"
            }
        }
        let members = try JSONCoding().decode(Members.self, from: reply.body)
        accessToken = Secret(members.accessToken)
        refreshToken = members.refreshToken.map { Secret($0) }
        text = String(decoding: reply.body, as: UTF8.self)
    }
}
