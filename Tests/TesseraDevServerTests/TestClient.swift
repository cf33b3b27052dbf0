#if CLI
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Makes requests of one origin, byte by byte, each on its own connection.
struct TestClient {
    let port: Int

    init(_ url: String) throws {
        port = try #require(url.split(separator: ":").last.flatMap { Int($0) })
    }

    func send(
        _ method: String = "GET",
        _ target: String,
        host: String? = nil,
        fields: [String] = [],
        body: String = ""
    ) async throws -> RawAnswer {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: \(host ?? "127.0.0.1:\(port)")\r\nConnection: close\r\n"
        for field in fields { head += field + "\r\n" }
        if !body.isEmpty { head += "Content-Length: \(body.utf8.count)\r\n" }
        return try RawAnswer(await RawSocket.exchange(port: port, send: Array((head + "\r\n" + body).utf8)))
    }

    func post(form: String, fields: [String] = []) async throws -> RawAnswer {
        try await send(
            "POST", "/token", fields: ["Content-Type: application/x-www-form-urlencoded"] + fields, body: form)
    }

    /// An access token for the client, by `client_secret_post`; ids and secrets without special characters only.
    func token(_ clientID: String, _ secret: String) async throws -> String {
        let answer = try await post(
            form: "grant_type=client_credentials&client_id=\(clientID)&client_secret=\(secret)")
        return try answer.json(TokenBody.self).accessToken
    }
}

/// RFC 6749 section 5.1.
struct TokenBody: Decodable {
    var accessToken: String
    var tokenType: String
    var expiresIn: Int
    var scope: String

    enum CodingKeys: String, CodingKey {
        case accessToken = "access_token"
        case tokenType = "token_type"
        case expiresIn = "expires_in"
        case scope
    }
}

/// RFC 6749 section 5.2.
struct ErrorBody: Decodable {
    var error: String
}

struct UserBody: Decodable, Equatable {
    var id: Int
    var name: String
    var email: String
}

extension RawAnswer {
    func json<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(body))
    }
}

enum BasicField {
    /// The field for what stands left and right of the colon as it is, already form-encoded or not.
    static func of(_ left: String, _ right: String) -> String {
        "Authorization: Basic " + Data("\(left):\(right)".utf8).base64EncodedString()
    }
}

extension AccessLogEntryLine {
    static func decode(_ line: String) throws -> AccessLogEntryLine {
        try JSONDecoder().decode(AccessLogEntryLine.self, from: Data(line.utf8))
    }
}

/// The log's line as somebody else's program would read it.
struct AccessLogEntryLine: Decodable {
    var path: String
    var clientID: String?
    var grantType: String?
    var carriesCredential: Bool

    enum CodingKeys: String, CodingKey {
        case path
        case clientID = "client_id"
        case grantType = "grant_type"
        case carriesCredential = "carries_credential"
    }
}
#endif
