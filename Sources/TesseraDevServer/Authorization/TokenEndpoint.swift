#if CLI
import HTTPTypes
import Hummingbird
import NIOCore

/// `POST /token`: the client credentials grant (RFC 6749 section 4.4).
struct TokenEndpoint: Sendable {
    static let clientCredentials = "client_credentials"

    /// RFC 6749 section 5.1 asks for both.
    static var noStore: HTTPFields {
        var fields: HTTPFields = [.cacheControl: "no-store"]
        fields.set("Pragma", to: "no-cache")
        return fields
    }

    /// The grant types the access log names; any other text in its place could be a secret.
    private static let namedGrantTypes: Set<String> = [
        clientCredentials, "authorization_code", "refresh_token", "password",
        "urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "urn:ietf:params:oauth:grant-type:token-exchange",
    ]

    let state: ServerState

    func respond(to request: Request, context: DemoRequestContext) async throws -> Response {
        do throws(TokenEndpointError) {
            let form = try Self.form(of: request.head, body: try await Self.body(of: request))
            return try issue(form, fields: request.headers, note: context.note)
        } catch {
            context.note.outcome = error.code.rawValue
            return error.response
        }
    }

    private static func body(of request: Request) async throws(TokenEndpointError) -> [UInt8] {
        do {
            return Array(try await request.body.collect(upTo: BodyLimit.maximum).readableBytesView)
        } catch {
            throw TokenEndpointError(.invalidRequest, "The body cannot be read.")
        }
    }

    private static func form(of head: HTTPRequest, body: [UInt8]) throws(TokenEndpointError) -> FormBody {
        guard MediaType.isForm(head.headerFields[.contentType]) else {
            throw TokenEndpointError(.invalidRequest, "The body is no application/x-www-form-urlencoded.")
        }
        // RFC 6749 section 2.3.1: client credentials never belong in the request target.
        guard QueryItems(head)["client_secret"] == nil else {
            throw TokenEndpointError(.invalidRequest, "The client secret may not be part of the URL.")
        }
        do {
            return try FormBody(body)
        } catch {
            switch error {
            case .malformed: throw TokenEndpointError(.invalidRequest, "The form is malformed.")
            case .tooManyParameters: throw TokenEndpointError(.invalidRequest, "The form has too many parameters.")
            // The name stays out of the description: its owner may have put a secret there.
            case .duplicate: throw TokenEndpointError(.invalidRequest, "A parameter appears twice.")
            }
        }
    }

    private func issue(
        _ form: FormBody, fields: HTTPFields, note: RequestNote
    ) throws(TokenEndpointError) -> Response {
        guard let grantType = form["grant_type"] else {
            throw TokenEndpointError(.invalidRequest, "The parameter grant_type is missing.")
        }
        note.grantType = Self.namedGrantTypes.contains(grantType) ? grantType : "other"

        let client = try ClientAuthentication(fields: fields, form: form)
        if state.configuration.clients[client.clientID] != nil { note.clientID = client.clientID }
        guard client.isValid(among: state.configuration.clients) else {
            throw TokenEndpointError(.invalidClient, "The client id or the client secret is wrong.")
        }
        guard grantType == Self.clientCredentials else {
            throw TokenEndpointError(.unsupportedGrantType, "This server knows the grant client_credentials only.")
        }
        let scope = try Scope.granted(for: form["scope"])
        let answer = TokenAnswer(
            accessToken: state.tokens.issue(to: client.clientID, scope: scope),
            tokenType: "Bearer",
            expiresIn: state.tokens.lifetime,
            scope: scope.joined(separator: " "))
        note.outcome = "issued"
        return Answer.json(answer, fields: Self.noStore)
    }

    /// RFC 6749 section 5.1.
    private struct TokenAnswer: Encodable {
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
}
#endif
